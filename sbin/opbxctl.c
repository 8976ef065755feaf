/*
 * opbxctl: the operator's command line.
 *
 * One line for each command in one table, which is also the help.  What they
 * do stands in lib/ctl and lib/store; a command takes the words behind its
 * name and returns the exit status: 0 done, 1 failed (why is on stderr), 2
 * called wrongly.
 */
#include "ctl.h"

#include "migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
say(void *context, struct str line)
{
	(void)context;
	printf("%.*s\n", PSTR(line));
	/* So that what takes long is seen when it happens. */
	fflush(stdout);
}

static int
takes_nothing(const char *name, int argc)
{
	if (argc == 0)
		return 0;
	fprintf(stderr, "opbxctl: %s takes no arguments\n", name);
	return 2;
}

static int
migrate(struct ctl *ctl, int argc, char **argv)
{
	struct err *err;

	(void)argv;
	if (takes_nothing("migrate", argc) != 0)
		return 2;
	err = migrate_run(ctl->pool, ctl->conf, &ctl->master, say, NULL);
	return err != NULL ? ctl_fail(err) : 0;
}

static const struct command {
	const char *name;
	const char *help; /* arguments, a tab, what it does */
	int (*run)(struct ctl *ctl, int argc, char **argv);
} commands[] = {
    {"migrate", "\tcreate the database, or bring it up to date", migrate},
    {"doctor", "\twhat is missing or wrong, and how to mend it", ctl_doctor},
    {"org",
	"create|list|suspend|resume|export|import …"
	"\ttenants: made, stopped, written to a file and read from one",
	ctl_org},
    {"user", "create|passwd --email …\tpeople of a tenant", ctl_user},
    {"operator", "create|passwd|list\tpeople who run the platform",
	ctl_operator},
    {"token", "create --email …\ta personal access token", ctl_token},
    {"key", "rotate\ta new voice key; the old one stays for a while", ctl_key},
    {"route",
	"--from … --to … [--at …] [--direction …] [--then …]"
	"\twhat would happen to a call, and the document",
	ctl_route},
    {"call",
	"--from … --to … [--answer …] [--digits …]"
	"\ta test call without a carrier, followed to its end",
	ctl_call},
    {"jobs", "list|retry|drop\twhat the worker gave up after five failures",
	ctl_jobs},
    {"sync",
	"[--org …] [--dry-run]\twhat differs at the carrier, and then no more",
	ctl_sync},
    {"backup", "FILE | --to DIR\tall that must last, in one file", ctl_backup},
    {"restore", "FILE\tan empty installation as the backup was", ctl_restore},
    {"demo", "--write FILE\tthe demo tenant, once; FILE holds its keys",
	ctl_demo},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int
help(FILE *out)
{
	fputs("usage: opbxctl COMMAND ...\n", out);
	for (size_t i = 0; i < COMMANDS; i++) {
		struct str what = str_of(commands[i].help), arguments;

		str_next(&what, '\t', &arguments);
		fprintf(out, "  %s %.*s\n\t%.*s\n", commands[i].name,
		    PSTR(arguments), PSTR(what));
	}
	return out == stdout ? 0 : 2;
}

/*
 * In a checkout the instance of `make start` is meant: VAR's, else the one in
 * the folder var.  OPBX_CONF says otherwise.
 */
static void
find_conf(struct pool *pool)
{
	static const char tail[] = "/build/release/sbin/opbxctl";
	const char *var = getenv("VAR");
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	struct str path, root;

	if (getenv("OPBX_CONF") != NULL || n < 0)
		return;
	path = (struct str){exe, (size_t)n};
	if (!str_ends(path, str_of(tail)))
		return;
	root = str_cut(path, 0, path.n - strlen(tail));
	if (var != NULL && var[0] == '/')
		path = pool_printf(pool, "%s/etc/opbx.conf", var);
	else
		path = pool_printf(pool, "%.*s/%s/etc/opbx.conf", PSTR(root),
		    var != NULL ? var : "var");
	/* A VAR that is not there is a slip, not a wish for /etc/opbx. */
	if (var != NULL || access(path.p, F_OK) == 0)
		setenv("OPBX_CONF", path.p, 1);
}

/* Where none is, the next question is how to name one. */
static int
fail_without_conf(const struct err *err)
{
	const char *path = getenv("OPBX_CONF");

	ctl_fail(err);
	if (path == NULL || path[0] == '\0')
		path = "/etc/opbx/opbx.conf";
	if (access(path, F_OK) != 0)
		fputs("  name the configuration with OPBX_CONF=FILE, or with "
		      "VAR=FOLDER\n"
		      "  the folder of what `make start VAR=FOLDER` started\n",
		    stderr);
	return 1;
}

static int
run(const struct command *command, struct pool *pool, int argc, char **argv)
{
	struct ctl ctl = {.pool = pool};
	const struct conf *conf;
	struct err *err;
	int status;

	/* The configuration may be what is missing. */
	if (command->run == ctl_doctor)
		return ctl_doctor(&ctl, argc, argv);
	err = conf_load(pool, &conf);
	if (err != NULL)
		return fail_without_conf(err);
	ctl_open(&ctl, pool, conf);
	status = command->run(&ctl, argc, argv);
	crypto_wipe(&ctl.master, sizeof ctl.master);
	crypto_wipe(&ctl.seal, sizeof ctl.seal);
	return status;
}

int
main(int argc, char **argv)
{
	const struct command *command = NULL;
	struct pool *pool;
	int status;

	if (argc < 2)
		return help(stderr);
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return help(stdout);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			command = &commands[i];
	if (command == NULL) {
		fprintf(stderr, "opbxctl: there is no command %s\n", argv[1]);
		return help(stderr);
	}
	/* Before anything is read or done: help needs no installation. */
	if (ctl_help(command->name, argc - 2, argv + 2))
		return fflush(stdout) != 0;
	crypto_start();
	pool = pool_new();
	find_conf(pool);
	status = run(command, pool, argc - 2, argv + 2);
	if (fflush(stdout) != 0)
		status = 1;
	pool_free(pool);
	return status;
}
