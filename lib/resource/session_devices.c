/* Signing out, here and elsewhere. */
#include "history.h"
#include "instant.h"
#include "session.h"
#include "session_answers.h"

static struct err *
end_in_transaction(struct visit *visit, const struct person *person,
    uint64_t id, const char *action)
{
	struct gate *gate = visit->desk->gate;
	bool ended;

	TRY(person_begin(gate, visit->req->pool, DB_WRITE, person));
	TRY(session_end(gate, person, id, &ended));
	if (!ended)
		return err_new(visit->req->pool, NOT_FOUND,
		    "You have no session %llu.", (unsigned long long)id);
	return person_note(gate, visit->req, person, action, NO_STR);
}

struct err *
end_session(struct visit *visit)
{
	struct person person = person_of(&visit->who);

	TRY(session_needed(visit));
	TRY(person_end(visit->desk->gate, end_in_transaction(visit, &person,
					      visit->who.session, "sign_out")));
	session_done(visit, "/cgi-bin/session/new");
	session_clear_cookie(visit->desk->gate, visit->req);
	return NULL;
}

static const char *const select_sessions[] = {
    [PERSON_USER] =
	"SELECT id, remote, user_agent, last_seen_at, created_at, expires_at"
	" FROM sessions WHERE user_id = ? AND living = 1 AND expires_at > ?"
	" AND COALESCE(last_seen_at, created_at) > ? ORDER BY id DESC"
	" LIMIT 100",
    [PERSON_OPERATOR] =
	"SELECT id, remote, user_agent, last_seen_at, created_at, expires_at"
	" FROM operator_sessions WHERE operator_id = ? AND living = 1"
	" AND expires_at > ? AND COALESCE(last_seen_at, created_at) > ?"
	" ORDER BY id DESC LIMIT 100",
};

static struct err *
read_devices(struct visit *visit, struct rows **rows)
{
	struct gate *gate = visit->desk->gate;
	struct person person = person_of(&visit->who);
	int64_t now = visit->change.now;
	struct err *err =
	    person_begin(gate, visit->req->pool, DB_READ, &person);

	if (err == NULL)
		err = QUERY(gate->db, select_sessions[person.kind], rows,
		    INT(person.id), instant_value(visit->req->pool, now),
		    instant_value(visit->req->pool, now - gate->idle));
	return person_end(gate, err);
}

static struct device_record
device_of(const struct visit *visit, const struct rows *rows, size_t i)
{
	struct device_record device = {.id = (uint64_t)rows_int(rows, i, 0),
	    .remote = rows_text(rows, i, 1),
	    .user_agent = rows_text(rows, i, 2)};

	device.last_seen_at.at = instant_of(rows_text(rows, i, 3));
	device.created_at.at = instant_of(rows_text(rows, i, 4));
	device.expires_at.at = instant_of(rows_text(rows, i, 5));
	device.current = device.id == visit->who.session;
	return device;
}

static void
devices_page(struct visit *visit, const struct rows *rows)
{
	struct buf *out = &visit->req->out;
	struct html html = visit_html(visit);

	session_open(visit, 200, "Sessions");
	for (size_t i = 0; i < rows->count; i++) {
		struct device_record device = device_of(visit, rows, i);

		buf_add_text(out, device.current ? "<h2>This one</h2>\n<p>"
						 : "<h2>Another</h2>\n<p>");
		buf_add_html(out, device.user_agent);
		buf_add_text(out, ", ");
		buf_add_html(out, device.remote);
		buf_printf(out, ", since %.*s, last seen %.*s</p>\n",
		    PSTR(rows_text(rows, i, 4)), PSTR(rows_text(rows, i, 3)));
		if (!device.current)
			html_action(&html, device.id, "end", NULL, NULL, NULL);
	}
	session_add_form(visit, FORM_END_OTHERS, NULL);
	session_close(visit);
}

struct err *
list_sessions(struct visit *visit)
{
	struct rows *rows;
	void **devices;

	TRY(read_devices(visit, &rows));
	if (visit->face == FACE_HTML) {
		devices_page(visit, rows);
		return NULL;
	}
	devices = NEW_ARRAY(visit->req->pool, void *, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct device_record *device =
		    NEW(visit->req->pool, struct device_record);

		*device = device_of(visit, rows, i);
		devices[i] = device;
	}
	answer_rows(visit, "sessions", &device_data, devices, rows->count);
	return NULL;
}

struct err *
end_one_session(struct visit *visit)
{
	struct person person = person_of(&visit->who);
	bool own = visit->id == visit->who.session;

	TRY(session_needed(visit));
	TRY(person_end(
	    visit->desk->gate, end_in_transaction(visit, &person, visit->id,
				   own ? "sign_out" : "end_session")));
	session_done(
	    visit, own ? "/cgi-bin/session/new" : "/cgi-bin/session/others");
	if (own)
		session_clear_cookie(visit->desk->gate, visit->req);
	return NULL;
}

struct err *
end_other_sessions(struct visit *visit)
{
	struct gate *gate = visit->desk->gate;
	struct person person = person_of(&visit->who);
	int64_t count = 0;
	struct err *err;

	TRY(session_needed(visit));
	err = person_begin(gate, visit->req->pool, DB_WRITE, &person);
	if (err == NULL)
		err = session_end_others(
		    gate, &person, visit->who.session, &count);
	if (err == NULL)
		err = person_note(
		    gate, visit->req, &person, "end_sessions", NO_STR);
	TRY(person_end(gate, err));
	session_done(visit, "/cgi-bin/session/others");
	return NULL;
}
