/*
 * The tenant's configuration for the router, through the caches.
 *
 * In-process cache, then Redis, then MariaDB (load.c).  What is cached is
 * good while its stamp is the tenant's generation; when MariaDB is down older
 * entries are used without limit of age.  "No such number" is cached too.
 * One request at a time: directory_open() to directory_close().
 */
#ifndef VOICE_DIRECTORY_H
#define VOICE_DIRECTORY_H

#include "cache.h"
#include "generation.h"
#include "load.h"
#include "request.h"
#include "route.h"

struct directory;

/* Everything it is given must live as long as the process. */
struct directory *directory_new(struct pool *process, const struct conf *conf,
    struct db *db, struct redis *redis, struct generations *generations,
    const struct crypto_key *master);

/* For who fills Redis: from now on everything is asked of MariaDB anew. */
void directory_renew(struct directory *directory);
/* The generation of what was looked up since the directory was opened. */
uint64_t directory_generation(const struct directory *directory);

/* The tenant of a name or of a key's SHA-256; 0 when there is none. */
struct err *directory_find(struct directory *directory, struct pool *request,
    const struct tenant_name *name, uint64_t *organization);
struct err *directory_find_key(struct directory *directory,
    struct pool *request, struct str hash, uint64_t *organization);

/*
 * Look-ups for one request of one tenant; call_key as in struct call.
 * UNAVAILABLE when nothing is known of the tenant and nobody can be asked;
 * NOT_FOUND when there is no such tenant.
 */
struct err *directory_open(struct directory *directory, struct pool *request,
    uint64_t organization, struct str call_key, struct lookups *lookups);
/* For a call that is only imagined: looking up counts nothing. */
void directory_imagine(struct lookups *lookups);
/*
 * Of the tenant it is open for.  The secret is opened only where a signature
 * is required, and wiped with the request; absent: no signature can be right.
 */
struct err *directory_webhook_rules(
    struct directory *directory, struct webhook_rules *rules);
/* Ends the request's database transaction, if there was one. */
void directory_close(struct directory *directory);
/*
 * After the answer: writes to Redis what was loaded.  False when Redis did
 * not take all of it.
 */
bool directory_settle(struct directory *directory, struct pool *request);

/* What answered, for the log: "memory", "redis", "database", "stale". */
const char *directory_source(const struct directory *directory);

/* Why MariaDB could not be asked; absent when it was not, or answered. */
struct str directory_failure(const struct directory *directory);

#endif
