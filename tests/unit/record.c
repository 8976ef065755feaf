/* One record with a field of every kind, through every door that needs no
 * database. */
#include "record.h"

#include <criterion/criterion.h>

#include "body.h"
#include "csv.h"
#include "list.h"
#include "rest.h"
#include "words.h"

enum colour { RED, GREEN };

struct wheel_record {
	int size;
	struct str name;
};

struct car_record {
	struct row row;
	struct str name, note, secret, serial, password;
	int doors, seats, price;
	bool fast;
	enum colour colour;
	uint64_t owner_id;
	struct target target;
	struct own_did number;
	struct instant built;
	struct document extras;
	struct str radio_name;
	struct str radio_tuner_band;
	struct children wheels;
};

static const char *const colours[] = {"red", "green", NULL};
/* clang-format off */
static const struct field wheel_fields[] = {
	{ FIELD(wheel_record, size), .min = 1, .max = 30, .flags = REQUIRED },
	{ FIELD(wheel_record, name), .max = 10 },
};
static const struct record wheel = {
	.name = "wheel", RECORD(wheel_record, wheel_fields),
};
static const struct field fields[] = {
	{ FIELD(car_record, name), .min = 2, .max = 10,
	    .flags = REQUIRED | SORT | SEARCH },
	{ FIELD(car_record, note), .max = 20, .def = "",
	    .format = TEXT_LINES },
	{ FIELD(car_record, secret), .min = 4, .max = 8,
	    .format = TEXT_DIGITS, .flags = SECRET },
	{ FIELD(car_record, serial), .flags = READONLY },
	{ FIELD(car_record, password), .min = 3, .max = 8,
	    .flags = WRITEONLY },
	{ FIELD(car_record, doors), .min = 2, .max = 5, .def = "4",
	    .flags = REQUIRED | SORT | FILTER },
	{ FIELD(car_record, seats), .min = 1, .max = 9 },
	{ FIELD(car_record, price), .min = 0, .max = 100, .def = "7" },
	{ FIELD(car_record, fast), .flags = FILTER },
	{ FIELD(car_record, colour), .choices = colours, .flags = FILTER },
	{ FIELD(car_record, owner_id), .flags = FILTER },
	{ FIELD(car_record, target), .flags = FILTER,
	    .targets = TARGET_BIT(TARGET_EXTENSION) |
		TARGET_BIT(TARGET_EXTERNAL) | TARGET_BIT(TARGET_HANGUP) },
	{ FIELD(car_record, number) },
	{ FIELD(car_record, built) },
	{ FIELD(car_record, extras), .def = "{}", .flags = FILTER },
	{ FIELD_AS(car_record, radio_name, "radio.name"), .max = 10 },
	{ FIELD_AS(car_record, radio_tuner_band, "radio.tuner.band"),
	    .max = 10 },
	{ FIELD(car_record, wheels), .of = &wheel, .min = 1, .max = 4 },
};
/* clang-format on */
static const struct record cars = {
    .name = "car",
    .view = "cars",
    .order = "name",
    RECORD(car_record, fields),
};

struct taken {
	struct car_record car;
	struct complaints all;
};

static struct pool *pool;

static void
open_pool(void)
{
	pool = pool_new();
}

static void
close_pool(void)
{
	pool_free(pool);
}

TestSuite(record, .init = open_pool, .fini = close_pool);

static struct taken
take_as(const char *text, bool form, bool creating)
{
	struct taken taken = {.all = {pool, NULL, NULL}};
	struct take take = {pool, &taken.all, form, creating};
	const struct json *json;

	cr_assert_null(json_parse(pool, str_of(text), &json), "%s", text);
	record_init(pool, &cars, &taken.car);
	record_take(&take, &cars, json, STR(""), &taken.car);
	record_check(&take, &cars, STR(""), &taken.car);
	return taken;
}

static struct taken
take(const char *text)
{
	return take_as(text, false, true);
}

