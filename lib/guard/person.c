#include "person.h"

#include "instant.h"

struct person
person_of(const struct who *who)
{
	struct person person = {.kind = PERSON_USER,
	    .organization = who->organization,
	    .id = who->user,
	    .name = who->name,
	    .email = who->email};

	if (who->platform != 0) {
		person.kind = PERSON_OPERATOR;
		person.organization = 0;
		person.id = who->platform;
	}
	return person;
}

struct err *
person_begin(struct gate *gate, struct pool *pool, enum db_mode mode,
    const struct person *person)
{
	TRY(db_begin(gate->db, pool, mode, person->organization));
	return person->kind == PERSON_OPERATOR
		   ? db_as_operator(gate->db, person->id)
		   : NULL;
}

enum {
	NAME,
	EMAIL,
	STATUS,
	PASSWORD,
	SEED,
	CONFIRMED,
	STEP,
	SIGNED_IN_AT,
	SLUG,
	ORGANIZATION,
	ORGANIZATION_STATUS,
	ROLE,
};

static const char *const select_person[] = {
    [PERSON_USER] =
	"SELECT u.name, u.email, u.status, u.password_hash, u.totp_sealed,"
	" u.totp_confirmed_at, u.totp_last_step, u.last_sign_in_at, o.slug,"
	" o.name, o.status, u.role"
	" FROM users u JOIN organizations o ON o.id = u.organization_id"
	" WHERE u.id = ? AND u.living = 1 AND o.living = 1",
    [PERSON_OPERATOR] =
	"SELECT name, email, status, password_hash, totp_sealed,"
	" totp_confirmed_at, totp_last_step, last_sign_in_at, NULL, NULL,"
	" 'active', 'operator' FROM operators WHERE id = ? AND living = 1",
};

struct err *
person_load(struct gate *gate, struct person *person, bool *found)
{
	struct rows *rows;

	*found = false;
	TRY(QUERY(
	    gate->db, select_person[person->kind], &rows, INT(person->id)));
	if (rows->count == 0)
		return NULL;
	*found = true;
	person->name = rows_text(rows, 0, NAME);
	person->email = rows_text(rows, 0, EMAIL);
	person->role = role_parse(rows_text(rows, 0, ROLE));
	person->active = str_is(rows_text(rows, 0, STATUS), "active");
	person->password_hash = rows_text(rows, 0, PASSWORD);
	person->totp_sealed = rows_text(rows, 0, SEED);
	person->second = rows_text(rows, 0, CONFIRMED).p != NULL;
	person->totp_step = (uint64_t)rows_int(rows, 0, STEP);
	person->signed_in = instant_of(rows_text(rows, 0, SIGNED_IN_AT));
	person->slug = rows_text(rows, 0, SLUG);
	person->organization_name = rows_text(rows, 0, ORGANIZATION);
	person->suspended =
	    str_is(rows_text(rows, 0, ORGANIZATION_STATUS), "suspended");
	return NULL;
}

static struct err *
note(struct gate *gate, struct req *req, const struct person *person,
    uint64_t actor_id, const char *action, struct str details)
{
	struct actor actor = {.type = "user",
	    .user = actor_id,
	    .name = person->email,
	    .remote = req->remote,
	    .request_id = req->request_id};
	struct audit audit = {.organization = person->organization,
	    .actor = &actor,
	    .action = action,
	    .type = "user",
	    .id = person->id,
	    .name = person->email,
	    .after = details};

	if (person->kind == PERSON_USER)
		return audit_write(gate->db, req->pool, &audit);
	log_int(&req->log, "operator_id", (int64_t)person->id);
	log_text(&req->log, "action", str_of(action));
	return NULL;
}

struct err *
person_note(struct gate *gate, struct req *req, const struct person *person,
    const char *action, struct str details)
{
	return note(gate, req, person, person->id, action, details);
}

struct err *
person_note_unknown(struct gate *gate, struct req *req,
    const struct person *person, const char *action)
{
	return note(gate, req, person, 0, action, NO_STR);
}
