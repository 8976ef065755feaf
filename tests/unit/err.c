#include "err.h"

#include <criterion/criterion.h>
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

TestSuite(err, .init = begin, .fini = end);

Test(err, every_code_has_a_status_and_a_name)
{
	for (int i = BAD_REQUEST; i <= UNAVAILABLE; i++) {
		int status = err_status((enum err_code)i);

		cr_assert(status >= 400 && status <= 599);
		cr_assert_gt(strlen(err_name((enum err_code)i)), 0);
	}
	cr_assert_eq(err_status(VALIDATION_ERROR), 422);
	cr_assert_str_eq(err_name(NOT_FOUND), "NOT_FOUND");
}

Test(err, an_unknown_code_is_a_bug, .signal = SIGABRT)
{
	(void)err_status((enum err_code)(UNAVAILABLE + 1));
}

Test(err, the_inside_stays_inside)
{
	struct err *err = err_internal(pool, "table %s is gone", "users");

	cr_assert_eq(err->code, INTERNAL);
	cr_assert_str_eq(err->cause.p, "table users is gone");
	cr_assert_null(strstr(err->message.p, "users"));
	err = err_unavailable(pool, "redis at %s", "/run/x");
	cr_assert_eq(err_status(err->code), 503);
	cr_assert_gt(err->retry_after, 0);
	cr_assert_null(strstr(err->message.p, "/run/x"));
}

Test(err, a_long_message_is_cut_and_still_utf8)
{
	char text[3000];

	for (size_t shift = 0; shift < 4; shift++) {
		struct err *err;

		memset(text, 'a', shift);
		for (size_t i = shift; i + 3 < sizeof text; i += 3)
			memcpy(text + i, "\xe2\x82\xac", 3);
		text[sizeof text - 4] = '\0';
		err = err_new(pool, BAD_REQUEST, "%s", text);
		cr_assert_gt(err->message.n, 1000);
		cr_assert_lt(err->message.n, 1024);
		cr_assert(str_is_utf8(err->message));
	}
}

Test(err, no_complaint_is_no_error)
{
	struct complaints all = {pool, NULL, NULL};

	cr_assert_null(complaints_err(&all));
}

Test(err, all_complaints_come_in_their_order)
{
	struct complaints all = {pool, NULL, NULL};
	char field[] = "name";
	struct err *err;

	complain(&all, str_of(field), "must not be %s", "empty");
	complain(&all, STR("pin"), "is too short");
	complain(&all, str_of(field), "again");
	memset(field, 'x', 4);
	err = complaints_err(&all);
	cr_assert_eq(err->code, VALIDATION_ERROR);
	cr_assert(str_is(err->complaints->field, "name"));
	cr_assert(str_is(err->complaints->text, "must not be empty"));
	cr_assert(str_is(err->complaints->next->field, "pin"));
	cr_assert(str_is(err->complaints->next->next->text, "again"));
	cr_assert_null(err->complaints->next->next->next);
}

static struct err *
fails(void)
{
	return err_new(pool, CONFLICT, "no");
}

static struct err *
passes_on(int *reached)
{
	TRY(NULL);
	*reached = 1;
	TRY(fails());
	*reached = 2;
	return NULL;
}

Test(err, try_stops_at_the_first_failure)
{
	int reached = 0;

	cr_assert_eq(passes_on(&reached)->code, CONFLICT);
	cr_assert_eq(reached, 1);
}
