/*
 * opbxctl doctor: what doctor.h looks at, whether mail can be sent, and whether
 * there is what a backup needs.
 */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl.h"
#include "fetch.h"
#include "mail.h"

enum { PATIENCE_MS = 5000 };

static void
say(void *context, struct str line)
{
	(void)context;
	printf("%.*s\n", PSTR(line));
	/* So that what takes long is seen when it happens. */
	fflush(stdout);
}

/* Nothing is sent, so nobody gets a mail from it. */
static void
look_at_mail(struct pool *pool)
{
	const struct conf *conf;
	struct fetch *fetch;
	struct str from, name, address;
	struct err *err;

	/* What is wrong with it was said before. */
	if (conf_load(pool, &conf) != NULL)
		return;
	fetch = fetch_new(pool, conf, NULL);
	if (fetch_mail_from(fetch, pool, &from) != NULL) {
		printf("warn mail: is not set up, so nobody is notified or "
		       "gets a link by mail: set smtp.url and smtp.from in "
		       "%s\n",
		    conf_file(conf).p);
		return;
	}
	if (!mail_mailbox(from, &name, &address)) {
		printf("warn mail: smtp.from \"%.*s\" is no address: set it "
		       "to OpBX <opbx@example.com>\n",
		    PSTR(from));
		return;
	}
	err = fetch_mail_probe(fetch, pool, PATIENCE_MS);
	if (err != NULL)
		printf("warn mail: %.*s cannot take any, %.*s: look at "
		       "smtp.url, smtp.user and smtp.starttls\n",
		    PSTR(conf_text(conf, "smtp.url", "")), PSTR(err->message));
	else
		printf("ok   mail by %.*s\n",
		    PSTR(conf_text(conf, "smtp.url", "")));
}

static bool
is_program(struct pool *pool, const char *name)
{
	const char *path = getenv("PATH");
	struct str folders = path != NULL ? str_of(path) : STR("/usr/bin:/bin");
	struct str folder;

	while (str_next(&folders, ':', &folder))
		if (access(pool_printf(pool, "%.*s/%s", PSTR(folder), name).p,
			X_OK) == 0)
			return true;
	return false;
}

/* It is found out before the day it is needed. */
static void
look_at_backup(struct pool *pool)
{
	static const struct {
		const char *name, *package;
	} programs[] = {{"mariadb", "mariadb-client"},
	    {"mariadb-dump", "mariadb-client"}, {"tar", "tar"}};
	bool all = true;

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		if (is_program(pool, programs[i].name))
			continue;
		all = false;
		printf("warn backup: there is no %s: install %s\n",
		    programs[i].name, programs[i].package);
	}
	if (all)
		printf("ok   backup and restore have their programs\n");
}

/* ctl is not open: the configuration may be what is missing. */
int
ctl_doctor(struct ctl *ctl, int argc, char **argv)
{
	bool well;

	(void)argv;
	if (argc > 0) {
		fprintf(stderr, "opbxctl: doctor takes no arguments\n");
		return 2;
	}
	well = doctor_run(ctl->pool, say, NULL);
	look_at_mail(ctl->pool);
	look_at_backup(ctl->pool);
	return well ? 0 : 1;
}
