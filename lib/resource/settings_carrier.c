/* What the carrier's side must hold, and how far it is done. */
#include "instant.h"
#include "settings.h"

/* In the order in which they are done (spec section 6). */
static const char *const steps[] = {
    "domain_profile", "voice_application", "default_application"};
enum { STEPS = sizeof steps / sizeof steps[0] };

/* clang-format off */
static const struct field step_fields[] = {
	{ FIELD(carrier_step_row, step), .flags = READONLY },
	{ FIELD(carrier_step_row, state), .flags = READONLY,
	    .help = "pending, done or failed" },
	{ FIELD(carrier_step_row, failure), .flags = READONLY },
	{ FIELD(carrier_step_row, updated_at), .flags = READONLY },
};
static const struct record step_row = {
	.name = "step", RECORD(carrier_step_row, step_fields),
};
static const struct field fields[] = {
	{ FIELD(carrier_record, carrier), .choices = carriers,
	    .flags = READONLY },
	{ FIELD(carrier_record, domain), .flags = READONLY },
	{ FIELD(carrier_record, domain_uuid), .flags = READONLY },
	{ FIELD(carrier_record, has_api_key), .flags = READONLY,
	    .help = "without one the values below are to be pasted there" },
	{ FIELD_AS(carrier_record, voice_url, "voice_application.url"),
	    .flags = READONLY,
	    .help = "of an application of type CXML, the domain's default" },
	{ FIELD_AS(carrier_record, voice_method,
	    "voice_application.method"), .flags = READONLY },
	{ FIELD_AS(carrier_record, session_update,
	    "webhooks.session_update"), .flags = READONLY,
	    .help = "the domain profile's session-update-endpoint" },
	{ FIELD_AS(carrier_record, cdr, "webhooks.cdr"), .flags = READONLY,
	    .help = "the domain profile's cdr-endpoint" },
	{ FIELD_AS(carrier_record, call_initiated,
	    "webhooks.call_initiated"), .flags = READONLY },
	{ FIELD_AS(carrier_record, call_status, "webhooks.call_status"),
	    .flags = READONLY },
	{ FIELD_AS(carrier_record, recording, "webhooks.recording"),
	    .flags = READONLY },
	{ FIELD(carrier_record, authorization), .flags = READONLY,
	    .help = "the domain profile's authorization-api-key" },
	{ FIELD(carrier_record, redirect_unknown_to_border),
	    .flags = READONLY, .help = "of the domain profile" },
	{ FIELD(carrier_record, call_timeout), .flags = READONLY,
	    .help = "the domain profile's call-timeout, in seconds" },
	{ FIELD(carrier_record, steps), .of = &step_row,
	    .flags = READONLY },
};
/* clang-format on */

const struct record carrier_record = {
    .name = "carrier",
    RECORD(carrier_record, fields),
};

static struct str
webhook(struct change *change, struct str base, const char *name)
{
	return pool_printf(
	    change->pool, "%.*s/cgi-bin/webhook/%s", PSTR(base), name);
}

static void
fill_urls(struct change *change, struct str base, struct carrier_record *x)
{
	x->voice_url =
	    pool_printf(change->pool, "%.*s/cgi-bin/voice", PSTR(base));
	x->voice_method = STR("POST");
	x->call_initiated = webhook(change, base, "call-initiated");
	x->call_status = webhook(change, base, "call-status");
	x->session_update = webhook(change, base, "session-update");
	x->cdr = webhook(change, base, "cdr");
	x->recording = webhook(change, base, "recording");
	x->authorization = STR("the voice key, which was shown once");
}

/* A step of which nothing is known waits. */
static struct err *
load_steps(struct change *change, struct carrier_record *x)
{
	struct carrier_step_row *list =
	    NEW_ARRAY(change->pool, struct carrier_step_row, STEPS);
	struct rows *rows;

	TRY(db_query(change->db,
	    "SELECT step, state, failure, updated_at FROM carrier_steps", NULL,
	    0, &rows));
	for (size_t n = 0; n < STEPS; n++) {
		list[n].step = str_of(steps[n]);
		list[n].state = STR("pending");
		for (size_t i = 0; i < rows->count; i++) {
			if (!str_is(rows_text(rows, i, 0), steps[n]))
				continue;
			list[n].state = rows_text(rows, i, 1);
			list[n].failure = rows_text(rows, i, 2);
			list[n].updated_at.at =
			    instant_of(rows_text(rows, i, 3));
		}
	}
	x->steps = (struct children){STEPS, list};
	return NULL;
}

struct err *
carrier_load(
    struct change *change, struct str base_url, struct carrier_record *x)
{
	struct str base, carrier;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT o.domain, o.domain_uuid, s.carrier, s.base_url,"
	    " s.carrier_api_key_sealed IS NOT NULL, s.default_ring_timeout"
	    " FROM organizations o JOIN settings s ON s.id = o.id"
	    " WHERE o.id = ?",
	    &rows, INT(change->organization)));
	if (rows->count == 0)
		return err_new(
		    change->pool, NOT_FOUND, "There is no such organization.");
	x->domain = rows_text(rows, 0, 0);
	x->domain_uuid = rows_text(rows, 0, 1);
	carrier = rows_text(rows, 0, 2);
	for (unsigned i = 0; carriers[i] != NULL; i++)
		if (str_is(carrier, carriers[i]))
			x->carrier = i;
	base = rows_text(rows, 0, 3);
	x->has_api_key = rows_int(rows, 0, 4) != 0;
	x->call_timeout = (int)rows_int(rows, 0, 5);
	fill_urls(change, base.n > 0 ? base : base_url, x);
	return load_steps(change, x);
}

static struct err *
wire(struct change *change)
{
	struct audit asked = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "wire",
	    .type = settings.record->name,
	    .id = change->organization};
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT carrier = 'cloudonix' AND carrier_api_key_sealed IS NOT"
	    " NULL FROM settings WHERE id = ?",
	    &rows, INT(change->organization)));
	if (rows->count == 0 || rows_int(rows, 0, 0) == 0)
		return err_new(change->pool, CONFLICT,
		    "Without an API key the carrier cannot be told anything: "
		    "paste the values there.");
	TRY(EXEC(change->db,
	    "UPDATE carrier_steps SET state = ?, failure = NULL, told = NULL",
	    NULL, TEXT(STR("pending"))));
	TRY(EXEC(change->db,
	    "DELETE FROM carrier_lists WHERE organization_id = ?", NULL,
	    INT(change->organization)));
	TRY(db_query(change->db, "SELECT carrier_wanted()", NULL, 0, &rows));
	return audit_write(change->db, change->pool, &asked);
}

struct err *
carrier_wire(struct change *change)
{
	struct err *err = change_begin(change);

	if (err == NULL)
		err = wire(change);
	return change_end(change, err);
}
