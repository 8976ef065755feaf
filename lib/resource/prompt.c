#include "prompt.h"

#include "audio.h"

/* clang-format off */
static const struct field fields[] = {
	{ FIELD(prompt_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD(prompt_record, text), .max = 2000, .format = TEXT_LINES,
	    .flags = SEARCH, .help = "what is said; none: a file is played" },
	{ FIELD(prompt_record, voice), .max = 64, .flags = UNLISTED,
	    .help = "of the text; none: the settings'" },
	{ FIELD(prompt_record, language), .max = 16, .flags = UNLISTED,
	    .help = "like en-US" },
	{ FIELD(prompt_record, audio), .format = TEXT_FILE,
	    .flags = WRITEONLY, .help = "WAV or MP3, in place of a text" },
	{ FIELD(prompt_record, media_type), .flags = READONLY | FILTER },
	{ FIELD(prompt_record, bytes), .min = 1, .max = AUDIO_MOST,
	    .flags = READONLY | SORT },
	{ FIELD(prompt_record, seconds), .min = 1, .max = AUDIO_MOST,
	    .flags = READONLY | SORT },
	{ FIELD(prompt_record, audio_token), .flags = READONLY | UNLISTED,
	    .help = "the carrier fetches prompts/audio/ and this" },
};
/* clang-format on */

const struct record prompt_table = {
    .name = "prompt",
    .view = "prompts",
    .order = "name",
    RECORD(prompt_record, fields),
};

static void
set_audio(struct prompt_record *prompt, const struct prompt_file *file)
{
	prompt->media_type = str_of(file->media_type);
	prompt->bytes = file->bytes;
	prompt->seconds = file->seconds;
	prompt->audio_token = file->token;
}

/* Words that are said anew contradict a file; those there were give way. */
static struct err *
take_file(struct change *change, const struct prompt_file *file,
    const struct prompt_record *was, struct prompt_record *prompt)
{
	if (prompt->text.p != NULL &&
	    (was == NULL || !str_equal(prompt->text, was->text)))
		complain(&change->all, STR("text"),
		    "must be empty when there is a file");
	prompt->text = prompt->voice = prompt->language = NO_STR;
	set_audio(prompt, file);
	return audio_check_storage(change->db, change->pool,
	    file->bytes - (was != NULL ? was->bytes : 0));
}

static void
check_words(struct change *change, const struct prompt_record *prompt)
{
	struct complaints *all = &change->all;

	if (prompt->text.p != NULL)
		return;
	if (prompt->voice.p != NULL)
		complain(all, STR("voice"), "belongs to a text");
	if (prompt->language.p != NULL)
		complain(all, STR("language"), "belongs to a text");
	if (prompt->audio_token.p == NULL && !complained(all, STR("text")))
		complain(
		    all, STR("text"), "is required where there is no file");
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	static const struct prompt_file nothing = {.bytes = 0};
	const struct prompt_record *was = before;
	struct prompt_record *prompt = object;
	struct prompt_file *file = change->beside;

	resource_take(change, &prompts, body, before, object);
	if (file != NULL && file->token.p != NULL)
		TRY(take_file(change, file, was, prompt));
	else if (prompt->text.p != NULL)
		set_audio(prompt, &nothing);
	check_words(change, prompt);
	if (file != NULL && was != NULL &&
	    !str_equal(was->audio_token, prompt->audio_token))
		file->old_token = was->audio_token;
	return NULL;
}

const struct resource prompts = {
    .name = "prompts",
    .record = &prompt_table,
    .take = take,
    .references =
	"SELECT 'ivr_menu', id, name FROM ivr_menus WHERE deleted_at IS NULL"
	" AND ? IN (greeting_prompt_id, invalid_prompt_id, no_input_prompt_id)"
	" UNION ALL SELECT 'extension', id, name FROM extensions"
	" WHERE deleted_at IS NULL AND greeting_prompt_id = ?"
	" UNION ALL SELECT 'did', id, number FROM dids"
	" WHERE deleted_at IS NULL AND announcement_prompt_id = ?",
};
