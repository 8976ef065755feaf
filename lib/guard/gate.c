#include "gate.h"

enum { MINUTE = 60000, DAY = 86400000 };

struct gate *
gate_new(struct pool *process, const struct conf *conf, struct db *db,
    struct redis *redis, const struct crypto_key *master)
{
	struct gate *gate = NEW(process, struct gate);
	struct str url = conf_text(conf, "base_url", "http://127.0.0.1:8080");

	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	gate->db = db;
	gate->redis = redis;
	gate->seal = crypto_derive(master, "seal");
	gate->csrf = crypto_derive(master, "csrf");
	gate->codes = crypto_derive(master, "recovery codes");
	gate->base_url = pool_copy(process, url);
	/* A browser keeps the prefix's promise: Secure, of this host alone. */
	gate->secure = str_starts(url, STR("https://"));
	gate->cookie = gate->secure ? "__Host-opbx_session" : "opbx_session";
	gate->idle =
	    conf_int(conf, "session.idle_minutes", 720, 1, 525600) * MINUTE;
	gate->life = conf_int(conf, "session.days", 7, 1, 365) * DAY;
	gate->cheap = conf_is(conf, "password.cheap", "yes");
	return gate;
}