/* "name: text\n" of every complaint. */
static const char *
complaints(const struct taken *taken)
{
	struct buf buf = buf_new(pool, 64);

	for (const struct complaint *c = taken->all.first; c != NULL;
	     c = c->next)
		buf_printf(&buf, "%.*s: %.*s\n", PSTR(c->field), PSTR(c->text));
	return buf_str(&buf).p != NULL ? buf_str(&buf).p : "";
}

/* With all else that is required, the one member is refused alone. */
static void
refused(const char *field, const char *value, bool form)
{
	struct str name = str_of(field);
	const char *text = pool_printf(pool, "{%s%s\"%s\": %s}",
	    str_is(name, "name") ? "" : "\"name\": \"Fiat\", ",
	    str_is(name, "wheels") ? "" : "\"wheels\": [{\"size\": 5}], ",
	    field, value)
			       .p;
	struct taken taken = take_as(text, form, true);

	cr_assert_not_null(taken.all.first, "%s was taken", text);
	for (const struct complaint *c = taken.all.first; c != NULL;
	     c = c->next)
		cr_assert(str_starts(c->field, str_of(field)), "%s: %s", text,
		    complaints(&taken));
}

Test(record, defaults_and_nothing)
{
	struct taken taken =
	    take("{\"name\": \"Fiat\", \"wheels\": [{\"size\": 5}]}");
	const struct car_record *car = &taken.car;

	cr_assert_str_eq(complaints(&taken), "");
	cr_assert(str_is(car->name, "Fiat"));
	cr_assert(car->note.p != NULL && car->note.n == 0);
	cr_assert_null(car->secret.p);
	cr_assert_eq(car->doors, 4);
	cr_assert_eq(car->seats, 0);
	cr_assert_eq(car->price, 7);
	cr_assert_eq(car->colour, RED);
	cr_assert(str_is(car->extras.text, "{}"));
	cr_assert_eq(car->wheels.count, 1);
}

Test(record, shows_what_it_took)
{
	static const char text[] =
	    "{\"name\":\"Fiat\",\"note\":\"a\\nb\",\"secret\":\"1234\","
	    "\"doors\":2,\"seats\":9,\"price\":0,\"fast\":true,"
	    "\"colour\":\"green\",\"owner_id\":3,"
	    "\"target\":{\"type\":\"extension\",\"id\":9},"
	    "\"number\":\"+12125550100\",\"built\":\"2026-11-22T15:56:38Z\","
	    "\"extras\":{\"a\":[1,2.50]},\"radio\":{\"name\":\"R\","
	    "\"tuner\":{\"band\":\"FM\"}},"
	    "\"wheels\":[{\"size\":5,\"name\":null},"
	    "{\"size\":6,\"name\":\"x\"}]}";
	struct taken taken = take(text), again;
	struct str shown = record_print(pool, &cars, &taken.car, SHOW_SECRETS);
	const struct json *json;

	cr_assert_str_eq(complaints(&taken), "");
	cr_assert_null(json_parse(pool, shown, &json), "%.*s", PSTR(shown));
	again = take_as(shown.p, false, false);
	cr_assert_str_eq(complaints(&again), "");
	for (size_t i = 0; i < cars.count; i++)
		cr_assert(field_same(&fields[i], &taken.car, &again.car), "%s",
		    fields[i].name);
	cr_assert_not_null(memmem(shown.p, shown.n,
	    ",\"radio\":{\"name\":\"R\",\"tuner\":{\"band\":\"FM\"}},", 44));
	shown = record_print(pool, &cars, &taken.car, SHOW_MASKED);
	cr_assert_null(memmem(shown.p, shown.n, "1234", 4));
	cr_assert_not_null(memmem(shown.p, shown.n, "\"secret\":\"***\"", 14));
}

