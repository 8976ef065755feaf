/*
 * opbxctl org create: a new tenant, its voice key and its owner's link.
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
	    {NULL, NO_STR, false},
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

int
ctl_org(struct ctl *ctl, int argc, char **argv)
{
	if (argc > 0 && str_is(str_of(argv[0]), "create"))
		return create(ctl, argc - 1, argv + 1);
	fprintf(stderr, "usage: opbxctl org create --name NAME --country CC "
			"--timezone ZONE --owner-email EMAIL\n"
			"\t[--slug SLUG] [--domain DOMAIN] [--domain-uuid "
			"UUID] [--emergency-trunk TRUNK] [--owner-name "
			"NAME]\n");
	return 2;
}
