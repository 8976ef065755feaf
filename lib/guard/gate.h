/*
 * What a process needs to tell who is asking, and to let somebody in.
 */
#ifndef GUARD_GATE_H
#define GUARD_GATE_H

#include "crypto.h"
#include "db.h"
#include "redis.h"

struct gate {
	struct db *db;
	struct redis *redis;
	struct crypto_key seal;  /* crypto_derive(master, "seal") */
	struct crypto_key csrf;  /* makes a session's token of its secret */
	struct crypto_key codes; /* recovery codes are kept signed */
	struct str base_url;     /* without a slash behind it */
	const char *cookie;      /* the name of the session's cookie */
	bool secure;             /* sent over https alone */
	int64_t idle, life;      /* of a session, milliseconds */
	bool quiet;              /* asking is no sign of life */
	bool cheap;              /* passwords that cost little: for tests */
};

/*
 * etc/opbx.conf: base_url, session.idle_minutes, session.days,
 * password.cheap.
 */
struct gate *gate_new(struct pool *process, const struct conf *conf,
    struct db *db, struct redis *redis, const struct crypto_key *master);

#endif
