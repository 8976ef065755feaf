#include "settings.h"

#include "check.h"
#include "instant.h"

enum { NUMBERS_MOST = 20, HOSTS_MOST = 20, RATE_MOST = 1000000 };

const char *const carriers[] = {
    "cloudonix", "twilio", "signalwire", "telnyx", NULL};

/* clang-format off */
static const struct field number_fields[] = {
	{ FIELD_AS(text_row, text, ""), .format = TEXT_DIGITS,
	    .min = 2, .max = 6, .flags = REQUIRED },
};
static const struct record number_row = {
	.name = "number", RECORD(text_row, number_fields),
};
static const struct field host_fields[] = {
	{ FIELD_AS(text_row, text, ""), .max = 253, .flags = REQUIRED },
};
static const struct record host_row = {
	.name = "host", RECORD(text_row, host_fields),
};
static const struct field key_fields[] = {
	{ FIELD(key_row, created_at), .flags = READONLY },
	{ FIELD(key_row, expires_at), .flags = READONLY },
};
static const struct record key_row = {
	.name = "voice_key", RECORD(key_row, key_fields),
};
static const struct field fields[] = {
	{ FIELD(settings_record, carrier), .choices = carriers },
	{ FIELD(settings_record, base_url), .max = 255,
	    .format = TEXT_HTTPS,
	    .help = "under which the carrier reaches this site; none: that of "
	    "the installation" },
	{ FIELD(settings_record, require_signature), .def = "false",
	    .help = "of webhooks" },
	{ FIELD(settings_record, webhook_secret), .min = 16, .max = 200,
	    .flags = SECRET },
	{ FIELD(settings_record, carrier_api_key), .min = 8, .max = 200,
	    .flags = SECRET,
	    .help = "with it the carrier's side is kept in step" },
	{ FIELD(settings_record, default_ring_timeout), .min = 5, .max = 300,
	    .def = "30", .flags = REQUIRED, .help = "seconds" },
	{ FIELD(settings_record, voice), .max = 64,
	    .help = "of all texts; none: the carrier's" },
	{ FIELD(settings_record, language), .max = 16,
	    .help = "like en-US" },
	{ FIELD_IN(settings_record, default_target, "default_target",
	    "default"), .targets = ANY_TARGET,
	    .help = "of an own number that leads nowhere" },
	{ FIELD(settings_record, forward_caller_number), .def = "false",
	    .help = "forwards show the caller's own number" },
	{ FIELD(settings_record, emergency_numbers), .of = &number_row,
	    .max = NUMBERS_MOST,
	    .help = "besides the country's, and 911 and 112" },
	{ FIELD(settings_record, sip_hosts), .of = &host_row,
	    .max = HOSTS_MOST,
	    .help = "to which sip: addresses may lead; set by owners" },
	{ FIELD_AS(settings_record, voice_rate, "rates.voice"),
	    .max = RATE_MOST, .def = "0",
	    .help = "requests a minute; 0: no limit" },
	{ FIELD_AS(settings_record, api_rate, "rates.api"),
	    .max = RATE_MOST, .def = "600",
	    .help = "requests a minute; 0: no limit" },
	{ FIELD_AS(settings_record, webhook_rate, "rates.webhook"),
	    .max = RATE_MOST, .def = "6000",
	    .help = "requests a minute; 0: no limit" },
	{ FIELD_AS(settings_record, recording_retention,
	    "retention.recordings"), .max = 3650, .def = "0",
	    .help = "days; 0: for ever" },
	{ FIELD_AS(settings_record, voicemail_retention,
	    "retention.voicemails"), .max = 3650, .def = "0",
	    .help = "days; 0: for ever" },
	{ FIELD(settings_record, voice_keys), .of = &key_row, .max = 2,
	    .flags = READONLY, .help = "two while one is replaced" },
};
/* clang-format on */

/* The seals of its secrets are bound to this name. */
static const struct record record = {
    .name = "setting",
    .view = "settings",
    .order = "id",
    RECORD(settings_record, fields),
};

/* What a browser, a header or a URL would not carry as it is. */
static void
check_visible(struct change *change, const char *name, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] <= ' ' ||
			(unsigned char)text.p[i] >= 0x7f) &&
		    !complained(&change->all, str_of(name)))
			complain(&change->all, str_of(name),
			    "must be printable ASCII without spaces");
}

static void
check_base_url(struct change *change, struct settings_record *x)
{
	while (str_ends(x->base_url, STR("/")))
		x->base_url = pool_copy(
		    change->pool, str_cut(x->base_url, 0, x->base_url.n - 1));
	if (str_find(x->base_url, '?') >= 0 || str_find(x->base_url, '#') >= 0)
		complain(&change->all, STR("base_url"),
		    "must not have a query or a fragment");
}

static void
check_language(struct change *change, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = str_lower(text.p[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			(c == '-' && i > 0 && i < text.n - 1))) {
			complain(&change->all, STR("language"),
			    "must be a language tag, like en-US");
			return;
		}
	}
}

static bool
is_host(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!plain && ((c != '.' && c != '-') || i == 0 ||
				  i == text.n - 1 || text.p[i - 1] == '.'))
			return false;
	}
	return text.n > 0;
}

