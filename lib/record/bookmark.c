#include "bookmark.h"

#include "pack.h"
#include "signed.h"

enum { LONGEST = 100 }; /* bytes of a place's text */

/* The length in front, so that no two inputs share a text. */
static struct str
about(struct pool *pool, struct str list)
{
	return pool_printf(pool, "%zu:%.*s", list.n, PSTR(list));
}

struct str
bookmark_write(struct pool *pool, const struct crypto_key *key, struct str list,
    struct place place)
{
	struct crypto_key own = crypto_derive(key, "bookmark");
	struct buf packed = buf_new(pool, 32);
	struct pack pack = pack_writer(&packed);
	struct str text;

	pack_i64(&pack, &place.at);
	pack_u64(&pack, &place.id);
	text = signed_write(pool, &own, about(pool, list), buf_str(&packed));
	crypto_wipe(&own, sizeof own);
	return text;
}

bool
bookmark_parse(struct pool *pool, const struct crypto_key *key, struct str list,
    struct str text, struct place *place)
{
	struct crypto_key own = crypto_derive(key, "bookmark");
	struct str packed = NO_STR;
	struct pack pack;
	bool ours = text.n <= LONGEST &&
		    signed_parse(pool, &own, about(pool, list), text, &packed);

	crypto_wipe(&own, sizeof own);
	if (!ours)
		return false;
	pack = pack_reader(pool, packed);
	*place = (struct place){0, 0};
	pack_i64(&pack, &place->at);
	pack_u64(&pack, &place->id);
	return pack_done(&pack);
}
