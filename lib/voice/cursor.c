#include "cursor.h"

enum {
	SEAL = 16,        /* bytes of the HMAC that are kept */
	HOUR = 3600,      /* seconds */
	LIFE = 13 * HOUR, /* longer than the longest call */
	LONGEST = 1024,   /* bytes of text; a full trail takes 300 */
};

static void
seal_of(struct pool *pool, const struct crypto_key *key, uint64_t organization,
    struct str call_key, struct str packed, unsigned char seal[CRYPTO_MAC])
{
	struct buf text = buf_new(pool, 64 + call_key.n + packed.n);

	/* Lengths in front, so that no two inputs share a text. */
	buf_add_int(&text, (int64_t)organization);
	buf_add_char(&text, ':');
	buf_add_int(&text, (int64_t)call_key.n);
	buf_add_char(&text, ':');
	buf_add(&text, call_key);
	buf_add(&text, packed);
	crypto_hmac(key, buf_str(&text), seal);
}

struct str
cursor_seal(struct pool *pool, const struct crypto_key *key,
    const struct organization *organization, const struct call *call,
    struct cursor *cursor)
{
	struct buf packed = buf_new(pool, 128), sealed = buf_new(pool, 128);
	struct pack pack = pack_writer(&packed);
	unsigned char seal[CRYPTO_MAC];

	/* A whole hour: the same request yields the same document. */
	cursor->expires = call->now / 1000 / HOUR * HOUR + LIFE;
	cursor_pack(&pack, cursor);
	seal_of(pool, key, organization->id, call->key, buf_str(&packed), seal);
	buf_add(&sealed, (struct str){(const char *)seal, SEAL});
	buf_add(&sealed, buf_str(&packed));
	return crypto_base64(pool, sealed.p, sealed.n);
}

bool
cursor_open(struct pool *pool, const struct crypto_key *key,
    const struct organization *organization, const struct call *call,
    struct str text, struct cursor *cursor)
{
	unsigned char seal[CRYPTO_MAC];
	struct str bytes, packed;
	struct pack pack;

	if (text.n > LONGEST || !crypto_base64_parse(pool, text, &bytes) ||
	    bytes.n <= SEAL)
		return false;
	packed = str_cut(bytes, SEAL, bytes.n);
	seal_of(pool, key, organization->id, call->key, packed, seal);
	if (!crypto_same((struct str){(const char *)seal, SEAL},
		str_cut(bytes, 0, SEAL)))
		return false;
	pack = pack_reader(pool, packed);
	*cursor = (struct cursor){0};
	cursor_pack(&pack, cursor);
	return pack_done(&pack) && cursor->expires > call->now / 1000;
}
