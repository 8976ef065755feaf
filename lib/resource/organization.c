#include "organization.h"

#include "instant.h"
#include "number.h"
#include "who.h"
#include "zone.h"

enum {
	KEY_BYTES = 32,      /* of a voice key: 256 bits */
	LINK_LIFE = 3600000, /* milliseconds */
	LONGEST_SLUG = 63,
};

/* "Acme Phones, Inc." becomes "acme-phones-inc". */
static struct str
slug_of(struct pool *pool, struct str name)
{
	struct buf slug = buf_new(pool, LONGEST_SLUG + 1);

	for (size_t i = 0; i < name.n && slug.n < LONGEST_SLUG; i++) {
		char c = str_lower(name.p[i]);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			buf_add_char(&slug, c);
		else if (slug.n > 0 && slug.p[slug.n - 1] != '-')
			buf_add_char(&slug, '-');
	}
	while (slug.n > 0 && slug.p[slug.n - 1] == '-')
		slug.n--;
	return buf_str(&slug);
}

/* What was not given is stored as NULL. */
static struct str
lower(struct pool *pool, struct str text)
{
	return text.n > 0 ? pool_lower(pool, text) : NO_STR;
}

static struct err *
check(struct change *change, const struct new_organization *wanted)
{
	struct complaints all = {change->pool, NULL, NULL};
	struct country country;

	if (wanted->name.n == 0 || str_length(wanted->name) > 100)
		complain(&all, STR("name"), "must have 1 to 100 characters");
	if (!country_parse(wanted->country, &country))
		complain(&all, STR("country"),
		    "must be a country code of two letters, like US");
	if (zone_load(wanted->timezone) == NULL)
		complain(&all, STR("timezone"),
		    "must be an IANA time zone, like America/New_York");
	if (str_find(wanted->owner_email, '@') < 1 ||
	    wanted->owner_email.n > 254)
		complain(&all, STR("owner_email"), "must be an e-mail address");
	if (wanted->owner_password.p != NULL &&
	    (str_length(wanted->owner_password) < 12 ||
		wanted->owner_password.n > 200))
		complain(&all, STR("owner_password"),
		    "must have 12 to 200 characters");
	return complaints_err(&all);
}

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
	return EXEC(change->db,
	    "UPDATE voice_keys SET key_sealed = ? WHERE id = ?", NULL,
	    TEXT(crypto_seal(pool, change->seal,
		pool_printf(pool, "voice_key.key:%llu", (unsigned long long)id),
		*key)),
	    INT(id));
}

static struct err *
make_secrets(struct change *change, struct str *key, struct str *secret)
{
	struct pool *pool = change->pool;

	TRY(voice_key_rotate(change, 0, key));
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
make_link(struct change *change, struct made_organization *made)
{
	unsigned char hash[CRYPTO_HASH];

	made->link_token = crypto_token(change->pool, KEY_BYTES);
	crypto_sha256(made->link_token, hash);
	return EXEC(change->db,
	    "INSERT INTO password_links"
	    " (organization_id, user_id, hash, expires_at)"
	    " VALUES (?, ?, ?, ?)",
	    NULL, INT(change->organization), INT(made->owner),
	    TEXT(((struct str){(const char *)hash, CRYPTO_HASH})),
	    instant_value(change->pool, change->now + LINK_LIFE));
}

static struct err *
make_owner(struct change *change, const struct new_organization *wanted,
    struct made_organization *made)
{
	struct audit by = {
	    .organization = change->organization, .actor = &change->actor};
	struct new_user owner = {.name = wanted->owner_name,
	    .email = lower(change->pool, wanted->owner_email),
	    .password = wanted->owner_password,
	    .role = ROLE_OWNER};

	if (owner.name.n == 0)
		owner.name = owner.email;
	TRY(user_create(change->db, change->pool, &by, &owner, &made->owner));
	return wanted->owner_password.n > 0 ? NULL : make_link(change, made);
}

static struct err *
make(struct change *change, const struct new_organization *wanted,
    struct made_organization *made)
{
	struct audit created = {.actor = &change->actor,
	    .action = "create",
	    .type = "organization",
	    .name = wanted->name};
	struct rows *rows;

	TRY(QUERY(change->db, "SELECT organization_create(?, ?, ?, ?)", &rows,
	    TEXT(wanted->name), TEXT(made->slug), TEXT(wanted->country),
	    TEXT(wanted->timezone)));
	made->id = (uint64_t)rows_int(rows, 0, 0);
	change->organization = created.organization = created.id = made->id;
	TRY(EXEC(change->db,
	    "UPDATE organizations SET domain = ?, domain_uuid = ?,"
	    " emergency_trunk = ? WHERE id = ?",
	    NULL, TEXT(lower(change->pool, wanted->domain)),
	    TEXT(lower(change->pool, wanted->domain_uuid)),
	    TEXT(wanted->emergency_trunk), INT(made->id)));
	TRY(make_secrets(change, &made->voice_key, &made->webhook_secret));
	TRY(make_owner(change, wanted, made));
	TRY(audit_write(change->db, change->pool, &created));
	/* Which domain and key name which tenant is everybody's business. */
	return generation_raise(change->db, 0, &change->generation);
}

struct err *
organization_create(struct change *change,
    const struct new_organization *wanted, struct made_organization *made)
{
	struct err *err;

	TRY(check(change, wanted));
	*made = (struct made_organization){.slug = wanted->slug};
	if (made->slug.n == 0)
		made->slug = slug_of(change->pool, wanted->name);
	TRY(db_begin(change->db, change->pool, DB_WRITE, 0));
	err = make(change, wanted, made);
	if (err == NULL)
		err = db_commit(change->db);
	if (err != NULL) {
		db_rollback(change->db);
		return err;
	}
	generation_publish(change->generations, change->pool, change->db, 0,
	    change->generation);
	return NULL;
}

struct err *
organization_renew(struct change *change, struct str *key, struct str *secret)
{
	struct audit renewed = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "renew_secrets",
	    .type = "setting",
	    .id = change->organization};
	uint64_t everybody;

	TRY(make_secrets(change, key, secret));
	TRY(audit_write(change->db, change->pool, &renewed));
	/* A key alone may name the tenant, too. */
	return generation_raise(change->db, 0, &everybody);
}

struct err *
organization_set_caller_id(struct change *change, uint64_t did)
{
	struct audit changed = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "update",
	    .type = "organization",
	    .id = change->organization,
	    .after = pool_printf(change->pool, "{\"caller_id_did_id\":%llu}",
		(unsigned long long)did)};

	TRY(EXEC(change->db,
	    "UPDATE organizations SET caller_id_did_id = ? WHERE id = ?", NULL,
	    INT(did), INT(change->organization)));
	return audit_write(change->db, change->pool, &changed);
}

struct err *
organization_set_suspended(struct change *change, bool suspended)
{
	struct audit changed = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = suspended ? "suspend" : "resume",
	    .type = "organization",
	    .id = change->organization};
	uint64_t affected;

	TRY(EXEC(change->db,
	    "UPDATE organizations SET status = ? WHERE status <> ?", &affected,
	    TEXT(suspended ? STR("suspended") : STR("active")),
	    TEXT(suspended ? STR("suspended") : STR("active"))));
	if (affected == 0)
		return err_new(change->pool, CONFLICT,
		    suspended ? "It is suspended already."
			      : "It is not suspended.");
	return audit_write(change->db, change->pool, &changed);
}
