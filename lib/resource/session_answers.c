/* Signing in, and what all answers of an account share. */
#include "session_answers.h"

#include "attempt.h"
#include "instant.h"
#include "password.h"
#include "sign_in.h"

enum { PROOFS = 5 };

struct err *
session_take(struct visit *visit, const struct record *record, void *object)
{
	struct complaints all = {visit->req->pool, NULL, NULL};
	struct take take = {visit->req->pool, &all, visit->body.form, true};

	record_init(visit->req->pool, record, object);
	record_take(&take, record, visit->body.json, STR(""), object);
	record_check(&take, record, STR(""), object);
	return complaints_err(&all);
}

void
session_answer(struct visit *visit, const struct record *record,
    const void *object, int status)
{
	struct json_out out = {&visit->req->out, false};

	answer(visit->req, status, "application/json");
	json_open(&out, NULL, '{');
	json_open(&out, "data", '{');
	record_show(record, object, SHOW_SECRETS, &out);
	json_close(&out, '}');
	json_close(&out, '}');
}

void
session_done(struct visit *visit, const char *where)
{
	if (visit->face == FACE_HTML)
		rest_see_other(
		    visit->req, rest_next(&visit->body.fields, str_of(where)));
	else
		answer(visit->req, 204, "application/json");
}

void
session_say(struct visit *visit, const char *heading, const char *message)
{
	struct message_record record = {.message = str_of(message)};

	if (visit->face != FACE_HTML) {
		session_answer(visit, &message_data, &record, 200);
		return;
	}
	session_open(visit, 200, heading);
	buf_printf(&visit->req->out, "<p>%s</p>\n", message);
	session_add_link(visit, "/new", "Sign in");
	session_close(visit);
}

struct err *
session_needed(const struct visit *visit)
{
	if (visit->who.session != 0)
		return NULL;
	return err_new(visit->req->pool, FORBIDDEN,
	    "An access token may not do this: sign in.");
}

struct err *
session_check_origin(const struct visit *visit)
{
	const struct gate *gate = visit->desk->gate;
	struct req *req = visit->req;
	struct str origin = req_header(req, "Origin", NULL);
	struct str site = req_header(req, "Sec-Fetch-Site", NULL);
	struct str own = gate->base_url, rest, scheme, host;

	/* "https://pbx.example.com/opbx": up to the path. */
	rest = own;
	str_next(&rest, '/', &scheme);
	str_next(&rest, '/', &host);
	str_next(&rest, '/', &host);
	if (rest.p != NULL)
		own.n = (size_t)(rest.p - own.p) - 1;
	if ((origin.p == NULL || str_equal_nocase(origin, own)) &&
	    (site.p == NULL || str_is(site, "same-origin") ||
		str_is(site, "none")))
		return NULL;
	return err_new(req->pool, FORBIDDEN,
	    "The form was not sent from this site, which is %.*s.", PSTR(own));
}

struct err *
session_prove(struct visit *visit, const char *field, struct str password,
    struct person *person)
{
	struct gate *gate = visit->desk->gate;
	struct pool *pool = visit->req->pool;
	struct complaints all = {pool, NULL, NULL};
	struct str name;
	struct err *err;
	bool found = false;

	*person = person_of(&visit->who);
	name = pool_printf(pool, "proof:%d:%llu", (int)person->kind,
	    (unsigned long long)person->id);
	TRY(attempt_allow(gate, pool, name, PROOFS));
	err = person_begin(gate, pool, DB_READ, person);
	if (err == NULL)
		err = person_load(gate, person, &found);
	TRY(person_end(gate, err));
	if (!found ||
	    !password_verify(person->password_hash, password, gate->cheap))
		complain(&all, str_of(field), "is wrong");
	else
		attempt_forget(gate, pool, name);
	return complaints_err(&all);
}

/* {"id", "name", "slug", "timezone"} of the organization acted for. */
static struct err *
read_organization(struct visit *visit, struct document *organization)
{
	struct gate *gate = visit->desk->gate;
	struct pool *pool = visit->req->pool;
	struct buf text = buf_new(pool, 128);
	struct json_out out = {&text, false};
	struct rows *rows;
	struct err *err;

	if (visit->who.organization == 0)
		return NULL;
	TRY(db_begin(gate->db, pool, DB_READ, visit->who.organization));
	err = QUERY(gate->db,
	    "SELECT id, name, slug, timezone FROM organizations"
	    " WHERE living = ?",
	    &rows, INT(1));
	TRY(person_end(gate, err));
	if (rows->count == 0)
		return NULL;
	json_open(&out, NULL, '{');
	json_put_int(&out, "id", rows_int(rows, 0, 0));
	json_put_text(&out, "name", rows_text(rows, 0, 1));
	json_put_text(&out, "slug", rows_text(rows, 0, 2));
	json_put_text(&out, "timezone", rows_text(rows, 0, 3));
	json_close(&out, '}');
	organization->text = buf_str(&text);
	return NULL;
}

