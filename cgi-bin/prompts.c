/*
 * /cgi-bin/prompts[/ID[/audio|/restore|/delete]]
 * /cgi-bin/prompts/audio/TOKEN
 *
 * What callers hear: words in a voice, or a file that is uploaded here and
 * fetched by the carrier.
 *
 * Touches: prompts, audit_entries, var_dir/audio; reads what refers to them,
 * and how many bytes recordings and voicemails have.
 */
#include "listen.h"
#include "prompt.h"
#include "sniff.h"

/* The other fields of a form and its boundaries come on top. */
enum { FORM_BYTES = 64 << 10 };

struct upload_action {
	struct str audio;
};

static const struct field upload_fields[] = {
    {FIELD(upload_action, audio), .format = TEXT_FILE, .flags = WRITEONLY,
	.help = "WAV or MP3, in place of what there is"},
};

static const struct record upload_record = {
    .name = "prompt_audio",
    RECORD(upload_action, upload_fields),
};

/* Like complaints_err(), but it keeps its code. */
static struct err *
about_audio(struct visit *visit, struct err *err)
{
	struct complaints all = {visit->req->pool, NULL, NULL};

	complain(&all, STR("audio"), "%.*s", PSTR(err->message));
	err->complaints = all.first;
	return err;
}

/* The one file of a form; *bytes is absent when there is none. */
static struct err *
find_upload(struct visit *visit, struct str *bytes)
{
	const struct upload *upload = visit->body.upload;
	struct complaints all = {visit->req->pool, NULL, NULL};
	const struct upload_file *file = upload_find(upload, "audio");

	/* What most clients call a file they send. */
	if (file == NULL)
		file = upload_find(upload, "file");
	*bytes = NO_STR;
	for (size_t i = 0; upload != NULL && i < upload->count; i++)
		if (!str_is(upload->files[i].name, "audio") &&
		    !str_is(upload->files[i].name, "file"))
			complain(&all, upload->files[i].name,
			    "is no file here; allowed: audio");
		else if (&upload->files[i] != file && all.first == NULL)
			complain(&all, STR("audio"), "must be one file");
	if (file != NULL)
		*bytes = file->bytes;
	return complaints_err(&all);
}

/* The file is on the disk before its row is, never the other way round. */
static struct err *
keep_audio(struct visit *visit, struct str bytes, struct prompt_file *file)
{
	struct pool *pool = visit->req->pool;
	struct sound sound;
	struct err *err;

	if (bytes.n > AUDIO_MOST)
		return about_audio(visit,
		    err_new(pool, TOO_LARGE,
			"The file may be at most %d bytes long.", AUDIO_MOST));
	err = sniff_audio(pool, bytes, &sound);
	if (err != NULL)
		return about_audio(visit, err);
	file->token = audio_token(pool);
	file->media_type = sound.type;
	file->bytes = (int)bytes.n;
	file->seconds = sound.ms < 1000 ? 1 : (int)((sound.ms + 500) / 1000);
	return audio_write(pool,
	    audio_path_of_token(pool, visit->req->conf, AUDIO_PROMPT,
		visit->change.organization, file->token),
	    bytes);
}

static void
drop_audio(struct visit *visit, struct str token)
{
	if (token.p != NULL)
		audio_remove(
		    audio_path_of_token(visit->req->pool, visit->req->conf,
			AUDIO_PROMPT, visit->change.organization, token));
}

enum how { HOW_CREATE, HOW_REPLACE, HOW_MODIFY };

/* bytes: absent when no file came. */
static struct err *
change_prompt(struct visit *visit, enum how how, struct str bytes)
{
	struct prompt_file file = {.token = NO_STR};
	struct err *err = NULL;

	if (bytes.p != NULL)
		err = keep_audio(visit, bytes, &file);
	visit->change.beside = &file;
	if (err == NULL && how == HOW_CREATE)
		err = resource_create(
		    &visit->change, &prompts, visit->body.json, &visit->id);
	else if (err == NULL)
		err = resource_update(&visit->change, &prompts, visit->id,
		    how == HOW_REPLACE ? REPLACE : MODIFY, visit->body.json);
	visit->change.beside = NULL;
	drop_audio(visit, err != NULL ? file.token : file.old_token);
	return err;
}

static struct err *
change_by_body(struct visit *visit, enum how how)
{
	struct str bytes;
	struct err *err;

	if (visit->body.raw.p != NULL)
		return err_new(visit->req->pool, UNSUPPORTED_TYPE,
		    "A prompt has a name: send multipart/form-data, or the "
		    "file to the prompt's /audio.");
	err = find_upload(visit, &bytes);
	if (err == NULL)
		err = change_prompt(visit, how, bytes);
	if (err != NULL)
		return answer_refused(visit, err);
	return answer_changed(visit, visit->id, how == HOW_CREATE ? 201 : 200);
}

static struct err *
create_prompt(struct visit *visit)
{
	return change_by_body(visit, HOW_CREATE);
}

static struct err *
replace_prompt(struct visit *visit)
{
	return change_by_body(visit, HOW_REPLACE);
}

static struct err *
modify_prompt(struct visit *visit)
{
	return change_by_body(visit, HOW_MODIFY);
}

