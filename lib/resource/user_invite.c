/* What a manager does for somebody who cannot sign in. */
#include "instant.h"
#include "letter.h"
#include "link.h"
#include "user.h"

enum {
	LINK_BYTES = 32,
	LINK_LIFE = 7 * 86400000, /* milliseconds */
};

/* A link of which only the hash is kept; one at a time is good. */
static struct err *
make_link(struct change *change, uint64_t user, struct str *token)
{
	unsigned char hash[CRYPTO_HASH];

	*token = crypto_token(change->pool, LINK_BYTES);
	crypto_sha256(*token, hash);
	TRY(user_end(change, user, END_LINKS));
	return EXEC(change->db,
	    "INSERT INTO password_links"
	    " (organization_id, user_id, hash, expires_at)"
	    " VALUES (?, ?, ?, ?)",
	    NULL, INT(change->organization), INT(user),
	    TEXT(((struct str){(const char *)hash, sizeof hash})),
	    instant_value(change->pool, change->now + LINK_LIFE));
}

static struct err *
send_link(struct change *change, const struct user_record *user,
    struct str base, struct str token)
{
	struct pool *pool = change->pool;
	struct str organization = STR("");
	struct letter letter;
	struct rows *rows;

	TRY(db_query(
	    change->db, "SELECT name FROM organizations", NULL, 0, &rows));
	if (rows->count > 0)
		organization = rows_text(rows, 0, 0);
	letter = (struct letter){.organization = change->organization,
	    .to = user->email,
	    .subject =
		pool_printf(pool, "Your access to %.*s", PSTR(organization)),
	    .text = pool_printf(pool,
		"Hello %.*s,\n\n"
		"you can sign in to the telephone system of %.*s as %.*s.\n"
		"Choose your password here; the link is good once and for "
		"seven days:\n\n"
		"%.*s\n",
		PSTR(user->name), PSTR(organization), PSTR(user->email),
		PSTR(link_url(pool, base, token)))};
	return letter_put(change->db, pool, change->seal, &letter);
}

static struct err *
note(struct change *change, const struct user_record *user, const char *action)
{
	struct audit audit = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = action,
	    .type = users.record->name,
	    .id = user->row.id,
	    .name = user->name};

	return audit_write(change->db, change->pool, &audit);
}

static struct err *
send_new_link(
    struct change *change, const struct user_record *user, struct str base)
{
	struct str token;

	if (user->status != ACTIVE)
		return err_new(change->pool, CONFLICT,
		    "Who is not active cannot be invited.");
	TRY(make_link(change, user->row.id, &token));
	TRY(send_link(change, user, base, token));
	return note(change, user, "invite");
}

static struct err *
add(struct change *change, const struct json *body, struct str base,
    uint64_t *id)
{
	struct user_record *user = NEW(change->pool, struct user_record);

	TRY(resource_insert(change, &users, body, id));
	TRY(resource_load(change, &users, *id, LIVING, user));
	if (user->password_changed_at.at != 0 || user->status != ACTIVE)
		return NULL;
	return send_new_link(change, user, base);
}

struct err *
user_add(struct change *change, const struct json *body, struct str base,
    uint64_t *id)
{
	TRY(change_begin(change));
	return change_end(change, add(change, body, base, id));
}

/* One's own password and codes are changed where one signs in. */
static struct err *
find_managed(struct change *change, uint64_t id, struct user_record **user)
{
	*user = NEW(change->pool, struct user_record);
	TRY(resource_load(change, &users, id, LIVING, *user));
	if (is_self(change, id))
		return err_new(change->pool, FORBIDDEN,
		    "Change your own where you sign in.");
	return check_manages(change, user_role(*user));
}

static struct err *
invite(struct change *change, uint64_t id, struct str base)
{
	struct user_record *user;

	TRY(find_managed(change, id, &user));
	return send_new_link(change, user, base);
}

struct err *
user_invite(struct change *change, uint64_t id, struct str base)
{
	TRY(change_begin(change));
	return change_end(change, invite(change, id, base));
}

static struct err *
reset_two_factor(struct change *change, uint64_t id)
{
	struct user_record *user;

	TRY(find_managed(change, id, &user));
	if (!user->two_factor)
		return err_new(change->pool, CONFLICT,
		    "There is no second factor to reset.");
	TRY(EXEC(change->db,
	    "UPDATE users SET totp_sealed = NULL, totp_confirmed_at = NULL,"
	    " totp_last_step = 0 WHERE id = ?",
	    NULL, INT(id)));
	TRY(EXEC(change->db, "DELETE FROM recovery_codes WHERE user_id = ?",
	    NULL, INT(id)));
	TRY(user_end(change, id, END_SESSIONS));
	return note(change, user, "reset_two_factor");
}

struct err *
user_reset_two_factor(struct change *change, uint64_t id)
{
	TRY(change_begin(change));
	return change_end(change, reset_two_factor(change, id));
}
