/*
 * Brings the database to what the sql folder says.
 *
 * Files NNNN-what.sql are applied once each, in order, forward only, and are
 * never changed once they are released; table schema_version keeps their
 * checksums. routines.sql, triggers.sql, milestones.sql, views.sql and the
 * accounts with grants.sql are applied again whenever they changed.  MariaDB
 * has no transaction over CREATE and ALTER, so a file's progress is kept
 * statement by statement: what was interrupted goes on where it stopped.  Two
 * at once come one after the other (GET_LOCK).
 *
 * With db.accounts = one there are no accounts to make and no grants.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "conf.h"
#include "crypto.h"
#include "err.h"

/* A line for people: "applied 0001-tenants.sql". */
typedef void migrate_said(void *context, struct str line);

/* Logs in as the administrator.  The error's cause says file and statement. */
struct err *migrate_run(struct pool *pool, const struct conf *conf,
    const struct crypto_key *master, migrate_said *said, void *context);
/* The same without doing it: how many files wait to be applied. */
struct err *migrate_check(struct pool *pool, const struct conf *conf,
    const struct crypto_key *master, size_t *waiting);

#endif
