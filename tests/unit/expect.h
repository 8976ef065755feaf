/*
 * What unit tests say of functions that return a struct err.
 */
#ifndef TESTS_EXPECT_H
#define TESTS_EXPECT_H

#include "err.h"

#include <criterion/criterion.h>

/* What the log would say, else what the client would be told. */
static inline struct str
cause(const struct err *err)
{
	return err->cause.p != NULL ? err->cause : err->message;
}

#define OK(expression)                                               \
	do {                                                         \
		struct err *ok_ = (expression);                      \
		cr_assert_null(                                      \
		    ok_, "%s: %.*s", #expression, PSTR(cause(ok_))); \
	} while (0)

#endif
