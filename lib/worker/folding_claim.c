/* Which calls are ours to fold: another worker may be at them. */
#include "folding_private.h"

/*
 * A fold takes milliseconds.  Who has had a call for longer is dead or stuck,
 * and MariaDB keeps two of us apart (folding_load(), the row's version).
 */
enum { STUCK_MS = 5000 };

size_t
folding_claim(struct folding *folding, struct pool *pool, uint64_t organization,
    struct str *keys, size_t count, struct folding_claim *claim)
{
	size_t kept = 0;

	*claim = (struct folding_claim){.pool = pool,
	    .organization = organization,
	    .token = lock_token(pool),
	    .locks = NEW_ARRAY(pool, struct lock, count),
	    .count = count};
	for (size_t i = 0; i < count; i++)
		claim->locks[i].name =
		    pool_printf(pool, "call:%.*s", PSTR(keys[i]));
	/* Without Redis all of them are. */
	if (locks_take(folding->redis, pool, organization, claim->token,
		claim->locks, count) != NULL)
		return count;
	for (size_t i = 0; i < count; i++)
		if (claim->locks[i].ours || claim->locks[i].age > STUCK_MS)
			keys[kept++] = keys[i];
	return kept;
}

void
folding_release(struct folding *folding, struct folding_claim *claim)
{
	locks_release(folding->redis, claim->pool, claim->organization,
	    claim->token, claim->locks, claim->count);
}
