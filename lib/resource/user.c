#include "user.h"

#include "check.h"
#include "password.h"

/* From the least to the most, so that a lower place is a demotion. */
static const char *const roles[] = {"user", "agent", "admin", "owner", NULL};

/* clang-format off */
#define TWO_FACTOR                                                           \
	.name = "two_factor", .kind = FIELD_BOOL,                            \
	.column = "(totp_confirmed_at IS NOT NULL)",                         \
	.offset = offsetof(struct user_record, two_factor)

static const struct field fields[] = {
	{ FIELD(user_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(user_record, email), .max = 254, .format = TEXT_EMAIL,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(user_record, role), .choices = roles,
	    .flags = SORT | FILTER },
	{ FIELD(user_record, status), .choices = statuses,
	    .flags = SORT | FILTER },
	{ FIELD(user_record, phone), .max = 40, .flags = FILTER,
	    .help = "a telephone number, like +12125550100" },
	{ FIELD(user_record, password), .min = PASSWORD_LEAST,
	    .max = PASSWORD_MOST, .flags = WRITEONLY,
	    .help = "at least 10 characters; for a new user none: a link to "
	    "choose one is mailed" },
	{ FIELD(user_record, settings), .def = "{}",
	    .flags = UNLISTED | FILTER },
	{ TWO_FACTOR, .flags = READONLY | ELSEWHERE | FILTER },
	{ FIELD(user_record, password_changed_at),
	    .flags = READONLY | ELSEWHERE | UNLISTED },
	{ FIELD(user_record, last_sign_in_at),
	    .flags = READONLY | ELSEWHERE | SORT },
};
/* As above, and nobody finds by a filter what he does not see. */
static const struct field shared[] = {
	{ FIELD(user_record, name),
	    .flags = READONLY | SORT | SEARCH | FILTER },
	{ FIELD(user_record, email),
	    .flags = READONLY | SORT | SEARCH | FILTER },
	{ FIELD(user_record, role), .choices = roles,
	    .flags = READONLY | SORT | FILTER },
	{ FIELD(user_record, status), .choices = statuses,
	    .flags = READONLY | SORT | FILTER },
	{ FIELD(user_record, phone), .flags = READONLY | UNLISTED },
	{ FIELD(user_record, settings), .def = "{}",
	    .flags = READONLY | UNLISTED },
	{ TWO_FACTOR, .flags = READONLY | UNLISTED },
	{ FIELD(user_record, password_changed_at),
	    .flags = READONLY | UNLISTED },
	{ FIELD(user_record, last_sign_in_at), .flags = READONLY | UNLISTED },
};
/* clang-format on */

const struct record user_table = {
    .name = "user",
    .view = "users",
    .order = "name",
    RECORD(user_record, fields),
};
static const struct record colleague = {
    .name = "user",
    .view = "users",
    .order = "name",
    RECORD(user_record, shared),
};

enum role
user_role(const struct user_record *user)
{
	return role_parse(str_of(roles[user->role]));
}

bool
is_self(const struct change *change, uint64_t user)
{
	return change->actor.type == NULL && change->actor.user != 0 &&
	       change->actor.user == user;
}

/* What was a role when the request came may be one no more. */
static struct err *
check_actor(struct change *change)
{
	struct rows *rows;

	if (change->actor.type != NULL || change->actor.user == 0)
		return NULL;
	TRY(QUERY(change->db,
	    "SELECT role FROM users WHERE id = ? AND deleted_at IS NULL"
	    " AND status = 'active'",
	    &rows, INT(change->actor.user)));
	if (rows->count == 0)
		return err_new(change->pool, FORBIDDEN,
		    "You may do nothing here any more.");
	change->role = role_parse(rows_text(rows, 0, 0));
	return NULL;
}

struct err *
check_manages(struct change *change, enum role other)
{
	TRY(check_actor(change));
	if (role_manages(change->role, other))
		return NULL;
	return err_new(change->pool, FORBIDDEN,
	    "Your role does not manage people whose role is %s.",
	    role_name(other));
}

/* Somebody has to be there who can change everything. */
static struct err *
check_last_owner(struct change *change, const struct user_record *before)
{
	struct rows *rows;

	if (user_role(before) != ROLE_OWNER || before->status != ACTIVE ||
	    before->row.deleted_at.at != 0)
		return NULL;
	TRY(QUERY(change->db,
	    "SELECT 1 FROM users WHERE role = 'owner' AND status = 'active'"
	    " AND deleted_at IS NULL AND id <> ? LIMIT 1",
	    &rows, INT(before->row.id)));
	if (rows->count > 0)
		return NULL;
	return err_new(change->pool, CONFLICT,
	    "The organization's last active owner stays.");
}

static struct err *
check_new(struct change *change, const struct user_record *user)
{
	TRY(check_actor(change));
	if (!role_manages(change->role, user_role(user)))
		forbid(change, STR("role"),
		    "is not below yours, so you cannot give it");
	return NULL;
}

/*
 * One's own name, telephone and settings; an owner's own address, too.  A
 * password is changed where the present one is asked for.
 */
static struct err *
check_self(struct change *change, const struct user_record *before,
    const struct user_record *user)
{
	TRY(check_actor(change));
	if (user->role != before->role)
		forbid(change, STR("role"), "is your own: others change it");
	if (user->status != before->status)
		forbid(change, STR("status"), "is your own: others change it");
	if (user->password.p != NULL)
		forbid(change, STR("password"),
		    "is your own: change it where you sign in");
	if (!str_equal(user->email, before->email) &&
	    !role_manages(change->role, user_role(before)))
		forbid(change, STR("email"), "is changed by who manages you");
	return NULL;
}

static struct err *
check_other(struct change *change, const struct user_record *before,
    const struct user_record *user)
{
	TRY(check_manages(change, user_role(before)));
	if (!role_manages(change->role, user_role(user)))
		forbid(change, STR("role"),
		    "is not below yours, so you cannot give it");
	if (user->role != before->role || user->status != before->status)
		TRY(check_last_owner(change, before));
	return NULL;
}

static struct err *
check_phone(struct change *change, struct user_record *user)
{
	struct country country;
	struct number number;

	if (user->phone.p == NULL || complained(&change->all, STR("phone")))
		return NULL;
	TRY(find_country(change, &country));
	if (number_dialled(user->phone, country, &number))
		user->phone = pool_copy(change->pool, str_of(number.e164));
	else
		complain(&change->all, STR("phone"),
		    "must be a telephone number, like +12125550100");
	return NULL;
}

static void
check_password(struct change *change, struct user_record *user)
{
	struct str path = STR("password");

	if (user->password.p == NULL || complained(&change->all, path))
		return;
	password_check(&change->all, path, user->password, user->email);
	user->password_changed_at.at = change->now;
}

/* What ends at once with what is changed. */
static unsigned
find_ends(const struct user_record *before, const struct user_record *user)
{
	unsigned ends = 0;

	if (before == NULL)
		return 0;
	if (user->role < before->role)
		ends |= END_SESSIONS;
	if (user->status != ACTIVE && before->status == ACTIVE)
		ends |= END_SESSIONS | END_LINKS;
	if (!str_equal(user->email, before->email))
		ends |= END_LINKS;
	if (user->password.p != NULL)
		ends |= END_SESSIONS | END_LINKS | END_TOKENS;
	return ends;
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	struct user_record *user = object;

	resource_take(change, &users, body, before, user);
	if (user->email.p != NULL)
		user->email = pool_lower(change->pool, user->email);
	TRY(check_phone(change, user));
	if (before == NULL)
		TRY(check_new(change, user));
	else if (is_self(change, user->row.id))
		TRY(check_self(change, before, user));
	else
		TRY(check_other(change, before, user));
	check_password(change, user);
	user->ends = find_ends(before, user);
	return forbidden(change);
}

struct err *
user_end(struct change *change, uint64_t id, unsigned ends)
{
	if ((ends & END_SESSIONS) != 0)
		TRY(EXEC(change->db, "DELETE FROM sessions WHERE user_id = ?",
		    NULL, INT(id)));
	if ((ends & END_LINKS) != 0)
		TRY(EXEC(change->db,
		    "DELETE FROM password_links WHERE user_id = ?", NULL,
		    INT(id)));
	if ((ends & END_TOKENS) != 0)
		TRY(EXEC(change->db,
		    "UPDATE tokens SET deleted_at = UTC_TIMESTAMP(3)"
		    " WHERE user_id = ? AND deleted_at IS NULL",
		    NULL, INT(id)));
	return NULL;
}

struct err *
user_set_password(struct change *change, uint64_t id, struct str password)
{
	TRY(EXEC(change->db,
	    "UPDATE users SET password_hash = ?,"
	    " password_changed_at = UTC_TIMESTAMP(3) WHERE id = ?",
	    NULL,
	    TEXT(crypto_password_hash(change->pool, password, change->cheap)),
	    INT(id)));
	return user_end(change, id, END_SESSIONS | END_LINKS | END_TOKENS);
}

static struct err *
save(struct change *change, const void *object)
{
	const struct user_record *user = object;

	if (user->password.p != NULL)
		TRY(user_set_password(change, user->row.id, user->password));
	return user_end(change, user->row.id, user->ends);
}

const struct resource users = {
    .name = "users",
    .record = &user_table,
    .take = take,
    .save = save,
    .references = "SELECT 'extension', id, name FROM extensions"
		  " WHERE deleted_at IS NULL AND user_id = ?",
};

static struct err *
hide(struct change *change, void *object)
{
	struct user_record *user = object;

	(void)change;
	user->phone = NO_STR;
	user->settings.text = STR("{}");
	user->two_factor = false;
	user->password_changed_at.at = user->last_sign_in_at.at = 0;
	return NULL;
}

const struct resource colleagues = {
    .name = "users",
    .record = &colleague,
    .load = hide,
};

static struct err *
find(struct change *change, uint64_t id, enum living living,
    struct user_record **user)
{
	*user = NEW(change->pool, struct user_record);
	return resource_load(change, &users, id, living, *user);
}

static struct err *
remove_user(struct change *change, uint64_t id)
{
	struct user_record *user;

	TRY(find(change, id, LIVING, &user));
	if (is_self(change, id))
		return err_new(
		    change->pool, FORBIDDEN, "Nobody deletes himself.");
	TRY(check_manages(change, user_role(user)));
	TRY(check_last_owner(change, user));
	TRY(user_end(change, id, END_SESSIONS | END_LINKS | END_TOKENS));
	return resource_remove(change, &users, id);
}

struct err *
user_remove(struct change *change, uint64_t id)
{
	TRY(change_begin(change));
	return change_end(change, remove_user(change, id));
}

static struct err *
bring_back(struct change *change, uint64_t id)
{
	struct user_record *user;

	TRY(find(change, id, DELETED, &user));
	TRY(check_manages(change, user_role(user)));
	return resource_bring_back(change, &users, id);
}

struct err *
user_bring_back(struct change *change, uint64_t id)
{
	TRY(change_begin(change));
	return change_end(change, bring_back(change, id));
}
