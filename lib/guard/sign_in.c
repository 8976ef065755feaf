#include "sign_in.h"

#include "attempt.h"
#include "password.h"
#include "second.h"

/* In a minute: of one account from one address, wrong ones of an address. */
enum { TRIES = 5, WRONG_TRIES = 100 };
/* Accounts of one e-mail address that are looked at. */
enum { LOOKED_AT = 50 };

static void
insert_by_time(struct candidates *found, const struct person *person)
{
	struct person *people = found->people;
	size_t at = found->count;

	while (at > 0 && people[at - 1].signed_in < person->signed_in)
		at--;
	if (at == found->most)
		return;
	if (found->count < found->most)
		found->count++;
	memmove(people + at + 1, people + at,
	    (found->count - at - 1) * sizeof *people);
	people[at] = *person;
}

static struct err *
add(struct gate *gate, struct req *req, struct person person,
    struct candidates *found)
{
	struct err *err = person_begin(gate, req->pool, DB_READ, &person);
	bool is_there = false;

	if (err == NULL)
		err = person_load(gate, &person, &is_there);
	TRY(person_end(gate, err));
	if (is_there)
		insert_by_time(found, &person);
	return NULL;
}

/* "3:17": organization and user. */
static bool
parse(struct str pair, struct person *person)
{
	struct str tenant;
	int64_t a, b;

	if (!str_next(&pair, ':', &tenant) ||
	    !str_to_int(tenant, 1, INT64_MAX, &a) ||
	    !str_to_int(pair, 1, INT64_MAX, &b))
		return false;
	*person = (struct person){.kind = PERSON_USER,
	    .organization = (uint64_t)a,
	    .id = (uint64_t)b};
	return true;
}

/* "3:17,5:2" beside an operator's id, and the organization that is named. */
static struct err *
ask(struct gate *gate, struct req *req, struct str email,
    struct str organization, struct rows **rows)
{
	struct err *err;

	TRY(db_begin(gate->db, req->pool, DB_READ, 0));
	err = QUERY(gate->db,
	    "SELECT users_by_email(?), operator_by_email(?),"
	    " organization_by_slug(?)",
	    rows, TEXT(email), TEXT(email),
	    TEXT(organization.p != NULL ? organization : STR("")));
	return person_end(gate, err);
}

struct err *
sign_in_candidates(struct gate *gate, struct req *req, struct str email,
    struct str organization, struct candidates *found)
{
	struct rows *rows;
	struct person person;
	struct str list, pair;
	uint64_t wanted;
	int seen = 0;

	found->count = 0;
	TRY(ask(gate, req, pool_lower(req->pool, email), organization, &rows));
	list = rows_text(rows, 0, 0);
	wanted = (uint64_t)rows_int(rows, 0, 2);
	while (seen++ < LOOKED_AT && str_next(&list, ',', &pair))
		if (parse(pair, &person) &&
		    (organization.n == 0 || person.organization == wanted))
			TRY(add(gate, req, person, found));
	person = (struct person){
	    .kind = PERSON_OPERATOR, .id = (uint64_t)rows_int(rows, 0, 1)};
	if (person.id != 0 &&
	    (organization.n == 0 || str_is(organization, "-")))
		TRY(add(gate, req, person, found));
	/* Who is not there takes as long to look for. */
	for (size_t i = found->count; i < found->most; i++)
		TRY(ask(gate, req, STR(""), NO_STR, &rows));
	return NULL;
}

/* One row for each that could have been meant, and one for each that is not. */
static struct err *
note_failure(struct gate *gate, struct req *req, const struct person *person)
{
	struct person nobody = {.kind = PERSON_USER};
	unsigned char hash[CRYPTO_HASH];
	struct rows *rows;
	struct err *err;

	err = person_begin(
	    gate, req->pool, DB_WRITE, person != NULL ? person : &nobody);
	if (err == NULL && person != NULL) {
		err = person_note_unknown(gate, req, person, "sign_in_failed");
	} else if (err == NULL) {
		crypto_sha256(req->request_id, hash);
		err = QUERY(gate->db, "SELECT attempts(?, 0)", &rows,
		    TEXT(((struct str){(const char *)hash, sizeof hash})));
	}
	return person_end(gate, err);
}

