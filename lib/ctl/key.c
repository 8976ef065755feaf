/*
 * opbxctl key rotate: a new voice key; the old one stays valid for a while,
 * so that the carrier can be told meanwhile.
 */
#include <stdio.h>

#include "ctl.h"
#include "organization.h"

static struct err *
rotate(struct change *change, int64_t minutes, struct str *key,
    uint64_t *everybody)
{
	struct audit rotated = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "rotate_key",
	    .type = "setting",
	    .id = change->organization};

	TRY(voice_key_rotate(change, minutes * 60000, key));
	TRY(audit_write(change->db, change->pool, &rotated));
	/* A key alone may name the tenant, too. */
	return generation_raise(change->db, 0, everybody);
}

int
ctl_key(struct ctl *ctl, int argc, char **argv)
{
	enum { ORG, MINUTES };
	struct ctl_option options[] = {
	    [ORG] = {"org", .required = false},
	    [MINUTES] = {"minutes", .value = STR("1440"), .required = false},
	    {.name = NULL},
	};
	uint64_t organization = 0, everybody = 0;
	struct change change;
	int64_t minutes = 0;
	struct str key = NO_STR;
	struct err *err;

	if (argc < 1 || !str_is(str_of(argv[0]), "rotate")) {
		fprintf(stderr, "usage: opbxctl key rotate [--org SLUG] "
				"[--minutes N]\n"
				"The old key stays valid for N minutes "
				"(1440).\n");
		return 2;
	}
	if (!ctl_options(argc - 1, argv + 1, options))
		return 2;
	if (!str_to_int(options[MINUTES].value, 0, 525600, &minutes)) {
		fprintf(stderr, "opbxctl: --minutes is 0 to 525600\n");
		return 2;
	}
	err = ctl_organization(ctl, options[ORG].value, &organization);
	if (err != NULL)
		return ctl_fail(err);
	change = ctl_change(ctl, organization);
	err = change_begin(&change);
	if (err == NULL)
		err = rotate(&change, minutes, &key, &everybody);
	err = change_end(&change, err);
	if (err != NULL)
		return ctl_fail(err);
	generation_publish(ctl->generations, ctl->pool, ctl->db, 0, everybody);
	printf("%.*s\n", PSTR(key));
	return 0;
}
