/* One's password: changed, forgotten, set by a link. */
#include <time.h>

#include "attempt.h"
#include "clock.h"
#include "letter.h"
#include "link.h"
#include "password.h"
#include "session.h"
#include "session_answers.h"
#include "sign_in.h"

enum {
	RESETS = 5,        /* a minute, of an address from an address */
	RESET_MS = 250,    /* what it takes to answer, whatever is done */
	LINKS = 5,         /* that wait for one person */
	WRONG_LINKS = 100, /* a minute, from one address */
};

struct err *
ask_password(struct visit *visit)
{
	session_page(visit, FORM_PASSWORD, NULL);
	return NULL;
}

static struct err *
check_password(struct visit *visit, struct str password, struct str email)
{
	struct complaints all = {visit->req->pool, NULL, NULL};

	password_check(&all, STR("password"), password, email);
	return complaints_err(&all);
}

/* Ends all sessions, this one too: it goes on as a new one. */
static struct err *
set_password(struct visit *visit, struct person *person, struct str password,
    struct session *session)
{
	struct gate *gate = visit->desk->gate;

	TRY(person_begin(gate, visit->req->pool, DB_WRITE, person));
	TRY(link_set_password(
	    gate, visit->req->pool, person, password, &person->password_hash));
	TRY(session_start(
	    gate, visit->req, person, visit->change.now, session));
	return person_note(gate, visit->req, person, "change_password", NO_STR);
}

static struct err *
try_change(struct visit *visit, struct session *session)
{
	struct password_record body;
	struct person person;

	TRY(session_needed(visit));
	TRY(session_take(visit, &password_body, &body));
	TRY(check_password(visit, body.password, visit->who.email));
	TRY(session_prove(
	    visit, "current_password", body.current_password, &person));
	return person_end(visit->desk->gate,
	    set_password(visit, &person, body.password, session));
}

struct err *
change_password(struct visit *visit)
{
	struct session session;
	struct err *err = try_change(visit, &session);

	if (err != NULL)
		return session_refused(visit, FORM_PASSWORD, err);
	visit->who.session = session.id;
	visit->who.csrf = session.csrf;
	if (visit->face == FACE_HTML) {
		session_done(visit, "/cgi-bin/session");
		session_send_cookie(visit->desk->gate, visit->req, &session);
		return NULL;
	}
	session_send_cookie(visit->desk->gate, visit->req, &session);
	return session_show(visit, 200);
}

struct err *
ask_reset(struct visit *visit)
{
	session_page(visit, FORM_RESET, NULL);
	return NULL;
}

/* Whoever asks again and again does not fill a mailbox. */
static struct err *
has_enough(struct visit *visit, const struct person *person, bool *enough)
{
	struct rows *rows;

	TRY(QUERY(visit->desk->db,
	    "SELECT COUNT(*) FROM password_links WHERE user_id = ?"
	    " AND used_at IS NULL AND expires_at > UTC_TIMESTAMP(3)",
	    &rows, INT(person->id)));
	*enough = rows_int(rows, 0, 0) >= LINKS;
	return NULL;
}

static struct err *
send_link(struct visit *visit, const struct person *person)
{
	struct gate *gate = visit->desk->gate;
	struct pool *pool = visit->req->pool;
	struct letter letter = {.organization = person->organization,
	    .to = person->email,
	    .subject = STR("Your password for OpBX")};
	struct str token;
	bool enough;

	TRY(has_enough(visit, person, &enough));
	if (enough)
		return NULL;
	TRY(link_create(gate, pool, person, visit->change.now, &token));
	letter.text = pool_printf(pool,
	    "Somebody, probably you, asked for a new password of your account"
	    " in %.*s.\n\nSet it here within an hour; the link works once:\n\n"
	    "%.*s\n\nIf it was not you, do nothing: your password stays.\n",
	    PSTR(person->organization_name),
	    PSTR(link_url(pool, gate->base_url, token)));
	TRY(letter_put(gate->db, pool, &gate->seal, &letter));
	return person_note_unknown(gate, visit->req, person, "request_reset");
}

