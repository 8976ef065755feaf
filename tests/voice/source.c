#include "source.h"

#include <stdio.h>
#include <stdlib.h>

#include "clock.h"

const struct json *
source_get(const struct source *source, const char *key)
{
	for (size_t i = source->count; i-- > 0;) {
		const struct json *value = json_get(source->layers[i], key);

		if (value != NULL)
			return value;
	}
	return NULL;
}

struct str
source_text(const struct source *source, const char *key)
{
	return json_text(source_get(source, key));
}

int
source_int(const struct source *source, const char *key, int otherwise)
{
	const struct json *value = source_get(source, key);

	return value == NULL ? otherwise : (int)json_int(value);
}

bool
source_bool(const struct source *source, const char *key, bool otherwise)
{
	const struct json *value = source_get(source, key);

	return value == NULL ? otherwise : json_bool(value);
}

int64_t
source_instant(const struct source *source, const char *key)
{
	struct str text = source_text(source, key);
	int64_t instant = 0;

	if (text.n > 0 && !clock_parse(text, &instant)) {
		fprintf(stderr, "no instant: %.*s\n", PSTR(text));
		abort();
	}
	return instant;
}

bool
source_active(const struct source *source)
{
	return !str_is(source_text(source, "status"), "inactive");
}

struct prompt
source_prompt(const struct source *source, const char *key)
{
	const struct json *value = source_get(source, key);

	if (json_kind(value) == JSON_OBJECT)
		return (struct prompt){
		    .text = json_text(json_get(value, "text")),
		    .voice = json_text(json_get(value, "voice")),
		    .language = json_text(json_get(value, "language")),
		};
	if (str_starts(json_text(value), STR("https:")))
		return (struct prompt){.url = json_text(value)};
	return (struct prompt){.text = json_text(value)};
}

struct str *
source_texts(struct pool *pool, const struct source *source, const char *key,
    size_t *count)
{
	const struct json *list = source_get(source, key);
	struct str *out = NEW_ARRAY(pool, struct str, json_count(list) + 1);

	for (size_t i = 0; i < json_count(list); i++)
		out[i] = json_text(json_at(list, i));
	*count = json_count(list);
	return out;
}

uint64_t
tenant_id(const struct tenant *tenant, enum kind kind, struct str name)
{
	const struct list *list = &tenant->lists[kind];

	for (size_t i = 0; i < list->count; i++)
		if (str_equal(list->sources[i].name, name))
			return i + 1;
	return 999;
}

struct target
tenant_target(const struct tenant *tenant, struct str value)
{
	struct target target = {.type = TARGET_NONE};
	struct str rest = value, type;

	if (value.n == 0)
		return target;
	str_next(&rest, ':', &type);
	if (!target_type_parse(type, &target.type)) {
		fprintf(stderr, "no target: %.*s\n", PSTR(value));
		abort();
	}
	if (target.type == TARGET_EXTERNAL)
		target.number = rest;
	else if (target.type == TARGET_VOICEMAIL)
		target.id = tenant_id(tenant, EXTENSIONS, rest);
	else
		for (int k = 0; k < KINDS; k++)
			if (tenant->lists[k].type == target.type)
				target.id =
				    tenant_id(tenant, (enum kind)k, rest);
	return target;
}

struct target
source_target(
    const struct tenant *tenant, const struct source *source, const char *key)
{
	return tenant_target(tenant, source_text(source, key));
}

struct str
source_caller_id(
    const struct tenant *tenant, const struct source *source, const char *key)
{
	struct str number = source_text(source, key);
	const struct list *dids = &tenant->lists[DIDS];

	for (size_t i = 0; i < dids->count; i++)
		if (str_equal(dids->sources[i].name, number) &&
		    source_active(&dids->sources[i]) &&
		    source_bool(&dids->sources[i], "proved", true))
			return number;
	return NO_STR;
}
