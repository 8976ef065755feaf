/*
 * /cgi-bin/users[/ID[/restore|/invite|/reset-two-factor|/delete]]
 *
 * The people of an organization.  Everybody sees who there is and changes
 * what is his own; owners and admins manage those below them.
 *
 * Touches: users, sessions, tokens, password_links, recovery_codes,
 * deliveries, audit_entries; reads organizations and extensions.
 */
#include "control.h"
#include "user.h"

/* What is deleted is for those to see who may restore it. */
static struct err *
narrow(struct visit *visit)
{
	if (role_in(visit->who.role, ADMINS))
		return NULL;
	if (form_get(&visit->query, "deleted").n > 0)
		return err_new(visit->req->pool, FORBIDDEN,
		    "Your role does not see deleted users.");
	if (visit->id == 0 || visit->id != visit->who.user)
		visit->resource = &colleagues;
	return NULL;
}

static const char *const own[] = {"name", "phone", "settings", NULL};
static const char *const owners_own[] = {
    "name", "email", "phone", "settings", NULL};

/* What the page of this user lets the visitor change. */
static struct err *
find_fixed(struct visit *visit)
{
	struct rows *rows;

	if (visit->id == visit->who.user && visit->who.user != 0) {
		visit->only = visit->who.role == ROLE_OWNER ? owners_own : own;
		return NULL;
	}
	if (visit->face != FACE_HTML)
		return NULL;
	TRY(db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization));
	TRY(QUERY(visit->change.db, "SELECT role FROM users WHERE id = ?",
	    &rows, INT(visit->id)));
	visit->locked =
	    rows->count > 0 &&
	    !role_manages(visit->who.role, role_parse(rows_text(rows, 0, 0)));
	return db_commit(visit->change.db);
}

static struct err *
modify_user(struct visit *visit)
{
	TRY(find_fixed(visit));
	return modify_record(visit);
}

static struct err *
list_users(struct visit *visit)
{
	TRY(narrow(visit));
	return list_records(visit);
}

static struct err *
show_user(struct visit *visit)
{
	TRY(narrow(visit));
	TRY(find_fixed(visit));
	return show_record(visit);
}

static struct err *
create_user(struct visit *visit)
{
	uint64_t id = 0;
	struct err *err = user_add(
	    &visit->change, visit->body.json, visit->desk->gate->base_url, &id);

	if (err != NULL)
		return answer_refused(visit, err);
	return answer_changed(visit, id, 201);
}

static struct err *
delete_user(struct visit *visit)
{
	TRY(user_remove(&visit->change, visit->id));
	return answer_deleted(visit);
}

static struct err *
restore_user(struct visit *visit)
{
	TRY(user_bring_back(&visit->change, visit->id));
	return answer_changed(visit, visit->id, 200);
}

static struct err *
invite_user(struct visit *visit)
{
	TRY(user_invite(
	    &visit->change, visit->id, visit->desk->gate->base_url));
	return answer_changed(visit, visit->id, 200);
}

static struct err *
reset_two_factor(struct visit *visit)
{
	TRY(user_reset_two_factor(&visit->change, visit->id));
	return answer_changed(visit, visit->id, 200);
}

static const struct route routes[] = {
    ROUTE("GET", "/users", READERS, list_users, &users, .gives = GIVES_PAGED),
    ROUTE("POST", "/users", ADMINS, create_user, &users, .gives = GIVES_NEW,
	.takes = &user_table),
    ROUTE("GET", "/users/new", ADMINS, new_record, &users),
    ROUTE("GET", "/users/ID", READERS, show_user, &users, .gives = GIVES_ONE),
    ROUTE("PUT", "/users/ID", ADMINS, replace_record, &users),
    ROUTE("PATCH", "/users/ID", READERS, modify_user, &users),
    ROUTE("DELETE", "/users/ID", ADMINS, delete_user, &users,
	.gives = GIVES_NOTHING),
    ROUTE("GET", "/users/ID/delete", ADMINS, ask_delete, &users),
    ROUTE("POST", "/users/ID/restore", ADMINS, restore_user, &users,
	.gives = GIVES_ONE),
    ROUTE("POST", "/users/ID/invite", ADMINS, invite_user, &users,
	.gives = GIVES_ONE, .does = "Mails a link to choose a password"),
    ROUTE("POST", "/users/ID/reset-two-factor", ADMINS, reset_two_factor,
	&users, .gives = GIVES_ONE,
	.does = "Ends the second factor of who lost it"),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("users", routes), argc, argv);
}
