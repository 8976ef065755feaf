#include "admit.h"

#include "crypto.h"

static struct err *
refuse(struct pool *pool, const char *why)
{
	struct err *err =
	    err_new(pool, UNAUTHENTICATED, "The carrier's key is required.");

	err->cause = str_of(why);
	return err;
}

static struct err *
by_names(struct directory *directory, struct pool *pool,
    const struct carrier_request *request, uint64_t *organization)
{
	uint64_t other;

	TRY(directory_find(directory, pool, &request->names[0], organization));
	for (size_t i = 1; i < request->name_count; i++) {
		TRY(directory_find(
		    directory, pool, &request->names[i], &other));
		if (other != *organization)
			return refuse(pool, "the request names two tenants");
	}
	if (*organization == 0)
		return refuse(pool, "no tenant has this domain");
	return NULL;
}

static struct str
hash_of(struct pool *pool, struct str key)
{
	unsigned char *hash = pool_alloc(pool, CRYPTO_HASH);

	if (key.n == 0)
		return NO_STR;
	crypto_sha256(key, hash);
	return (struct str){(const char *)hash, CRYPTO_HASH};
}

static struct err *
by_key(struct directory *directory, struct pool *pool,
    const struct carrier_request *request, uint64_t *organization)
{
	*organization = 0;
	if (request->key.n > 0)
		TRY(directory_find_key(directory, pool,
		    hash_of(pool, request->key), organization));
	if (*organization == 0 && request->api_key.n > 0)
		TRY(directory_find_key(directory, pool,
		    hash_of(pool, request->api_key), organization));
	if (*organization == 0)
		return refuse(pool, "no tenant has this key");
	return NULL;
}

/* Every key is compared, so that the time says nothing about which fits. */
static bool
key_fits(const struct organization *organization, struct pool *pool,
    struct str given, int64_t now)
{
	struct str hash = hash_of(pool, given);
	bool fits = false;

	for (size_t i = 0; i < organization->key_count; i++) {
		const struct voice_key *key = &organization->keys[i];
		bool same = crypto_same(key->hash, hash);

		if (key->expires == 0 || key->expires > now)
			fits |= same;
	}
	return fits;
}

struct err *
admit(struct directory *directory, struct pool *pool,
    const struct carrier_request *request, int64_t now, struct lookups *lookups)
{
	uint64_t organization;
	struct err *err;

	if (request->names_disagree)
		return refuse(pool, "an identity header is not unique");
	if (request->key.n == 0 && request->api_key.n == 0)
		return refuse(pool, "there is no key");
	if (request->name_count > 0)
		TRY(by_names(directory, pool, request, &organization));
	else
		TRY(by_key(directory, pool, request, &organization));
	err = directory_open(
	    directory, pool, organization, request->call.key, lookups);
	if (err != NULL && err->code == NOT_FOUND)
		return refuse(pool, "the tenant was deleted");
	TRY(err);
	if (!key_fits(lookups->organization, pool, request->key, now) &&
	    !key_fits(lookups->organization, pool, request->api_key, now))
		return refuse(pool, "the key is not this tenant's");
	return NULL;
}
