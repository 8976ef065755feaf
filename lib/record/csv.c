#include "csv.h"

#include "clock.h"

static bool
is_formula(struct str text)
{
	/* "+12125550100" is a number and does no harm as one. */
	if (text.p[0] == '+' && str_is_digits(str_cut(text, 1, text.n)))
		return false;
	return strchr("=+-@\t\r\n", text.p[0]) != NULL;
}

void
csv_cell(struct buf *out, struct str text, bool first)
{
	bool formula;

	if (!first)
		buf_add_char(out, ',');
	if (text.p == NULL || text.n == 0)
		return;
	formula = is_formula(text);
	if (!formula && str_find(text, ',') < 0 && str_find(text, '"') < 0 &&
	    str_find(text, '\n') < 0 && str_find(text, '\r') < 0) {
		buf_add(out, text);
		return;
	}
	buf_add_text(out, formula ? "\"'" : "\"");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, text.p[i]);
	}
	buf_add_char(out, '"');
}

void
csv_head(struct buf *out, const struct record *record)
{
	if (record->view != NULL)
		csv_cell(out, STR("id"), true);
	for (size_t i = 0; i < record->count; i++)
		if ((record->fields[i].flags & WRITEONLY) == 0)
			csv_cell(out, str_of(record->fields[i].name),
			    i == 0 && record->view == NULL);
	if (record->view != NULL) {
		csv_cell(out, STR("created_at"), false);
		csv_cell(out, STR("updated_at"), false);
		csv_cell(out, STR("deleted_at"), false);
	}
	buf_add_text(out, "\r\n");
}

static void
instant_cell(struct buf *out, struct instant instant)
{
	csv_cell(out,
	    instant.at != 0 ? clock_print(out->pool, instant.at) : NO_STR,
	    false);
}

void
csv_row(struct buf *out, const struct record *record, const void *object)
{
	const struct row *row = object;

	if (record->view != NULL)
		csv_cell(out,
		    pool_printf(out->pool, "%llu", (unsigned long long)row->id),
		    true);
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		struct str text = field_print(out->pool, field, object);

		if ((field->flags & WRITEONLY) != 0)
			continue;
		if ((field->flags & SECRET) != 0 && text.p != NULL)
			text = STR("***");
		csv_cell(out, text, i == 0 && record->view == NULL);
	}
	if (record->view != NULL) {
		instant_cell(out, row->created_at);
		instant_cell(out, row->updated_at);
		instant_cell(out, row->deleted_at);
	}
	buf_add_text(out, "\r\n");
}
