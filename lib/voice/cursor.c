#include "cursor.h"

#include "signed.h"

enum {
	HOUR = 3600,      /* seconds */
	LIFE = 13 * HOUR, /* longer than the longest call */
	LONGEST = 1024,   /* bytes of text; a full trail takes 300 */
};

/* The length in front, so that no two inputs share a text. */
static struct str
about(struct pool *pool, const struct organization *organization,
    const struct call *call)
{
	struct buf text = buf_new(pool, 64 + call->key.n);

	buf_add_int(&text, (int64_t)organization->id);
	buf_add_char(&text, ':');
	buf_add_int(&text, (int64_t)call->key.n);
	buf_add_char(&text, ':');
	buf_add(&text, call->key);
	return buf_str(&text);
}

struct str
cursor_seal(struct pool *pool, const struct crypto_key *key,
    const struct organization *organization, const struct call *call,
    struct cursor *cursor)
{
	struct buf packed = buf_new(pool, 128);
	struct pack pack = pack_writer(&packed);

	/* A whole hour: the same request yields the same document. */
	cursor->expires = call->now / 1000 / HOUR * HOUR + LIFE;
	cursor_pack(&pack, cursor);
	return signed_write(
	    pool, key, about(pool, organization, call), buf_str(&packed));
}

bool
cursor_open(struct pool *pool, const struct crypto_key *key,
    const struct organization *organization, const struct call *call,
    struct str text, struct cursor *cursor)
{
	struct str packed = NO_STR;
	struct pack pack;

	if (text.n > LONGEST ||
	    !signed_parse(
		pool, key, about(pool, organization, call), text, &packed))
		return false;
	pack = pack_reader(pool, packed);
	*cursor = (struct cursor){0};
	cursor_pack(&pack, cursor);
	return pack_done(&pack) && cursor->expires > call->now / 1000;
}
