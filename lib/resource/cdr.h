/*
 * Call detail records: what the carrier says of a call that is over, and its
 * document, verbatim.
 */
#ifndef RESOURCE_CDR_H
#define RESOURCE_CDR_H

#include "history.h"

struct cdr_record {
	uint64_t id;
	struct str record_key; /* the carrier's name of it */
	struct str call_key;
	uint64_t call_id; /* 0: no call of that key is known */
	unsigned direction, disposition;
	struct str from_raw, to_raw, from_number, to_number;
	uint64_t did_id;
	struct str did_number;
	uint64_t extension_id;
	struct str trunk;
	struct instant started_at, answered_at, ended_at;
	int duration, billed;
	struct str cost;
	struct instant created_at;
	struct document document; /* of one record alone */
};

struct cdrs_query {
	struct history_query history;
	struct str number, call, q;
	uint64_t extension_id, did_id;
	unsigned disposition, status, direction;
};

extern const struct history cdrs;
extern const struct record cdr_row, cdr_details, cdrs_parameters;

/* Ways and tests, by what is asked and who asks. */
struct err *cdrs_choose(struct visit *visit, const struct habits *habits,
    const struct cdrs_query *query, struct cursor_list *list);
/* NOT_FOUND when there is none, or none that the visitor may see. */
struct err *cdr_load(struct visit *visit, uint64_t id, struct cdr_record *cdr);

#endif
