/*
 * The accounts of sql/grants.sql: one for each responder, for the worker and
 * for opbxctl.
 *
 * The database knows them as db.prefix and the name ("opbx_ring-groups"); the
 * password is derived from the master key (db.h), so none is kept anywhere.
 */
#ifndef STORE_ACCOUNTS_H
#define STORE_ACCOUNTS_H

#include "conf.h"
#include "crypto.h"
#include "err.h"

struct account {
	const char *name;
	bool control; /* of the control plane: @control@ in grants.sql */
};

/* Ends with a NULL name. */
extern const struct account accounts[];

/*
 * The statements that make the accounts, with all their privileges taken
 * away.  They hold the passwords: for the server alone.
 */
struct str accounts_make(struct pool *pool, const struct conf *conf,
    const struct crypto_key *master);
/* The template grants.sql with @voice@, @all@, @control@, @database@ filled in.
 */
struct err *accounts_grants(struct pool *pool, const struct conf *conf,
    struct str template, struct str *sql);
/* db.name, which may be letters, digits and '_' only; so may db.prefix. */
struct err *accounts_check(struct pool *pool, const struct conf *conf);

#endif
