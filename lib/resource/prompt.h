/*
 * Prompts: what callers hear, as an uploaded file or as words in a voice.
 */
#ifndef RESOURCE_PROMPT_H
#define RESOURCE_PROMPT_H

#include "resource.h"
#include "sniff.h"

/* One of words and audio, never both. */
struct prompt_record {
	struct row row;
	struct str name;
	struct str text, voice, language;
	struct str audio; /* a file; never what a body says */
	struct str media_type;
	int bytes, seconds;
	struct str audio_token; /* the carrier's address ends in it */
};

/*
 * change->beside of a change of a prompt: a file that is on the disk already
 * and takes the place of what there was.
 */
struct prompt_file {
	struct str token; /* absent: no file came */
	const char *media_type;
	int bytes, seconds;
	/* Set by the change: the file that nobody needs once it is done. */
	struct str old_token;
};

extern const struct record prompt_table;
extern const struct resource prompts;

#endif
