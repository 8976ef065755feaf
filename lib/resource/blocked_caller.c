#include "blocked_caller.h"

#include "check.h"
#include "tenant_words.h"

/* clang-format off */
static const struct field fields[] = {
	/* As it was typed; what is stored has at most 16. */
	{ FIELD_AS(blocked_caller_record, pattern, "number"), .max = 40,
	    .flags = REQUIRED | SORT | SEARCH | FILTER,
	    .help = "a number, how numbers begin, or anonymous" },
	{ FIELD(blocked_caller_record, prefix), .flags = FILTER,
	    .help = "every number that begins so" },
	{ FIELD(blocked_caller_record, action), .choices = tenant_block_actions,
	    .flags = SORT | FILTER,
	    .help = "voicemail: of what the called number leads to" },
	{ FIELD(blocked_caller_record, note), .max = 500, .def = "",
	    .format = TEXT_LINES, .flags = SEARCH },
	{ FIELD(blocked_caller_record, expires_at), .flags = SORT,
	    .help = "like 2026-12-31T18:00:00Z; none: never" },
};
/* clang-format on */

static const struct record record = {
    .name = "blocked_caller",
    .view = "blocked_callers",
    .order = "number",
    RECORD(blocked_caller_record, fields),
};

enum { PREFIX_DIGITS_MOST = 15 };

/* What people put between digits, as in number_dialled(). */
static struct str
without_gaps(struct pool *pool, struct str text)
{
	struct buf buf = buf_new(pool, text.n + 1);

	for (size_t i = 0; i < text.n; i++)
		if (str_find(STR(" -.()/"), text.p[i]) < 0)
			buf_add_char(&buf, text.p[i]);
	return buf_str(&buf);
}

static void
check_prefix(struct change *change, struct blocked_caller_record *blocked)
{
	struct str text = without_gaps(change->pool, blocked->pattern);
	struct str digits = str_cut(text, 1, text.n);

	if (str_starts(text, STR("+")) && str_is_digits(digits) &&
	    digits.p[0] != '0' && digits.n <= PREFIX_DIGITS_MOST)
		blocked->pattern = text;
	else
		complain(&change->all, STR("number"),
		    "must be + and the first digits of numbers, like +1900");
}

static struct err *
check_exact(struct change *change, struct blocked_caller_record *blocked)
{
	struct country country;
	struct number number;

	TRY(find_country(change, &country));
	if (number_dialled(blocked->pattern, country, &number))
		blocked->pattern = pool_copy(change->pool, str_of(number.e164));
	else
		complain(&change->all, STR("number"),
		    "must be a telephone number, or anonymous");
	return NULL;
}

static struct err *
check_number(struct change *change, struct blocked_caller_record *blocked)
{
	if (blocked->pattern.p == NULL ||
	    complained(&change->all, STR("number")))
		return NULL;
	if (str_is_nocase(blocked->pattern, "anonymous")) {
		blocked->pattern = STR("anonymous");
		if (blocked->prefix)
			complain(&change->all, STR("prefix"),
			    "does not belong to anonymous callers");
		return NULL;
	}
	if (!blocked->prefix)
		return check_exact(change, blocked);
	check_prefix(change, blocked);
	return NULL;
}

/* What has expired may be changed otherwise, and be kept as a note. */
static void
check_expires(struct change *change, const struct blocked_caller_record *before,
    const struct blocked_caller_record *blocked)
{
	int64_t old = before != NULL ? before->expires_at.at : 0;

	if (blocked->expires_at.at != 0 && blocked->expires_at.at != old &&
	    blocked->expires_at.at <= change->now)
		complain(&change->all, STR("expires_at"), "must be later");
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	resource_take(change, &blocked_callers, body, before, object);
	check_expires(change, before, object);
	return check_number(change, object);
}

const struct resource blocked_callers = {
    .name = "blocked-callers",
    .record = &record,
    .take = take,
    /* A call reads the whole list: as many as blocked_callers_pack() takes. */
    .limit = "SELECT 10000, (SELECT COUNT(*) FROM blocked_callers"
	     " WHERE deleted_at IS NULL)",
};
