/*
 * opbxctl key rotate: a new voice key; the old one stays valid for a while,
 * so that the carrier can be told meanwhile.
 */
#include <stdio.h>

#include "ctl.h"
#include "settings.h"

int
ctl_key(struct ctl *ctl, int argc, char **argv)
{
	enum { ORG, MINUTES };
	struct ctl_option options[] = {
	    [ORG] = {"org", .required = false},
	    [MINUTES] = {"minutes", .value = STR("1440"), .required = false},
	    {.name = NULL},
	};
	uint64_t organization = 0;
	struct change change;
	int64_t minutes = 0;
	struct str key = NO_STR;
	struct err *err;

	if (argc < 1 || !str_is(str_of(argv[0]), "rotate"))
		return ctl_usage("key");
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
	err = settings_rotate_key(&change, minutes * 60000, &key);
	if (err != NULL)
		return ctl_fail(err);
	printf("%.*s\n", PSTR(key));
	return 0;
}
