/*
 * The files of prompts in a configuration's text: always what a file's
 * SHA-256 is, and with --audio the file itself as base64url.
 */
#ifndef CTL_TRANSFER_AUDIO_H
#define CTL_TRANSFER_AUDIO_H

#include "import.h"
#include "prompt.h"

/* What an export is asked for besides. */
struct export
{
	const struct conf *conf;
	bool secrets, audio;
};

/* Adds "audio_sha256" and "audio" of a prompt that has a file. */
struct err *export_audio(struct change *change, const struct export *export,
    const struct prompt_record *prompt, struct buf *out);

/*
 * Writes the file that the section brings, unless it is there already.
 * *file: what change->beside of the prompt's change is to be.  was: the
 * prompt as it is.  Complaints go to all.
 */
struct err *import_audio(struct import *import, const struct section *section,
    const struct prompt_record *was, struct complaints *all,
    struct prompt_file *file);
/* After the import: the files that nobody needs go. */
void import_audio_end(struct import *import, bool done);

#endif
