/*
 * /cgi-bin/settings[/carrier[/wire]|/voices|/trunks|/voice-key
 *	|/webhook-secret]
 *
 * The one object of a tenant's settings, its keys, what the carrier's side
 * must hold, and what there is to choose from.
 *
 * Touches: settings, voice_keys, carrier_steps, carrier_lists, audit_entries;
 * reads organizations and what the default target refers to.
 */
#include "settings.h"

#include "control.h"

static struct err *
load_carrier(struct visit *visit, struct carrier_record *x)
{
	TRY(db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization));
	return carrier_load(&visit->change,
	    conf_text(visit->req->conf, "base_url", "http://127.0.0.1:8080"),
	    x);
}

static struct err *
show_carrier(struct visit *visit)
{
	struct carrier_record *x = NEW(visit->req->pool, struct carrier_record);

	TRY(load_carrier(visit, x));
	return answer_data(visit, 200, &carrier_record, x);
}

/* The worker does it; the steps say how far it is. */
static struct err *
wire_carrier(struct visit *visit)
{
	struct carrier_record *x = NEW(visit->req->pool, struct carrier_record);

	TRY(carrier_wire(&visit->change));
	if (visit->face == FACE_HTML) {
		rest_see_other(visit->req,
		    rest_next(&visit->body.fields,
			pool_printf(visit->req->pool, "%.*s/carrier",
			    PSTR(visit_base(visit)))));
		return NULL;
	}
	TRY(load_carrier(visit, x));
	return answer_data(visit, 202, &carrier_record, x);
}

static struct err *
show_voices(struct visit *visit)
{
	struct carrier_list_record x = {.note = NO_STR};

	TRY(db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization));
	TRY(voices_load(&visit->change, &x));
	return answer_data(visit, 200, &voices_record, &x);
}

static struct err *
show_trunks(struct visit *visit)
{
	struct carrier_list_record x = {.note = NO_STR};

	TRY(db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization));
	TRY(trunks_load(&visit->change, &x));
	return answer_data(visit, 200, &trunks_record, &x);
}

static struct err *
rotate_key(struct visit *visit)
{
	struct key_rotation wanted = {0};
	struct new_key made = {.voice_key = NO_STR};
	struct err *err = visit_take_body(visit, &wanted);

	if (err != NULL)
		return answer_refused(visit, err);
	TRY(settings_rotate_key(&visit->change,
	    (int64_t)wanted.grace_minutes * 60000, &made.voice_key));
	made.previous_expires_at.at =
	    visit->change.now + (int64_t)wanted.grace_minutes * 60000;
	return answer_data(visit, 200, &new_key_record, &made);
}

static struct err *
renew_secret(struct visit *visit)
{
	struct new_secret made = {NO_STR};

	TRY(settings_renew_secret(&visit->change, &made.webhook_secret));
	return answer_data(visit, 200, &new_secret_record, &made);
}

static const struct route routes[] = {
    ROUTE("GET", "/settings", READERS, show_record, &settings),
    ROUTE("PUT", "/settings", ADMINS, replace_record, &settings),
    ROUTE("PATCH", "/settings", ADMINS, modify_record, &settings),
    ROUTE("GET", "/settings/carrier", READERS, show_carrier, &settings,
	.gives = GIVES_ONE, .data = &carrier_record,
	.does = "what to tell the carrier"),
    ROUTE("POST", "/settings/carrier/wire", ADMINS, wire_carrier, &settings,
	.gives = GIVES_LATER, .data = &carrier_record,
	.does = "tell the carrier all of it again"),
    ROUTE("GET", "/settings/voices", READERS, show_voices, &settings,
	.gives = GIVES_ONE, .data = &voices_record,
	.does = "the carrier's voices"),
    ROUTE("GET", "/settings/trunks", READERS, show_trunks, &settings,
	.gives = GIVES_ONE, .data = &trunks_record,
	.does = "the carrier's trunks"),
    ROUTE("POST", "/settings/voice-key", ADMINS, rotate_key, &settings,
	.gives = GIVES_ONE, .takes = &key_rotation_record,
	.data = &new_key_record, .does = "replace the voice key"),
    ROUTE("POST", "/settings/webhook-secret", ADMINS, renew_secret, &settings,
	.gives = GIVES_ONE, .data = &new_secret_record,
	.does = "replace the webhook secret"),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("settings", routes), argc, argv);
}
