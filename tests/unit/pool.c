#include "pool.h"

#include <criterion/criterion.h>
#include <signal.h>

Test(pool, gives_zeroed_aligned_memory_of_any_size)
{
	struct pool *pool = pool_new();
	static const size_t sizes[] = {
	    0, 1, 15, 16, 17, 4000, 40000, 100000, 1000000};

	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
			unsigned char *p = pool_alloc(pool, sizes[i]);

			cr_assert_not_null(p);
			cr_assert_eq((uintptr_t)p % 16, 0);
			for (size_t k = 0; k < sizes[i]; k++)
				cr_assert_eq(p[k], 0);
			memset(p, 0xff, sizes[i]);
		}
		pool_clear(pool);
	}
	pool_free(pool);
}

Test(pool, pieces_do_not_overlap)
{
	struct pool *pool = pool_new();
	unsigned char *pieces[500];

	for (size_t i = 0; i < 500; i++) {
		pieces[i] = pool_alloc(pool, i + 1);
		memset(pieces[i], (int)(i & 0xff), i + 1);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t k = 0; k <= i; k++)
			cr_assert_eq(pieces[i][k], i & 0xff);
	pool_free(pool);
}

static char order[8];

static void
note(void *object)
{
	size_t n = strlen(order);

	order[n] = *(const char *)object;
	order[n + 1] = '\0';
}

Test(pool, owned_objects_go_last_first_and_once)
{
	struct pool *pool = pool_new();
	char a = 'a', b = 'b', c = 'c';

	pool_own(pool, note, &a);
	pool_own(pool, note, &b);
	pool_clear(pool);
	cr_assert_str_eq(order, "ba");
	pool_own(pool, note, &c);
	pool_free(pool);
	cr_assert_str_eq(order, "bac");
	pool_free(NULL);
}

Test(pool, a_list_grows_and_keeps_what_it_holds)
{
	struct pool *pool = pool_new();
	size_t *list = NULL, count = 0, room = 0;

	while (count < 5000) {
		GROW(pool, list, count, room);
		cr_assert_lt(count, room);
		cr_assert_eq(list[count], 0);
		list[count] = count + 1;
		count++;
	}
	for (size_t i = 0; i < count; i++)
		cr_assert_eq(list[i], i + 1);
	pool_free(pool);
}

Test(pool, copies_have_a_nul_and_absent_stays_absent)
{
	struct pool *pool = pool_new();
	struct str copy = pool_copy(pool, str_cut(STR("abc"), 0, 2));

	cr_assert_str_eq(copy.p, "ab");
	cr_assert_null(pool_copy(pool, NO_STR).p);
	cr_assert_str_eq(pool_copy(pool, STR("")).p, "");
	pool_free(pool);
}

Test(pool, printf_makes_text_of_any_length)
{
	struct pool *pool = pool_new();

	cr_assert_str_eq(pool_printf(pool, "%d-%s", 7, "x").p, "7-x");
	for (int n = 250; n < 260; n++) {
		struct str text = pool_printf(pool, "%0*d", n, 1);

		cr_assert_eq(text.n, (size_t)n);
		cr_assert_eq(text.p[n - 1], '1');
		cr_assert_eq(text.p[n], '\0');
	}
	pool_free(pool);
}

Test(pool, arrays_that_cannot_be_counted_abort, .signal = SIGABRT)
{
	struct pool *pool = pool_new();

	NEW_ARRAY(pool, uint64_t, SIZE_MAX / 4);
}

Test(pool, negative_counts_abort, .signal = SIGABRT)
{
	struct pool *pool = pool_new();
	volatile int n = -1;

	NEW_ARRAY(pool, uint64_t, n);
}

Test(pool, pages_are_zeroed_and_of_the_process)
{
	size_t size = (size_t)1 << 30;
	unsigned char *pages = pool_pages(size);

	cr_assert_eq(pages[0], 0);
	cr_assert_eq(pages[size - 1], 0);
	pages[size - 1] = 1;
	pool_pages_free(pages, size);
	pool_pages_free(NULL, 0);
}
