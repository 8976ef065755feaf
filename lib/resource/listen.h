/*
 * What prompts, recordings and voicemails have in common: they are listened
 * to, and some of them are somebody's own.
 */
#ifndef RESOURCE_LISTEN_H
#define RESOURCE_LISTEN_H

#include "audio.h"
#include "control.h"

/* The audio of one row. */
struct listen {
	enum audio_kind kind;
	uint64_t organization, id;
	struct str token; /* names a prompt's file; else the id does */
	struct str media_type;
	const char *cache; /* Cache-Control */
};

/* ?download=1 */
extern const struct record listen_query;
/* ?from=2026-11-01&to=2026-11-30&number=+12125550100 */
extern const struct record listen_list_query;

/* Its bytes, or the range of them that is asked for. */
struct err *answer_audio(struct visit *visit, const struct listen *listen);
/*
 * Which organization a token of a public address belongs to, in whose read
 * transaction it returns.  NOT_FOUND.
 */
struct err *listen_find(struct visit *visit, uint64_t *organization);

/* Others' recordings and messages are for owner and admin. */
bool listen_to_all(const struct visit *visit);
/*
 * The list of what the visitor may listen to.  at: the column of the instant
 * that from and to are about; numbers: a condition in which '?' is a pattern
 * of the number.
 */
struct err *answer_own_list(struct visit *visit, const char *at_from,
    const char *at_to, const char *numbers);
/*
 * NOT_FOUND unless the visitor may listen to visit->id, deleted or not.
 * Outside of a transaction.
 */
struct err *check_own(struct visit *visit);

#endif
