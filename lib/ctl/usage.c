/* How each command of opbxctl is called: what --help prints, and a slip. */
#include <stdio.h>

#include "ctl.h"

static const struct {
	const char *command, *text;
} usages[] = {
    {"migrate", "opbxctl migrate\n"
		"Creates the database, or brings it up to date.\n"},
    {"doctor", "opbxctl doctor\n"
	       "Says what is missing or wrong, and how to mend it.\n"},
    {"org", "opbxctl org create --name NAME --country CC --timezone ZONE "
	    "--owner-email EMAIL\n"
	    "\t[--slug SLUG] [--domain DOMAIN] [--domain-uuid UUID] "
	    "[--emergency-trunk TRUNK] [--owner-name NAME]\n"
	    "       opbxctl org list\n"
	    "       opbxctl org suspend|resume --org SLUG\n"
	    "       opbxctl org export [--org SLUG] [--secrets] [--audio]\n"
	    "       opbxctl org import --file FILE [--org SLUG] [--dry-run] "
	    "[--delete] [--without-numbers]\n"},
    {"user", "opbxctl user create --name NAME --email EMAIL [--role ROLE] "
	     "[--org SLUG]\n"
	     "       opbxctl user passwd --email EMAIL [--org SLUG]\n"
	     "The password is read from standard input.\n"},
    {"operator",
	"opbxctl operator create --name NAME --email EMAIL [--link]\n"
	"       opbxctl operator passwd --email EMAIL [--link]\n"
	"       opbxctl operator list\n"
	"The password is read from standard input; with --link a link to set"
	" one is printed.\n"},
    {"token", "opbxctl token create --email EMAIL [--name NAME] "
	      "[--abilities LIST] [--days N] [--org SLUG]\n"},
    {"key", "opbxctl key rotate [--org SLUG] [--minutes N]\n"
	    "The old key stays valid for N minutes (1440).\n"},
    {"call", "opbxctl call --from NUMBER --to NUMBER "
	     "[--direction inbound|subscriber|…]\n"
	     "\t[--answer answer,busy,no-answer,answer=2,…] [--digits 1,,4711] "
	     "[--speech SECONDS]\n"
	     "\t[--caller-name NAME] [--repeat N] [--shuffle SEED] [--form]\n"
	     "\t[--key KEY --domain DOMAIN] [--secret SECRET] [--base URL] "
	     "[--org SLUG]\n"},
    {"route", "opbxctl route --from NUMBER --to NUMBER "
	      "[--direction inbound|subscriber|…]\n"
	      "\t[--at 2026-12-25T10:00] [--when 1001=busy,…] "
	      "[--then busy,digits=1,silence,…] [--org SLUG]\n"},
    {"jobs", "opbxctl jobs list [--org SLUG] [--queue NAME]\n"
	     "       opbxctl jobs retry --id N | --all [--org SLUG] "
	     "[--queue NAME]\n"
	     "       opbxctl jobs drop --id N | --all [--org SLUG] "
	     "[--queue NAME]\n"},
    {"sync", "opbxctl sync [--org SLUG] [--dry-run]\n"
	     "With --dry-run it says what differs at the carrier, else it "
	     "mends that, too.\n"},
    {"backup",
	"opbxctl backup FILE [--with-keys]\n"
	"       opbxctl backup --to DIR [--with-keys]\n"
	"Saves the database of all tenants and their audio, as of one moment,"
	" to a new tar file of mode 0600;\n"
	"with --with-keys the secret and opbx.conf, too: who has that file has"
	" everything.\n"},
    {"restore",
	"opbxctl restore FILE [--with-keys] [--force]\n"
	"Makes an empty installation what the backup holds; --with-keys takes"
	" its secret over,\n"
	"--force gives up what there is.\n"},
    {"demo", "opbxctl demo --write FILE\n"
	     "Makes the demo tenant, once; FILE gets its keys.\n"},
};

static void
print(FILE *out, const char *command)
{
	for (size_t i = 0; i < sizeof usages / sizeof usages[0]; i++)
		if (strcmp(usages[i].command, command) == 0)
			fprintf(out, "usage: %s", usages[i].text);
}

int
ctl_usage(const char *command)
{
	print(stderr, command);
	return 2;
}

bool
ctl_help(const char *command, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0) {
			print(stdout, command);
			return true;
		}
	return false;
}
