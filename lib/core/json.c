#include "json.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* json-c has a type of the name of one of our functions. */
#define json_bool json_c_bool
#include <json-c/json.h>
#undef json_bool

#include "scan.h"

/* More than scan.c lets through, so that json-c never counts differently. */
enum { LEVELS = 64 };

struct member {
	struct str key;
	struct json *value;
};

struct json {
	enum json_kind kind;
	bool truth;
	int64_t number;
	struct str text; /* a text; a real as it was written */
	size_t count;
	struct json **elements;
	struct member *members;
};

/* A key of the document and where it stands. */
struct seen {
	size_t object;
	size_t at;
	struct str key;
};

struct seen_keys {
	struct pool *pool;
	size_t count;
	size_t room;
	struct seen *keys;
};

static void
see(void *context, size_t object, size_t at, struct str key)
{
	struct seen_keys *all = context;

	GROW(all->pool, all->keys, all->count, all->room);
	all->keys[all->count++] = (struct seen){object, at, key};
}

static int
compare_seen(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;
	int order = (a->object > b->object) - (a->object < b->object);

	if (order == 0)
		order = str_compare(a->key, b->key);
	if (order == 0)
		order = (a->at > b->at) - (a->at < b->at);
	return order;
}

/*
 * json-c is lenient even when strict: it keeps the last of repeated keys and
 * takes NaN, U+0000 and lone surrogates.  So it only gets what passes here.
 */
static struct err *
check(struct pool *pool, struct str text)
{
	struct seen_keys all = {pool, 0, 0, NULL};
	const struct seen *twice = NULL;

	TRY(scan_keys(pool, text, see, &all));
	if (all.count < 2)
		return NULL;
	qsort(all.keys, all.count, sizeof *all.keys, compare_seen);
	for (size_t i = 1; i < all.count; i++) {
		const struct seen *seen = &all.keys[i];

		if (seen->object == seen[-1].object &&
		    str_equal(seen->key, seen[-1].key) &&
		    (twice == NULL || seen->at < twice->at))
			twice = seen;
	}
	if (twice == NULL)
		return NULL;
	return err_new(pool, BAD_REQUEST,
	    "This is not valid JSON: the key \"%.*s\" comes again at byte %zu.",
	    PSTR(str_head(twice->key, 64)), twice->at);
}

/* false for a real that a double cannot hold. */
static bool convert(
    struct pool *pool, struct json_object *from, struct json **out);

static bool
convert_array(struct pool *pool, struct json_object *from, struct json *json)
{
	json->kind = JSON_ARRAY;
	json->count = json_object_array_length(from);
	json->elements = NEW_ARRAY(pool, struct json *, json->count);
	for (size_t i = 0; i < json->count; i++)
		if (!convert(pool, json_object_array_get_idx(from, i),
			&json->elements[i]))
			return false;
	return true;
}

static bool
convert_object(struct pool *pool, struct json_object *from, struct json *json)
{
	struct json_object_iterator i = json_object_iter_begin(from);
	struct json_object_iterator end = json_object_iter_end(from);
	struct member *member;

	json->kind = JSON_OBJECT;
	json->count = (size_t)json_object_object_length(from);
	json->members = NEW_ARRAY(pool, struct member, json->count);
	for (member = json->members; !json_object_iter_equal(&i, &end);
	     member++) {
		member->key =
		    pool_copy(pool, str_of(json_object_iter_peek_name(&i)));
		if (!convert(
			pool, json_object_iter_peek_value(&i), &member->value))
			return false;
		json_object_iter_next(&i);
	}
	return true;
}

static bool
convert(struct pool *pool, struct json_object *from, struct json **out)
{
	struct json *json = *out = NEW(pool, struct json);

	switch (json_object_get_type(from)) {
	case json_type_null:
		json->kind = JSON_NULL;
		break;
	case json_type_boolean:
		json->kind = JSON_BOOL;
		json->truth = json_object_get_boolean(from) != 0;
		break;
	case json_type_int:
		json->kind = JSON_INT;
		json->number = json_object_get_int64(from);
		break;
	case json_type_double:
		json->kind = JSON_REAL;
		json->text =
		    pool_copy(pool, str_of(json_object_to_json_string(from)));
		return isfinite(json_object_get_double(from)) != 0;
	case json_type_string:
		json->kind = JSON_TEXT;
		json->text = pool_copy(
		    pool, (struct str){json_object_get_string(from),
			      (size_t)json_object_get_string_len(from)});
		break;
	case json_type_array:
		return convert_array(pool, from, json);
	case json_type_object:
		return convert_object(pool, from, json);
	}
	return true;
}

