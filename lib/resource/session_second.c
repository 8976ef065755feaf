/* The second factor: one-time codes and recovery codes. */
#include "attempt.h"
#include "second.h"
#include "session_answers.h"
#include "totp.h"

enum { CONFIRMATIONS = 5 };

static struct err *
load(struct visit *visit, enum db_mode mode, struct person *person)
{
	struct gate *gate = visit->desk->gate;
	bool found;

	*person = person_of(&visit->who);
	TRY(person_begin(gate, visit->req->pool, mode, person));
	TRY(person_load(gate, person, &found));
	return found ? NULL
		     : err_new(visit->req->pool, NOT_FOUND,
			   "The account was deleted in the meantime.");
}

struct err *
show_second(struct visit *visit)
{
	struct person person;

	TRY(person_end(visit->desk->gate, load(visit, DB_READ, &person)));
	session_open(visit, 200, "One-time codes");
	if (!person.second) {
		session_add_form(visit, FORM_TOTP, NULL);
	} else {
		session_add_form(visit, FORM_CODES, NULL);
		session_add_form(visit, FORM_DROP_TOTP, NULL);
	}
	session_close(visit);
	return NULL;
}

static struct err *
conflict(struct visit *visit, const char *text)
{
	return err_new(visit->req->pool, CONFLICT, "%s", text);
}

static struct err *
begin(struct visit *visit, struct person *person, struct str *seed)
{
	struct gate *gate = visit->desk->gate;

	TRY(load(visit, DB_WRITE, person));
	if (person->second)
		return conflict(visit, "One-time codes are in use already.");
	TRY(second_begin(gate, visit->req->pool, person, seed));
	return person_note(
	    gate, visit->req, person, "begin_two_factor", NO_STR);
}

struct err *
begin_second(struct visit *visit)
{
	struct pool *pool = visit->req->pool;
	struct totp_record shown;
	struct person person;
	struct str seed = NO_STR;

	TRY(session_needed(visit));
	TRY(person_end(visit->desk->gate, begin(visit, &person, &seed)));
	shown.secret = totp_base32(pool, seed);
	shown.uri = totp_uri(pool, seed, person.email);
	if (visit->face != FACE_HTML) {
		session_answer(visit, &totp_data, &shown, 200);
		return NULL;
	}
	session_open(visit, 200, "One-time codes");
	session_add_line(
	    visit, "Type this into your authenticator", shown.secret);
	session_add_line(visit, "Or open this there", shown.uri);
	session_add_form(visit, FORM_CONFIRM, NULL);
	session_close(visit);
	return NULL;
}

static void
show_codes(struct visit *visit, struct str codes[SECOND_CODES])
{
	struct codes_record shown = {.recovery_codes = {SECOND_CODES, codes}};

	if (visit->face != FACE_HTML) {
		session_answer(visit, &codes_data, &shown, 200);
		return;
	}
	session_open(visit, 200, "Recovery codes");
	buf_add_text(&visit->req->out,
	    "<p>Keep these where your authenticator is not: each stands in for"
	    " a one-time code, once. They are not shown again.</p>\n<ul>\n");
	for (int i = 0; i < SECOND_CODES; i++)
		buf_printf(&visit->req->out, "<li><code>%.*s</code></li>\n",
		    PSTR(codes[i]));
	buf_add_text(&visit->req->out, "</ul>\n");
	session_add_link(visit, "", "Your account");
	session_close(visit);
}

static struct err *
confirm(struct visit *visit, struct str otp, struct str codes[SECOND_CODES])
{
	struct gate *gate = visit->desk->gate;
	struct complaints all = {visit->req->pool, NULL, NULL};
	struct person person;
	bool good;

	TRY(load(visit, DB_WRITE, &person));
	if (person.second)
		return conflict(visit, "One-time codes are in use already.");
	if (person.totp_sealed.n == 0)
		return conflict(visit, "Begin with a new secret.");
	TRY(second_confirm(
	    gate, visit->req->pool, &person, otp, visit->change.now, &good));
	if (!good)
		complain(&all, STR("otp"), "is wrong");
	TRY(complaints_err(&all));
	TRY(second_renew_codes(gate, visit->req->pool, &person, codes));
	return person_note(
	    gate, visit->req, &person, "enable_two_factor", NO_STR);
}

static struct err *
try_confirm(struct visit *visit, struct str codes[SECOND_CODES])
{
	struct otp_record body;

	TRY(session_needed(visit));
	TRY(session_take(visit, &otp_body, &body));
	TRY(attempt_allow(visit->desk->gate, visit->req->pool,
	    pool_printf(visit->req->pool, "confirm:%llu",
		(unsigned long long)visit->who.session),
	    CONFIRMATIONS));
	return person_end(visit->desk->gate, confirm(visit, body.otp, codes));
}

struct err *
confirm_second(struct visit *visit)
{
	struct str codes[SECOND_CODES] = {NO_STR};
	struct err *err = try_confirm(visit, codes);

	if (err != NULL)
		return session_refused(visit, FORM_CONFIRM, err);
	show_codes(visit, codes);
	return NULL;
}

static struct err *
drop(struct visit *visit)
{
	struct gate *gate = visit->desk->gate;
	struct person person;

	TRY(load(visit, DB_WRITE, &person));
	if (person.totp_sealed.n == 0)
		return conflict(visit, "One-time codes are not in use.");
	TRY(second_remove(gate, &person));
	return person_note(
	    gate, visit->req, &person, "disable_two_factor", NO_STR);
}

/* Whoever found a browser open does not take the second factor away. */
static struct err *
prove(struct visit *visit)
{
	struct proof_record body;
	struct person person;

	TRY(session_needed(visit));
	TRY(session_take(visit, &proof_body, &body));
	return session_prove(visit, "password", body.password, &person);
}

struct err *
remove_second(struct visit *visit)
{
	struct err *err = prove(visit);

	if (err == NULL)
		err = person_end(visit->desk->gate, drop(visit));
	if (err != NULL)
		return session_refused(visit, FORM_DROP_TOTP, err);
	session_done(visit, "/cgi-bin/session");
	return NULL;
}

static struct err *
renew(struct visit *visit, struct str codes[SECOND_CODES])
{
	struct gate *gate = visit->desk->gate;
	struct person person;

	TRY(load(visit, DB_WRITE, &person));
	if (!person.second)
		return conflict(visit, "One-time codes are not in use.");
	TRY(second_renew_codes(gate, visit->req->pool, &person, codes));
	return person_note(
	    gate, visit->req, &person, "renew_recovery_codes", NO_STR);
}

struct err *
renew_codes(struct visit *visit)
{
	struct str codes[SECOND_CODES] = {NO_STR};
	struct err *err = prove(visit);

	if (err == NULL)
		err = person_end(visit->desk->gate, renew(visit, codes));
	if (err != NULL)
		return session_refused(visit, FORM_CODES, err);
	show_codes(visit, codes);
	return NULL;
}