/* The body is the file, or a form that has it and nothing else. */
static struct err *
find_audio(struct visit *visit, struct str *bytes)
{
	struct complaints all = {visit->req->pool, NULL, NULL};
	struct str name;

	*bytes = visit->body.raw;
	if (bytes->p != NULL)
		return NULL;
	if (!visit->body.form)
		return err_new(visit->req->pool, UNSUPPORTED_TYPE,
		    "Send the file itself, as audio/wav or audio/mpeg, or in "
		    "multipart/form-data.");
	TRY(find_upload(visit, bytes));
	if (bytes->p == NULL)
		complain(&all, STR("audio"), "is required: a file");
	for (size_t i = 0; i < json_count(visit->body.json); i++) {
		json_member(visit->body.json, i, &name);
		if (!str_is(name, "audio"))
			complain(
			    &all, name, "is no field here; allowed: audio");
	}
	return complaints_err(&all);
}

static struct err *
set_audio(struct visit *visit)
{
	struct str bytes;
	struct err *err = find_audio(visit, &bytes);

	/* What is not said stays, but for the words. */
	if (err == NULL)
		err =
		    json_parse(visit->req->pool, STR("{}"), &visit->body.json);
	if (err == NULL)
		err = change_prompt(visit, HOW_MODIFY, bytes);
	if (err != NULL)
		return answer_refused(visit, err);
	return answer_changed(visit, visit->id, 200);
}

static struct err *
answer_prompt(struct visit *visit)
{
	struct change *change = &visit->change;
	struct prompt_record prompt;
	struct listen listen = {
	    .kind = AUDIO_PROMPT, .cache = "private, no-cache"};

	TRY(db_begin(change->db, change->pool, DB_READ, change->organization));
	TRY(resource_load(change, &prompts, visit->id, LIVING, &prompt));
	TRY(db_commit(change->db));
	if (prompt.audio_token.p == NULL)
		return err_new(change->pool, NOT_FOUND,
		    "This prompt is a text, not a file.");
	listen.organization = change->organization;
	listen.id = prompt.row.id;
	listen.token = prompt.audio_token;
	listen.media_type = prompt.media_type;
	return answer_audio(visit, &listen);
}

/* Other bytes have another address, so they may be kept for a while. */
static struct err *
answer_carrier(struct visit *visit)
{
	struct db *db = visit->desk->db;
	struct listen listen = {
	    .kind = AUDIO_PROMPT, .cache = "public, max-age=86400, immutable"};
	struct rows *rows;

	TRY(listen_find(visit, &listen.organization));
	TRY(QUERY(db,
	    "SELECT id, audio_token, media_type FROM prompts"
	    " WHERE audio_token = ? AND deleted_at IS NULL",
	    &rows, TEXT(visit->token)));
	TRY(db_commit(db));
	if (rows->count != 1)
		return err_new(
		    visit->req->pool, NOT_FOUND, "There is nothing here.");
	listen.id = (uint64_t)rows_int(rows, 0, 0);
	listen.token = rows_text(rows, 0, 1);
	listen.media_type = rows_text(rows, 0, 2);
	return answer_audio(visit, &listen);
}

/* clang-format off */
static const struct route routes[] = {
	ROUTE("GET", "/prompts", READERS, list_records, &prompts),
	ROUTE("POST", "/prompts", ADMINS, create_prompt, &prompts,
	    .gives = GIVES_NEW, .takes = &prompt_table),
	ROUTE("GET", "/prompts/new", ADMINS, new_record, &prompts),
	ROUTE("GET", "/prompts/ID", READERS, show_record, &prompts),
	ROUTE("PUT", "/prompts/ID", ADMINS, replace_prompt, &prompts,
	    .takes = &prompt_table),
	ROUTE("PATCH", "/prompts/ID", ADMINS, modify_prompt, &prompts,
	    .takes = &prompt_table),
	ROUTE("DELETE", "/prompts/ID", ADMINS, delete_record, &prompts),
	ROUTE("GET", "/prompts/ID/delete", ADMINS, ask_delete, &prompts),
	ROUTE("POST", "/prompts/ID/restore", ADMINS, restore_record,
	    &prompts),
	ROUTE("GET", "/prompts/ID/audio", READERS, answer_prompt, &prompts,
	    .gives = GIVES_FILE, .query = &listen_query,
	    .does = "Listen to a prompt"),
	ROUTE("PUT", "/prompts/ID/audio", ADMINS, set_audio, &prompts,
	    .gives = GIVES_ONE, .takes = &upload_record,
	    .does = "Replace the file of a prompt"),
	ROUTE("POST", "/prompts/ID/audio", ADMINS, set_audio, &prompts,
	    .gives = GIVES_ONE, .takes = &upload_record,
	    .does = "Replace the file of a prompt"),
	ROUTE("GET", "/prompts/audio/TOKEN", ANYBODY, answer_carrier,
	    &prompts, .gives = GIVES_FILE, .query = &listen_query,
	    .does = "The file of a prompt, for the carrier"),
};
/* clang-format on */

static const char *const types[] = {"application/json",
    "application/x-www-form-urlencoded", "multipart/form-data", "audio/wav",
    "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/mpeg", "audio/mp3",
    NULL};

int
main(int argc, char **argv)
{
	struct control control = CONTROL("prompts", routes);

	control.types = types;
	control.body_limit = AUDIO_MOST + FORM_BYTES;
	return control_serve(control, argc, argv);
}
