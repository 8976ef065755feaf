/*
 * /cgi-bin/voicemails[/ID[/audio|/heard|/unheard|/restore|/delete]]
 * /cgi-bin/voicemails/audio/TOKEN
 *
 * Messages: a user's and an agent's own mailboxes, everybody's for owner and
 * admin.  The carrier fetches those that somebody listens to by phone.
 *
 * Touches: voicemails, audit_entries, var_dir/audio; reads extensions.
 */
#include "listen.h"
#include "voicemail.h"

static struct err *
list_voicemails(struct visit *visit)
{
	return answer_own_list(visit, "? IS NULL OR received_at >= ?",
	    "? IS NULL OR received_at < ?", "? IS NULL OR from_number LIKE ?");
}

static struct err *
show_voicemail(struct visit *visit)
{
	TRY(check_own(visit));
	return show_record(visit);
}

static struct err *
modify_voicemail(struct visit *visit)
{
	TRY(check_own(visit));
	return modify_record(visit);
}

static struct err *
set_heard(struct visit *visit, struct str body)
{
	TRY(check_own(visit));
	TRY(json_parse(visit->req->pool, body, &visit->body.json));
	visit->change.form = false;
	return modify_record(visit);
}

static struct err *
mark_heard(struct visit *visit)
{
	return set_heard(visit, STR("{\"heard\": true}"));
}

static struct err *
mark_unheard(struct visit *visit)
{
	return set_heard(visit, STR("{\"heard\": false}"));
}

static struct err *
ask_delete_voicemail(struct visit *visit)
{
	TRY(check_own(visit));
	return ask_delete(visit);
}

static struct err *
delete_voicemail(struct visit *visit)
{
	TRY(check_own(visit));
	return delete_record(visit);
}

static struct err *
restore_voicemail(struct visit *visit)
{
	TRY(check_own(visit));
	return restore_record(visit);
}

static struct err *
answer_voicemail(struct visit *visit)
{
	struct change *change = &visit->change;
	struct voicemail_record message;
	struct listen listen = {
	    .kind = AUDIO_VOICEMAIL, .cache = "private, no-cache"};

	TRY(check_own(visit));
	TRY(db_begin(change->db, change->pool, DB_READ, change->organization));
	TRY(resource_load(change, &voicemails, visit->id, LIVING, &message));
	TRY(db_commit(change->db));
	if (message.state != AUDIO_READY)
		return err_new(change->pool, NOT_FOUND,
		    "The audio of this message is not here.");
	listen.organization = change->organization;
	listen.id = message.row.id;
	listen.media_type = message.media_type;
	return answer_audio(visit, &listen);
}

/* Deleted by phone or here, it is gone for whoever knows the address. */
static struct err *
answer_carrier(struct visit *visit)
{
	struct db *db = visit->desk->db;
	struct listen listen = {
	    .kind = AUDIO_VOICEMAIL, .cache = "private, no-store"};
	struct rows *rows;

	TRY(listen_find(visit, &listen.organization));
	TRY(QUERY(db,
	    "SELECT id, media_type FROM voicemails WHERE audio_token = ?"
	    " AND deleted_at IS NULL AND state = 'ready'",
	    &rows, TEXT(visit->token)));
	TRY(db_commit(db));
	if (rows->count != 1)
		return err_new(
		    visit->req->pool, NOT_FOUND, "There is nothing here.");
	listen.id = (uint64_t)rows_int(rows, 0, 0);
	listen.media_type = rows_text(rows, 0, 1);
	return answer_audio(visit, &listen);
}

/* clang-format off */
static const struct route routes[] = {
	ROUTE("GET", "/voicemails", READERS, list_voicemails, &voicemails,
	    .gives = GIVES_PAGED, .query = &listen_list_query),
	ROUTE("GET", "/voicemails/ID", READERS, show_voicemail, &voicemails),
	ROUTE("PATCH", "/voicemails/ID", READERS, modify_voicemail,
	    &voicemails, .takes = &voicemail_table),
	ROUTE("DELETE", "/voicemails/ID", READERS, delete_voicemail,
	    &voicemails, .gives = GIVES_NOTHING),
	ROUTE("GET", "/voicemails/ID/delete", READERS, ask_delete_voicemail,
	    &voicemails, .gives = GIVES_PAGE),
	ROUTE("POST", "/voicemails/ID/restore", READERS, restore_voicemail,
	    &voicemails),
	ROUTE("POST", "/voicemails/ID/heard", READERS, mark_heard,
	    &voicemails, .gives = GIVES_ONE,
	    .does = "Mark a voicemail as heard"),
	ROUTE("POST", "/voicemails/ID/unheard", READERS, mark_unheard,
	    &voicemails, .gives = GIVES_ONE,
	    .does = "Mark a voicemail as not heard"),
	ROUTE("GET", "/voicemails/ID/audio", READERS, answer_voicemail,
	    &voicemails, .gives = GIVES_FILE, .query = &listen_query,
	    .does = "Listen to a voicemail"),
	ROUTE("GET", "/voicemails/audio/TOKEN", ANYBODY, answer_carrier,
	    &voicemails, .gives = GIVES_FILE, .query = &listen_query,
	    .does = "The audio of a voicemail, for the carrier"),
};
/* clang-format on */

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("voicemails", routes), argc, argv);
}
