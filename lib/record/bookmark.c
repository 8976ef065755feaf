#include "bookmark.h"

#include "pack.h"

enum {
	SEAL = 16,    /* bytes of the HMAC that are kept */
	LONGEST = 100 /* bytes of a place's text */
};

static void
seal_of(const struct crypto_key *key, struct pool *pool, struct str list,
    struct str packed, unsigned char seal[CRYPTO_MAC])
{
	struct crypto_key own = crypto_derive(key, "bookmark");
	struct buf text = buf_new(pool, 64 + list.n);

	/* The length in front, so that no two inputs share a text. */
	buf_add_int(&text, (int64_t)list.n);
	buf_add_char(&text, ':');
	buf_add(&text, list);
	buf_add(&text, packed);
	crypto_hmac(&own, buf_str(&text), seal);
	crypto_wipe(&own, sizeof own);
}

struct str
bookmark_write(struct pool *pool, const struct crypto_key *key, struct str list,
    struct place place)
{
	struct buf packed = buf_new(pool, 32), sealed = buf_new(pool, 64);
	struct pack pack = pack_writer(&packed);
	unsigned char seal[CRYPTO_MAC];

	pack_i64(&pack, &place.at);
	pack_u64(&pack, &place.id);
	seal_of(key, pool, list, buf_str(&packed), seal);
	buf_add(&sealed, (struct str){(const char *)seal, SEAL});
	buf_add(&sealed, buf_str(&packed));
	return crypto_base64(pool, sealed.p, sealed.n);
}

bool
bookmark_parse(struct pool *pool, const struct crypto_key *key, struct str list,
    struct str text, struct place *place)
{
	unsigned char seal[CRYPTO_MAC];
	struct str bytes, packed;
	struct pack pack;

	if (text.n > LONGEST || !crypto_base64_parse(pool, text, &bytes) ||
	    bytes.n <= SEAL)
		return false;
	packed = str_cut(bytes, SEAL, bytes.n);
	seal_of(key, pool, list, packed, seal);
	if (!crypto_same((struct str){(const char *)seal, SEAL},
		str_cut(bytes, 0, SEAL)))
		return false;
	pack = pack_reader(pool, packed);
	*place = (struct place){0, 0};
	pack_i64(&pack, &place->at);
	pack_u64(&pack, &place->id);
	return pack_done(&pack);
}
