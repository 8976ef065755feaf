/*
 * opbxctl org create: a new tenant, its voice key and its owner's link.
 * org list: the tenants.  org suspend and org resume: one of them.
 */
#include <stdio.h>

#include "ctl.h"
#include "organization.h"

static struct str
base_url(const struct ctl *ctl)
{
	return conf_text(ctl->conf, "base_url", "http://127.0.0.1:8080");
}

static int
create(struct ctl *ctl, int argc, char **argv)
{
	enum {
		NAME,
		SLUG,
		COUNTRY,
		TIMEZONE,
		DOMAIN_,
		UUID,
		TRUNK,
		EMAIL,
		OWNER
	};
	struct ctl_option options[] = {
	    [NAME] = {"name", .required = true},
	    [SLUG] = {"slug", .required = false},
	    [COUNTRY] = {"country", .required = true},
	    [TIMEZONE] = {"timezone", .required = true},
	    [DOMAIN_] = {"domain", .required = false},
	    [UUID] = {"domain-uuid", .required = false},
	    [TRUNK] = {"emergency-trunk", .required = false},
	    [EMAIL] = {"owner-email", .required = true},
	    [OWNER] = {"owner-name", .required = false},
	    {.name = NULL},
	};
	struct change change = ctl_change(ctl, 0);
	struct new_organization wanted;
	struct made_organization made;
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	wanted = (struct new_organization){.name = options[NAME].value,
	    .slug = options[SLUG].value,
	    .country = options[COUNTRY].value,
	    .timezone = options[TIMEZONE].value,
	    .domain = options[DOMAIN_].value,
	    .domain_uuid = options[UUID].value,
	    .emergency_trunk = options[TRUNK].value,
	    .owner_name = options[OWNER].value,
	    .owner_email = options[EMAIL].value};
	err = organization_create(&change, &wanted, &made);
	if (err != NULL)
		return ctl_fail(err);
	printf("organization   %.*s (id %llu)\n", PSTR(made.slug),
	    (unsigned long long)made.id);
	printf("voice URL      %.*s/cgi-bin/voice\n", PSTR(base_url(ctl)));
	printf("voice key      %.*s\n", PSTR(made.voice_key));
	printf("webhook secret %.*s\n", PSTR(made.webhook_secret));
	printf("owner          %.*s\n", PSTR(wanted.owner_email));
	printf("owner's link   %.*s/password.html#%.*s\n", PSTR(base_url(ctl)),
	    PSTR(made.link_token));
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
	err = change_begin(&change);
	if (err == NULL)
		err = organization_set_suspended(&change, suspended);
	err = change_end(&change, err);
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
	fprintf(stderr, "usage: opbxctl org create --name NAME --country CC "
			"--timezone ZONE --owner-email EMAIL\n"
			"\t[--slug SLUG] [--domain DOMAIN] [--domain-uuid "
			"UUID] [--emergency-trunk TRUNK] [--owner-name "
			"NAME]\n"
			"       opbxctl org list\n"
			"       opbxctl org suspend|resume --org SLUG\n"
			"       opbxctl org export [--org SLUG] [--secrets]\n"
			"       opbxctl org import --file FILE [--org SLUG] "
			"[--dry-run] [--delete] [--without-numbers]\n");
	return 2;
}