static struct str
address_of(struct req *req)
{
	return pool_printf(req->pool, "sign-in:%.*s", PSTR(req->remote));
}

static struct err *
refuse(struct gate *gate, struct req *req, const struct candidates *found)
{
	int64_t wrong;

	for (size_t i = 0; i < found->most; i++)
		TRY(note_failure(
		    gate, req, i < found->count ? &found->people[i] : NULL));
	TRY(attempt_add(gate, req->pool, address_of(req), &wrong));
	return err_new(req->pool, UNAUTHENTICATED,
	    "The e-mail address or the password is wrong.");
}

/* Where the password fits. */
static void
verify(struct gate *gate, const struct credentials *credentials,
    const struct candidates *found, struct sign_in *out)
{
	out->count = 0;
	for (size_t i = 0; i < found->most; i++) {
		bool is_there = i < found->count;
		bool fits = password_verify(
		    is_there ? found->people[i].password_hash : NO_STR,
		    credentials->password, gate->cheap);

		if (fits && is_there && found->people[i].active)
			out->fits[out->count++] = found->people[i];
	}
}

/* A suspended organization is none to choose while there is another. */
static struct err *
choose(struct req *req, struct sign_in *out)
{
	struct complaints all = {req->pool, NULL, NULL};
	struct buf slugs = buf_new(req->pool, 128);
	size_t open = 0;

	for (size_t i = 0; i < out->count; i++)
		if (!out->fits[i].suspended)
			out->fits[open++] = out->fits[i];
	if (open == 0)
		return err_new(
		    req->pool, FORBIDDEN, "The organization is suspended.");
	out->count = open;
	out->person = out->fits[0];
	if (open == 1)
		return NULL;
	for (size_t i = 0; i < open; i++)
		buf_printf(&slugs, "%s%.*s", i > 0 ? ", " : "",
		    PSTR(out->fits[i].slug.p != NULL ? out->fits[i].slug
						     : STR("-")));
	complain(&all, STR("organization"), "must be one of: %.*s",
	    PSTR(buf_str(&slugs)));
	return complaints_err(&all);
}

static struct err *
let_in(struct gate *gate, struct req *req, struct str otp, int64_t now,
    struct sign_in *out)
{
	struct person *person = &out->person;
	struct str verified = person->password_hash;
	bool found;

	TRY(person_begin(gate, req->pool, DB_WRITE, person));
	TRY(person_load(gate, person, &found));
	if (!found)
		return err_new(req->pool, UNAUTHENTICATED,
		    "The account was deleted in the meantime.");
	/* Of the password that was tried, whatever it is by now. */
	person->password_hash = verified;
	TRY(second_check(gate, req, person, otp, now));
	TRY(session_start(gate, req, person, now, &out->session));
	return person_note(gate, req, person, "sign_in", NO_STR);
}

struct err *
sign_in(struct gate *gate, struct req *req,
    const struct credentials *credentials, int64_t now, struct sign_in *out)
{
	struct str account = pool_printf(req->pool, "sign-in:%.*s:%.*s",
	    PSTR(req->remote), PSTR(pool_lower(req->pool, credentials->email)));
	struct candidates found = {
	    .most = credentials->organization.n > 0 ? 1 : SIGN_IN_ACCOUNTS};
	struct err *err;

	TRY(attempt_look(gate, req->pool, address_of(req), WRONG_TRIES));
	TRY(attempt_allow(gate, req->pool, account, TRIES));
	TRY(sign_in_candidates(
	    gate, req, credentials->email, credentials->organization, &found));
	verify(gate, credentials, &found, out);
	if (out->count == 0)
		return refuse(gate, req, &found);
	TRY(choose(req, out));
	err = person_end(gate, let_in(gate, req, credentials->otp, now, out));
	if (err != NULL && err->code == UNAUTHENTICATED &&
	    credentials->otp.n > 0)
		TRY(note_failure(gate, req, &out->person));
	TRY(err);
	attempt_forget(gate, req->pool, account);
	session_drop(gate, req, session_cookie(gate, req));
	return NULL;
}
