#include "cache.h"

#include <criterion/criterion.h>

enum { LEAST = 64 * 1024 };

static struct cache *cache;

static void
open_least(void)
{
	cache = cache_new(LEAST);
}

static void
close_it(void)
{
	cache_free(cache);
}

TestSuite(cache, .init = open_least, .fini = close_it);

static void
put(const char *key, const char *value, uint64_t stamp)
{
	cache_put(cache, str_of(key), str_of(value), stamp);
}

/* The value under the key, or absent. */
static struct str
get(const char *key)
{
	struct str value;
	uint64_t stamp;

	return cache_get(cache, str_of(key), &value, &stamp) ? value : NO_STR;
}

static uint64_t
stamp_of(const char *key)
{
	struct str value;
	uint64_t stamp = 0;

	cr_assert(cache_get(cache, str_of(key), &value, &stamp));
	return stamp;
}

/* Writes entries that nobody asks for, of `bytes` altogether. */
static void
flood(size_t bytes)
{
	static unsigned next;
	char key[32], value[200];

	memset(value, 'x', sizeof value);
	for (size_t done = 0; done < bytes; done += sizeof value) {
		snprintf(key, sizeof key, "flood:%u", next++);
		cache_put(
		    cache, str_of(key), (struct str){value, sizeof value}, 1);
	}
}

Test(cache, gives_back_what_was_put)
{
	put("a", "one", 7);
	cr_assert(str_is(get("a"), "one"));
	cr_assert_eq(stamp_of("a"), 7);
}

Test(cache, knows_nothing_else)
{
	put("a", "one", 7);
	cr_assert_null(get("b").p);
	cr_assert_null(get("").p);
	cr_assert_null(get("aa").p);
}

Test(cache, an_empty_value_is_a_value)
{
	put("none", "", 1);
	cr_assert_not_null(get("none").p);
	cr_assert_eq(get("none").n, 0);
}

Test(cache, replaces_by_shorter_and_longer_values)
{
	put("a", "one", 1);
	put("a", "a value that takes more room than the first", 2);
	cr_assert(
	    str_is(get("a"), "a value that takes more room than the first"));
	put("a", "1", 3);
	cr_assert(str_is(get("a"), "1"));
	cr_assert_eq(cache_counts(cache).entries, 1);
}

Test(cache, never_goes_back_to_a_lower_stamp)
{
	put("a", "new", 5);
	put("a", "old", 4);
	cr_assert(str_is(get("a"), "new"));
	put("a", "as new", 5);
	cr_assert(str_is(get("a"), "as new"));
}

Test(cache, takes_its_own_value_under_a_new_stamp)
{
	put("a", "still true", 5);
	cache_put(cache, STR("a"), get("a"), 6);
	cr_assert(str_is(get("a"), "still true"));
	cr_assert_eq(stamp_of("a"), 6);
}

Test(cache, keys_and_values_may_hold_any_byte)
{
	struct str value;
	uint64_t stamp;

	cache_put(cache, STR("a\0b"), STR("\0\xff\0"), 1);
	cr_assert(cache_get(cache, STR("a\0b"), &value, &stamp));
	cr_assert_eq(value.n, 3);
	cr_assert_eq(memcmp(value.p, "\0\xff\0", 3), 0);
	cr_assert_not(cache_get(cache, STR("a\0c"), &value, &stamp));
}

Test(cache, does_not_keep_what_is_too_large)
{
	static char large[LEAST / 4 + 1];

	put("a", "small", 1);
	cache_put(cache, STR("a"), (struct str){large, sizeof large}, 2);
	cr_assert_null(get("a").p, "the old value would be a lie");
	cr_assert_eq(cache_counts(cache).entries, 0);
}

Test(cache, what_is_used_outlives_what_is_not)
{
	put("used", "hot", 1);
	put("unused", "cold", 1);
	for (int i = 0; i < 100; i++) {
		flood(LEAST / 4);
		cr_assert(str_is(get("used"), "hot"), "round %d", i);
	}
	cr_assert_null(get("unused").p);
}

Test(cache, what_was_used_once_goes_in_the_end)
{
	put("a", "once", 1);
	get("a");
	flood(LEAST * 3);
	cr_assert_null(get("a").p);
}

Test(cache, many_small_entries_do_not_fill_the_index)
{
	char key[16];

	for (int i = 0; i < 100000; i++) {
		snprintf(key, sizeof key, "%d", i);
		put(key, "", 1);
		cr_assert_not_null(get(key).p);
	}
	cr_assert_lt(cache_counts(cache).entries, 1024);
}

Test(cache, counts)
{
	put("a", "one", 1);
	get("a");
	get("a");
	get("b");
	cr_assert_eq(cache_counts(cache).hits, 2);
	cr_assert_eq(cache_counts(cache).misses, 1);
	cr_assert_eq(cache_counts(cache).evicted, 0);
	flood(LEAST * 2);
	cr_assert_gt(cache_counts(cache).evicted, 0);
}

/* A model: the last value and stamp put under each of some keys. */
enum { KEYS = 600, MOST = 18000 };

struct model {
	uint64_t stamp;
	size_t n;
	unsigned char fill;
	bool known;
};

static uint64_t random_state;

static size_t
random_below(size_t limit)
{
	random_state =
	    random_state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(random_state >> 33) % limit;
}

static void
put_random(struct model *model, const char *key, uint64_t stamp)
{
	static char text[MOST];
	bool there = get(key).p != NULL;
	size_t n =
	    random_below(50) == 0 ? random_below(MOST) : random_below(300);
	unsigned char fill = (unsigned char)random_below(256);

	memset(text, fill, n);
	cache_put(cache, str_of(key), (struct str){text, n}, stamp);
	if (there && model->stamp > stamp)
		return;
	*model = (struct model){stamp, n, fill, true};
}

static bool
check_known(const struct model *model, const char *key)
{
	struct str value;
	uint64_t stamp;

	if (!cache_get(cache, str_of(key), &value, &stamp))
		return false;
	cr_assert(model->known, "%s was never put", key);
	cr_assert_eq(stamp, model->stamp);
	cr_assert_eq(value.n, model->n);
	for (size_t i = 0; i < value.n; i++)
		cr_assert_eq((unsigned char)value.p[i], model->fill);
	return true;
}

/*
 * Whatever happens, a hit is the last value put, the entries fit the ring,
 * and the last few puts are there.
 */
Test(cache, agrees_with_a_model, .timeout = 120)
{
	static struct model model[KEYS];
	char key[32];

	for (unsigned seed = 1; seed <= 4; seed++) {
		size_t hits = 0;

		random_state = seed;
		memset(model, 0, sizeof model);
		cache_free(cache);
		cache = cache_new(LEAST + seed * 1000);
		for (uint64_t i = 0; i < 60000; i++) {
			size_t k = random_below(KEYS);

			if (random_below(2) == 0)
				k %= 40;
			snprintf(key, sizeof key, "key %zu", k * k);
			if (random_below(3) == 0)
				put_random(
				    &model[k], key, i / 100 + random_below(2));
			else
				hits += check_known(&model[k], key);
		}
		cr_assert_gt(hits, 1000, "a cache that forgets all");
		cr_assert_leq(
		    cache_counts(cache).entries * 24, LEAST + seed * 1000);
	}
}