/* The tree of json-c, to be given back with json_object_put(). */
static enum json_tokener_error
read_tree(struct str text, struct json_object **out)
{
	struct json_tokener *tokener = json_tokener_new_ex(LEVELS);
	enum json_tokener_error error;

	if (tokener == NULL)
		abort();
	json_tokener_set_flags(
	    tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	*out = json_tokener_parse_ex(tokener, text.p, (int)text.n);
	error = json_tokener_get_error(tokener);
	/* A number at the top ends only where the text does. */
	if (error == json_tokener_continue) {
		*out = json_tokener_parse_ex(tokener, "", 1);
		error = json_tokener_get_error(tokener);
	}
	json_tokener_free(tokener);
	return error;
}

struct err *
json_parse(struct pool *pool, struct str text, const struct json **out)
{
	struct json_object *tree;
	struct json *json = NULL;
	enum json_tokener_error error;
	bool fits;

	if (text.n >= INT32_MAX)
		return err_new(pool, TOO_LARGE, "This JSON is too large.");
	TRY(check(pool, text));
	error = read_tree(text, &tree);
	if (error != json_tokener_success)
		return err_new(pool, BAD_REQUEST, "This is not valid JSON: %s.",
		    json_tokener_error_desc(error));
	fits = convert(pool, tree, &json);
	json_object_put(tree);
	if (!fits)
		return err_new(pool, BAD_REQUEST,
		    "This is not valid JSON: a number that is too large.");
	*out = json;
	return NULL;
}

enum json_kind
json_kind(const struct json *json)
{
	return json != NULL ? json->kind : JSON_NULL;
}

const struct json *
json_get(const struct json *json, const char *key)
{
	struct str name = str_of(key);

	if (json_kind(json) != JSON_OBJECT)
		return NULL;
	for (size_t i = 0; i < json->count; i++)
		if (str_equal(json->members[i].key, name))
			return json->members[i].value;
	return NULL;
}

size_t
json_count(const struct json *json)
{
	return json != NULL ? json->count : 0;
}

const struct json *
json_at(const struct json *array, size_t i)
{
	if (json_kind(array) != JSON_ARRAY || i >= array->count)
		return NULL;
	return array->elements[i];
}

const struct json *
json_member(const struct json *object, size_t i, struct str *key)
{
	*key = NO_STR;
	if (json_kind(object) != JSON_OBJECT || i >= object->count)
		return NULL;
	*key = object->members[i].key;
	return object->members[i].value;
}

struct str
json_text(const struct json *json)
{
	return json_kind(json) == JSON_TEXT ? json->text : NO_STR;
}

int64_t
json_int(const struct json *json)
{
	return json_kind(json) == JSON_INT ? json->number : 0;
}

bool
json_bool(const struct json *json)
{
	return json_kind(json) == JSON_BOOL && json->truth;
}

static void
print(struct json_out *out, const char *key, const struct json *json)
{
	switch (json_kind(json)) {
	case JSON_NULL:
		json_put_null(out, key);
		break;
	case JSON_BOOL:
		json_put_bool(out, key, json->truth);
		break;
	case JSON_INT:
		json_put_int(out, key, json->number);
		break;
	case JSON_REAL:
		json_put_raw(out, key, json->text);
		break;
	case JSON_TEXT:
		json_put_text(out, key, json->text);
		break;
	case JSON_ARRAY:
		json_open(out, key, '[');
		for (size_t i = 0; i < json->count; i++)
			print(out, NULL, json->elements[i]);
		json_close(out, ']');
		break;
	case JSON_OBJECT:
		json_open(out, key, '{');
		for (size_t i = 0; i < json->count; i++)
			print(out, json->members[i].key.p,
			    json->members[i].value);
		json_close(out, '}');
		break;
	}
}

struct str
json_print(struct pool *pool, const struct json *json)
{
	struct buf buf = buf_new(pool, 256);
	struct json_out out = {&buf, false};

	print(&out, NULL, json);
	return buf_str(&buf);
}

/* What stands in front of a value: a comma when one came before, the key. */
static void
lead(struct json_out *out, const char *key)
{
	if (out->comma)
		buf_add_char(out->buf, ',');
	out->comma = true;
	if (key == NULL)
		return;
	buf_add_json(out->buf, str_of(key));
	buf_add_char(out->buf, ':');
}

void
json_open(struct json_out *out, const char *key, char bracket)
{
	assert(bracket == '{' || bracket == '[');
	lead(out, key);
	buf_add_char(out->buf, bracket);
	out->comma = false;
}

void
json_close(struct json_out *out, char bracket)
{
	assert(bracket == '}' || bracket == ']');
	buf_add_char(out->buf, bracket);
	out->comma = true;
}

void
json_put_text(struct json_out *out, const char *key, struct str text)
{
	lead(out, key);
	buf_add_json(out->buf, text);
}

void
json_put_int(struct json_out *out, const char *key, int64_t number)
{
	lead(out, key);
	buf_add_int(out->buf, number);
}

void
json_put_bool(struct json_out *out, const char *key, bool value)
{
	lead(out, key);
	buf_add_text(out->buf, value ? "true" : "false");
}

void
json_put_null(struct json_out *out, const char *key)
{
	lead(out, key);
	buf_add(out->buf, STR("null"));
}

void
json_put_raw(struct json_out *out, const char *key, struct str text)
{
	lead(out, key);
	buf_add(out->buf, text.p != NULL ? text : STR("null"));
}
