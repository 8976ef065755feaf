/*
 * opbxctl org create: a new tenant, its voice key and its owner's link.
 * org list: the tenants.  org suspend and org resume: one of them.
 */
#include <stdio.h>

#include "body.h"
#include "ctl.h"
#include "link.h"
#include "organization.h"

static struct str
base_url(const struct ctl *ctl)
{
	return conf_text(ctl->conf, "base_url", "http://127.0.0.1:8080");
}

/* As a form would say it: what was not given is not there. */
static struct err *
body_of(struct ctl *ctl, const struct ctl_option *options,
    const char *const *fields, const struct json **body)
{
	struct form form = {0, NULL};
	size_t count = 0;

	while (options[count].name != NULL)
		count++;
	form.params = NEW_ARRAY(ctl->pool, struct param, count + 1);
	for (size_t i = 0; i < count; i++)
		if (options[i].value.p != NULL)
			form.params[form.count++] =
			    (struct param){str_of(fields[i]), options[i].value};
	return body_of_form(ctl->pool, &form, body);
}

static int
create(struct ctl *ctl, int argc, char **argv)
{
	static const char *const fields[] = {"name", "slug", "country",
	    "timezone", "domain", "domain_uuid", "emergency_trunk",
	    "owner.email", "owner.name"};
	enum { OWNER_EMAIL = 7 };
	struct ctl_option options[] = {
	    {"name", .required = true},
	    {"slug", .required = false},
	    {"country", .required = true},
	    {"timezone", .required = true},
	    {"domain", .required = false},
	    {"domain-uuid", .required = false},
	    {"emergency-trunk", .required = false},
	    {"owner-email", .required = true},
	    {"owner-name", .required = false},
	    {.name = NULL},
	};
	struct change change = ctl_change(ctl, 0);
	struct made_organization made;
	const struct json *body;
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	change.form = true;
	err = body_of(ctl, options, fields, &body);
	if (err == NULL)
		err = organization_create(&change, body, NO_STR, &made);
	if (err != NULL)
		return ctl_fail(err);
	printf("organization   %.*s (id %llu)\n", PSTR(made.organization.slug),
	    (unsigned long long)change.organization);
	printf("voice URL      %.*s/cgi-bin/voice\n", PSTR(base_url(ctl)));
	printf("voice key      %.*s\n", PSTR(made.voice_key));
	printf("webhook secret %.*s\n", PSTR(made.webhook_secret));
	printf("owner          %.*s\n", PSTR(options[OWNER_EMAIL].value));
	printf("owner's link   %.*s\n",
	    PSTR(link_url(ctl->pool, base_url(ctl), made.link_token)));
	printf("The key, the secret and the link are shown this once; the "
	       "link is valid for an hour.\n");
	return 0;
}

static struct err *
show(struct ctl *ctl, uint64_t id)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(ctl->db, ctl->pool, DB_READ, id));
	err = QUERY(ctl->db,
	    "SELECT slug, status, COALESCE(domain, ''), name"
	    " FROM organizations WHERE living = ?",
	    &rows, INT(1));
	db_rollback(ctl->db);
	TRY(err);
	if (rows->count > 0)
		printf("%-20.*s %-10.*s %-30.*s %.*s\n",
		    PSTR(rows_text(rows, 0, 0)), PSTR(rows_text(rows, 0, 1)),
		    PSTR(rows_text(rows, 0, 2)), PSTR(rows_text(rows, 0, 3)));
	return NULL;
}

static struct err *
show_all(struct ctl *ctl)
{
	uint64_t after = 0;

	for (;;) {
		struct rows *rows;
		struct str ids, one;
		struct err *err;
		int64_t id;

		TRY(db_begin(ctl->db, ctl->pool, DB_READ, 0));
		err = QUERY(ctl->db,
		    "SELECT organization_ids(NULL, NULL, 0, ?, 100)", &rows,
		    INT(after));
		db_rollback(ctl->db);
		TRY(err);
		ids = rows_text(rows, 0, 0);
		if (ids.n == 0)
			return NULL;
		while (str_next(&ids, ',', &one)) {
			if (!str_to_int(one, 1, INT64_MAX, &id))
				continue;
			after = (uint64_t)id;
			TRY(show(ctl, after));
		}
	}
}

static int
list(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_option options[] = {{.name = NULL}};
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	err = show_all(ctl);
	return err != NULL ? ctl_fail(err) : 0;
}

static int
suspend(struct ctl *ctl, int argc, char **argv, bool suspended)
{
	struct ctl_option options[] = {
	    {"org", .required = true},
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
	err = organization_suspend(&change, suspended);
	return err != NULL ? ctl_fail(err) : 0;
}

int
ctl_org(struct ctl *ctl, int argc, char **argv)
{
	struct str verb = argc > 0 ? str_of(argv[0]) : NO_STR;

	if (str_is(verb, "create"))
		return create(ctl, argc - 1, argv + 1);
	if (str_is(verb, "list"))
		return list(ctl, argc - 1, argv + 1);
	if (str_is(verb, "suspend") || str_is(verb, "resume"))
		return suspend(
		    ctl, argc - 1, argv + 1, str_is(verb, "suspend"));
	if (str_is(verb, "export"))
		return ctl_export(ctl, argc - 1, argv + 1);
	if (str_is(verb, "import"))
		return ctl_import(ctl, argc - 1, argv + 1);
	return ctl_usage("org");
}
