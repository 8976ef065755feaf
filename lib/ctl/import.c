/*
 * opbxctl org import: a tenant's configuration becomes what a text says.
 *
 * All in one transaction: first every object that is missing is made, bare,
 * so that all can refer to all; then each is filled and checked as if it had
 * come over HTTP; then all are checked again, because the first were checked
 * before the last were filled.  A dry run does the same and takes it back.
 */
#include "import.h"

#include <stdio.h>

#include "ctl.h"
#include "did.h"
#include "extension.h"
#include "organization.h"
#include "transfer_audio.h"

static void
print_section(const struct section *section)
{
	struct pool *pool = pool_new();
	struct buf text = buf_new(pool, 128);

	buf_printf(&text, "%.*s", PSTR(section->type));
	if (section->key.p != NULL) {
		buf_add_char(&text, ' ');
		buf_add_json(&text, section->key);
	}
	printf("%.*s", PSTR(buf_str(&text)));
	pool_free(pool);
}

/* What is wrong with a section, a line each; the import is over. */
static void
refuse(struct import *import, const struct section *section,
    const struct complaint *first)
{
	for (; first != NULL; first = first->next) {
		struct entry *entry = section_entry(
		    section, pool_copy(import->pool, first->field).p);

		printf(
		    "! line %d: ", entry != NULL ? entry->line : section->line);
		print_section(section);
		printf(": %.*s %.*s\n", PSTR(first->field), PSTR(first->text));
		import->refused++;
	}
}

/* An error that is about the section is told with it. */
static struct err *
judge(struct import *import, const struct section *section, struct err *err)
{
	if (err == NULL || err->complaints == NULL)
		return err;
	refuse(import, section, err->complaints);
	return NULL;
}

static bool
is_configured_later(const struct kind *kind, const struct field *field)
{
	/* What words and numbers say needs nothing else; the rest may. */
	if (field->kind != FIELD_TEXT ||
	    (field->flags & (READONLY | WRITEONLY | SECRET)) != 0)
		return true;
	/* A bare extension is a user's: it needs nothing else. */
	return kind->resource == &extensions &&
	       strcmp(field->name, "name") != 0;
}

/* The body for record_take(): the key, and the fields that are there. */
static struct str
body_of(struct import *import, const struct kind *kind,
    const struct section *section, bool bare, struct complaints *all)
{
	const struct record *record = kind->resource->record;
	struct buf body = buf_new(import->pool, 512);
	struct json_out out = {&body, false};
	struct str key = section->key;

	json_open(&out, NULL, '{');
	if (kind->star != NULL) {
		json_put_bool(&out, kind->star, str_ends(key, STR("*")));
		if (str_ends(key, STR("*")))
			key = str_cut(key, 0, key.n - 1);
	}
	if (kind->key != NULL)
		json_put_text(&out, kind->key, key);
	for (struct entry *entry = section->entries; entry != NULL;
	     entry = entry->next) {
		const struct field *field = record_field(record, entry->path);

		if (field == NULL || (field->flags & READONLY) != 0 ||
		    (field->flags & WRITEONLY) != 0 || is_key(kind, field) ||
		    (bare && is_configured_later(kind, field)))
			continue;
		json_put_raw(&out, field->name,
		    field_import(
			import->names, all, field, entry->value, entry->path));
	}
	json_close(&out, '}');
	return buf_str(&body);
}

/* No field, but known all the same. */
static bool
is_aside(const struct kind *kind, struct str path)
{
	if (kind->resource == &dids)
		return str_is(path, "proved");
	return kind->resource == &prompts &&
	       (str_is(path, "audio") || str_is(path, "audio_sha256"));
}

static void
check_entries(const struct kind *kind, const struct section *section,
    struct complaints *all)
{
	const struct record *record = kind->resource->record;

	for (struct entry *entry = section->entries; entry != NULL;
	     entry = entry->next) {
		const struct field *field = record_field(record, entry->path);

		if (is_aside(kind, entry->path))
			continue;
		if (field == NULL || !is_configured(kind, field))
			complain(all, entry->path, "is no field here");
		else if (is_key(kind, field))
			complain(all, entry->path, "is the section's key");
	}
}

/* -- First: what is missing ------------------------------------------------ */

static struct err *
prove(struct import *import, const struct section *section, uint64_t id)
{
	const struct entry *proved = section_entry(section, "proved");

	if (proved == NULL || !json_bool(proved->value))
		return NULL;
	return did_prove(import->change, id);
}

static struct err *
make(struct import *import, const struct kind *kind, struct section *section)
{
	const struct record *record = kind->resource->record;
	struct store store = change_store(import->change);
	void *object = pool_alloc(import->pool, record->size);
	struct row *row = object;
	struct complaints all = {import->pool, NULL, NULL};
	struct take take = {.pool = import->pool, .all = &all};
	const struct json *body;

	TRY(check_limit(import->change, kind->resource));
	record_init(import->pool, record, object);
	TRY(json_parse(
	    import->pool, body_of(import, kind, section, true, &all), &body));
	take.creating = true;
	record_take(&take, record, body, STR(""), object);
	if (all.first != NULL) {
		refuse(import, section, all.first);
		return NULL;
	}
	row->created_at.at = row->updated_at.at = import->change->now;
	TRY(record_insert(&store, record, object));
	names_add(import->names, kind, section->key, row->id);
	section->made = true;
	return NULL;
}

