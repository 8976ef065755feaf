#include "record.h"

#include <assert.h>

#include "clock.h"

const struct field *
record_field(const struct record *record, struct str name)
{
	for (size_t i = 0; i < record->count; i++)
		if (str_is(name, record->fields[i].name))
			return &record->fields[i];
	return NULL;
}

bool
record_is_plain(const struct record *record)
{
	return record->count == 1 && *record->fields[0].name == '\0';
}

void *
field_of(const struct field *field, void *object)
{
	return (char *)object + field->offset;
}

const void *
field_in(const struct field *field, const void *object)
{
	return (const char *)object + field->offset;
}

bool
field_is_none(const struct field *field, const void *object)
{
	const void *at = field_in(field, object);

	switch (field->kind) {
	case FIELD_TEXT:
		return ((const struct str *)at)->p == NULL;
	case FIELD_INT:
		return *(const int *)at == 0 && field->min > 0;
	case FIELD_ID:
		return *(const uint64_t *)at == 0;
	case FIELD_TARGET:
		return ((const struct target *)at)->type == TARGET_NONE;
	case FIELD_DID:
		return ((const struct own_did *)at)->number.p == NULL;
	case FIELD_INSTANT:
		return ((const struct instant *)at)->at == 0;
	case FIELD_JSON:
		return ((const struct document *)at)->text.p == NULL;
	case FIELD_LIST:
		return ((const struct children *)at)->count == 0;
	case FIELD_SUM:
	case FIELD_BOOL:
	case FIELD_CHOICE:
		break;
	}
	return false;
}

static bool
same_rows(const struct record *record, const struct children *a,
    const struct children *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < record->count; j++)
			if (!field_same(&record->fields[j],
				(const char *)a->rows + i * record->size,
				(const char *)b->rows + i * record->size))
				return false;
	return true;
}

void
field_copy(const struct field *field, const void *from, void *to)
{
	static const size_t sizes[] = {
	    [FIELD_TEXT] = sizeof(struct str),
	    [FIELD_INT] = sizeof(int),
	    [FIELD_SUM] = sizeof(int64_t),
	    [FIELD_BOOL] = sizeof(bool),
	    [FIELD_CHOICE] = sizeof(unsigned),
	    [FIELD_ID] = sizeof(uint64_t),
	    [FIELD_TARGET] = sizeof(struct target),
	    [FIELD_DID] = sizeof(struct own_did),
	    [FIELD_INSTANT] = sizeof(struct instant),
	    [FIELD_JSON] = sizeof(struct document),
	    [FIELD_LIST] = sizeof(struct children),
	};

	memcpy(field_of(field, to), field_in(field, from), sizes[field->kind]);
}

bool
field_same(const struct field *field, const void *a, const void *b)
{
	const void *x = field_in(field, a);
	const void *y = field_in(field, b);

	if (field_is_none(field, a) != field_is_none(field, b))
		return false;
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_JSON: /* these begin with their text */
	case FIELD_DID:
		return str_equal(
		    *(const struct str *)x, *(const struct str *)y);
	case FIELD_INT:
		return *(const int *)x == *(const int *)y;
	case FIELD_SUM:
		return *(const int64_t *)x == *(const int64_t *)y;
	case FIELD_BOOL:
		return *(const bool *)x == *(const bool *)y;
	case FIELD_CHOICE:
		return *(const unsigned *)x == *(const unsigned *)y;
	case FIELD_ID:
		return *(const uint64_t *)x == *(const uint64_t *)y;
	case FIELD_TARGET:
		return target_equal(x, y);
	case FIELD_INSTANT:
		return ((const struct instant *)x)->at ==
		       ((const struct instant *)y)->at;
	case FIELD_LIST:
		return same_rows(field->of, x, y);
	}
	return false;
}

static struct str
print_target(struct pool *pool, const struct target *target)
{
	const char *name = target_type_name(target->type);

	if (target->type == TARGET_EXTERNAL)
		return pool_printf(pool, "%s %.*s", name, PSTR(target->number));
	if (target->id == 0)
		return str_of(name);
	return pool_printf(
	    pool, "%s %llu", name, (unsigned long long)target->id);
}

/*
 * A row that stands for another object is shown by what the server says of
 * that: its number, else its name.
 */
static struct str
print_other(struct pool *pool, const struct record *record, const void *row)
{
	static const char *const known[] = {"number", "name"};
	struct str text = NO_STR;

	for (size_t i = 0; i < 2 && text.n == 0; i++) {
		const struct field *field =
		    record_field(record, str_of(known[i]));

		if (field != NULL && (field->flags & READONLY) != 0)
			text = field_print(pool, field, row);
	}
	return text;
}

