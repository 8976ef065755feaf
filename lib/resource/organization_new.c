/* A tenant's beginning, in one transaction. */
#include "organization_fields.h"

#include "instant.h"
#include "password.h"
#include "settings.h"
#include "who.h"

enum {
	LINK_BYTES = 32,
	LINK_LIFE = 3600000, /* milliseconds */
	LONGEST_SLUG = 63,
};

/* clang-format off */
static const struct field new_fields[] = {
	ORGANIZATION_FIELDS,
	{ FIELD_AS(new_organization, owner_name, "owner.name"), .max = 100,
	    .help = "none: the e-mail address" },
	{ FIELD_AS(new_organization, owner_email, "owner.email"),
	    .format = TEXT_EMAIL, .max = 254,
	    .help = "none: opbxctl user create makes one" },
};
static const struct field made_fields[] = {
	ORGANIZATION_FIELDS,
	{ FIELD_AS(made_organization, owner, "owner_id"),
	    .flags = READONLY, .refers = "users" },
	{ FIELD(made_organization, owner_link), .flags = READONLY,
	    .help = "sets the owner's password, once and within an hour" },
	{ FIELD(made_organization, voice_key), .flags = READONLY,
	    .help = "shown this once" },
	{ FIELD(made_organization, webhook_secret), .flags = READONLY },
};
/* clang-format on */

const struct record new_organization_record = {
    .name = "organization_with_owner",
    RECORD(new_organization, new_fields),
};
const struct record made_organization_record = {
    .name = "organization_made",
    .view = "organizations",
    RECORD(made_organization, made_fields),
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

static void
check_number(struct change *change, const char *name, const struct own_did *did)
{
	if (did->number.p != NULL && !complained(&change->all, str_of(name)))
		complain(&change->all, str_of(name),
		    "must wait until it has numbers");
}

static struct err *
take(struct change *change, const struct json *body, struct str password,
    struct new_organization *wanted)
{
	struct take how = {change->pool, &change->all, change->form, true};
	struct organization_record *x = &wanted->organization;

	record_init(change->pool, &new_organization_record, wanted);
	record_take(&how, &new_organization_record, body, STR(""), wanted);
	record_check(&how, &new_organization_record, STR(""), wanted);
	organization_check(change, x);
	check_number(change, "caller_id", &x->caller_id);
	check_number(change, "emergency_did", &x->emergency);
	if (x->slug.p == NULL && x->name.p != NULL)
		x->slug = slug_of(change->pool, x->name);
	if (x->slug.p != NULL && x->slug.n == 0)
		complain(&change->all, STR("slug"),
		    "is required: nothing of the name can be one");
	if (wanted->owner_email.p == NULL && wanted->owner_name.p != NULL &&
	    !complained(&change->all, STR("owner.email")))
		complain(&change->all, STR("owner.email"), "is required");
	if (password.p != NULL)
		password_check(&change->all, STR("owner.password"), password,
		    wanted->owner_email);
	return complaints_err(&change->all);
}

static struct err *
make_secrets(struct change *change, struct str *key, struct str *secret)
{
	TRY(voice_key_rotate(change, 0, key));
	return webhook_secret_renew(change, secret);
}

static struct err *
make_link(struct change *change, struct made_organization *made)
{
	unsigned char hash[CRYPTO_HASH];

	made->link_token = crypto_token(change->pool, LINK_BYTES);
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
    struct str password, struct made_organization *made)
{
	struct audit by = {
	    .organization = change->organization, .actor = &change->actor};
	struct new_user owner = {.name = wanted->owner_name,
	    .email = pool_lower(change->pool, wanted->owner_email),
	    .password = password,
	    .role = ROLE_OWNER};

	if (owner.name.n == 0)
		owner.name = owner.email;
	TRY(user_create(change->db, change->pool, &by, &owner, &made->owner));
	return password.n > 0 ? NULL : make_link(change, made);
}

/* Its row, of which the schema's routine makes what must not be NULL. */
static struct err *
make_row(struct change *change, const struct new_organization *wanted,
    struct made_organization *made)
{
	const struct organization_record *x = &wanted->organization;
	struct store store;
	struct rows *rows;

	TRY(QUERY(change->db, "SELECT organization_create(?, ?, ?, ?)", &rows,
	    TEXT(x->name), TEXT(x->slug), TEXT(x->country), TEXT(x->timezone)));
	change->organization = (uint64_t)rows_int(rows, 0, 0);
	made->organization = *x;
	made->organization.row.id = change->organization;
	made->organization.row.updated_at.at = change->now;
	store = change_store(change);
	TRY(record_update(&store, organizations.record, &made->organization));
	return resource_load(change, &organizations, change->organization,
	    LIVING, &made->organization);
}

static struct err *
make(struct change *change, const struct new_organization *wanted,
    struct str password, struct made_organization *made)
{
	struct audit created = {.actor = &change->actor,
	    .action = "create",
	    .type = organizations.record->name,
	    .name = wanted->organization.name};

	TRY(make_row(change, wanted, made));
	TRY(make_secrets(change, &made->voice_key, &made->webhook_secret));
	if (wanted->owner_email.p != NULL)
		TRY(make_owner(change, wanted, password, made));
	created.organization = created.id = change->organization;
	created.after = record_print(change->pool, organizations.record,
	    &made->organization, SHOW_MASKED);
	TRY(audit_write(change->db, change->pool, &created));
	return change_for_all(change);
}

struct err *
organization_create(struct change *change, const struct json *body,
    struct str owner_password, struct made_organization *made)
{
	struct new_organization *wanted =
	    NEW(change->pool, struct new_organization);
	struct err *err;

	change->all = (struct complaints){change->pool, NULL, NULL};
	*made = (struct made_organization){.owner = 0};
	TRY(take(change, body, owner_password, wanted));
	TRY(db_begin(change->db, change->pool, DB_WRITE, 0));
	err = make(change, wanted, owner_password, made);
	if (err == NULL && change->once != NULL)
		err = once_commit(change->db, change->pool, change->once);
	if (err == NULL)
		err = db_commit(change->db);
	if (err != NULL) {
		db_rollback(change->db);
		return err;
	}
	generation_publish(change->generations, change->pool, change->db, 0,
	    change->everybody);
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

	TRY(make_secrets(change, key, secret));
	return audit_write(change->db, change->pool, &renewed);
}
