#include <errno.h>
#include <stdio.h>

#include "ctl.h"
#include "did.h"
#include "transfer_audio.h"

enum { FILE_MOST = 64 << 20 };

/* What the command was told. */
struct wish {
	bool dry, remove, without_numbers;
};

static struct err *
read_file(struct pool *pool, struct str path, struct str *text)
{
	FILE *file = str_is(path, "-") ? stdin : fopen(path.p, "re");
	struct buf buf = buf_new(pool, 64 << 10);
	char piece[8192];
	size_t n;

	if (file == NULL)
		return err_new(
		    pool, BAD_REQUEST, "%.*s: %s", PSTR(path), strerror(errno));
	while (
	    (n = fread(piece, 1, sizeof piece, file)) > 0 && buf.n <= FILE_MOST)
		buf_add(&buf, (struct str){piece, n});
	if (file != stdin)
		fclose(file);
	if (buf.n > FILE_MOST)
		return err_new(pool, TOO_LARGE, "The file is too large.");
	*text = buf_str(&buf);
	return NULL;
}

static struct err *
check_sections(struct import *import)
{
	for (struct section *a = import->sections; a != NULL; a = a->next) {
		const struct kind *kind = kind_of(a->type);

		if (kind == NULL || (a->key.n == 0) != (kind->key == NULL))
			return err_new(import->pool, BAD_REQUEST,
			    "line %d: there is no [%.*s] in a configuration",
			    a->line, PSTR(a->type));
		for (struct section *b = import->sections; b != a; b = b->next)
			if (str_equal(a->type, b->type) &&
			    str_equal(a->key, b->key))
				return err_new(import->pool, BAD_REQUEST,
				    "line %d: stands in line %d already",
				    a->line, b->line);
	}
	return NULL;
}

/* Numbers that are proved to be another's; nobody is told whose. */
static struct err *
find_conflicts(struct import *import, const struct wish *wish)
{
	for (struct section *s = import->sections; s != NULL; s = s->next) {
		struct rows *rows;

		if (kind_of(s->type)->resource != &dids)
			continue;
		TRY(QUERY(import->change->db, "SELECT did_is_taken(?)", &rows,
		    TEXT(s->key)));
		if (rows_int(rows, 0, 0) == 0)
			continue;
		printf("! line %d: did \"%.*s\" belongs to another "
		       "organization%s\n",
		    s->line, PSTR(s->key),
		    wish->without_numbers ? ": left out" : "");
		import->conflicts++;
		if (wish->without_numbers)
			names_leave_out(import->names, s->key);
	}
	return NULL;
}

static bool
is_in(const struct import *import, const struct section *section,
    const struct kind *kind)
{
	return kind_of(section->type) == kind &&
	       !(kind->resource == &dids &&
		   names_is_left_out(import->names, section->key));
}

static struct err *
carry_out(struct import *import)
{
	struct section *s;

	for (const struct kind *kind = kinds; kind->resource != NULL; kind++)
		for (s = import->sections; s != NULL; s = s->next)
			if (is_in(import, s, kind))
				TRY(import_make(import, kind, s));
	if (import->refused > 0)
		return NULL;
	for (const struct kind *kind = kinds; kind->resource != NULL; kind++)
		for (s = import->sections; s != NULL; s = s->next)
			if (is_in(import, s, kind))
				TRY(import_fill(import, kind, s));
	return NULL;
}

static struct err *
verify(struct import *import)
{
	struct section *s;

	for (const struct kind *kind = kinds; kind->resource != NULL; kind++)
		for (s = import->sections; s != NULL; s = s->next)
			if (is_in(import, s, kind))
				TRY(import_verify(import, kind, s));
	return NULL;
}

static bool
is_said(const struct import *import, const struct kind *kind, struct str key)
{
	for (const struct section *s = import->sections; s != NULL; s = s->next)
		if (kind_of(s->type) == kind && str_equal(s->key, key))
			return true;
	return false;
}

/* One object that the text does not have; *stuck: something still uses it. */
static struct err *
leave_one(struct import *import, const struct kind *kind, size_t i, bool remove,
    struct err **stuck)
{
	struct err *err = NULL;
	struct str key;
	uint64_t id;

