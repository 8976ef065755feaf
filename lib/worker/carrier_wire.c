/* The wiring of a tenant, step by step, and the lists of what there is. */
#include "carrier_private.h"
#include "clock.h"
#include "instant.h"

enum { PROFILE, APPLICATION, DEFAULT, STEPS, DAY_MS = 86400000 };

/* As lib/resource/settings_carrier.c shows them. */
static const char *const names[STEPS] = {
    "domain_profile", "voice_application", "default_application"};

/* What the carrier is to be told, and whether it was told just that. */
struct step {
	struct str told;
	bool due;
};

/* Keyed: it is made of secrets, and tells nothing of them. */
static struct str
told_of(const struct turn *turn, int step, struct str content)
{
	struct crypto_key key =
	    crypto_derive(&turn->work->seal, "carrier told");
	struct str text = pool_printf(turn->pool, "%s\n%.*s\n%.*s\n%.*s",
	    names[step], PSTR(turn->tenant.domain.name),
	    PSTR(turn->tenant.domain.key), PSTR(content));
	unsigned char mac[CRYPTO_MAC];

	crypto_hmac(&key, text, mac);
	crypto_wipe(&key, sizeof key);
	return pool_copy(
	    turn->pool, (struct str){(const char *)mac, sizeof mac});
}

static struct err *
load_steps(struct turn *turn, struct step steps[STEPS])
{
	const struct carrier_tenant *tenant = &turn->tenant;
	struct rows *rows;

	steps[PROFILE].told = told_of(turn, PROFILE,
	    carrier_put_profile(turn->pool, &tenant->profile).body);
	steps[APPLICATION].told = told_of(turn, APPLICATION, tenant->voice_url);
	steps[DEFAULT].told = told_of(turn, DEFAULT, STR(""));
	TRY(TURN_QUERY(turn,
	    "SELECT step, told FROM carrier_steps WHERE state = ?", &rows,
	    TEXT(STR("done"))));
	for (int i = 0; i < STEPS; i++) {
		steps[i].due = true;
		for (size_t n = 0; n < rows->count; n++)
			if (str_is(rows_text(rows, n, 0), names[i]) &&
			    str_equal(rows_text(rows, n, 1), steps[i].told))
				steps[i].due = false;
	}
	/* Another application is not the default yet. */
	steps[DEFAULT].due = steps[DEFAULT].due || steps[APPLICATION].due;
	return NULL;
}

static struct err *
note_step(
    struct turn *turn, int step, const struct step *done, struct str failure)
{
	bool failed = failure.p != NULL;

	return TURN_EXEC(turn,
	    "INSERT INTO carrier_steps (organization_id, step, state, failure,"
	    " told) VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
	    " state = VALUES(state), failure = VALUES(failure),"
	    " told = VALUES(told), updated_at = UTC_TIMESTAMP(3)",
	    NULL, INT(turn->tenant.organization), TEXT(str_of(names[step])),
	    TEXT(failed ? STR("failed") : STR("done")),
	    TEXT(str_head(failure, 500)),
	    TEXT(failed || done == NULL ? NO_STR : done->told));
}

/* Sends it, and notes how the step ended; *going: it ended well. */
static struct err *
tell(struct turn *turn, int step, const struct step *done,
    const struct carrier_question *request, bool *going)
{
	struct carrier_answer answer;

	*going = false;
	if (!turn_ask(turn, request, &answer))
		return NULL;
	*going = answer.outcome == CARRIER_DONE;
	if (!*going)
		turn_failed(turn, &answer);
	return note_step(turn, step, done, answer.failure);
}

/* *there is false when there is none; *going: the carrier said so. */
static struct err *
read_application(struct turn *turn, int step, const struct json **json,
    bool *there, bool *going)
{
	struct carrier_question request = carrier_read_application();
	struct carrier_answer answer;

	*there = *going = false;
	if (!turn_ask(turn, &request, &answer))
		return NULL;
	*there = answer.outcome == CARRIER_DONE;
	*going = *there || answer.outcome == CARRIER_ABSENT;
	*json = answer.body;
	if (*going)
		return NULL;
	turn_failed(turn, &answer);
	return note_step(turn, step, NULL, answer.failure);
}

