/*
 * Generations: one number per organization that every change of its
 * configuration raises, in the same transaction (spec section 7).
 *
 * A cached object is current when its stamp is its tenant's generation.
 * Where the generation comes from, cheapest first:
 *	the node's map: a file shared by all processes of the node, kept by
 *		the subscriber (opbx-worker) and by every process that commits
 *		a change; good while the subscriber's mark is younger than 1 s;
 *	Redis: opbx:{organization}:generation, raised but never lowered;
 *	MariaDB: once a second per process for all tenants alike, what changed
 *		lately; and for one tenant alone if it was not known before.
 * doc/decisions/0005-cache-and-generation.md says why no reader can go wrong.
 * Organization 0 counts changes of which domains and keys name which tenant.
 * A process never goes back to a lower generation.
 */
#ifndef STORE_GENERATION_H
#define STORE_GENERATION_H

#include "conf.h"
#include "db.h"
#include "err.h"
#include "redis.h"

#include <signal.h>

struct generations;

/*
 * etc/opbx.conf: run_dir is the folder of the node's map (all works without
 * one, too), generation.slots the organizations it has room for.
 */
struct generations *generations_new(
    struct pool *process, const struct conf *conf, struct redis *redis);

enum generation_source {
	GENERATION_MAP,
	GENERATION_REDIS,
	GENERATION_DB,
	GENERATION_OLD, /* nobody could be asked: the last one known */
};

/*
 * The tenant's generation as of now.  Gives up replies that are due from
 * Redis.  db may be NULL or in a transaction (then MariaDB is not asked).  0
 * with GENERATION_OLD: not even an old one is known.
 */
uint64_t generation_now(struct generations *all, struct pool *request,
    struct db *db, uint64_t organization, enum generation_source *source);
/* A higher number was seen in the database: never go below it again. */
void generation_seen(
    struct generations *all, uint64_t organization, uint64_t generation);

/*
 * Inside a transaction that changed configuration: raises the organization's
 * generation and notes it in the outbox.  Others who change the same tenant
 * wait from here to the commit.
 */
struct err *generation_raise(
    struct db *db, uint64_t organization, uint64_t *generation);
/*
 * After the commit: tells the node's map, then Redis and its subscribers, and
 * takes the note out of the outbox.  When Redis is away the note stays, for
 * generation_repair().
 */
void generation_publish(struct generations *all, struct pool *request,
    struct db *db, uint64_t organization, uint64_t generation);

/*
 * For the subscriber (opbx-worker), with a connection for this alone: begins
 * the subscription, then keeps the node's map until *stop (NULL) or until the
 * subscription ends (an error that says why).
 */
struct err *generation_subscribe(
    struct generations *all, struct pool *pool, struct redis *redis);
struct err *generation_follow(struct generations *all, struct pool *pool,
    struct redis *redis, const volatile sig_atomic_t *stop);
/* Does a subscriber keep this node's map, as of the last second? */
bool generation_is_followed(const struct generations *all);
/* Sends what the outbox holds; counts what was sent. */
struct err *generation_repair(
    struct generations *all, struct pool *pool, struct db *db, size_t *sent);

#endif
