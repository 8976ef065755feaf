#include "config_file.h"

struct reader {
	struct pool *pool;
	struct str rest;
	struct str line; /* the last one, trimmed */
	int number;      /* of it, from 1 */
	struct section *first, *last;
	struct entry *last_entry;
};

static struct err *
wrong(const struct reader *reader, const char *what)
{
	return err_new(
	    reader->pool, BAD_REQUEST, "line %d: %s", reader->number, what);
}

/* The next line that is neither empty nor a comment. */
static bool
next_line(struct reader *reader)
{
	while (str_next(&reader->rest, '\n', &reader->line)) {
		reader->number++;
		reader->line = str_trim(reader->line);
		if (reader->line.n > 0 && reader->line.p[0] != '#')
			return true;
	}
	return false;
}

static bool
is_name(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (str_find(STR("abcdefghijklmnopqrstuvwxyz0123456789_."),
			text.p[i]) < 0)
			return false;
	return text.n > 0;
}

static struct err *
parse_value(struct reader *reader, struct str text, const struct json **value)
{
	struct err *err = json_parse(reader->pool, text, value);

	if (err != NULL)
		return err_new(reader->pool, BAD_REQUEST, "line %d: %.*s",
		    reader->number, PSTR(err->message));
	return NULL;
}

/* [ring_group "Sales"] */
static struct err *
read_section(struct reader *reader)
{
	struct str text = reader->line, type;
	struct section *section = NEW(reader->pool, struct section);
	const struct json *key;

	if (text.p[text.n - 1] != ']')
		return wrong(reader, "a section ends with ]");
	text = str_cut(text, 1, text.n - 1);
	str_next(&text, ' ', &type);
	if (!is_name(type))
		return wrong(reader, "a section is [type \"key\"]");
	if (text.p != NULL) {
		TRY(parse_value(reader, str_trim(text), &key));
		if (json_kind(key) != JSON_TEXT)
			return wrong(reader, "a section is [type \"key\"]");
		section->key = json_text(key);
	}
	section->type = type;
	section->line = reader->number;
	if (reader->last != NULL)
		reader->last->next = section;
	else
		reader->first = section;
	reader->last = section;
	reader->last_entry = NULL;
	return NULL;
}

/* The rows up to a line that is "]". */
static struct err *
read_rows(struct reader *reader, const struct json **value)
{
	struct buf list = buf_new(reader->pool, 256);
	const struct json *row;
	int began = reader->number;

	buf_add_char(&list, '[');
	for (;;) {
		if (!next_line(reader)) {
			reader->number = began;
			return wrong(reader, "the list has no end");
		}
		if (str_is(reader->line, "]"))
			break;
		/* Alone, so that the message names its line. */
		TRY(parse_value(reader, reader->line, &row));
		if (list.n > 1)
			buf_add_char(&list, ',');
		buf_add(&list, reader->line);
	}
	buf_add_char(&list, ']');
	return parse_value(reader, buf_str(&list), value);
}

static struct err *
read_entry(struct reader *reader)
{
	struct entry *entry = NEW(reader->pool, struct entry);
	struct str value = reader->line, path;

	if (reader->last == NULL)
		return wrong(reader, "a field stands in a section");
	str_next(&value, '=', &path);
	entry->path = str_trim(path);
	entry->line = reader->number;
	if (value.p == NULL || !is_name(entry->path))
		return wrong(reader, "a line is: field = value");
	if (section_entry(
		reader->last, pool_copy(reader->pool, entry->path).p) != NULL)
		return wrong(reader, "the field stands here twice");
	value = str_trim(value);
	if (str_is(value, "["))
		TRY(read_rows(reader, &entry->value));
	else
		TRY(parse_value(reader, value, &entry->value));
	if (reader->last_entry != NULL)
		reader->last_entry->next = entry;
	else
		reader->last->entries = entry;
	reader->last_entry = entry;
	return NULL;
}

struct err *
config_parse(struct pool *pool, struct str text, struct section **first)
{
	struct reader reader = {.pool = pool, .rest = text};

	if (!str_is_utf8(text))
		return err_new(
		    pool, BAD_REQUEST, "The file must be UTF-8 text.");
	while (next_line(&reader))
		if (reader.line.p[0] == '[')
			TRY(read_section(&reader));
		else
			TRY(read_entry(&reader));
	*first = reader.first;
	return NULL;
}

struct entry *
section_entry(const struct section *section, const char *path)
{
	for (struct entry *entry = section->entries; entry != NULL;
	     entry = entry->next)
		if (str_is(entry->path, path))
			return entry;
	return NULL;
}

void
config_section(struct buf *out, struct str type, struct str key)
{
	buf_printf(out, "\n[%.*s", PSTR(type));
	if (key.p != NULL) {
		buf_add_char(out, ' ');
		buf_add_json(out, key);
	}
	buf_add_text(out, "]\n");
}

/* Its own text, so that a reader sees it as what it is. */
static void
add_rows(struct buf *out, const struct json *list)
{
	buf_add_text(out, "[\n");
	for (size_t i = 0; i < json_count(list); i++)
		buf_printf(out, "\t%.*s\n",
		    PSTR(json_print(out->pool, json_at(list, i))));
	buf_add_text(out, "]\n");
}

void
config_entry(struct buf *out, const char *path, struct str value)
{
	const struct json *list;

	buf_printf(out, "%s = ", path);
	if (value.n > 2 && value.p[0] == '[' &&
	    json_parse(out->pool, value, &list) == NULL)
		add_rows(out, list);
	else
		buf_printf(out, "%.*s\n", PSTR(value));
}