	names_at(import->names, kind, i, &key, &id);
	if (remove)
		err = resource_remove(import->change, kind->resource, id);
	if (err != NULL && err->code == CONFLICT) {
		*stuck = err;
		return NULL;
	}
	TRY(err);
	printf("- %s \"%.*s\"%s\n", kind->resource->record->name, PSTR(key),
	    remove ? "" : " is not in the file and stays");
	import->changed += remove ? 1 : 0;
	names_forget(import->names, kind, i);
	return NULL;
}

static struct err *
leave_kind(struct import *import, const struct kind *kind, bool remove,
    struct err **stuck)
{
	struct str key;
	uint64_t id;

	for (size_t i = 0; names_at(import->names, kind, i, &key, &id); i++)
		if (id != 0 && !kind->stays && !is_said(import, kind, key))
			TRY(leave_one(import, kind, i, remove, stuck));
	return NULL;
}

/*
 * What the text does not have stays, or goes: whatever uses an object goes
 * before it, so it is tried again while something goes.
 */
static struct err *
leave(struct import *import, const struct wish *wish)
{
	struct err *stuck;
	int before;

	do {
		stuck = NULL;
		before = import->changed;
		for (const struct kind *kind = kinds; kind->resource != NULL;
		     kind++)
			TRY(leave_kind(import, kind, wish->remove, &stuck));
	} while (stuck != NULL && import->changed > before);
	return stuck;
}

static struct err *
import_all(struct import *import, const struct wish *wish)
{
	TRY(names_load(import->change, &import->names));
	TRY(find_conflicts(import, wish));
	if (import->conflicts > 0 && !wish->without_numbers)
		return NULL;
	TRY(carry_out(import));
	if (import->refused > 0)
		return NULL;
	TRY(leave(import, wish));
	return verify(import);
}

static int
finish(struct import *import, const struct wish *wish, struct err *err)
{
	bool refused = import->refused > 0 ||
		       (import->conflicts > 0 && !wish->without_numbers);

	if (err != NULL || refused || wish->dry || import->changed == 0)
		db_rollback(import->change->db);
	else
		err = change_end(import->change, NULL);
	import_audio_end(import, err == NULL && !refused && !wish->dry);
	if (err != NULL)
		return ctl_fail(err);
	if (refused)
		printf("nothing was changed: %d to mend\n",
		    import->refused +
			(wish->without_numbers ? 0 : import->conflicts));
	else
		printf("%d object%s %s\n", import->changed,
		    import->changed == 1 ? "" : "s",
		    wish->dry ? "would be changed" : "changed");
	return refused ? 1 : 0;
}

int
ctl_import(struct ctl *ctl, int argc, char **argv)
{
	enum { FILE_, ORG, DRY, DELETE_, WITHOUT };
	struct ctl_option options[] = {
	    [FILE_] = {"file", .required = true},
	    [ORG] = {"org", .required = false},
	    [DRY] = {"dry-run", .flag = true},
	    [DELETE_] = {"delete", .flag = true},
	    [WITHOUT] = {"without-numbers", .flag = true},
	    {.name = NULL},
	};
	struct import import = {.pool = ctl->pool, .conf = ctl->conf};
	uint64_t organization = 0;
	struct change change;
	struct str text = NO_STR;
	struct wish wish;
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	wish = (struct wish){options[DRY].value.p != NULL,
	    options[DELETE_].value.p != NULL, options[WITHOUT].value.p != NULL};
	err = read_file(ctl->pool, options[FILE_].value, &text);
	if (err == NULL)
		err = config_parse(ctl->pool, text, &import.sections);
	if (err == NULL)
		err = check_sections(&import);
	if (err == NULL)
		err = ctl_organization(ctl, options[ORG].value, &organization);
	if (err != NULL)
		return ctl_fail(err);
	change = ctl_change(ctl, organization);
	import.change = &change;
	err = change_begin(&change);
	if (err == NULL)
		err = import_all(&import, &wish);
	return finish(&import, &wish, err);
}