Test(record, says_that_a_secret_changed)
{
	struct taken a = take("{\"secret\":\"1234\"}");
	struct taken b = take("{\"secret\":\"4321\"}");
	struct taken none = take("{}");
	static const char changed[] = "\"secret\":\"*** (changed)\"";
	static const char same[] = "\"secret\":\"***\"";

#define SAYS(before, after, text) \
	cr_assert_not_null(       \
	    strstr(record_print_change(pool, &cars, before, after).p, text))
	SAYS(&a.car, &b.car, changed);
	SAYS(&none.car, &b.car, changed);
	SAYS(&a.car, &a.car, same);
	SAYS(NULL, &a.car, same);
	SAYS(&a.car, &none.car, "\"secret\":null");
#undef SAYS
}

static void
spelt(const char *name, const char *words, const char *heading)
{
	cr_assert_str_eq(words_of(pool, str_of(name)).p, words);
	cr_assert_str_eq(heading_of(pool, str_of(name)).p, heading);
}

Test(record, what_is_written_only_is_never_shown)
{
	struct taken t = take("{\"name\":\"Ford\",\"password\":\" ab \","
			      "\"wheels\":[{\"size\":4}]}");
	struct buf csv = buf_new(pool, 64);

	cr_assert_null(t.all.first);
	cr_assert(str_is(t.car.password, " ab "));
	for (enum show show = SHOW_MASKED; show <= SHOW_SECRETS; show++)
		cr_assert_null(strstr(
		    record_print(pool, &cars, &t.car, show).p, "password"));
	csv_head(&csv, &cars);
	csv_row(&csv, &cars, &t.car);
	cr_assert_null(strstr(buf_str(&csv).p, "password"));
	cr_assert_null(strstr(buf_str(&csv).p, " ab "));
	refused("password", "\"ab\"", false);
	refused("password", "\"abcdefghi\"", false);
	refused("password", "12345", false);
}

Test(record, names_in_words)
{
	const struct field id = {.name = "user_id", .kind = FIELD_ID};
	const struct field text = {.name = "caller_id", .kind = FIELD_TEXT};

	spelt("blocked_caller", "blocked caller", "Blocked caller");
	spelt("ring-groups", "ring groups", "Ring groups");
	spelt("ivr_menu", "IVR menu", "IVR menu");
	spelt("dids", "DIDs", "DIDs");
	spelt("voicemail.pin", "voicemail PIN", "Voicemail PIN");
	spelt("members.0.name", "members 1 name", "Members 1 name");
	spelt("a..b_", "a b", "A b");
	spelt("email", "e-mail", "E-mail");
	spelt("\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9");
	cr_assert_str_eq(label_of(pool, &id).p, "User");
	cr_assert_str_eq(label_of(pool, &text).p, "Caller ID");
}

Test(record, all_complaints_at_once)
{
	struct taken taken =
	    take("{\"name\":\"F\",\"doors\":9,\"fast\":1,"
		 "\"wings\":2,\"radio\":{\"x\":1,\"name\":5}}");

	cr_assert_str_eq(complaints(&taken),
	    "name: must have at least 2 characters\n"
	    "doors: must be between 2 and 5\n"
	    "fast: must be true or false\n"
	    "wings: is no field here; allowed: name, note, secret, "
	    "password, doors, "
	    "seats, price, fast, colour, owner_id, target, number, built, "
	    "extras, radio, wheels\n"
	    "radio.x: is no field here; allowed: name, tuner\n"
	    "radio.name: must be a text, like \"5\"\n"
	    "wheels: must have at least 1 entry\n");
}

Test(record, refuses_texts)
{
	refused("name", "5", false);
	refused("name", "null", false);
	refused("name", "[\"ab\"]", false);
	refused("name", "\" a \"", false);
	refused("name", "\"\\u0001ab\"", false);
	refused("name", "\"a\\nb\"", false);
	refused("name", "\"a\xc2\x85\"", false);
	refused("name", "\"12345678901\"", false);
	refused("note", "\"a\\u0007\"", false);
	refused("secret", "\"123\"", false);
	refused("secret", "\"12a4\"", false);
	refused("secret", "\"123456789\"", false);
	refused("secret", "1234", false);
	refused("serial", "\"x\"", false);
	refused("id", "1", false);
	refused("created_at", "null", false);
	refused("name.first", "\"x\"", false);
}

