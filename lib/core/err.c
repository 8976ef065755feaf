#include "err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
	int status;
	const char *name;
} codes[] = {
    [BAD_REQUEST] = {400, "BAD_REQUEST"},
    [UNAUTHENTICATED] = {401, "UNAUTHENTICATED"},
    [FORBIDDEN] = {403, "FORBIDDEN"},
    [NOT_FOUND] = {404, "NOT_FOUND"},
    [METHOD_NOT_ALLOWED] = {405, "METHOD_NOT_ALLOWED"},
    [CONFLICT] = {409, "CONFLICT"},
    [PRECONDITION_FAILED] = {412, "PRECONDITION_FAILED"},
    [TOO_LARGE] = {413, "TOO_LARGE"},
    [UNSUPPORTED_TYPE] = {415, "UNSUPPORTED_TYPE"},
    [RANGE_NOT_SATISFIABLE] = {416, "RANGE_NOT_SATISFIABLE"},
    [VALIDATION_ERROR] = {422, "VALIDATION_ERROR"},
    [RATE_LIMITED] = {429, "RATE_LIMITED"},
    [INTERNAL] = {500, "INTERNAL"},
    [UNAVAILABLE] = {503, "UNAVAILABLE"},
};

static struct str __attribute__((format(printf, 2, 0)))
format_text(struct pool *pool, const char *format, va_list list)
{
	char text[1024];
	int n = vsnprintf(text, sizeof text, format, list);
	struct str whole;

	assert(n >= 0);
	if ((size_t)n < sizeof text)
		return pool_copy(pool, (struct str){text, (size_t)n});
	/* What is cut must stay UTF-8, or no client could read it. */
	whole = (struct str){text, sizeof text - 1};
	return pool_copy(pool, str_head(whole, sizeof text - 4));
}

struct err *
err_new(struct pool *pool, enum err_code code, const char *format, ...)
{
	struct err *err = NEW(pool, struct err);
	va_list list;

	err->code = code;
	va_start(list, format);
	err->message = format_text(pool, format, list);
	va_end(list);
	return err;
}

struct err *
err_internal(struct pool *pool, const char *format, ...)
{
	struct err *err = NEW(pool, struct err);
	va_list list;

	err->code = INTERNAL;
	err->message = STR("Something went wrong on our side.");
	va_start(list, format);
	err->cause = format_text(pool, format, list);
	va_end(list);
	return err;
}

struct err *
err_unavailable(struct pool *pool, const char *format, ...)
{
	struct err *err = NEW(pool, struct err);
	va_list list;

	err->code = UNAVAILABLE;
	err->message = STR("Not available just now. Please try again.");
	err->retry_after = 2;
	va_start(list, format);
	err->cause = format_text(pool, format, list);
	va_end(list);
	return err;
}

int
err_status(enum err_code code)
{
	assert((size_t)code < sizeof codes / sizeof codes[0]);
	return codes[code].status;
}

const char *
err_name(enum err_code code)
{
	assert((size_t)code < sizeof codes / sizeof codes[0]);
	return codes[code].name;
}

void
complain(struct complaints *all, struct str field, const char *format, ...)
{
	struct complaint *complaint = NEW(all->pool, struct complaint);
	va_list list;

	complaint->field = pool_copy(all->pool, field);
	va_start(list, format);
	complaint->text = format_text(all->pool, format, list);
	va_end(list);
	if (all->last != NULL)
		all->last->next = complaint;
	else
		all->first = complaint;
	all->last = complaint;
}

struct err *
complaints_err(const struct complaints *all)
{
	struct err *err;

	if (all->first == NULL)
		return NULL;
	err = err_new(
	    all->pool, VALIDATION_ERROR, "Some fields need your attention.");
	err->complaints = all->first;
	return err;
}
