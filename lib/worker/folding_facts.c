#include "folding_private.h"

enum { SLOTS = 256, NUMBER = 32 };

/* A number of a tenant and the id of whose it is, 0 for nobody's. */
struct slot {
	uint64_t organization;
	char kind; /* 'd' or 'e'; 0: free */
	char number[NUMBER];
	uint64_t id;
};

struct folding_facts {
	uint64_t organization; /* whose what follows is; 0: nobody's */
	struct country country;
	int recording_days, voicemail_days; /* 0: for ever */
	struct slot slots[SLOTS];
};

void
folding_facts_forget(struct folding *folding)
{
	memset(folding->facts, 0, sizeof *folding->facts);
}

struct folding_facts *
folding_facts_new(struct pool *process)
{
	return NEW(process, struct folding_facts);
}

static struct slot *
slot_of(struct folding_call *call, char kind, struct str number)
{
	uint64_t hash = str_hash(number) + call->organization + (uint64_t)kind;

	return number.n < NUMBER ? &call->folding->facts->slots[hash % SLOTS]
				 : NULL;
}

static uint64_t
look_up(
    struct folding_call *call, char kind, const char *sql, struct str number)
{
	struct slot *slot = slot_of(call, kind, number);
	struct rows *rows;

	if (slot != NULL && slot->kind == kind &&
	    slot->organization == call->organization &&
	    str_is(number, slot->number))
		return slot->id;
	if (call->failed == NULL)
		call->failed = QUERY(call->db, sql, &rows,
		    INT(call->organization), TEXT(number));
	if (call->failed != NULL)
		return 0;
	if (slot != NULL) {
		*slot = (struct slot){.organization = call->organization,
		    .kind = kind,
		    .id = (uint64_t)rows_int(rows, 0, 0)};
		memcpy(slot->number, number.p, number.n);
	}
	return (uint64_t)rows_int(rows, 0, 0);
}

static uint64_t
find_did(void *self, struct str e164)
{
	return look_up(self, 'd',
	    "SELECT MAX(id) FROM dids WHERE organization_id = ?"
	    " AND number = ? AND deleted_at IS NULL",
	    e164);
}

static uint64_t
find_extension(void *self, struct str number)
{
	return look_up(self, 'e',
	    "SELECT MAX(id) FROM extensions WHERE organization_id = ?"
	    " AND number = ? AND deleted_at IS NULL",
	    number);
}

struct err *
folding_facts_load(struct folding_call *call)
{
	struct folding_facts *facts = call->folding->facts;
	struct rows *rows;

	if (facts->organization != call->organization) {
		TRY(QUERY(call->db,
		    "SELECT o.country, s.recording_retention,"
		    " s.voicemail_retention FROM organizations o"
		    " LEFT JOIN settings s ON s.organization_id = o.id"
		    " WHERE o.id = ?",
		    &rows, INT(call->organization)));
		facts->country = (struct country){""};
		country_parse(rows_text(rows, 0, 0), &facts->country);
		facts->recording_days = (int)rows_int(rows, 0, 1);
		facts->voicemail_days = (int)rows_int(rows, 0, 2);
		facts->organization = call->organization;
	}
	call->facts = (struct fold_facts){
	    .self = call,
	    .country = facts->country,
	    .did = find_did,
	    .extension = find_extension,
	};
	return NULL;
}

int
folding_recording_days(const struct folding_call *call)
{
	return call->folding->facts->recording_days;
}

int
folding_voicemail_days(const struct folding_call *call)
{
	return call->folding->facts->voicemail_days;
}
