#include "configured.h"

#include "configured_parts.h"
#include "tenant_words.h"

static struct err *
load_organization(struct change *change, struct configuration *c)
{
	struct organization *x = &c->org;
	struct rows *rows;
	struct columns r;

	TRY(QUERY(change->db,
	    "SELECT o.id, o.country, o.timezone, o.emergency_trunk,"
	    " o.caller_id_did_id, o.emergency_did_id, s.default_type,"
	    " s.default_id, s.default_number, s.sip_hosts"
	    " FROM organizations o JOIN settings s ON s.organization_id = o.id"
	    " WHERE o.living = ?",
	    &rows, INT(1)));
	if (rows->count == 0)
		return err_new(
		    change->pool, NOT_FOUND, "There is no such organization.");
	r = (struct columns){rows, 0, 0};
	x->id = next_id(&r);
	if (!country_parse(next_text(&r), &x->country))
		x->country = (struct country){""};
	x->timezone = next_text(&r);
	x->emergency_trunk = next_text(&r);
	c->caller_id = next_id(&r);
	c->emergency = next_id(&r);
	x->default_target = next_target(&r);
	x->sip_hosts = next_texts(&r, change->pool, &x->sip_host_count);
	return NULL;
}

static struct err *
load_extensions(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, number, name, type, status, do_not_disturb, voicemail,"
	    " caller_id_did_id, emergency_did_id, greeting_prompt_id,"
	    " target_type, target_id, target_number,"
	    " always_type, always_id, always_number,"
	    " busy_type, busy_id, busy_number,"
	    " no_answer_type, no_answer_id, no_answer_number"
	    " FROM extensions WHERE living = ? ORDER BY id",
	    &rows, INT(1)));
	c->extension_count = rows->count;
	c->extensions = NEW_ARRAY(
	    change->pool, struct configured_extension, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct configured_extension *one = &c->extensions[i];
		struct columns r = {rows, i, 0};

		one->x.id = next_id(&r);
		one->x.number = next_text(&r);
		one->x.name = next_text(&r);
		one->x.type = (enum extension_type)tenant_word_place(
		    tenant_extension_types, next_text(&r));
		one->x.active = next_is(&r, "active");
		one->x.do_not_disturb = next_bool(&r);
		one->x.voicemail = next_bool(&r);
		one->caller_id = next_id(&r);
		one->emergency = next_id(&r);
		one->greeting = next_id(&r);
		one->x.target = next_target(&r);
		one->x.always = next_target(&r);
		one->x.busy = next_target(&r);
		one->x.no_answer = next_target(&r);
	}
	return NULL;
}

static struct err *
load_dids(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, number, status, proved_at IS NOT NULL, created_at,"
	    " announcement_prompt_id, target_type, target_id, target_number"
	    " FROM dids WHERE living = ? ORDER BY id",
	    &rows, INT(1)));
	c->did_count = rows->count;
	c->dids =
	    NEW_ARRAY(change->pool, struct configured_did, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct configured_did *one = &c->dids[i];
		struct columns r = {rows, i, 0};

		one->x.id = next_id(&r);
		one->x.number = next_text(&r);
		one->x.active = next_is(&r, "active");
		one->x.proved = next_bool(&r);
		one->created = next_instant(&r);
		one->announcement = next_id(&r);
		one->x.target = next_target(&r);
	}
	return NULL;
}

/* As the router sees it: lib/voice/load.c. */
static bool
accepts(const struct configuration *c, uint64_t id)
{
	ptrdiff_t at = configuration_extension(c, id);
	const struct extension *x = at >= 0 ? &c->extensions[at].x : NULL;

	return x != NULL && x->active && x->type == EXTENSION_USER &&
	       !x->do_not_disturb && x->always.type == TARGET_NONE;
}

static struct err *
load_members(struct change *change, struct configuration *c)
{
	struct rows *rows;
	size_t row = 0;

	TRY(QUERY(change->db,
	    "SELECT ring_group_id, extension_id FROM ring_group_members"
	    " WHERE living = ? ORDER BY ring_group_id, priority, extension_id",
	    &rows, INT(1)));
	for (size_t i = 0; i < c->group_count; i++) {
		struct ring_group *group = &c->groups[i];
		size_t n = rows_of(rows, &row, group->id);

		group->members = NEW_ARRAY(change->pool, struct member, n + 1);
		for (size_t from = row - n; from < row; from++) {
			uint64_t id = (uint64_t)rows_int(rows, from, 1);

			group->members[group->member_count].extension_id = id;
			group->members[group->member_count++].accepting =
			    accepts(c, id);
		}
	}
	return NULL;
}

