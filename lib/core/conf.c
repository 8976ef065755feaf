#include "conf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

enum { CONF_MOST = 1024 * 1024 };

struct entry {
	struct str key;
	struct str value;
	size_t line;
};

/* Sorted by key, so that a look-up is short and a repeated key is found. */
struct conf {
	struct str file;
	size_t count;
	struct entry *entries;
};

static bool
is_key(struct str key)
{
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' &&
		    c != '.' && c != '-')
			return false;
	}
	return key.n > 0;
}

static int
compare(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = str_compare(a->key, b->key);

	return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static struct err *
parse_line(struct pool *pool, struct conf *conf, struct str text, size_t line)
{
	struct entry *entry = &conf->entries[conf->count];
	ptrdiff_t equals;

	if (!str_is_utf8(text))
		return err_internal(
		    pool, "%s:%zu: not UTF-8 text", conf->file.p, line);
	text = str_trim(text);
	if (text.n == 0 || text.p[0] == '#')
		return NULL;
	equals = str_find(text, '=');
	if (equals < 0)
		return err_internal(pool, "%s:%zu: expected \"key = value\"",
		    conf->file.p, line);
	entry->key = str_trim(str_cut(text, 0, (size_t)equals));
	if (!is_key(entry->key))
		return err_internal(pool,
		    "%s:%zu: a key is made of a-z, 0-9, '_', '.' and '-'",
		    conf->file.p, line);
	entry->value = pool_copy(
	    pool, str_trim(str_cut(text, (size_t)equals + 1, text.n)));
	entry->line = line;
	conf->count++;
	return NULL;
}

static size_t
count_lines(struct str text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n')
			count++;
	return count;
}

struct err *
conf_parse(struct pool *pool, struct str text, struct str path,
    const struct conf **out)
{
	struct conf *conf = NEW(pool, struct conf);
	struct str rest = pool_copy(pool, text);
	struct str line;
	size_t number = 0;

	conf->file = pool_copy(pool, path);
	conf->entries = NEW_ARRAY(pool, struct entry, count_lines(rest));
	while (str_next(&rest, '\n', &line))
		TRY(parse_line(pool, conf, line, ++number));
	qsort(conf->entries, conf->count, sizeof *conf->entries, compare);
	for (size_t i = 1; i < conf->count; i++) {
		const struct entry *entry = &conf->entries[i];

		if (str_equal(entry[-1].key, entry->key))
			return err_internal(pool,
			    "%s:%zu: %.*s stands in line %zu already",
			    conf->file.p, entry->line, PSTR(entry->key),
			    entry[-1].line);
	}
	*out = conf;
	return NULL;
}

static void
close_file(void *object)
{
	int *fd = object;

	close(*fd);
}

/* The whole file; its descriptor goes with the pool. */
static struct err *
read_file(struct pool *pool, const char *path, struct str *text)
{
	int *fd = NEW(pool, int);
	char *bytes;
	size_t n = 0;

	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return err_internal(pool, "%s: %s", path, strerror(errno));
	pool_own(pool, close_file, fd);
	bytes = pool_alloc(pool, CONF_MOST + 1);
	for (;;) {
		ssize_t got = read(*fd, bytes + n, CONF_MOST + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_internal(
			    pool, "%s: %s", path, strerror(errno));
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > CONF_MOST)
			return err_internal(
			    pool, "%s: larger than 1 MiB", path);
	}
	*text = (struct str){bytes, n};
	return NULL;
}

struct err *
conf_read(struct pool *pool, const char *path, const struct conf **out)
{
	struct pool *scratch = pool_new();
	struct str text = NO_STR, file = str_of(path);
	char folder[PATH_MAX];
	struct err *err;

	/* Programs change their folder; values must mean the same after. */
	if (path[0] != '/' && getcwd(folder, sizeof folder) != NULL)
		file = pool_printf(scratch, "%s/%s", folder, path);
	err = read_file(scratch, file.p, &text);
	if (err != NULL)
		err = err_internal(pool, "%.*s", PSTR(err->cause));
	else
		err = conf_parse(pool, text, file, out);
	pool_free(scratch);
	return err;
}

struct err *
conf_load(struct pool *pool, const struct conf **out)
{
	const char *path = getenv("OPBX_CONF");

	if (path == NULL || path[0] == '\0')
		path = "/etc/opbx/opbx.conf";
	return conf_read(pool, path, out);
}

static const struct entry *
find(const struct conf *conf, const char *key)
{
	struct str name = str_of(key);
	size_t low = 0, high = conf->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_compare(name, conf->entries[middle].key);

		if (order == 0)
			return &conf->entries[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

struct str
conf_text(const struct conf *conf, const char *key, const char *otherwise)
{
	const struct entry *entry = find(conf, key);

	return entry != NULL ? entry->value : str_of(otherwise);
}

int64_t
conf_int(const struct conf *conf, const char *key, int64_t otherwise,
    int64_t min, int64_t max)
{
	const struct entry *entry = find(conf, key);
	int64_t number;

	if (entry == NULL)
		return otherwise;
	if (str_to_int(entry->value, min, max, &number))
		return number;
	fprintf(stderr,
	    "%s:%zu: %s must be a whole number from %" PRId64 " to %" PRId64
	    "\n",
	    conf->file.p, entry->line, key, min, max);
	exit(EX_CONFIG);
}

bool
conf_is(const struct conf *conf, const char *key, const char *value)
{
	const struct entry *entry = find(conf, key);

	return entry != NULL && str_is(entry->value, value);
}

struct str
conf_path(struct pool *pool, const struct conf *conf, const char *key,
    const char *otherwise)
{
	struct str path = conf_text(conf, key, otherwise);
	size_t folder = conf->file.n;

	if (path.n == 0 || path.p[0] == '/')
		return pool_copy(pool, path);
	while (folder > 0 && conf->file.p[folder - 1] != '/')
		folder--;
	return pool_printf(
	    pool, "%.*s%.*s", (int)folder, conf->file.p, PSTR(path));
}

struct str
conf_file(const struct conf *conf)
{
	return conf->file;
}
