/*
 * The columns of one row that mean more than themselves.
 */
#ifndef VOICE_LOAD_ROW_H
#define VOICE_LOAD_ROW_H

#include "columns.h"
#include "load.h"

/* type, id, number */
static inline struct target
next_target(struct columns *r)
{
	struct str type = next_text(r);
	uint64_t id = next_id(r);

	return target_of(type, id, next_text(r));
}

/* audio_token, text, voice, language */
static inline struct prompt
next_prompt(struct columns *r, const struct loading *l)
{
	struct str token = next_text(r);
	struct prompt prompt = {.text = next_text(r)};

	prompt.voice = next_text(r);
	prompt.language = next_text(r);
	if (token.n > 0)
		prompt.url =
		    pool_printf(l->pool, "%.*s/cgi-bin/prompts/audio/%.*s",
			PSTR(l->base_url), PSTR(token));
	return prompt;
}

#endif
