/*
 * opbxctl demo: the demo tenant of the README, made once, through the same
 * code as any other tenant's objects.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "business_hours.h"
#include "conference_room.h"
#include "ctl.h"
#include "did.h"
#include "extension.h"
#include "id.h"
#include "ivr_menu.h"
#include "organization.h"
#include "outbound_rule.h"
#include "ring_group.h"

enum { IDS = 48 };

/* What was made so far: "1001" -> id, for the texts below. */
struct demo {
	struct ctl *ctl;
	struct change change;
	size_t count;
	const char *names[IDS];
	uint64_t ids[IDS];
};

struct thing {
	const char *name; /* what other texts call it: "$1001" */
	const struct resource *resource;
	const char *text; /* JSON, with $NAME for an id */
};

#define USER(number, name, more)                                            \
	{                                                                   \
		"$" number, &extensions,                                    \
		    "{\"number\":\"" number "\",\"name\":\"" name "\"" more \
		    "}"                                                     \
	}
#define LEADS(number, name, type, target, id)                                 \
	{                                                                     \
		"$" number, &extensions,                                      \
		    "{\"number\":\"" number "\",\"name\":\"" name             \
		    "\",\"type\":\"" type "\",\"target\":{\"type\":\"" target \
		    "\",\"id\":" id "}}"                                      \
	}
#define NUMBER(last, name, type, id, more)                                     \
	{                                                                      \
		"$" last, &dids,                                               \
		    "{\"number\":\"+12125550" last "\",\"name\":\"" name       \
		    "\",\"target\":{\"type\":\"" type "\",\"id\":" id "}" more \
		    "}"                                                        \
	}
#define MEMBERS_3                                               \
	"\"members\":[{\"extension_id\":$1001,\"priority\":1}," \
	"{\"extension_id\":$1002,\"priority\":2},"              \
	"{\"extension_id\":$1003,\"priority\":3}]"

/* In an order in which each finds what it refers to. */
static const struct thing things[] = {
    USER("1001", "Alice", ""),
    USER("1002", "Bob", ",\"voicemail\":{\"enabled\":true,\"pin\":\"$PIN\"}"),
    USER("1003", "Carol", ""),
    USER("1004", "Dave", ""),
    USER("1005", "Erin", ",\"status\":\"inactive\""),
    {"$Room", &conference_rooms, "{\"name\":\"Conference\"}"},
    {"$Sales", &ring_groups,
	"{\"name\":\"Sales\",\"strategy\":\"simultaneous\"," MEMBERS_3 "}"},
    {"$Support", &ring_groups,
	"{\"name\":\"Support\",\"strategy\":\"sequential\",\"turns\":2,"
	"\"members\":[{\"extension_id\":$1001,\"priority\":1},"
	"{\"extension_id\":$1002,\"priority\":2}],"
	"\"fallback\":{\"type\":\"extension\",\"id\":$1004}}"},
    {"$Service", &ring_groups,
	"{\"name\":\"Service\",\"strategy\":\"round_robin\"," MEMBERS_3 "}"},
    {"$Night", &ivr_menus,
	"{\"name\":\"Night\",\"greeting\":{\"text\":\"We are closed. To leave "
	"a message, press 1.\"},\"options\":[{\"digits\":\"1\",\"label\":"
	"\"Message\",\"target\":{\"type\":\"voicemail\",\"id\":$1002}}]}"},
    {"$Main", &ivr_menus,
	"{\"name\":\"Main\",\"greeting\":{\"text\":\"Welcome. For sales, "
	"press 1. For Bob, press 2. For the front desk, press 0. For our "
	"night service, press 9.\"},\"options\":["
	"{\"digits\":\"1\",\"label\":\"Sales\",\"target\":"
	"{\"type\":\"ring_group\",\"id\":$Sales}},"
	"{\"digits\":\"2\",\"label\":\"Bob\",\"target\":"
	"{\"type\":\"extension\",\"id\":$1002}},"
	"{\"digits\":\"0\",\"label\":\"Front desk\",\"target\":"
	"{\"type\":\"extension\",\"id\":$1001}},"
	"{\"digits\":\"9\",\"label\":\"Night\",\"target\":"
	"{\"type\":\"ivr_menu\",\"id\":$Night}}]}"},
    LEADS("2000", "Sales", "ring_group", "ring_group", "$Sales"),
    LEADS("2001", "Support", "ring_group", "ring_group", "$Support"),
    LEADS("2002", "Service", "ring_group", "ring_group", "$Service"),
    LEADS("3000", "Conference", "conference", "conference_room", "$Room"),
    LEADS("4000", "Main menu", "ivr", "ivr_menu", "$Main"),
    LEADS("4001", "Night menu", "ivr", "ivr_menu", "$Night"),
    {"$5000", &extensions,
	"{\"number\":\"5000\",\"name\":\"Assistant\",\"type\":"
	"\"ai_assistant\",\"configuration\":{\"provider\":\"vapi\","
	"\"number\":\"demo-assistant\"}}"},
    {"$Office", &business_hours,
	"{\"name\":\"Office\",\"periods\":["
	"{\"day\":1,\"from\":\"09:00\",\"to\":\"17:00\"},"
	"{\"day\":2,\"from\":\"09:00\",\"to\":\"17:00\"},"
	"{\"day\":3,\"from\":\"09:00\",\"to\":\"17:00\"},"
	"{\"day\":4,\"from\":\"09:00\",\"to\":\"17:00\"},"
	"{\"day\":5,\"from\":\"09:00\",\"to\":\"17:00\"}],"
	"\"exceptions\":[{\"name\":\"Christmas\",\"from\":\"12-25\","
	"\"to\":\"12-25\",\"yearly\":true}],"
	"\"open\":{\"type\":\"ring_group\",\"id\":$Sales},"
	"\"closed\":{\"type\":\"voicemail\",\"id\":$1002}}"},
    NUMBER("100", "Alice", "extension", "$1001", ""),
    NUMBER("101", "Sales", "ring_group", "$Sales", ""),
    NUMBER("102", "Support", "ring_group", "$Support", ""),
    NUMBER("103", "Service", "ring_group", "$Service", ""),
    NUMBER("104", "Main menu", "ivr_menu", "$Main", ""),
    NUMBER("105", "Office", "business_hours", "$Office", ""),
    NUMBER("106", "Conference", "conference_room", "$Room", ""),
    NUMBER("107", "Assistant", "extension", "$5000", ""),
    NUMBER(
	"108", "Out of use", "extension", "$1001", ",\"status\":\"inactive\""),
    {"$Rule", &outbound_rules,
	"{\"name\":\"US and GB\",\"countries\":[\"US\",\"GB\"],"
	"\"trunk\":\"main\"}"},
    {"$6000", &extensions,
	"{\"number\":\"6000\",\"name\":\"London\",\"type\":\"forward\","
	"\"target\":{\"type\":\"external\",\"number\":\"+442079460000\"}}"},
};

