/* Voice keys and the webhook secret: made here, shown once. */
#include "settings.h"

#include "instant.h"

enum { KEY_BYTES = 32 }; /* 256 bits */

/* clang-format off */
static const struct field rotation_fields[] = {
	{ FIELD(key_rotation, grace_minutes), .max = 10080, .def = "1440",
	    .help = "how long the key before it stays valid, too" },
};
static const struct field key_fields[] = {
	{ FIELD(new_key, voice_key), .flags = READONLY,
	    .help = "shown this once: tell the carrier" },
	{ FIELD(new_key, previous_expires_at), .flags = READONLY },
};
static const struct field secret_fields[] = {
	{ FIELD(new_secret, webhook_secret), .flags = READONLY,
	    .help = "tell the carrier" },
};
/* clang-format on */

const struct record key_rotation_record = {
    .name = "key_rotation",
    RECORD(key_rotation, rotation_fields),
};
const struct record new_key_record = {
    .name = "new_voice_key",
    RECORD(new_key, key_fields),
};
const struct record new_secret_record = {
    .name = "new_webhook_secret",
    RECORD(new_secret, secret_fields),
};

struct err *
voice_key_rotate(struct change *change, int64_t grace, struct str *key)
{
	unsigned char hash[CRYPTO_HASH];
	struct pool *pool = change->pool;
	uint64_t id;

	*key = crypto_token(pool, KEY_BYTES);
	crypto_sha256(*key, hash);
	TRY(EXEC(change->db,
	    "DELETE FROM voice_keys WHERE expires_at IS NOT NULL AND ? = 1",
	    NULL, INT(1)));
	TRY(EXEC(change->db,
	    "UPDATE voice_keys SET expires_at = ? WHERE expires_at IS NULL",
	    NULL, instant_value(pool, change->now + grace)));
	TRY(EXEC(change->db,
	    "INSERT INTO voice_keys (organization_id, hash, key_sealed)"
	    " VALUES (?, ?, ?)",
	    NULL, INT(change->organization),
	    TEXT(((struct str){(const char *)hash, CRYPTO_HASH})),
	    TEXT(STR(""))));
	id = db_last_id(change->db);
	/* The seal is bound to the row, whose id is known only now. */
	TRY(EXEC(change->db,
	    "UPDATE voice_keys SET key_sealed = ? WHERE id = ?", NULL,
	    TEXT(crypto_seal(pool, change->seal,
		pool_printf(pool, "voice_key.key:%llu", (unsigned long long)id),
		*key)),
	    INT(id)));
	/* A key alone may name the tenant, too. */
	return change_for_all(change);
}

struct err *
webhook_secret_renew(struct change *change, struct str *secret)
{
	struct pool *pool = change->pool;

	*secret = crypto_token(pool, KEY_BYTES);
	return EXEC(change->db,
	    "UPDATE settings SET webhook_secret_sealed = ?"
	    " WHERE organization_id = ?",
	    NULL,
	    TEXT(crypto_seal(pool, change->seal,
		pool_printf(pool, "setting.webhook_secret:%llu",
		    (unsigned long long)change->organization),
		*secret)),
	    INT(change->organization));
}

static struct err *
rotate(struct change *change, int64_t grace, struct str *key)
{
	struct audit rotated = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "rotate_key",
	    .type = settings.record->name,
	    .id = change->organization};

	TRY(voice_key_rotate(change, grace, key));
	return audit_write(change->db, change->pool, &rotated);
}

struct err *
settings_rotate_key(struct change *change, int64_t grace, struct str *key)
{
	struct err *err = change_begin(change);

	if (err == NULL)
		err = rotate(change, grace, key);
	return change_end(change, err);
}

static struct err *
renew(struct change *change, struct str *secret)
{
	struct settings_record before = {.carrier = 0}, after;

	TRY(resource_load(
	    change, &settings, change->organization, LIVING, &before));
	after = before;
	after.webhook_secret = *secret = crypto_token(change->pool, KEY_BYTES);
	return resource_write(
	    change, &settings, &before, &after, "renew_secret");
}

struct err *
settings_renew_secret(struct change *change, struct str *secret)
{
	struct err *err = change_begin(change);

	if (err == NULL)
		err = renew(change, secret);
	return change_end(change, err);
}
