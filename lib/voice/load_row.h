/*
 * The columns of one row, read in the order in which a statement names them,
 * so that a statement and the lines below it can be read side by side.
 */
#ifndef VOICE_LOAD_ROW_H
#define VOICE_LOAD_ROW_H

#include "instant.h"
#include "load.h"

struct reader {
	const struct loading *l;
	const struct rows *rows;
	size_t row;
	size_t column;
};

static inline struct str
text(struct reader *r)
{
	return rows_text(r->rows, r->row, r->column++);
}

static inline int64_t
integer(struct reader *r)
{
	return rows_int(r->rows, r->row, r->column++);
}

static inline bool
truth(struct reader *r)
{
	return integer(r) != 0;
}

static inline bool
is_text(struct reader *r, const char *word)
{
	return str_is(text(r), word);
}

static inline int64_t
instant(struct reader *r)
{
	return instant_of(text(r));
}

/* type, id, number */
static inline struct target
target(struct reader *r)
{
	struct target target = {.type = TARGET_NONE};

	if (!target_type_parse(text(r), &target.type))
		target.type = TARGET_NONE;
	target.id = (uint64_t)integer(r);
	target.number = text(r);
	return target;
}

/* audio_token, text, voice, language */
static inline struct prompt
prompt(struct reader *r)
{
	struct str token = text(r);
	struct prompt prompt = {.text = text(r)};

	prompt.voice = text(r);
	prompt.language = text(r);
	if (token.n > 0)
		prompt.url =
		    pool_printf(r->l->pool, "%.*s/cgi-bin/prompts/audio/%.*s",
			PSTR(r->l->base_url), PSTR(token));
	return prompt;
}

#endif
