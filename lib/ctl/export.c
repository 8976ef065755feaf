/*
 * opbxctl org export: a tenant's whole configuration as one text.
 *
 * Sorted and without ids and times, so that two exports of the same
 * configuration are the same text.
 */
#include <stdio.h>

#include "ctl.h"
#include "did.h"
#include "transfer_audio.h"
#include "words.h"

/* A line's field is left out, but the reader is told that there is one. */
static void
write_masked(struct buf *out, const struct field *field)
{
	buf_printf(out, "# %s is a secret: --secrets\n", field->name);
}

static void
write_field(const struct names *names, const struct field *field,
    const struct json *json, bool secrets, struct buf *out)
{
	struct str value = field_export(names, out->pool, field, json);

	if (value.p == NULL)
		return;
	if ((field->flags & SECRET) != 0 && !secrets)
		write_masked(out, field);
	else
		config_entry(out, field->name, value);
}

static struct err *
write_object(struct change *change, const struct names *names,
    const struct kind *kind, uint64_t id, const struct export *export,
    struct buf *out)
{
	const struct record *record = kind->resource->record;
	void *object = pool_alloc(change->pool, record->size);
	const struct json *json;

	TRY(resource_load(change, kind->resource, id, LIVING, object));
	TRY(json_parse(change->pool,
	    record_print(change->pool, record, object, SHOW_SECRETS), &json));
	config_section(out, str_of(record->name), names_key(names, kind, id));
	for (size_t i = 0; i < record->count; i++)
		if (is_configured(kind, &record->fields[i]) &&
		    !is_key(kind, &record->fields[i]))
			write_field(names, &record->fields[i], json,
			    export->secrets, out);
	if (kind->resource == &prompts)
		TRY(export_audio(change, export, object, out));
	if (kind->resource == &dids)
		config_entry(out, "proved",
		    ((struct did_record *)object)->proved_at.at != 0
			? STR("true")
			: STR("false"));
	return NULL;
}

static void
write_head(bool secrets)
{
	printf("# The configuration of an organization, for people and for "
	       "opbxctl org import.\n"
	       "# A section is an object by its key, a line a field and its "
	       "value in JSON;\n"
	       "# of a list each row has a line.  What is not here has its "
	       "default.\n");
	if (!secrets)
		printf("# Secrets were left out: an import keeps those that "
		       "are there.\n");
}

static void
write_heading(struct pool *pool, const struct kind *kind)
{
	printf("\n# -- %.*s\n",
	    PSTR(heading_of(pool, str_of(kind->resource->name))));
}

static struct err *
write_all(struct ctl *ctl, struct change *change, const struct export *export)
{
	struct names *names;

	TRY(names_load(change, &names));
	write_head(export->secrets);
	for (const struct kind *kind = kinds; kind->resource != NULL; kind++) {
		struct str key;
		uint64_t id;

		for (size_t i = 0; names_at(names, kind, i, &key, &id); i++) {
			struct buf out = buf_new(ctl->pool, 1024);

			if (i == 0)
				write_heading(ctl->pool, kind);
			TRY(write_object(
			    change, names, kind, id, export, &out));
			fwrite(out.p, 1, out.n, stdout);
		}
	}
	return NULL;
}

int
ctl_export(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_option options[] = {
	    {"org", .required = false},
	    {"secrets", .flag = true},
	    {"audio", .flag = true},
	    {.name = NULL},
	};
	uint64_t organization = 0;
	struct change change;
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	err = ctl_organization(ctl, options[0].value, &organization);
	if (err != NULL)
		return ctl_fail(err);
	change = ctl_change(ctl, organization);
	err = db_begin(ctl->db, ctl->pool, DB_READ, organization);
	if (err == NULL)
		err = write_all(ctl, &change,
		    &(struct export){ctl->conf, options[1].value.p != NULL,
			options[2].value.p != NULL});
	db_rollback(ctl->db);
	return err != NULL ? ctl_fail(err) : 0;
}
