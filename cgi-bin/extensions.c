/*
 * /cgi-bin/extensions[/ID[/restore|/delete|/sip-password]]
 *
 * The numbers that are dialled inside, and what each of them is.
 *
 * Touches: extensions, audit_entries; reads what extensions refer to, and
 * calls for what they do now.
 */
#include "control.h"
#include "extension.h"
#include "presences.h"

/* Below admin one changes some of one's own, and nothing of others'. */
static struct err *
narrow(struct visit *visit)
{
	struct rows *rows;

	if (role_in(visit->who.role, ADMINS) || visit->face != FACE_HTML)
		return NULL;
	TRY(db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization));
	TRY(QUERY(visit->change.db,
	    "SELECT 1 FROM extensions WHERE id = ? AND user_id = ?", &rows,
	    INT(visit->id), INT(visit->who.user)));
	visit->only = extension_own;
	visit->locked = rows->count == 0;
	return db_commit(visit->change.db);
}

/* What they do now, beside what they are. */
static struct err *
look_at_calls(struct visit *visit)
{
	struct presences *presences;

	TRY(presences_load(visit->desk->redis, visit->desk->db,
	    visit->req->pool, visit->change.organization, visit->change.now,
	    &presences));
	visit->change.presences = presences;
	return NULL;
}

static struct err *
list_extensions(struct visit *visit)
{
	TRY(look_at_calls(visit));
	return list_records(visit);
}

static struct err *
create_extension(struct visit *visit)
{
	TRY(look_at_calls(visit));
	return create_record(visit);
}

static struct err *
replace_extension(struct visit *visit)
{
	TRY(look_at_calls(visit));
	return replace_record(visit);
}

static struct err *
restore_extension(struct visit *visit)
{
	TRY(look_at_calls(visit));
	return restore_record(visit);
}

static struct err *
show_extension(struct visit *visit)
{
	TRY(look_at_calls(visit));
	TRY(narrow(visit));
	return show_record(visit);
}

static struct err *
modify_extension(struct visit *visit)
{
	TRY(look_at_calls(visit));
	TRY(narrow(visit));
	return modify_record(visit);
}

static struct err *
renew_password(struct visit *visit)
{
	TRY(look_at_calls(visit));
	TRY(extension_renew_password(&visit->change, visit->id));
	return answer_changed(visit, visit->id, 200);
}

/* clang-format off */
static const struct route routes[] = {
	ROUTE("GET", "/extensions", READERS, list_extensions, &extensions,
	    .gives = GIVES_PAGED),
	ROUTE("POST", "/extensions", ADMINS, create_extension, &extensions,
	    .gives = GIVES_NEW, .takes = &extension_table),
	ROUTE("GET", "/extensions/new", ADMINS, new_record, &extensions),
	ROUTE("GET", "/extensions/ID", READERS, show_extension, &extensions),
	ROUTE("PUT", "/extensions/ID", ADMINS, replace_extension, &extensions,
	    .takes = &extension_table),
	ROUTE("PATCH", "/extensions/ID", AGENTS, modify_extension,
	    &extensions, .takes = &extension_table),
	ROUTE("DELETE", "/extensions/ID", ADMINS, delete_record, &extensions),
	ROUTE("GET", "/extensions/ID/delete", ADMINS, ask_delete,
	    &extensions),
	ROUTE("POST", "/extensions/ID/restore", ADMINS, restore_extension,
	    &extensions),
	ROUTE("POST", "/extensions/ID/sip-password", ADMINS, renew_password,
	    &extensions),
};
/* clang-format on */

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("extensions", routes), argc, argv);
}
