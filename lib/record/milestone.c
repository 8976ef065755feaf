#include "milestone.h"

struct stretch
stretch_of(
    const struct milestone *milestones, size_t count, struct wanted wanted)
{
	struct stretch all = {NULL, NULL, 0}, found = all;
	int64_t place = 0;

	for (size_t i = 0; i < count; i++) {
		if (place <= wanted.first) {
			found.from = &milestones[i];
			found.passed = place;
		}
		if (place >= wanted.end && found.to == NULL)
			found.to = &milestones[i];
		place += milestones[i].ahead;
	}
	return place == wanted.total ? found : all;
}

struct err *
stretch_find(const struct store *store, const char *view, const char *column,
    struct wanted wanted, struct stretch *stretch)
{
	struct milestone *milestones;
	struct rows *rows;

	TRY(QUERY(store->db,
	    "SELECT CONCAT(plain, name), row_id, ahead FROM milestones"
	    " WHERE organization_id = ? AND list = ? AND sorted_by = ?"
	    " ORDER BY plain, name, row_id",
	    &rows, INT(store->organization), TEXT(str_of(view)),
	    TEXT(str_of(column))));
	milestones = NEW_ARRAY(store->pool, struct milestone, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		milestones[i] = (struct milestone){rows_text(rows, i, 0),
		    rows_int(rows, i, 1), rows_int(rows, i, 2)};
	*stretch = stretch_of(milestones, rows->count, wanted);
	return NULL;
}
