/*
 * The operator's commands: what opbxctl can do, one file each.
 *
 * A command gets what every command needs, parses its own options, prints to
 * standard output what it made and returns the exit status: 0, 1 for "could
 * not", 2 for wrong usage.  Secrets are printed once, when they are made.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include "crypto.h"
#include "db.h"
#include "generation.h"
#include "redis.h"
#include "resource.h"

struct ctl {
	struct pool *pool;
	const struct conf *conf;
	struct crypto_key master;
	struct crypto_key seal;
	struct db *db; /* account "ctl" */
	struct redis *redis;
	struct generations *generations;
};

/* Aborts with a message when the secret file cannot be read. */
void ctl_open(struct ctl *ctl, struct pool *pool, const struct conf *conf);

/* --name value … or --flag; the list ends with a NULL name. */
struct ctl_option {
	const char *name; /* "from" */
	struct str value; /* what was given, else what stood here */
	bool required;
	bool flag; /* has no value; given, its value is its name */
};
/* False after it has printed what is wrong. */
bool ctl_options(int argc, char **argv, struct ctl_option *options);
/* Says on standard error how the command is called (usage.c); returns 2. */
int ctl_usage(const char *command);
/* The same on standard output, and true, when that is what was asked. */
bool ctl_help(const char *command, int argc, char **argv);
/* Prints message, complaints and cause of an error; returns 1. */
int ctl_fail(const struct err *err);
/* The organization of a slug, or of the only one there is for absent. */
struct err *ctl_organization(struct ctl *ctl, struct str slug, uint64_t *id);
/*
 * A password from standard input, where it is in nobody's ps; a person at a
 * terminal types it unseen.  VALIDATION_ERROR for one that is not good.
 */
struct err *ctl_password(
    struct ctl *ctl, struct str email, struct str *password);
/* A change of that organization by opbxctl, as its owner. */
struct change ctl_change(struct ctl *ctl, uint64_t organization);

int ctl_org(struct ctl *ctl, int argc, char **argv);
int ctl_export(struct ctl *ctl, int argc, char **argv);
int ctl_import(struct ctl *ctl, int argc, char **argv);
int ctl_user(struct ctl *ctl, int argc, char **argv);
int ctl_operator(struct ctl *ctl, int argc, char **argv);
int ctl_token(struct ctl *ctl, int argc, char **argv);
int ctl_key(struct ctl *ctl, int argc, char **argv);
int ctl_route(struct ctl *ctl, int argc, char **argv);
int ctl_call(struct ctl *ctl, int argc, char **argv);
int ctl_jobs(struct ctl *ctl, int argc, char **argv);
int ctl_sync(struct ctl *ctl, int argc, char **argv);
/* Of ctl it needs the pool alone. */
int ctl_doctor(struct ctl *ctl, int argc, char **argv);
int ctl_backup(struct ctl *ctl, int argc, char **argv);
int ctl_restore(struct ctl *ctl, int argc, char **argv);
int ctl_demo(struct ctl *ctl, int argc, char **argv);

#endif