Test(record, refuses_numbers_and_choices)
{
	refused("doors", "1", false);
	refused("doors", "6", false);
	refused("doors", "\"4\"", false);
	refused("doors", "4.0", false);
	refused("doors", "true", false);
	refused("doors", "null", false);
	refused("doors", "9223372036854775807", false);
	refused("doors", "\"4x\"", true);
	refused("seats", "0", false);
	refused("price", "null", false);
	refused("price", "-1", false);
	refused("fast", "null", false);
	refused("fast", "\"true\"", false);
	refused("fast", "\"maybe\"", true);
	refused("colour", "\"blue\"", false);
	refused("colour", "0", false);
	refused("colour", "null", false);
	refused("colour", "\"\"", true);
	refused("owner_id", "0", false);
	refused("owner_id", "-1", false);
	refused("owner_id", "\"3\"", false);
	refused("owner_id", "\"x\"", true);
}

Test(record, refuses_the_other_kinds)
{
	refused("target", "5", false);
	refused("target", "{}", false);
	refused("target", "{\"type\":\"ring_group\",\"id\":1}", false);
	refused("target", "{\"type\":\"extension\"}", false);
	refused("target", "{\"type\":\"extension\",\"id\":1,\"number\":\"2\"}",
	    false);
	refused("target", "{\"type\":\"external\",\"id\":1}", false);
	refused("target", "{\"type\":\"hangup\",\"x\":1}", false);
	refused("number", "\"2125550100\"", false);
	refused("number", "5", false);
	refused("built", "\"yesterday\"", false);
	refused("built", "5", false);
	refused("extras", "[]", false);
	refused("extras", "5", false);
	refused("extras", "\"{\"", true);
	refused("radio", "5", false);
	refused("radio", "[]", false);
	refused("radio.tuner", "\"x\"", false);
	refused("wheels", "{}", false);
	refused("wheels", "[]", false);
	refused("wheels", "[5]", false);
	refused("wheels", "[{}]", false);
	refused("wheels", "[{\"size\":0}]", false);
	refused("wheels", "[{\"size\":1,\"wheels\":1}]", false);
	refused("wheels",
	    "[{\"size\":1},{\"size\":1},{\"size\":1},{\"size\":1},"
	    "{\"size\":1}]",
	    false);
}

Test(record, null_is_none)
{
	struct taken taken = take(
	    "{\"name\":\"Fiat\",\"wheels\":[{\"size\":5}],\"secret\":null,"
	    "\"seats\":null,\"owner_id\":null,\"target\":null,"
	    "\"number\":null,\"built\":null,\"extras\":null,\"radio\":null,"
	    "\"note\":null}");

	cr_assert_str_eq(complaints(&taken), "");
	cr_assert(str_is(taken.car.extras.text, "{}"));
	cr_assert_not_null(taken.car.note.p);
	cr_assert_eq(taken.car.target.type, TARGET_NONE);
}

static const struct json *
json_of_form(const char *text)
{
	const struct json *json;
	struct form form;

	cr_assert_null(form_parse(pool, str_of(text), &form));
	cr_assert_null(body_of_form(pool, &form, &json));
	return json;
}

Test(record, a_form_is_a_document)
{
	struct str text = json_print(pool,
	    json_of_form("name=Fiat&radio.tuner.band=FM&_csrf=x&wheels.0.size="
			 "&wheels.0.name=&wheels.2.size=6&wheels.1.size=5"
			 "&radio.name=R&fast=false&fast=true&target.type="));

	cr_assert_str_eq(text.p,
	    "{\"name\":\"Fiat\",\"radio\":{\"tuner\":{\"band\":\"FM\"},"
	    "\"name\":\"R\"},\"wheels\":[{\"size\":\"6\"},{\"size\":\"5\"}],"
	    "\"fast\":\"true\",\"target\":{\"type\":\"\"}}");
}