static uint64_t
id_of(const struct demo *demo, struct str name)
{
	for (size_t i = 0; i < demo->count; i++)
		if (str_is(name, demo->names[i]))
			return demo->ids[i];
	return 0;
}

/* The text with every $NAME replaced by its id, and $PIN by digits. */
static struct str
filled(const struct demo *demo, struct str text)
{
	struct pool *pool = demo->ctl->pool;
	struct buf out = buf_new(pool, text.n + 64);

	for (size_t i = 0; i < text.n; i++) {
		size_t end = i + 1;

		if (text.p[i] != '$') {
			buf_add_char(&out, text.p[i]);
			continue;
		}
		while (end < text.n &&
		       ((text.p[end] >= '0' && text.p[end] <= '9') ||
			   (text.p[end] >= 'A' && text.p[end] <= 'Z') ||
			   (text.p[end] >= 'a' && text.p[end] <= 'z')))
			end++;
		if (str_is(str_cut(text, i, end), "$PIN"))
			buf_add(&out, crypto_digits(pool, 6));
		else
			buf_add_int(
			    &out, (int64_t)id_of(demo, str_cut(text, i, end)));
		i = end - 1;
	}
	return buf_str(&out);
}

static struct err *
make_thing(struct demo *demo, const struct thing *thing)
{
	struct pool *pool = demo->ctl->pool;
	const struct json *body;

	TRY(json_parse(pool, filled(demo, str_of(thing->text)), &body));
	TRY(resource_insert(
	    &demo->change, thing->resource, body, &demo->ids[demo->count]));
	demo->names[demo->count++] = thing->name;
	if (thing->resource != &dids)
		return NULL;
	TRY(did_prove(&demo->change, demo->ids[demo->count - 1]));
	/* The first number is what outside calls show. */
	if (str_is(str_of(thing->name), "$100"))
		return organization_set_caller_id(
		    &demo->change, demo->ids[demo->count - 1]);
	return NULL;
}

static struct err *
make_things(struct demo *demo)
{
	for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
		struct err *err = make_thing(demo, &things[i]);

		if (err != NULL) {
			fprintf(stderr, "opbxctl: %s\n", things[i].text);
			return err;
		}
	}
	return NULL;
}

/* The settings of a shell; mode 0600, because there are secrets in it. */
static struct err *
write_settings(struct pool *pool, struct str path, struct str text)
{
	int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool written;

	if (fd < 0)
		return err_new(
		    pool, CONFLICT, "%.*s: %s", PSTR(path), strerror(errno));
	written =
	    write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
	close(fd);
	if (written)
		return NULL;
	unlink(path.p);
	return err_new(pool, CONFLICT, "%.*s: %s", PSTR(path), strerror(errno));
}

/* Half a demo tenant is of no use: its slug and domain are free again. */
static void
undo(struct change *change)
{
	struct rows *rows;

	if (db_begin(change->db, change->pool, DB_WRITE,
		change->organization) == NULL &&
	    db_query(change->db, "SELECT organization_delete()", NULL, 0,
		&rows) == NULL)
		(void)db_commit(change->db);
	db_rollback(change->db);
}

