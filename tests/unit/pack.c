#include "pack.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>

static struct pool *pool;

static void
begin(void)
{
	pool = pool_new();
}

static void
end(void)
{
	pool_free(pool);
}

TestSuite(pack, .init = begin, .fini = end);

struct member {
	struct str name;
	int priority;
};

struct thing {
	uint64_t u;
	int64_t i;
	int n;
	bool yes;
	struct str text, empty, absent;
	enum { RED, GREEN, BLUE } colour;
	struct member *members;
	size_t count;
};

static void
pack_member(struct pack *pack, struct member *member)
{
	pack_str(pack, &member->name);
	pack_int(pack, &member->priority);
}

static void
pack_thing(struct pack *pack, struct thing *thing)
{
	pack_u64(pack, &thing->u);
	pack_i64(pack, &thing->i);
	pack_int(pack, &thing->n);
	pack_bool(pack, &thing->yes);
	pack_str(pack, &thing->text);
	pack_str(pack, &thing->empty);
	pack_str(pack, &thing->absent);
	PACK_ENUM(pack, thing->colour, BLUE);
	thing->members = pack_array(
	    pack, thing->members, &thing->count, sizeof *thing->members, 4);
	for (size_t i = 0; i < thing->count; i++)
		pack_member(pack, &thing->members[i]);
}

static struct str
written(void)
{
	struct member members[] = {{STR("Sales"), -1}, {STR("\0x"), INT_MAX}};
	struct thing thing = {UINT64_MAX, INT64_MIN, INT_MIN, true, STR("a\0b"),
	    STR(""), NO_STR, BLUE, members, 2};
	struct buf buf = buf_new(pool, 0);
	struct pack pack = pack_writer(&buf);

	pack_thing(&pack, &thing);
	cr_assert(pack_done(&pack));
	return buf_str(&buf);
}

/* In memory of its own, so that a byte too far is seen. */
static struct str
alone(struct str text)
{
	char *bytes = pool_alloc(pool, text.n);

	if (text.n > 0)
		memcpy(bytes, text.p, text.n);
	return (struct str){bytes, text.n};
}

Test(pack, reads_what_it_wrote)
{
	struct str text = alone(written());
	struct pack pack = pack_reader(pool, text);
	struct thing thing = {0};

	pack_thing(&pack, &thing);
	cr_assert(pack_done(&pack));
	cr_assert_eq(thing.u, UINT64_MAX);
	cr_assert_eq(thing.i, INT64_MIN);
	cr_assert_eq(thing.n, INT_MIN);
	cr_assert(thing.yes);
	cr_assert(str_equal(thing.text, STR("a\0b")));
	cr_assert_not_null(thing.empty.p);
	cr_assert_eq(thing.empty.n, 0);
	cr_assert_null(thing.absent.p);
	cr_assert_eq(thing.colour, BLUE);
	cr_assert_eq(thing.count, 2);
	cr_assert(str_is(thing.members[0].name, "Sales"));
	cr_assert_eq(thing.members[0].priority, -1);
	cr_assert_eq(thing.members[1].priority, INT_MAX);
	/* Texts are slices of what was read. */
	cr_assert(thing.text.p > text.p && thing.text.p < text.p + text.n);
}

Test(pack, every_number_survives)
{
	for (int shift = 0; shift < 64; shift++) {
		for (int64_t by = -1; by <= 1; by++) {
			uint64_t u = (UINT64_C(1) << shift) + (uint64_t)by;
			uint64_t again = 0;
			int64_t i = (int64_t)u, back = 0;
			struct buf buf = buf_new(pool, 32);
			struct pack out = pack_writer(&buf), in;

			pack_u64(&out, &u);
			pack_i64(&out, &i);
			in = pack_reader(pool, buf_str(&buf));
			pack_u64(&in, &again);
			pack_i64(&in, &back);
			cr_assert(pack_done(&in));
			cr_assert_eq(again, u);
			cr_assert_eq(back, i);
		}
	}
}

Test(pack, small_numbers_are_one_byte)
{
	struct buf buf = buf_new(pool, 32);
	struct pack out = pack_writer(&buf);
	int64_t low = -64, high = 63;
	uint64_t most = 127;

	pack_i64(&out, &low);
	pack_i64(&out, &high);
	pack_u64(&out, &most);
	cr_assert_eq(buf.n, 3);
}

Test(pack, refuses_every_truncation)
{
	struct str text = written();

	for (size_t n = 0; n < text.n; n++) {
		struct pack pack =
		    pack_reader(pool, alone(str_cut(text, 0, n)));
		struct thing thing = {0};

		pack_thing(&pack, &thing);
		cr_assert_not(pack_done(&pack), "%zu bytes", n);
	}
}