Test(record, a_form_is_taken_by_the_same_table)
{
	struct str text = json_print(pool,
	    json_of_form("name=Fiat&doors=&price=&fast=on&colour=green"
			 "&owner_id=3&target.type=extension&target.id=9"
			 "&target.number=&built=2026-11-22T10:00&extras=%7B%7D"
			 "&seats=&wheels.0.size=5&wheels.0.name="));
	struct taken taken = take_as(text.p, true, true);

	cr_assert_str_eq(complaints(&taken), "");
	cr_assert_eq(taken.car.doors, 4);
	cr_assert_eq(taken.car.price, 7);
	cr_assert(taken.car.fast);
	cr_assert_eq(taken.car.colour, GREEN);
	cr_assert_eq(taken.car.target.id, 9);
}

Test(record, a_form_has_names_and_depth)
{
	static const char *const bad[] = {
	    "=1", "a..b=1", ".=1", "a.=1", "a.b.c.d.e.f.g.h.i=1"};
	const struct json *json;
	struct form form;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		cr_assert_null(form_parse(pool, str_of(bad[i]), &form));
		cr_assert_not_null(
		    body_of_form(pool, &form, &json), "%s", bad[i]);
	}
}

static const char *
list_complaints(const char *query)
{
	struct list list;
	struct form form;
	struct err *err;

	cr_assert_null(form_parse(pool, str_of(query), &form));
	err = list_parse(pool, &cars, &form, &list);
	return err == NULL ? "" : pool_copy(pool, err->complaints->field).p;
}

Test(record, a_list_is_asked_only_what_it_knows)
{
	static const char *const good[] = {"", "page=1&per_page=100",
	    "sort=name,-doors", "q=%25", "doors=4&fast=1&colour=green",
	    "target.type=extension&target.id=3", "extras.a.b=x", "deleted=only",
	    "_x=1", "organization_id=5", "owner_id="};
	static const char *const bad[][2] = {{"page=0", "page"},
	    {"page=1000001", "page"}, {"per_page=101", "per_page"},
	    {"sort=secret", "sort"}, {"sort=name,doors,id", "sort"},
	    {"sort=name;", "sort"}, {"name=x", "name"}, {"secret=1", "secret"},
	    {"doors=x", "doors"}, {"fast=2", "fast"}, {"colour=blue", "colour"},
	    {"target=1", "target"}, {"target.type=moon", "target.type"},
	    {"target.id=x", "target.id"}, {"target.number=1", "target.number"},
	    {"extras=1", "extras"}, {"extras.=1", "extras."},
	    {"extras.a'b=1", "extras.a'b"}, {"extras.a\"b=1", "extras.a\"b"},
	    {"extras.a=1&extras.b=1&extras.c=1&extras.d=1", "extras.d"},
	    {"deleted=1", "deleted"}, {"Doors=4", "Doors"}};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		cr_assert_str_eq(list_complaints(good[i]), "", "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_assert_str_eq(
		    list_complaints(bad[i][0]), bad[i][1], "%s", bad[i][0]);
}

static const char *
cell(const char *text)
{
	struct buf buf = buf_new(pool, 16);

	csv_cell(&buf, str_of(text), true);
	return buf_str(&buf).p != NULL ? buf_str(&buf).p : "";
}

Test(record, csv_cells_are_safe)
{
	cr_assert_str_eq(cell(""), "");
	cr_assert_str_eq(cell("a b"), "a b");
	cr_assert_str_eq(cell("a,b"), "\"a,b\"");
	cr_assert_str_eq(cell("a\"b"), "\"a\"\"b\"");
	cr_assert_str_eq(cell("a\nb"), "\"a\nb\"");
	cr_assert_str_eq(cell("=1"), "\"'=1\"");
	cr_assert_str_eq(cell("+1 2"), "\"'+1 2\"");
	cr_assert_str_eq(cell("+12125550100"), "+12125550100");
	cr_assert_str_eq(cell("-1"), "\"'-1\"");
	cr_assert_str_eq(cell("@x"), "\"'@x\"");
	cr_assert_str_eq(cell("\t=1"), "\"'\t=1\"");
}

