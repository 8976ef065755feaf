#include "signed.h"

#include "buf.h"

enum { SEAL = 16 }; /* bytes of the HMAC that are kept */

static struct str
seal_of(struct pool *pool, const struct crypto_key *key, struct str about,
    struct str bytes)
{
	struct buf text = buf_new(pool, about.n + bytes.n + 1);
	unsigned char *mac = pool_alloc(pool, CRYPTO_MAC);

	buf_add(&text, about);
	buf_add(&text, bytes);
	crypto_hmac(key, buf_str(&text), mac);
	return (struct str){(const char *)mac, SEAL};
}

struct str
signed_write(struct pool *pool, const struct crypto_key *key, struct str about,
    struct str bytes)
{
	struct buf sealed = buf_new(pool, SEAL + bytes.n + 1);

	buf_add(&sealed, seal_of(pool, key, about, bytes));
	buf_add(&sealed, bytes);
	return crypto_base64(pool, sealed.p, sealed.n);
}

bool
signed_parse(struct pool *pool, const struct crypto_key *key, struct str about,
    struct str text, struct str *bytes)
{
	struct str all;

	if (!crypto_base64_parse(pool, text, &all) || all.n <= SEAL)
		return false;
	*bytes = str_cut(all, SEAL, all.n);
	return crypto_same(
	    seal_of(pool, key, about, *bytes), str_cut(all, 0, SEAL));
}