static void
add_row(struct buf *out, const struct record *record, const void *row)
{
	struct str text = print_other(out->pool, record, row);
	size_t from = out->n;

	buf_add(out, text);
	for (size_t i = 0; text.n == 0 && i < record->count; i++) {
		struct str part =
		    field_print(out->pool, &record->fields[i], row);

		buf_add_text(out, out->n > from && part.n > 0 ? " " : "");
		buf_add(out, part);
	}
}

static struct str
print_rows(
    struct pool *pool, const struct record *record, const struct children *list)
{
	struct buf buf = buf_new(pool, 64);

	for (size_t i = 0; i < list->count; i++) {
		buf_add_text(&buf, i > 0 ? "; " : "");
		add_row(
		    &buf, record, (const char *)list->rows + i * record->size);
	}
	return buf_str(&buf);
}

struct str
field_print(struct pool *pool, const struct field *field, const void *object)
{
	const void *at = field_in(field, object);

	if (field_is_none(field, object))
		return NO_STR;
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_JSON:
	case FIELD_DID:
		return *(const struct str *)at;
	case FIELD_INT:
		return pool_printf(pool, "%d", *(const int *)at);
	case FIELD_SUM:
		return pool_printf(
		    pool, "%lld", (long long)*(const int64_t *)at);
	case FIELD_BOOL:
		return *(const bool *)at ? STR("true") : STR("false");
	case FIELD_CHOICE:
		return str_of(field->choices[*(const unsigned *)at]);
	case FIELD_ID:
		return pool_printf(
		    pool, "%llu", (unsigned long long)*(const uint64_t *)at);
	case FIELD_TARGET:
		return print_target(pool, at);
	case FIELD_INSTANT:
		return clock_print(pool, ((const struct instant *)at)->at);
	case FIELD_LIST:
		return print_rows(pool, field->of, at);
	}
	return NO_STR;
}

/* Of a list of texts: one. */
static struct children
one_row(struct pool *pool, const struct field *field)
{
	void *row = pool_alloc(pool, field->of->size);

	assert(record_is_plain(field->of));
	record_init(pool, field->of, row);
	assert(field->of->fields[0].kind == FIELD_TEXT);
	*(struct str *)field_of(&field->of->fields[0], row) =
	    pool_copy(pool, str_of(field->def));
	return (struct children){1, row};
}

/* Tables are literals: a default that does not fit is a bug of ours. */
static void
set_default(struct pool *pool, const struct field *field, void *object)
{
	struct str def = str_of(field->def);
	void *at = field_of(field, object);
	int64_t number = 0;

	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_JSON:
		*(struct str *)at = pool_copy(pool, def);
		return;
	case FIELD_INT:
		assert(str_to_int(def, field->min, field->max, &number));
		*(int *)at = (int)number;
		return;
	case FIELD_BOOL:
		*(bool *)at = str_is(def, "true");
		return;
	case FIELD_CHOICE:
		for (unsigned i = 0; field->choices[i] != NULL; i++)
			if (str_is(def, field->choices[i]))
				*(unsigned *)at = i;
		return;
	case FIELD_TARGET:
		assert(target_type_parse(def, &((struct target *)at)->type));
		return;
	case FIELD_LIST:
		*(struct children *)at = one_row(pool, field);
		return;
	case FIELD_SUM:
	case FIELD_ID:
	case FIELD_DID:
	case FIELD_INSTANT:
		assert(false && "a default for what cannot have one");
	}
}

void
record_init(struct pool *pool, const struct record *record, void *object)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		switch (field->kind) {
		case FIELD_TEXT:
		case FIELD_JSON:
			*(struct str *)field_of(field, object) = NO_STR;
			break;
		case FIELD_INT:
			*(int *)field_of(field, object) = 0;
			break;
		case FIELD_SUM:
			*(int64_t *)field_of(field, object) = 0;
			break;
		case FIELD_BOOL:
			*(bool *)field_of(field, object) = false;
			break;
		case FIELD_CHOICE:
			*(unsigned *)field_of(field, object) = 0;
			break;
		case FIELD_ID:
			*(uint64_t *)field_of(field, object) = 0;
			break;
		case FIELD_TARGET:
			*(struct target *)field_of(field, object) =
			    (struct target){0};
			break;
		case FIELD_DID:
			*(struct own_did *)field_of(field, object) =
			    (struct own_did){0};
			break;
		case FIELD_INSTANT:
			*(struct instant *)field_of(field, object) =
			    (struct instant){0};
			break;
		case FIELD_LIST:
			*(struct children *)field_of(field, object) =
			    (struct children){0};
			break;
		}
		if (field->def != NULL)
			set_default(pool, field, object);
	}
}
