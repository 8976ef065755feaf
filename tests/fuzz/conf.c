/*
 * Any bytes as opbx.conf: refused with file and line, or settings that can be
 * asked for.
 */
#include "conf.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
ask(struct pool *pool, const struct conf *conf, struct str line)
{
	ptrdiff_t equals = str_find(line, '=');
	struct str key, value;

	line = str_trim(line);
	if (equals < 0 || line.p[0] == '#')
		return;
	equals = str_find(line, '=');
	key = pool_copy(pool, str_trim(str_cut(line, 0, (size_t)equals)));
	value = str_trim(str_cut(line, (size_t)equals + 1, line.n));
	assert(str_equal(conf_text(conf, key.p, NULL), value));
	assert(conf_text(conf, key.p, NULL).p != NULL);
	if (value.n > 0)
		assert(conf_path(pool, conf, key.p, NULL).p[0] == '/');
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct pool *pool;
	struct str rest = {(const char *)bytes, n}, line;
	const struct conf *conf;
	struct err *err;

	if (pool == NULL)
		pool = pool_new();
	err = conf_parse(pool, rest, STR("/etc/opbx.conf"), &conf);
	if (err != NULL)
		assert(str_starts(err->cause, STR("/etc/opbx.conf:")));
	else
		while (str_next(&rest, '\n', &line))
			ask(pool, conf, line);
	pool_clear(pool);
	return 0;
}
