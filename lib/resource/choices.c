/* Objects by name, for forms to choose from and for pages to call them by. */
#include "control.h"

enum { CHOICES_MOST = 200 };

/* One row more than is shown tells that there are more. */
#define NAMED(view)                  \
	"SELECT id, name FROM " view \
	" WHERE deleted_at IS NULL ORDER BY name, id LIMIT 201"

static const struct {
	const char *of, *sql;
} kinds[] = {
    {"extensions",
	"SELECT id, IF(type = 'user', CONCAT(number, ' ', name),"
	" CONCAT(number, ' ', name, ' (', REPLACE(type, '_', ' '), ')'))"
	" FROM extensions WHERE deleted_at IS NULL ORDER BY number LIMIT 201"},
    {"ring-groups", NAMED("ring_groups")},
    {"ivr-menus", NAMED("ivr_menus")},
    {"business-hours", NAMED("business_hours")},
    {"conference-rooms", NAMED("conference_rooms")},
    {"prompts", NAMED("prompts")},
    {"users", NAMED("users")},
    {"dids", "SELECT id, CONCAT_WS(' ', number, name) FROM dids"
	     " WHERE deleted_at IS NULL ORDER BY number LIMIT 201"},
    {HTML_NUMBERS, "SELECT number, CONCAT_WS(' ', number, name) FROM dids"
		   " WHERE deleted_at IS NULL AND proved_at IS NOT NULL"
		   " ORDER BY number LIMIT 201"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void
want(bool wanted[KINDS], const char *of)
{
	for (size_t i = 0; of != NULL && i < KINDS; i++)
		if (strcmp(kinds[i].of, of) == 0)
			wanted[i] = true;
}

static void
find_wanted(const struct record *record, bool wanted[KINDS])
{
	for (size_t i = 0; record != NULL && i < record->count; i++) {
		const struct field *field = &record->fields[i];

		want(wanted, field->refers);
		if (field->kind == FIELD_DID && (field->flags & READONLY) == 0)
			want(wanted, HTML_NUMBERS);
		for (int t = TARGET_EXTENSION;
		     field->kind == FIELD_TARGET && t <= TARGET_HANGUP; t++)
			if ((field->targets & TARGET_BIT(t)) != 0)
				want(wanted,
				    html_target_responder((enum target_type)t));
		find_wanted(field->of, wanted);
	}
}

static struct err *
load(struct visit *visit, size_t kind, struct html *html)
{
	struct pool *pool = visit->req->pool;
	struct html_choices *choices = NEW(pool, struct html_choices);
	struct rows *rows;

	TRY(db_query(visit->desk->db, kinds[kind].sql, NULL, 0, &rows));
	choices->of = kinds[kind].of;
	choices->more = rows->count > CHOICES_MOST;
	choices->count = choices->more ? CHOICES_MOST : rows->count;
	choices->values = NEW_ARRAY(pool, struct str, choices->count + 1);
	choices->names = NEW_ARRAY(pool, struct str, choices->count + 1);
	for (size_t i = 0; i < choices->count; i++) {
		choices->values[i] = rows_text(rows, i, 0);
		choices->names[i] = rows_text(rows, i, 1);
	}
	choices->next = html->choices;
	html->choices = choices;
	return NULL;
}

static struct err *
load_zone(struct visit *visit, struct html *html)
{
	struct rows *rows;

	TRY(db_query(visit->desk->db, "SELECT timezone FROM organizations",
	    NULL, 0, &rows));
	if (rows->count == 0)
		return NULL;
	html->zone_name = rows_text(rows, 0, 0);
	html->zone = zone_load(html->zone_name);
	return NULL;
}

struct err *
visit_choices(struct visit *visit, struct html *html)
{
	struct db *db = visit->desk->db;
	bool wanted[KINDS] = {false};

	if (visit->change.organization == 0)
		return NULL;
	find_wanted(html->record, wanted);
	find_wanted(html->asks, wanted);
	db_rollback(db);
	TRY(db_begin(
	    db, visit->req->pool, DB_READ, visit->change.organization));
	TRY(load_zone(visit, html));
	for (size_t i = 0; i < KINDS; i++)
		if (wanted[i])
			TRY(load(visit, i, html));
	return db_commit(db);
}