/* Operators get their link from opbxctl. */
static struct err *
send_links(struct visit *visit, const struct reset_record *body)
{
	struct gate *gate = visit->desk->gate;
	struct candidates found = {.most = CANDIDATES};

	TRY(sign_in_candidates(
	    gate, visit->req, body->email, body->organization, &found));
	for (size_t i = 0; i < found.count; i++) {
		const struct person *person = &found.people[i];
		struct err *err;

		if (person->kind != PERSON_USER || !person->active ||
		    person->suspended)
			continue;
		err = person_begin(gate, visit->req->pool, DB_WRITE, person);
		if (err == NULL)
			err = send_link(visit, person);
		TRY(person_end(gate, err));
	}
	return NULL;
}

static void
sleep_until(int64_t microseconds)
{
	int64_t left = microseconds - clock_monotonic();
	struct timespec span = {left / 1000000, left % 1000000 * 1000};

	if (left > 0)
		nanosleep(&span, NULL);
}

static struct err *
try_reset(struct visit *visit)
{
	int64_t until = clock_monotonic() + (int64_t)RESET_MS * 1000;
	struct req *req = visit->req;
	struct reset_record body;
	struct err *err;

	TRY(session_check_origin(visit));
	TRY(session_take(visit, &reset_body, &body));
	TRY(attempt_allow(visit->desk->gate, req->pool,
	    pool_printf(req->pool, "reset:%.*s:%.*s", PSTR(req->remote),
		PSTR(pool_lower(req->pool, body.email))),
	    RESETS));
	err = send_links(visit, &body);
	/* Nobody learns from the time whether an address is known. */
	sleep_until(until);
	return err;
}

struct err *
request_reset(struct visit *visit)
{
	struct err *err = try_reset(visit);

	if (err != NULL)
		return session_refused(visit, FORM_RESET, err);
	session_say(visit, "Look into your mail",
	    "If the address is known here, a link by which a password can be"
	    " set is on its way to it.");
	return NULL;
}

struct err *
ask_link(struct visit *visit)
{
	session_page(visit, FORM_LINK, NULL);
	return NULL;
}

static struct err *
refuse_link(struct visit *visit)
{
	struct complaints all = {visit->req->pool, NULL, NULL};

	complain(&all, STR("token"),
	    "is of a link that was used, that is older than an hour or that"
	    " there is not");
	return complaints_err(&all);
}

static struct err *
set_by_link(
    struct visit *visit, struct person *person, const struct link_record *body)
{
	struct gate *gate = visit->desk->gate;
	struct str hash;
	bool good;

	TRY(person_begin(gate, visit->req->pool, DB_WRITE, person));
	TRY(link_use(gate, person, body->token, visit->change.now, &good));
	if (!good)
		return refuse_link(visit);
	TRY(check_password(visit, body->password, person->email));
	TRY(link_set_password(
	    gate, visit->req->pool, person, body->password, &hash));
	return person_note(gate, visit->req, person, "set_password", NO_STR);
}

static struct err *
try_link(struct visit *visit)
{
	struct gate *gate = visit->desk->gate;
	struct req *req = visit->req;
	struct str name =
	    pool_printf(req->pool, "link:%.*s", PSTR(req->remote));
	struct link_record body;
	struct person person;
	struct err *err;
	int64_t count;

	TRY(session_check_origin(visit));
	TRY(session_take(visit, &link_body, &body));
	TRY(check_password(visit, body.password, NO_STR));
	TRY(attempt_look(gate, req->pool, name, WRONG_LINKS));
	TRY(link_owner(gate, req->pool, body.token, &person));
	if (person.organization == 0 && person.id == 0)
		err = refuse_link(visit);
	else
		err = person_end(gate, set_by_link(visit, &person, &body));
	if (err != NULL && err->code == VALIDATION_ERROR)
		TRY(attempt_add(gate, req->pool, name, &count));
	return err;
}

struct err *
use_link(struct visit *visit)
{
	struct err *err = try_link(visit);

	if (err != NULL)
		return session_refused(visit, FORM_LINK, err);
	session_say(visit, "Your password is set",
	    "The password is set; sign in with it.");
	return NULL;
}