struct err *
import_make(
    struct import *import, const struct kind *kind, struct section *section)
{
	uint64_t id = names_id(import->names, kind, section->key);

	if (id == 0)
		TRY(judge(import, section, make(import, kind, section)));
	id = names_id(import->names, kind, section->key);
	if (id != 0 && kind->resource == &dids)
		TRY(judge(import, section, prove(import, section, id)));
	return NULL;
}

/* -- Then: what is in it --------------------------------------------------- */

static const struct json *
json_of(struct import *import, const struct record *record, const void *object)
{
	const struct json *json = NULL;

	(void)json_parse(import->pool,
	    record_print(import->pool, record, object, SHOW_SECRETS), &json);
	return json;
}

/* A line for each field that is another; true when there is one. */
static bool
print_difference(struct import *import, const struct kind *kind,
    const struct section *section, const void *before, const void *object)
{
	const struct record *record = kind->resource->record;
	const struct json *was =
	    section->made ? NULL : json_of(import, record, before);
	const struct json *is = json_of(import, record, object);
	bool any = section->made;

	if (section->made) {
		printf("+ ");
		print_section(section);
		putchar('\n');
	}
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct str a, b;

		if (!is_configured(kind, field) || is_key(kind, field))
			continue;
		a = was != NULL
			? field_export(import->names, import->pool, field, was)
			: NO_STR;
		b = field_export(import->names, import->pool, field, is);
		if (str_equal(a, b))
			continue;
		any = true;
		printf("~ ");
		print_section(section);
		if ((field->flags & SECRET) != 0)
			printf(": %s: %s\n", field->name,
			    a.p == NULL ? "set" : "changed");
		else if (section->made)
			printf(": %s: %.*s\n", field->name, PSTR(b));
		else
			printf(": %s: %.*s -> %.*s\n", field->name,
			    PSTR(a.p != NULL ? a : STR("none")),
			    PSTR(b.p != NULL ? b : STR("none")));
	}
	return any;
}

/* What the text does not say and a client cannot either. */
static void
keep(const struct kind *kind, const struct section *section, const void *before,
    void *object)
{
	const struct record *record = kind->resource->record;

	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		if ((field->flags & READONLY) != 0 ||
		    !is_configured(kind, field) ||
		    ((field->flags & SECRET) != 0 &&
			section_entry(section, field->name) == NULL))
			field_copy(field, before, object);
	}
	memcpy(object, before, sizeof(struct row));
}

/* A secret that the server makes, as the text has it. */
static void
take_made_secrets(
    const struct record *record, const struct section *section, void *object)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		const struct entry *entry = section_entry(section, field->name);

		if ((field->flags & SECRET) != 0 &&
		    (field->flags & READONLY) != 0 && entry != NULL &&
		    field->kind == FIELD_TEXT)
			*(struct str *)field_of(field, object) =
			    json_text(entry->value);
	}
}

static struct err *
take(struct import *import, const struct kind *kind, const struct json *body,
    const void *before, void *object)
{
	const struct resource *resource = kind->resource;

	import->change->all = (struct complaints){import->pool, NULL, NULL};
	/* What is the operator's of a tenant, and what is the owner's. */
	import->change->role =
	    resource == &organizations ? ROLE_OPERATOR : ROLE_OWNER;
	if (resource->take != NULL)
		return resource->take(import->change, body, before, object);
	resource_take(import->change, resource, body, before, object);
	return NULL;
}

struct err *
import_fill(struct import *import, const struct kind *kind,
    const struct section *section)
{
	const struct resource *resource = kind->resource;
	const struct record *record = resource->record;
	void *before = pool_alloc(import->pool, record->size);
	void *object = pool_alloc(import->pool, record->size);
	uint64_t id = names_id(import->names, kind, section->key);
	struct complaints all = {import->pool, NULL, NULL};
	struct prompt_file file;
	const struct json *body;

	if (id == 0)
		return NULL;
	check_entries(kind, section, &all);
	TRY(json_parse(
	    import->pool, body_of(import, kind, section, false, &all), &body));
	TRY(resource_load(import->change, resource, id, LIVING, before));
	record_init(import->pool, record, object);
	keep(kind, section, before, object);
	if (kind->resource == &prompts) {
		TRY(import_audio(import, section, before, &all, &file));
		import->change->beside = &file;
	}
	TRY(take(import, kind, body, section->made ? NULL : before, object));
	import->change->beside = NULL;
	take_made_secrets(record, section, object);
	refuse(import, section, all.first);
	refuse(import, section, import->change->all.first);
	if (all.first != NULL || import->change->all.first != NULL)
		return NULL;
	if (!print_difference(import, kind, section, before, object))
		return NULL;
	import->changed++;
	return judge(import, section,
	    resource_write(import->change, resource,
		section->made ? NULL : before, object,
		section->made ? "create" : "update"));
}

/* -- At last: does all of it go together? ---------------------------------- */

struct err *
import_verify(struct import *import, const struct kind *kind,
    const struct section *section)
{
	const struct record *record = kind->resource->record;
	void *object = pool_alloc(import->pool, record->size);
	uint64_t id = names_id(import->names, kind, section->key);
	const struct json *nothing;

	if (id == 0)
		return NULL;
	TRY(json_parse(import->pool, STR("{}"), &nothing));
	TRY(resource_load(import->change, kind->resource, id, LIVING, object));
	TRY(take(import, kind, nothing, object, object));
	refuse(import, section, import->change->all.first);
	return NULL;
}
