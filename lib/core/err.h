/*
 * The one type of failure.
 *
 * Whatever can fail returns a struct err *; NULL is success.  It lives in the
 * pool it was made in.  message and complaints are for the client and never
 * tell of the inside; cause is for the log alone.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include "pool.h"

enum err_code {
	BAD_REQUEST,
	UNAUTHENTICATED,
	FORBIDDEN,
	NOT_FOUND,
	METHOD_NOT_ALLOWED,
	CONFLICT,
	PRECONDITION_FAILED,
	TOO_LARGE,
	UNSUPPORTED_TYPE,
	RANGE_NOT_SATISFIABLE,
	VALIDATION_ERROR,
	RATE_LIMITED,
	INTERNAL,
	UNAVAILABLE,
};

/* One complaint about one field of the client's input. */
struct complaint {
	struct complaint *next;
	struct str field; /* path in the client's document: "members.0.id" */
	struct str text;
};

/* What still uses an object that was to be deleted. */
struct reference {
	struct reference *next;
	struct str type; /* "ring_group" */
	uint64_t id;
	struct str name;
};

struct err {
	enum err_code code;
	struct str message;
	struct complaint *complaints;
	struct reference *references;
	int retry_after;  /* seconds; 0: no Retry-After */
	struct str allow; /* METHOD_NOT_ALLOWED: the methods allowed */
	struct str cause; /* for the log; absent when there is nothing to add */
};

#define TRY(expression)                          \
	do {                                     \
		struct err *err_ = (expression); \
		if (err_ != NULL)                \
			return err_;             \
	} while (0)

struct err *err_new(struct pool *pool, enum err_code code, const char *format,
    ...) __attribute__((format(printf, 3, 4), returns_nonnull));
/* INTERNAL or UNAVAILABLE with the stock message; the text is the cause. */
struct err *err_internal(struct pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
struct err *err_unavailable(struct pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));

/* HTTP status and stable name ("NOT_FOUND") of a code. */
int err_status(enum err_code code);
const char *err_name(enum err_code code);

/*
 * Gathers complaints so that a client hears all of them at once:
 *	struct complaints all = {pool, NULL, NULL};
 *	complain(&all, "name", "must not be empty");
 *	TRY(complaints_err(&all));
 */
struct complaints {
	struct pool *pool;
	struct complaint *first;
	struct complaint *last;
};

void complain(struct complaints *all, struct str field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* NULL when there is none, else a VALIDATION_ERROR that holds them. */
struct err *complaints_err(const struct complaints *all);

#endif