/* Copies the rows, so that what was loaded stays as it was. */
static struct text_row *
own_rows(struct pool *pool, struct children *list)
{
	struct text_row *rows =
	    NEW_ARRAY(pool, struct text_row, list->count + 1);

	if (list->count > 0)
		memcpy(rows, list->rows, list->count * sizeof *rows);
	list->rows = rows;
	return rows;
}

static bool
is_repeated(const struct text_row *rows, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_equal(rows[k].text, rows[i].text))
			return true;
	return false;
}

static void
check_hosts(struct change *change, struct settings_record *x)
{
	struct text_row *rows = own_rows(change->pool, &x->sip_hosts);

	for (size_t i = 0; i < x->sip_hosts.count; i++) {
		struct str path = pool_printf(change->pool, "sip_hosts.%zu", i);

		if (rows[i].text.p == NULL || complained(&change->all, path))
			continue;
		rows[i].text = pool_lower(change->pool, rows[i].text);
		if (!is_host(rows[i].text))
			complain(&change->all, path,
			    "must be a host name or an IPv4 address");
		else if (is_repeated(rows, i))
			complain(&change->all, path, "is named twice");
	}
}

/* What calls for help can be nobody's extension. */
static struct err *
check_numbers(struct change *change, const struct settings_record *x)
{
	const struct text_row *list = x->emergency_numbers.rows;

	for (size_t i = 0; i < x->emergency_numbers.count; i++) {
		struct str path =
		    pool_printf(change->pool, "emergency_numbers.%zu", i);
		struct rows *rows;

		if (list[i].text.p == NULL || complained(&change->all, path))
			continue;
		TRY(QUERY(change->db,
		    "SELECT 1 FROM extensions"
		    " WHERE number = ? AND deleted_at IS NULL",
		    &rows, TEXT(list[i].text)));
		if (rows->count > 0)
			complain(
			    &change->all, path, "is an extension's number");
		else if (is_repeated(list, i))
			complain(&change->all, path, "is named twice");
	}
	return NULL;
}

/* Calls may leave to where these lead. */
static struct err *
check_owner(struct change *change, const struct settings_record *before,
    const struct settings_record *x)
{
	if (role_in(change->role, OWNERS) ||
	    field_same(record_field(&record, STR("sip_hosts")), before, x))
		return NULL;
	return err_new(
	    change->pool, FORBIDDEN, "Only owners may set sip_hosts.");
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	struct settings_record *x = object;

	resource_take(change, &settings, body, before, x);
	check_base_url(change, x);
	check_language(change, x->language);
	check_visible(change, "webhook_secret", x->webhook_secret);
	check_visible(change, "carrier_api_key", x->carrier_api_key);
	if (x->require_signature && x->webhook_secret.p == NULL)
		complain(&change->all, STR("require_signature"),
		    "needs a webhook secret");
	check_hosts(change, x);
	TRY(check_numbers(change, x));
	TRY(check_target(change, "default_target", &x->default_target, 0));
	return check_owner(change, before, x);
}

static struct err *
read_texts(struct change *change, struct str document, struct children *list)
{
	const struct json *array;
	struct text_row *rows;

	TRY(json_parse(change->pool, document, &array));
	rows = NEW_ARRAY(change->pool, struct text_row, json_count(array) + 1);
	for (size_t i = 0; i < json_count(array); i++)
		rows[i].text = json_text(json_at(array, i));
	*list = (struct children){json_count(array), rows};
	return NULL;
}

static struct err *
load_keys(struct change *change, struct settings_record *x)
{
	struct key_row *list;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT created_at, expires_at FROM voice_keys"
	    " WHERE expires_at IS NULL OR expires_at > ? ORDER BY id DESC",
	    &rows, instant_value(change->pool, change->now)));
	list = NEW_ARRAY(change->pool, struct key_row, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		list[i].created_at.at = instant_of(rows_text(rows, i, 0));
		list[i].expires_at.at = instant_of(rows_text(rows, i, 1));
	}
	x->voice_keys = (struct children){rows->count, list};
	return NULL;
}

static struct err *
load(struct change *change, void *object)
{
	struct settings_record *x = object;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT emergency_numbers, sip_hosts FROM settings WHERE id = ?",
	    &rows, INT(x->row.id)));
	TRY(read_texts(change, rows_text(rows, 0, 0), &x->emergency_numbers));
	TRY(read_texts(change, rows_text(rows, 0, 1), &x->sip_hosts));
	return load_keys(change, x);
}

static struct str
print_texts(struct pool *pool, const struct children *list)
{
	const struct text_row *rows = list->rows;
	struct buf text = buf_new(pool, 128);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '[');
	for (size_t i = 0; i < list->count; i++)
		json_put_text(&out, NULL, rows[i].text);
	json_close(&out, ']');
	return buf_str(&text);
}

static struct err *
save(struct change *change, const void *object)
{
	const struct settings_record *x = object;

	return EXEC(change->db,
	    "UPDATE settings SET emergency_numbers = ?, sip_hosts = ?"
	    " WHERE id = ?",
	    NULL, TEXT(print_texts(change->pool, &x->emergency_numbers)),
	    TEXT(print_texts(change->pool, &x->sip_hosts)), INT(x->row.id));
}

const struct resource settings = {
    .name = "settings",
    .record = &record,
    .scope = SCOPE_SINGLE,
    .take = take,
    .load = load,
    .save = save,
};