static struct err *
wire_application(struct turn *turn, const struct step *step)
{
	struct str url = turn->tenant.voice_url;
	struct carrier_question request;
	const struct json *json = NULL;
	bool there, going;

	TRY(read_application(turn, APPLICATION, &json, &there, &going));
	if (!going)
		return NULL;
	if (there && carrier_has_application(json, url))
		return note_step(turn, APPLICATION, step, NO_STR);
	request = there ? carrier_put_application(turn->pool, url)
			: carrier_new_application(turn->pool, url);
	return tell(turn, APPLICATION, step, &request, &going);
}

static struct err *
wire_default(struct turn *turn, const struct step *step)
{
	struct carrier_question request;
	const struct json *json = NULL;
	bool there, going;
	int64_t id;

	TRY(read_application(turn, DEFAULT, &json, &there, &going));
	if (!going)
		return NULL;
	id = json_int(json_get(json, "id"));
	if (!there || id <= 0) {
		struct carrier_answer gone = {.outcome = CARRIER_WRONG,
		    .failure = STR("there is no voice application yet")};

		turn_failed(turn, &gone);
		TRY(note_step(turn, DEFAULT, step, gone.failure));
		return there ? NULL
			     : note_step(turn, APPLICATION, step, gone.failure);
	}
	request = carrier_put_default(turn->pool, id);
	return tell(turn, DEFAULT, step, &request, &going);
}

struct err *
turn_wire(struct turn *turn)
{
	struct step steps[STEPS];
	bool going;

	if (turn->tenant.wrong.p != NULL) {
		turn->failure = turn->tenant.wrong;
		turn->over = true;
		return note_step(turn, PROFILE, NULL, turn->tenant.wrong);
	}
	TRY(load_steps(turn, steps));
	if (steps[PROFILE].due) {
		struct carrier_question request =
		    carrier_put_profile(turn->pool, &turn->tenant.profile);

		TRY(tell(turn, PROFILE, &steps[PROFILE], &request, &going));
	}
	if (steps[APPLICATION].due && !turn->over)
		TRY(wire_application(turn, &steps[APPLICATION]));
	if (steps[DEFAULT].due && !turn->over)
		TRY(wire_default(turn, &steps[DEFAULT]));
	return NULL;
}

/* -- Lists ----------------------------------------------------------------- */

static struct err *
fetch_list(struct turn *turn, const char *name, bool voices)
{
	struct carrier_question request =
	    voices ? carrier_list_voices() : carrier_list_trunks();
	struct carrier_answer answer;
	struct str list = NO_STR;

	if (!turn_ask(turn, &request, &answer))
		return NULL;
	if (answer.outcome == CARRIER_TROUBLE) {
		turn_failed(turn, &answer);
		return NULL;
	}
	/* A key that is good for all else may not be for this. */
	if (answer.outcome == CARRIER_DONE)
		list = voices ? carrier_print_voices(turn->pool, answer.body)
			      : carrier_print_trunks(turn->pool, answer.body);
	return TURN_EXEC(turn,
	    "INSERT INTO carrier_lists (organization_id, name, document,"
	    " failure, fetched_at) VALUES (?, ?, COALESCE(?, '[]'), ?,"
	    " UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE"
	    " document = IF(VALUES(failure) IS NULL, VALUES(document),"
	    " document), failure = VALUES(failure),"
	    " fetched_at = VALUES(fetched_at)",
	    NULL, INT(turn->tenant.organization), TEXT(str_of(name)),
	    TEXT(list), TEXT(str_head(answer.failure, 500)));
}

struct err *
turn_lists(struct turn *turn)
{
	static const char *const lists[] = {"voices", "trunks"};
	int64_t young = clock_now() - DAY_MS + DAY_MS / 100;
	struct rows *rows;

	TRY(TURN_QUERY(turn,
	    "SELECT name FROM carrier_lists WHERE fetched_at > ?", &rows,
	    instant_value(turn->pool, young)));
	for (size_t i = 0; i < 2; i++) {
		bool there = false;

		for (size_t n = 0; n < rows->count; n++)
			there =
			    there || str_is(rows_text(rows, n, 0), lists[i]);
		if (!there && !turn->over)
			TRY(fetch_list(turn, lists[i], i == 0));
	}
	return NULL;
}