Test(record, paths_match_whole)
{
	struct str token = NO_STR;
	uint64_t id = 0;

	cr_assert(rest_match(STR("/cars"), "/cars", &id, &token));
	cr_assert(rest_match(STR("/cars/"), "/cars", &id, &token));
	cr_assert(rest_match(STR("/cars/7/x"), "/cars/ID/x", &id, &token));
	cr_assert_eq(id, 7);
	cr_assert_not(rest_match(STR("/cars/0"), "/cars/ID", &id, &token));
	cr_assert_not(rest_match(STR("/cars/07x"), "/cars/ID", &id, &token));
	cr_assert_not(rest_match(STR("/cars/07"), "/cars/ID", &id, &token));
	cr_assert_not(rest_match(STR("/cars/-7"), "/cars/ID", &id, &token));
	cr_assert_not(
	    rest_match(STR("/cars/7/x/y"), "/cars/ID/x", &id, &token));
	cr_assert_not(rest_match(STR("/cars/7"), "/cars/ID/x", &id, &token));
	cr_assert_not(rest_match(STR("/car"), "/cars", &id, &token));
	cr_assert_not(rest_match(STR("//cars"), "/cars", &id, &token));
	cr_assert_not(rest_match(
	    STR("/cars/99999999999999999999"), "/cars/ID", &id, &token));
}

Test(record, a_token_is_a_word_of_its_letters)
{
	static const char *const bad[] = {"/cars/audio/", "/cars/audio",
	    "/cars/audio/0123456789abcde", "/cars/audio/0123456789abcdef/x",
	    "/cars/audio/0123456789abcde.", "/cars/audio/..%2f..%2f..%2f..%2f",
	    "/cars/audio/../../../../../../etc", "/cars/7/0123456789abcdef",
	    /* One too long. */
	    ("/cars/audio/0123456789abcdef0123456789abcdef"
	     "0123456789abcdef0123456789abcdef0")};
	struct str token = NO_STR;
	uint64_t id = 0;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_assert_not(rest_match(str_of(bad[i]), "/cars/audio/TOKEN",
				  &id, &token),
		    "%s", bad[i]);
	cr_assert(rest_match(STR("/cars/audio/0123456789-_AZaz"),
	    "/cars/audio/TOKEN", &id, &token));
	cr_assert(str_is(token, "0123456789-_AZaz"));
	cr_assert_eq(id, 0);
}

static struct err *
parse_body(const char *text, struct body *body)
{
	struct req req = {.pool = pool,
	    .body = str_of(text),
	    .content_type = STR("application/json")};

	return body_parse(&req, body);
}

Test(record, a_body_is_an_object)
{
	static const char *const bad[] = {
	    "[]", "7", "\"x\"", "null", "true", "[{}]", "{"};
	struct body body;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err *err = parse_body(bad[i], &body);

		cr_assert(
		    err != NULL && err->code == BAD_REQUEST, "%s", bad[i]);
		cr_assert_null(err->complaints);
	}
	cr_assert_null(parse_body("", &body));
	cr_assert_eq(json_kind(body.json), JSON_OBJECT);
	cr_assert_null(parse_body(" {} ", &body));
}

static enum face
face_of(const char *accept)
{
	struct param header = {STR("accept"), str_of(accept)};
	struct req req = {.headers = 1, .header_list = &header};

	return rest_face(&req);
}

Test(record, the_face_is_what_is_named_first)
{
	cr_assert_eq(face_of(""), FACE_JSON);
	cr_assert_eq(face_of("*/*"), FACE_JSON);
	cr_assert_eq(face_of("application/json"), FACE_JSON);
	cr_assert_eq(face_of("text/csv"), FACE_CSV);
	cr_assert_eq(face_of("TEXT/HTML; q=1, */*"), FACE_HTML);
	cr_assert_eq(face_of("image/png, text/csv;header=present"), FACE_CSV);
	cr_assert_eq(face_of("application/json, text/html"), FACE_JSON);
}