static const char *const select_end[] = {
    [PERSON_USER] = "SELECT expires_at FROM sessions WHERE id = ?",
    [PERSON_OPERATOR] = "SELECT expires_at FROM operator_sessions WHERE id = ?",
};

static struct err *
read_session(struct visit *visit, struct session_record *session)
{
	struct gate *gate = visit->desk->gate;
	const struct who *who = &visit->who;
	struct person person = person_of(who);
	struct rows *rows;
	struct err *err;
	bool found;

	TRY(read_organization(visit, &session->organization));
	err = person_begin(gate, visit->req->pool, DB_READ, &person);
	if (err == NULL)
		err = person_load(gate, &person, &found);
	if (err == NULL)
		err = QUERY(gate->db, select_end[person.kind], &rows,
		    INT(who->session));
	TRY(person_end(gate, err));
	session->user_id = person.id;
	session->user_name = person.name;
	session->user_email = person.email;
	for (unsigned bit = 1; bit < (unsigned)who->role; bit <<= 1)
		session->user_role++;
	session->csrf_token = who->csrf;
	session->expires_at.at =
	    rows->count > 0 ? instant_of(rows_text(rows, 0, 0)) : 0;
	session->two_factor = person.second;
	return NULL;
}

static void
show_page(struct visit *visit, const struct session_record *session)
{
	session_open(visit, 200, "Signed in");
	session_add_line(visit, "Name", session->user_name);
	session_add_line(visit, "E-mail address", session->user_email);
	session_add_line(visit, "Role", str_of(role_name(visit->who.role)));
	session_add_link(visit, "/others", "Sessions");
	session_add_link(visit, "/password", "Change the password");
	session_add_link(visit, "/totp",
	    session->two_factor ? "One-time codes (in use)"
				: "One-time codes (not in use)");
	session_close(visit);
}

struct err *
session_show(struct visit *visit, int status)
{
	struct session_record session;

	record_init(visit->req->pool, &session_data, &session);
	TRY(read_session(visit, &session));
	if (visit->face == FACE_HTML)
		show_page(visit, &session);
	else
		session_answer(visit, &session_data, &session, status);
	return NULL;
}

struct err *
show_session(struct visit *visit)
{
	return session_show(visit, 200);
}

struct err *
ask_sign_in(struct visit *visit)
{
	session_page(visit, FORM_SIGN_IN, NULL);
	return NULL;
}

/* Where a browser may choose, it is shown what there is. */
static struct err *
refuse_sign_in(struct visit *visit, const struct sign_in *in, struct err *err)
{
	struct slugs slugs = {.count = 0};

	if (visit->face != FACE_HTML || err->code >= INTERNAL)
		return err;
	if (err->code == VALIDATION_ERROR)
		for (size_t i = 0; i < in->count; i++) {
			const struct person *one = &in->fits[i];
			bool tenant = one->kind == PERSON_USER;

			slugs.slugs[slugs.count] =
			    tenant ? one->slug : STR("-");
			slugs.names[slugs.count++] =
			    tenant ? one->organization_name
				   : STR("the platform");
		}
	session_page_choices(visit, &slugs, err);
	return NULL;
}

/* From here on the visit is that of who has just signed in. */
static void
become(struct visit *visit, const struct sign_in *in)
{
	const struct person *person = &in->person;

	visit->who = (struct who){.organization = person->organization,
	    .session = in->session.id,
	    .name = person->name,
	    .email = person->email,
	    .csrf = in->session.csrf};
	if (person->kind == PERSON_OPERATOR)
		visit->who.platform = person->id;
	else
		visit->who.user = person->id;
	visit->who.role = person->role;
	log_int(
	    &visit->req->log, "organization_id", (int64_t)person->organization);
	log_int(&visit->req->log, "user_id", (int64_t)visit->who.user);
}

struct err *
create_session(struct visit *visit)
{
	struct gate *gate = visit->desk->gate;
	struct sign_in_record body;
	struct sign_in in = {.count = 0};
	struct err *err;

	TRY(session_check_origin(visit));
	err = session_take(visit, &sign_in_body, &body);
	if (err == NULL)
		err = sign_in(gate, visit->req,
		    &(struct credentials){
			body.email, body.password, body.organization, body.otp},
		    visit->change.now, &in);
	if (err != NULL)
		return refuse_sign_in(visit, &in, err);
	become(visit, &in);
	session_send_cookie(gate, visit->req, &in.session);
	if (visit->face == FACE_HTML) {
		rest_see_other(visit->req,
		    rest_next(&visit->body.fields, STR("/cgi-bin/session")));
		return NULL;
	}
	answer_header(visit->req, "Location", STR("/cgi-bin/session"));
	return session_show(visit, 201);
}
