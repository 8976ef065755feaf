#include "id.h"

#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

Test(id, uuids_are_random_version_4)
{
	struct pool *pool = pool_new();
	struct str last = NO_STR;

	for (int i = 0; i < 1000; i++) {
		struct str uuid = id_uuid(pool);

		cr_assert_eq(uuid.n, 36);
		cr_assert_eq(strlen(uuid.p), 36);
		cr_assert_eq(strspn(uuid.p, "0123456789abcdef-"), 36);
		cr_assert_eq(uuid.p[14], '4');
		cr_assert_not_null(strchr("89ab", uuid.p[19]));
		cr_assert_not(str_equal(uuid, last));
		cr_assert(id_is_request_id(uuid));
		last = uuid;
	}
	pool_free(pool);
}

Test(id, a_child_goes_its_own_way)
{
	struct pool *pool = pool_new();
	char childs[37] = "";
	struct str parents;
	int ends[2];
	pid_t child;

	id_uuid(pool);
	cr_assert_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		struct str uuid = id_uuid(pool);

		_exit(write(ends[1], uuid.p, uuid.n) == 36 ? 0 : 1);
	}
	parents = id_uuid(pool);
	cr_assert_eq(read(ends[0], childs, 36), 36);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	cr_assert_not(str_is(parents, childs), "%s", childs);
	close(ends[0]);
	close(ends[1]);
	pool_free(pool);
}

Test(id, a_request_id_is_short_and_tame)
{
	static const char longest[] =
	    "0123456789012345678901234567890123456789012345678901234567890123";

	cr_assert(id_is_request_id(STR("a")));
	cr_assert(id_is_request_id(STR("Az09-_.")));
	cr_assert(id_is_request_id(str_of(longest)));
}

Test(id, what_could_break_a_header_or_a_log_is_refused)
{
	static const char *const bad[] = {"", " ", "a b", "a\r\nX: y", "a\"",
	    "a/b", "a:b", "{a}", "a\x7f", "\xc3\xa4", "a,b", "<a>",
	    ("0123456789012345678901234567890123456789012345678901234567890123"
	     "4")};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_assert_not(id_is_request_id(str_of(bad[i])), "%s", bad[i]);
	cr_assert_not(id_is_request_id(NO_STR));
	cr_assert_not(id_is_request_id(STR("a\0b")));
}
