/* Subscribers follow extensions: what is out of step is told the carrier. */
#include "carrier_private.h"
#include "clock.h"

enum { ROWS = 20 }; /* more than a turn has requests for */

/* An extension, as it was read. */
struct subscriber {
	uint64_t id;
	struct str number, type, status, mac, deleted_at, sealed;
	struct str there; /* its number at the carrier; absent: it has none */
	bool wanted;
};

static struct err *
load(struct turn *turn, struct subscriber list[ROWS], size_t *count)
{
	struct rows *rows;

	/* Those that failed come last, the longest untried first. */
	TRY(TURN_QUERY(turn,
	    "SELECT id, number, type, status, sip_password_mac, deleted_at,"
	    " sip_password_sealed, carrier_number FROM extensions"
	    " WHERE carrier_state IN ('pending', 'failed')"
	    " ORDER BY carrier_state = 'failed', carrier_at, id LIMIT ?",
	    &rows, INT(ROWS)));
	*count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		struct subscriber *x = &list[i];

		*x = (struct subscriber){
		    .id = (uint64_t)rows_int(rows, i, 0),
		    .number = rows_text(rows, i, 1),
		    .type = rows_text(rows, i, 2),
		    .status = rows_text(rows, i, 3),
		    .mac = rows_text(rows, i, 4),
		    .deleted_at = rows_text(rows, i, 5),
		    .sealed = rows_text(rows, i, 6),
		    .there = rows_text(rows, i, 7),
		};
		x->wanted = str_is(x->type, "user") && x->deleted_at.p == NULL;
	}
	return NULL;
}

/* updated_at stays: nobody changed the extension. */
static struct err *
note_number(struct turn *turn, struct subscriber *x, struct str there)
{
	x->there = there;
	return TURN_EXEC(turn,
	    "UPDATE extensions SET carrier_number = ?,"
	    " updated_at = updated_at WHERE id = ?",
	    NULL, TEXT(there), INT(x->id));
}

/* What was changed meanwhile stays out of step. */
static struct err *
note_state(struct turn *turn, const struct subscriber *x, const char *state,
    struct str failure)
{
	return TURN_EXEC(turn,
	    "UPDATE extensions SET carrier_state = ?, carrier_error = ?,"
	    " carrier_at = UTC_TIMESTAMP(3), updated_at = updated_at"
	    " WHERE id = ? AND number = ? AND type = ? AND status = ?"
	    " AND sip_password_mac <=> ? AND deleted_at <=> ?",
	    NULL, TEXT(str_of(state)), TEXT(str_head(failure, 500)), INT(x->id),
	    TEXT(x->number), TEXT(x->type), TEXT(x->status), TEXT(x->mac),
	    TEXT(x->deleted_at));
}

static struct err *
fail(struct turn *turn, const struct subscriber *x,
    const struct carrier_answer *answer)
{
	turn_failed(turn, answer);
	return note_state(turn, x, "failed", answer->failure);
}

/*
 * Takes the number away that it should not have any more, unless another
 * extension has it by now.  *going: it has none.
 */
static struct err *
take_away(struct turn *turn, struct subscriber *x, bool *going)
{
	struct carrier_question request =
	    carrier_end_subscriber(turn->pool, x->there);
	struct carrier_answer answer;
	struct rows *rows;

	*going = false;
	TRY(TURN_QUERY(turn,
	    "SELECT 1 FROM extensions WHERE number = ? AND id <> ?"
	    " AND type = 'user' AND living = 1",
	    &rows, TEXT(x->there), INT(x->id)));
	if (rows->count == 0) {
		if (!turn_ask(turn, &request, &answer))
			return NULL;
		if (answer.outcome != CARRIER_DONE &&
		    answer.outcome != CARRIER_ABSENT)
			return fail(turn, x, &answer);
	}
	*going = true;
	return note_number(turn, x, NO_STR);
}

/* It is there: password and state. */
static struct err *
change(struct turn *turn, const struct subscriber *x,
    const struct carrier_subscriber *wanted, bool *absent)
{
	struct carrier_question request =
	    carrier_put_subscriber(turn->pool, wanted);
	struct carrier_answer answer;

	*absent = false;
	if (!turn_ask(turn, &request, &answer))
		return NULL;
	*absent = answer.outcome == CARRIER_ABSENT;
	if (*absent)
		return NULL;
	if (answer.outcome != CARRIER_DONE)
		return fail(turn, x, &answer);
	return note_state(turn, x, "done", NO_STR);
}

/* Was it refused because it is there already? */
static struct err *
adopt(struct turn *turn, const struct subscriber *x,
    const struct carrier_subscriber *wanted,
    const struct carrier_answer *refusal)
{
	struct carrier_question request =
	    carrier_read_subscriber(turn->pool, wanted->number);
	struct carrier_answer answer;
	bool absent;

	if (!turn_ask(turn, &request, &answer))
		return NULL;
	if (answer.outcome == CARRIER_ABSENT)
		return fail(turn, x, refusal);
	if (answer.outcome != CARRIER_DONE)
		return fail(turn, x, &answer);
	return change(turn, x, wanted, &absent);
}

static struct err *
create(struct turn *turn, struct subscriber *x,
    const struct carrier_subscriber *wanted)
{
	struct carrier_question request =
	    carrier_new_subscriber(turn->pool, wanted);
	struct carrier_answer answer;
	bool absent;

	/* Noted first: whatever becomes of us, it will be taken away again. */
	if (!str_equal(x->there, x->number))
		TRY(note_number(turn, x, x->number));
	if (!turn_ask(turn, &request, &answer))
		return note_number(turn, x, NO_STR);
	if (answer.outcome == CARRIER_WRONG)
		return adopt(turn, x, wanted, &answer);
	if (answer.outcome != CARRIER_DONE)
		return fail(turn, x, &answer);
	if (!wanted->active)
		return change(turn, x, wanted, &absent);
	return note_state(turn, x, "done", NO_STR);
}

static struct err *
follow(struct turn *turn, struct subscriber *x)
{
	struct carrier_subscriber wanted = {
	    .number = x->number, .active = str_is(x->status, "active")};
	bool going = true, absent = true;

	if (x->there.p != NULL &&
	    !(x->wanted && str_equal(x->there, x->number)))
		TRY(take_away(turn, x, &going));
	if (!going)
		return NULL;
	if (!x->wanted)
		return note_state(turn, x, "none", NO_STR);
	if (x->sealed.p == NULL ||
	    !crypto_open(turn->pool, &turn->work->seal,
		pool_printf(turn->pool, "extension.sip_password:%llu",
		    (unsigned long long)x->id),
		x->sealed, &wanted.password))
		return note_state(turn, x, "failed",
		    STR("it has no password that can be read"));
	if (x->there.p != NULL)
		TRY(change(turn, x, &wanted, &absent));
	if (absent && !turn_is_over(turn))
		TRY(create(turn, x, &wanted));
	return NULL;
}

struct err *
turn_subscribers(struct turn *turn)
{
	struct subscriber list[ROWS];
	size_t count = 0;

	TRY(load(turn, list, &count));
	for (size_t i = 0; i < count && !turn_is_over(turn); i++)
		TRY(follow(turn, &list[i]));
	return NULL;
}
