/*
 * Calls: one row for each, folded from its events, and what belongs to it.
 */
#ifndef RESOURCE_CALL_RECORD_H
#define RESOURCE_CALL_RECORD_H

#include "history.h"
#include "presence.h"

struct call_record {
	uint64_t id;
	struct str call_key;
	unsigned direction, state;
	struct str from_raw, to_raw; /* as the carrier wrote them */
	struct str from_number, to_number, caller_name;
	uint64_t did_id;
	struct str did_number;
	uint64_t from_extension_id, extension_id; /* called, took the call */
	struct target target;                     /* where it went first */
	bool emergency, missed;
	struct instant started_at, ringing_at, answered_at, ended_at;
	int duration, billed;
	struct instant updated_at;
	const struct presence_sides *sides; /* NULL: nobody asked */
	/* Of one call alone. */
	struct document legs_text, steps_text;
	struct children legs, steps, events, cdrs, recordings, voicemails;
};

struct calls_query {
	struct history_query history;
	struct str number, from_number, to_number, q;
	uint64_t extension_id, did_id;
	unsigned state, status, direction, missed;
};

extern const struct history calls;
/* A call, one with all that belongs to it, and what a list is asked. */
extern const struct record call_row, call_details, calls_parameters;
extern const char *const call_directions[]; /* for filters, with "any" */
extern const char *const call_ways[], *const call_states[];

/* Ways and tests, by what is asked and who asks. */
struct err *calls_choose(struct visit *visit, const struct habits *habits,
    const struct calls_query *query, struct cursor_list *list);
/* NOT_FOUND when there is none, or none that the visitor may see. */
struct err *call_load(
    struct visit *visit, uint64_t id, struct call_record *call);
bool call_is_live(const struct call_record *call);
/*
 * The extensions that a call is of now: who called, who took it, and, where
 * its sides are known, whom it rings and who talks in it.
 */
enum { CALL_OF_MOST = 2 + 2 * PRESENCE_SIDES };
size_t call_of(const struct call_record *call, uint64_t ids[CALL_OF_MOST]);
bool call_is_own(const struct own *own, const struct call_record *call);
/* Those that have not ended, of the last day, newest first, by MariaDB. */
struct err *calls_active(struct visit *visit, struct cursor_page *page);

#endif
