#include "transfer_audio.h"

#include <stdio.h>

#include "audio.h"
#include "sniff.h"

enum { PIECE = 3072 }; /* bytes of a line */

struct file_note {
	struct file_note *next;
	struct str path;
};

static struct str
path_of(const struct change *change, const struct conf *conf, struct str token)
{
	return audio_path_of_token(
	    change->pool, conf, AUDIO_PROMPT, change->organization, token);
}

static struct err *
read_audio(struct pool *pool, struct str path, struct str *bytes)
{
	FILE *file = fopen(path.p, "re");
	struct buf buf = buf_new(pool, 64 << 10);
	char piece[8192];
	size_t n;

	*bytes = NO_STR;
	if (file == NULL)
		return err_internal(
		    pool, "the file of a prompt is gone: %.*s", PSTR(path));
	while ((n = fread(piece, 1, sizeof piece, file)) > 0)
		buf_add(&buf, (struct str){piece, n});
	fclose(file);
	*bytes = buf_str(&buf);
	return NULL;
}

static struct str
digest(struct pool *pool, struct str bytes)
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(bytes, hash);
	return crypto_hex(pool, hash, sizeof hash);
}

struct err *
export_audio(struct change *change, const struct export *export,
    const struct prompt_record *prompt, struct buf *out)
{
	struct buf list = buf_new(change->pool, 1024);
	struct str bytes;

	if (prompt->audio_token.p == NULL)
		return NULL;
	TRY(read_audio(change->pool,
	    path_of(change, export->conf, prompt->audio_token), &bytes));
	config_entry(out, "audio_sha256",
	    pool_printf(
		change->pool, "\"%.*s\"", PSTR(digest(change->pool, bytes))));
	if (!export->audio) {
		buf_add_text(out, "# the file itself is left out: --audio\n");
		return NULL;
	}
	for (size_t at = 0; at < bytes.n; at += PIECE) {
		struct str piece = str_cut(bytes, at, at + PIECE);

		buf_printf(&list, "%c\"%.*s\"", at == 0 ? '[' : ',',
		    PSTR(crypto_base64(change->pool, piece.p, piece.n)));
	}
	buf_add_char(&list, ']');
	config_entry(out, "audio", buf_str(&list));
	return NULL;
}

static bool
decode(struct pool *pool, const struct json *list, struct str *bytes)
{
	struct buf buf = buf_new(pool, json_count(list) * PIECE + 1);

	for (size_t i = 0; i < json_count(list); i++) {
		struct str piece;

		if (!crypto_base64_parse(
			pool, json_text(json_at(list, i)), &piece))
			return false;
		buf_add(&buf, piece);
	}
	*bytes = buf_str(&buf);
	return bytes->n > 0;
}

static void
note(struct pool *pool, struct file_note **notes, struct str path)
{
	struct file_note *one = NEW(pool, struct file_note);

	*one = (struct file_note){*notes, path};
	*notes = one;
}

/* The section's file goes to the disk before its row does. */
static struct err *
keep_audio(struct import *import, struct str bytes, struct complaints *all,
    struct prompt_file *file)
{
	struct str path;
	struct sound sound;
	struct err *err = sniff_audio(import->pool, bytes, &sound);

	if (err != NULL) {
		complain(all, STR("audio"), "%.*s", PSTR(err->message));
		return NULL;
	}
	file->token = audio_token(import->pool);
	file->media_type = sound.type;
	file->bytes = (int)bytes.n;
	file->seconds = sound.ms < 1000 ? 1 : (int)((sound.ms + 500) / 1000);
	path = path_of(import->change, import->conf, file->token);
	note(import->pool, &import->new_files, path);
	return audio_write(import->pool, path, bytes);
}

struct err *
import_audio(struct import *import, const struct section *section,
    const struct prompt_record *was, struct complaints *all,
    struct prompt_file *file)
{
	const struct entry *sum = section_entry(section, "audio_sha256");
	const struct entry *audio = section_entry(section, "audio");
	struct str bytes;

	*file = (struct prompt_file){.token = NO_STR};
	if (sum == NULL && audio == NULL)
		return NULL;
	if (was->audio_token.p != NULL) {
		TRY(read_audio(import->pool,
		    path_of(import->change, import->conf, was->audio_token),
		    &bytes));
		if (sum != NULL && str_equal(json_text(sum->value),
				       digest(import->pool, bytes)))
			return NULL;
	}
	if (audio == NULL) {
		complain(all, STR("audio_sha256"),
		    "is of a file that is not in the text: export --audio");
		return NULL;
	}
	if (!decode(import->pool, audio->value, &bytes) ||
	    bytes.n > AUDIO_MOST ||
	    (sum != NULL && !str_equal(json_text(sum->value),
				digest(import->pool, bytes)))) {
		complain(all, STR("audio"), "is not the file it says it is");
		return NULL;
	}
	if (was->audio_token.p != NULL)
		note(import->pool, &import->old_files,
		    path_of(import->change, import->conf, was->audio_token));
	return keep_audio(import, bytes, all, file);
}

void
import_audio_end(struct import *import, bool done)
{
	const struct file_note *one =
	    done ? import->old_files : import->new_files;

	for (; one != NULL; one = one->next)
		audio_remove(one->path);
}