static struct err *
load_groups(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, name, status, strategy, fallback_type, fallback_id,"
	    " fallback_number FROM ring_groups WHERE living = ? ORDER BY id",
	    &rows, INT(1)));
	c->group_count = rows->count;
	c->groups = NEW_ARRAY(change->pool, struct ring_group, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct columns r = {rows, i, 0};

		c->groups[i].id = next_id(&r);
		c->groups[i].name = next_text(&r);
		c->groups[i].active = next_is(&r, "active");
		c->groups[i].strategy = (enum strategy)tenant_word_place(
		    tenant_strategies, next_text(&r));
		c->groups[i].fallback = next_target(&r);
	}
	return load_members(change, c);
}

static struct err *
load_options(struct change *change, struct configuration *c)
{
	struct rows *rows;
	size_t row = 0;

	TRY(QUERY(change->db,
	    "SELECT ivr_menu_id, digits, label, target_type, target_id,"
	    " target_number FROM ivr_menu_options WHERE living = ?"
	    " ORDER BY ivr_menu_id, position, digits",
	    &rows, INT(1)));
	for (size_t i = 0; i < c->menu_count; i++) {
		struct ivr_menu *menu = &c->menus[i].x;
		size_t n = rows_of(rows, &row, menu->id);

		menu->options = NEW_ARRAY(change->pool, struct option, n + 1);
		for (size_t from = row - n; from < row; from++) {
			struct option *o = &menu->options[menu->option_count++];
			struct columns r = {rows, from, 1};

			o->digits = next_text(&r);
			o->label = next_text(&r);
			o->target = next_target(&r);
		}
	}
	return NULL;
}

static struct err *
load_menus(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, name, status, direct_dial, greeting_prompt_id,"
	    " invalid_prompt_id, no_input_prompt_id, timeout_type, timeout_id,"
	    " timeout_number FROM ivr_menus WHERE living = ? ORDER BY id",
	    &rows, INT(1)));
	c->menu_count = rows->count;
	c->menus =
	    NEW_ARRAY(change->pool, struct configured_menu, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct configured_menu *one = &c->menus[i];
		struct columns r = {rows, i, 0};

		one->x.id = next_id(&r);
		one->x.name = next_text(&r);
		one->x.active = next_is(&r, "active");
		one->x.direct_dial = next_bool(&r);
		one->greeting = next_id(&r);
		one->invalid = next_id(&r);
		one->no_input = next_id(&r);
		one->x.timeout_target = next_target(&r);
	}
	return load_options(change, c);
}

static struct err *
load_rooms(struct change *change, struct configuration *c)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id, name FROM conference_rooms WHERE living = ?"
	    " ORDER BY id",
	    &rows, INT(1)));
	c->room_count = rows->count;
	c->rooms =
	    NEW_ARRAY(change->pool, struct conference_room, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		c->rooms[i].id = (uint64_t)rows_int(rows, i, 0);
		c->rooms[i].name = rows_text(rows, i, 1);
	}
	return NULL;
}

static struct err *
load_all(struct change *change, struct configuration *c)
{
	TRY(load_organization(change, c));
	TRY(load_extensions(change, c));
	TRY(load_dids(change, c));
	TRY(load_groups(change, c));
	TRY(load_menus(change, c));
	TRY(load_rooms(change, c));
	TRY(load_configured_hours(change, c));
	TRY(load_configured_rules(change, c));
	return load_configured_lists(change, c);
}

struct err *
configuration_load(struct change *change, struct configuration *c)
{
	struct err *err;

	*c = (struct configuration){.now = change->now};
	TRY(db_begin(change->db, change->pool, DB_READ, change->organization));
	err = load_all(change, c);
	if (err == NULL)
		err = db_commit(change->db);
	db_rollback(change->db);
	return err;
}
