/*
 * /cgi-bin/recordings[/ID[/audio|/restore|/delete]]
 *
 * Recorded calls: a user's and an agent's own to listen to, everybody's for
 * owner and admin.
 *
 * Touches: recordings, audit_entries, var_dir/audio; reads extensions.
 */
#include "listen.h"
#include "recording.h"

static struct err *
list_recordings(struct visit *visit)
{
	return answer_own_list(visit, "? IS NULL OR recorded_at >= ?",
	    "? IS NULL OR recorded_at < ?",
	    "? IS NULL OR from_number LIKE ? OR to_number LIKE ?");
}

static struct err *
show_recording(struct visit *visit)
{
	TRY(check_own(visit));
	return show_record(visit);
}

static struct err *
answer_recording(struct visit *visit)
{
	struct change *change = &visit->change;
	struct recording_record recording;
	struct listen listen = {
	    .kind = AUDIO_RECORDING, .cache = "private, no-cache"};

	TRY(check_own(visit));
	TRY(db_begin(change->db, change->pool, DB_READ, change->organization));
	TRY(resource_load(change, &recordings, visit->id, LIVING, &recording));
	TRY(db_commit(change->db));
	if (recording.state != AUDIO_READY)
		return err_new(change->pool, NOT_FOUND,
		    "The audio of this recording is not here.");
	listen.organization = change->organization;
	listen.id = recording.row.id;
	listen.media_type = recording.media_type;
	return answer_audio(visit, &listen);
}

/* clang-format off */
static const struct route routes[] = {
	ROUTE("GET", "/recordings", READERS, list_recordings, &recordings,
	    .gives = GIVES_PAGED, .query = &listen_list_query),
	ROUTE("GET", "/recordings/ID", READERS, show_recording, &recordings),
	ROUTE("DELETE", "/recordings/ID", ADMINS, delete_record, &recordings),
	ROUTE("GET", "/recordings/ID/delete", ADMINS, ask_delete,
	    &recordings),
	ROUTE("POST", "/recordings/ID/restore", ADMINS, restore_record,
	    &recordings),
	ROUTE("GET", "/recordings/ID/audio", READERS, answer_recording,
	    &recordings, .gives = GIVES_FILE, .query = &listen_query,
	    .does = "Listen to a recording"),
};
/* clang-format on */

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("recordings", routes), argc, argv);
}