/* What demo.env tells. */
struct told {
	struct str email, password, slug, domain, key, secret;
};

static struct err *
write_told(struct ctl *ctl, struct str path, const struct told *told)
{
	return write_settings(ctl->pool, path,
	    pool_printf(ctl->pool,
		"BASE_URL='%.*s'\nOWNER_EMAIL='%.*s'\n"
		"OWNER_PASSWORD='%.*s'\nORGANIZATION='%.*s'\nDOMAIN='%.*s'\n"
		"VOICE_KEY='%.*s'\nWEBHOOK_SECRET='%.*s'\n",
		PSTR(conf_text(ctl->conf, "base_url", "http://127.0.0.1:8080")),
		PSTR(told->email), PSTR(told->password), PSTR(told->slug),
		PSTR(told->domain), PSTR(told->key), PSTR(told->secret)));
}

/* The things, unless somebody was faster: all of them or none. */
static struct err *
make_missing(struct demo *demo)
{
	struct rows *rows;

	TRY(db_query(demo->change.db,
	    "SELECT (SELECT COUNT(*) FROM extensions)"
	    " + (SELECT COUNT(*) FROM dids)",
	    NULL, 0, &rows));
	return rows_int(rows, 0, 0) == 0 ? make_things(demo) : NULL;
}

/* Secrets cannot be shown twice: there are new ones. */
static struct err *
renew(struct demo *demo, struct told *told)
{
	struct change *change = &demo->change;
	struct value password;
	struct rows *rows;

	TRY(db_query(change->db,
	    "SELECT o.domain, u.email, u.id FROM organizations o"
	    " JOIN users u ON u.organization_id = o.id"
	    " AND u.role = 'owner' AND u.living = 1"
	    " ORDER BY u.id LIMIT 1",
	    NULL, 0, &rows));
	if (rows->count == 0)
		return err_new(change->pool, CONFLICT,
		    "The demo tenant has no owner: opbxctl user create --org "
		    "demo --role owner");
	told->domain = rows_text(rows, 0, 0);
	told->email = rows_text(rows, 0, 1);
	told->password = crypto_token(change->pool, 15);
	password =
	    TEXT(crypto_password_hash(change->pool, told->password, false));
	TRY(EXEC(change->db,
	    "UPDATE users SET password_hash = ?,"
	    " password_changed_at = UTC_TIMESTAMP(3) WHERE id = ?",
	    NULL, password, INT(rows_int(rows, 0, 2))));
	TRY(organization_renew(change, &told->key, &told->secret));
	return make_missing(demo);
}

/* The tenant is there, the file is not: it was lost, or never written. */
static struct err *
recover(struct ctl *ctl, struct str path, uint64_t organization)
{
	struct demo demo = {
	    .ctl = ctl, .change = ctl_change(ctl, organization)};
	struct told told = {.slug = STR("demo")};
	struct err *err = change_begin(&demo.change);

	if (err == NULL)
		err = renew(&demo, &told);
	TRY(change_end(&demo.change, err));
	fprintf(stderr,
	    "opbxctl: the demo tenant was there without its file: %.*s has a "
	    "new key, webhook secret and password\n",
	    PSTR(path));
	return write_told(ctl, path, &told);
}

#define OWNER "owner@demo.opbx.example"
static const char tenant[] =
    "{\"name\":\"Demo\",\"slug\":\"demo\",\"country\":\"US\","
    "\"timezone\":\"America/New_York\","
    "\"domain\":\"demo.opbx.example\",\"emergency_trunk\":\"main\","
    "\"owner\":{\"name\":\"Demo Owner\",\"email\":\"" OWNER "\"}";

static struct err *
make(struct ctl *ctl, struct str path)
{
	struct demo demo = {.ctl = ctl, .change = ctl_change(ctl, 0)};
	struct str password = crypto_token(ctl->pool, 15);
	struct made_organization made;
	const struct json *body;
	struct told told;
	struct err *err;

	TRY(json_parse(ctl->pool,
	    pool_printf(ctl->pool, "%s,\"domain_uuid\":\"%.*s\"}", tenant,
		PSTR(id_uuid(ctl->pool))),
	    &body));
	TRY(organization_create(&demo.change, body, password, &made));
	err = change_begin(&demo.change);
	if (err == NULL)
		err = make_things(&demo);
	err = change_end(&demo.change, err);
	if (err != NULL) {
		undo(&demo.change);
		return err;
	}
	told = (struct told){STR(OWNER), password, made.organization.slug,
	    made.organization.domain, made.voice_key, made.webhook_secret};
	return write_told(ctl, path, &told);
}

int
ctl_demo(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_option options[] = {
	    {"write", .required = true},
	    {.name = NULL},
	};
	uint64_t organization = 0;
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	if (access(options[0].value.p, F_OK) == 0)
		return 0;
	err = ctl_organization(ctl, STR("demo"), &organization);
	if (err == NULL)
		err = recover(ctl, options[0].value, organization);
	else if (err->code == NOT_FOUND)
		err = make(ctl, options[0].value);
	return err != NULL ? ctl_fail(err) : 0;
}
