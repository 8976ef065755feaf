/*
 * A record: one struct, described once.
 *
 *	struct conference_room_record {
 *		struct row row;
 *		struct str name;
 *		int max_participants;
 *	};
 *	static const struct field fields[] = {
 *		{FIELD(conference_room_record, name),
 *		    .min = 2, .max = 100, .flags = REQUIRED | SORT | SEARCH},
 *		{FIELD(conference_room_record, max_participants),
 *		    .min = 2, .max = 250, .def = "25"},
 *	};
 *
 * The same table takes a client's JSON into the struct, shows the struct as
 * JSON, writes and reads its row, and makes lists, forms and CSV.  A record
 * knows nothing of HTTP, of permissions and of what a change entails.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "db.h"
#include "field.h"
#include "json.h"

/* What every record that has a row of its own begins with. */
struct row {
	uint64_t id;
	struct instant created_at, updated_at, deleted_at;
};

struct record {
	const char *name; /* "ring_group": in audit rows, targets, seals */
	const char *view; /* "ring_groups": what is read and written */
	const char *order;
	size_t size;
	const struct field *fields;
	size_t count;
};

/* view and order are NULL for the rows of a list. */
#define RECORD(type, table)                             \
	.size = sizeof(struct type), .fields = (table), \
	.count = sizeof(table) / sizeof((table)[0])

const struct field *record_field(const struct record *record, struct str name);
/*
 * The one field of a list's rows is named "": then a row is that value alone,
 * ["US", "GB"], and not an object.
 */
bool record_is_plain(const struct record *record);
/* The member of an object that a field describes. */
void *field_of(const struct field *field, void *object);
const void *field_in(const struct field *field, const void *object);
/* No value at all: NULL in SQL, null in JSON. */
bool field_is_none(const struct field *field, const void *object);
bool field_same(const struct field *field, const void *a, const void *b);
/* The member as it is in another object. */
void field_copy(const struct field *field, const void *from, void *to);
/*
 * The value as one text, for lists and CSV; absent for none.  Rows that stand
 * for other objects are these by number or name: "1001; 1002".
 */
struct str field_print(
    struct pool *pool, const struct field *field, const void *object);

/* Every member becomes its default, or none. */
void record_init(struct pool *pool, const struct record *record, void *object);

/*
 * Client JSON -> struct.  Sets what the body says and leaves the rest; the
 * complaints name the path below `path` ("" at the top, else "members.0").
 * form: values came as texts, so "5" is a number and "" is none.
 */
struct take {
	struct pool *pool;
	struct complaints *all;
	bool form;
	bool creating; /* then nothing that is read-only may be given */
};
void record_take(const struct take *take, const struct record *record,
    const struct json *body, struct str path, void *object);
/* Complains of what is required and none, and of lists too short. */
void record_check(const struct take *take, const struct record *record,
    struct str path, const void *object);
/* NULL, or what is wrong with a text. */
const char *format_check(enum text_format format, struct str text);
/* True when the field was complained of. */
bool complained(const struct complaints *all, struct str field);
/* Or a part of it: "target.id" of "target". */
bool complained_in(const struct complaints *all, struct str field);

/*
 * Struct -> JSON: the members of the object, without its brackets.  Secrets
 * that are set become "***" unless they may be shown.
 */
enum show { SHOW_MASKED, SHOW_SECRETS };
void record_show(const struct record *record, const void *object,
    enum show show, struct json_out *out);
/* The whole object as a text. */
struct str record_print(struct pool *pool, const struct record *record,
    const void *object, enum show show);
/*
 * What an object became, masked: a secret that is another than before is
 * "*** (changed)".
 */
struct str record_print_change(struct pool *pool, const struct record *record,
    const void *before, const void *after);

/*
 * Struct <-> row (row.c).  Secrets are sealed for "NAME.COLUMN:ID".
 * Lists are not stored here: they are tables of their own.
 */
struct store {
	struct db *db;
	struct pool *pool;
	const struct crypto_key *seal;
	uint64_t organization;
};
enum living { LIVING, DELETED, LIVING_OR_DELETED };

/* NOT_FOUND when the tenant has no such row. */
struct err *record_load(const struct store *store, const struct record *record,
    uint64_t id, enum living living, void *object);
/* Sets row.id. */
struct err *record_insert(
    const struct store *store, const struct record *record, void *object);
struct err *record_update(
    const struct store *store, const struct record *record, const void *object);
struct err *record_delete(const struct store *store,
    const struct record *record, uint64_t id, int64_t now);
struct err *record_restore(
    const struct store *store, const struct record *record, uint64_t id);
/*
 * "id, created_at, …" as record_read() expects them.  A record without a view
 * has its fields alone, whatever they are read from.
 */
void record_columns(const struct record *record, struct buf *sql);
struct err *record_read(const struct store *store, const struct record *record,
    const struct rows *rows, size_t i, void *object);

#endif
