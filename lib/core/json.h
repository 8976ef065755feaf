/*
 * JSON documents, read through json-c and written straight into a text.
 *
 * Reading is strict: UTF-8 without U+0000, no comments, no repeated keys, at
 * most 32 levels, nothing behind the document, no number that 64 bits cannot
 * hold.  Only json.c knows json-c.
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include "buf.h"
#include "err.h"

/* One value of a document; lives in the pool that it was parsed in. */
struct json;

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_REAL,
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* BAD_REQUEST that says what is wrong and at which byte, counted from 0. */
struct err *json_parse(
    struct pool *pool, struct str text, const struct json **out);

/* NULL (no such member) is JSON_NULL, so that look-ups can be chained. */
enum json_kind json_kind(const struct json *json);
/* The member, or NULL; NULL too when json is not an object. */
const struct json *json_get(const struct json *json, const char *key);
/* Number of elements or members; 0 for anything else. */
size_t json_count(const struct json *json);
const struct json *json_at(const struct json *array, size_t i);
/* The i-th member in the document's order; NULL and absent beyond the last. */
const struct json *json_member(
    const struct json *object, size_t i, struct str *key);

/* The value, or the zero of its type when json is of another kind. */
struct str json_text(const struct json *json);
int64_t json_int(const struct json *json);
bool json_bool(const struct json *json);
/* The value as compact JSON text; reals as they were written. */
struct str json_print(struct pool *pool, const struct json *json);

/*
 * Writing.  key is NULL inside an array and at the top.
 *	struct json_out out = {&buf, false};
 *	json_open(&out, NULL, '{');
 *	json_put_int(&out, "id", 7);
 *	json_close(&out, '}');
 */
struct json_out {
	struct buf *buf;
	bool comma;
};

void json_open(struct json_out *out, const char *key, char bracket);
void json_close(struct json_out *out, char bracket);
void json_put_text(struct json_out *out, const char *key, struct str text);
void json_put_int(struct json_out *out, const char *key, int64_t number);
void json_put_bool(struct json_out *out, const char *key, bool value);
void json_put_null(struct json_out *out, const char *key);
/* text is JSON already; absent becomes null. */
void json_put_raw(struct json_out *out, const char *key, struct str text);

#endif