Test(pack, refuses_what_is_left_over)
{
	struct buf buf = buf_new(pool, 64);
	struct thing thing = {0};
	struct pack pack;

	buf_add(&buf, written());
	buf_add_char(&buf, '\0');
	pack = pack_reader(pool, buf_str(&buf));
	pack_thing(&pack, &thing);
	cr_assert_not(pack.bad);
	cr_assert_not(pack_done(&pack));
}

Test(pack, a_flipped_bit_never_reads_as_the_same)
{
	struct str text = written();

	for (size_t bit = 0; bit < text.n * 8; bit++) {
		char *copy = memcpy(pool_alloc(pool, text.n), text.p, text.n);
		struct pack in, out;
		struct thing thing = {0};
		struct buf buf = buf_new(pool, 64);

		copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
		in = pack_reader(pool, (struct str){copy, text.n});
		pack_thing(&in, &thing);
		if (!pack_done(&in))
			continue;
		/* What reads well writes the very same text. */
		out = pack_writer(&buf);
		pack_thing(&out, &thing);
		cr_assert(str_equal(buf_str(&buf), (struct str){copy, text.n}));
	}
}

Test(pack, refuses_numbers_that_are_no_leb128)
{
	static const struct str bad[] = {
	    {"", 0},
	    {"\x80", 1},
	    {"\x80\x00", 2},
	    {"\xff\x00", 2},
	    {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10},
	    {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01", 11},
	    {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11},
	    {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 10},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct pack pack = pack_reader(pool, alone(bad[i]));
		uint64_t number = 42;

		pack_u64(&pack, &number);
		cr_assert(pack.bad, "number %zu", i);
		cr_assert_eq(number, 0);
	}
}

Test(pack, refuses_values_outside_their_type)
{
	struct buf buf = buf_new(pool, 32);
	struct pack out = pack_writer(&buf), in;
	int64_t wide = (int64_t)INT_MAX + 1;
	uint64_t two = 2;
	int n = 42;
	bool yes = true;

	pack_i64(&out, &wide);
	in = pack_reader(pool, buf_str(&buf));
	pack_int(&in, &n);
	cr_assert(in.bad);
	cr_assert_eq(n, 0);
	buf = buf_new(pool, 32);
	pack_u64(&out, &two);
	in = pack_reader(pool, buf_str(&buf));
	pack_bool(&in, &yes);
	cr_assert(in.bad);
	cr_assert_not(yes);
}

Test(pack, a_lie_about_a_length_costs_nothing)
{
	static const char lie[] = "\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
	struct str text = STR("before");
	size_t count = 42;
	struct pack pack = pack_reader(pool, STR("\xff\xff\xff\xff\xff\xff\xff"
						 "\xff\x7f"
						 "abc"));

	pack_str(&pack, &text);
	cr_assert(pack.bad);
	cr_assert_null(text.p);
	pack = pack_reader(pool, (struct str){lie, sizeof lie - 1});
	pack_array(&pack, NULL, &count, 4096, SIZE_MAX);
	cr_assert(pack.bad);
	cr_assert_eq(count, 0);
	pack = pack_reader(pool, STR("\x05"
				     "abcdefgh"));
	pack_array(&pack, NULL, &count, 1, 4);
	cr_assert(pack.bad);
	cr_assert_eq(count, 0);
}

Test(pack, after_something_bad_all_is_zero)
{
	struct pack pack = pack_reader(pool, STR("\x80\x00\x05\x05\x05\x05"));
	uint64_t number = 1;
	struct str text = STR("before");
	bool yes = true;

	pack_u64(&pack, &number);
	pack_u64(&pack, &number);
	pack_str(&pack, &text);
	pack_bool(&pack, &yes);
	cr_assert(pack.bad);
	cr_assert_eq(number, 0);
	cr_assert_null(text.p);
	cr_assert_not(yes);
	cr_assert_not(pack_done(&pack));
}

Test(pack, writing_more_than_can_be_read_is_a_bug, .signal = SIGABRT)
{
	struct buf buf = buf_new(pool, 32);
	struct pack out = pack_writer(&buf);
	size_t count = 5;
	char array[5] = {0};

	pack_array(&out, array, &count, 1, 4);
}

Test(pack, random_bytes_do_no_harm)
{
	unsigned seed = 4711;

	for (int round = 0; round < 20000; round++) {
		char text[48];
		struct pack pack;
		struct thing thing = {0};

		for (size_t i = 0; i < sizeof text; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = (char)(seed >> 16);
			if (round % 2 == 0)
				text[i] = (char)(text[i] & 7);
		}
		pack = pack_reader(pool, (struct str){text, sizeof text});
		pack_thing(&pack, &thing);
		cr_assert_leq(thing.count, 4);
		cr_assert(thing.colour <= BLUE);
		pool_clear(pool);
	}
}
