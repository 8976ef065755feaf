#include "db_error.h"

/* Of mysqld_error.h, which belongs to db.c alone. */
enum {
	TOO_MANY_CONNECTIONS = 1040,
	COLUMN_IS_NULL = 1048,
	UNKNOWN_COLUMN = 1054,
	DUPLICATE = 1062,
	SYNTAX = 1064,
	TABLE_FULL = 1114,
	TABLE_DENIED = 1142,
	COLUMN_DENIED = 1143,
	NO_SUCH_TABLE = 1146,
	PACKET_TOO_LARGE = 1153,
	TOO_MANY_USER_CONNECTIONS = 1203,
	LOCK_TIMEOUT = 1205,
	DEADLOCK = 1213,
	NO_REFERENCED_ROW = 1216,
	ROW_IS_REFERENCED = 1217,
	LIMIT_REACHED = 1226,
	OUT_OF_RANGE = 1264,
	TRUNCATED = 1265,
	READ_ONLY_SERVER = 1290,
	WRONG_VALUE = 1292,
	NO_SUCH_ROUTINE = 1305,
	NO_DEFAULT = 1364,
	WRONG_VALUE_FOR_FIELD = 1366,
	VIEW_CHECK_FAILED = 1369,
	ROUTINE_DENIED = 1370,
	TOO_LONG = 1406,
	ROW_IS_REFERENCED_2 = 1451,
	NO_REFERENCED_ROW_2 = 1452,
	SIGNALLED = 1644,
	READ_ONLY_TRANSACTION = 1792,
	STATEMENT_TIMEOUT = 1969,
	CHECK_FAILED = 4025,
};

/* The piece of a text behind `before` and up to `end`; absent if not there. */
static struct str
piece(struct str text, const char *before, char end)
{
	size_t n = strlen(before);

	for (size_t i = 0; i + n <= text.n; i++) {
		struct str rest = str_cut(text, i + n, text.n);
		ptrdiff_t length;

		if (memcmp(text.p + i, before, n) != 0)
			continue;
		length = str_find(rest, end);
		return length < 0 ? NO_STR : str_cut(rest, 0, (size_t)length);
	}
	return NO_STR;
}

/* What stands between the last two quotes of the message. */
static struct str
last_quoted(struct str text, char quote)
{
	size_t end = text.n, start;

	while (end > 0 && text.p[end - 1] != quote)
		end--;
	if (end < 2)
		return NO_STR;
	for (start = end - 1; start > 0 && text.p[start - 1] != quote;)
		start--;
	return start == 0 ? NO_STR : str_cut(text, start, end - 1);
}

/* The part of KIND__TABLE__FIELD__MORE with this number, from 0. */
static struct str
part(struct str name, int number)
{
	for (;;) {
		size_t n = 0;

		while (n + 1 < name.n &&
		       (name.p[n] != '_' || name.p[n + 1] != '_'))
			n++;
		if (n + 1 >= name.n)
			n = name.n;
		if (number-- == 0)
			return str_cut(name, 0, n);
		if (n == name.n)
			return NO_STR;
		name = str_cut(name, n + 2, name.n);
	}
}

/*
 * The field that a constraint guards; absent when it is not a client's.  The
 * server puts `table.` in front of some names.
 */
static struct str
field_of(struct str constraint)
{
	struct str field = part(constraint, 2);

	if (str_is(field, "id") || str_is(field, "organization"))
		return NO_STR;
	return field;
}

static bool
may_be_told(unsigned number)
{
	static const unsigned safe[] = {UNKNOWN_COLUMN, SYNTAX, TABLE_DENIED,
	    COLUMN_DENIED, NO_SUCH_TABLE, NO_SUCH_ROUTINE, NO_DEFAULT,
	    VIEW_CHECK_FAILED, ROUTINE_DENIED, SIGNALLED,
	    READ_ONLY_TRANSACTION};

	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
		if (safe[i] == number)
			return true;
	return false;
}

static struct err *
internal(
    struct pool *pool, const char *sql, unsigned number, struct str message)
{
	if (may_be_told(number))
		return err_internal(pool, "mariadb: error %u: %.*s: %s", number,
		    PSTR(message), sql);
	return err_internal(pool, "mariadb: error %u: %s", number, sql);
}

static struct err *
complaint(struct pool *pool, struct str field, const char *text)
{
	struct complaints all = {pool, NULL, NULL};

	complain(&all, field, "%s", text);
	return complaints_err(&all);
}

static struct err *
in_use(struct pool *pool, struct str constraint)
{
	struct err *err =
	    err_new(pool, CONFLICT, "It is still in use somewhere else.");
	struct str table = part(constraint, 1);

	if (table.n > 0) {
		err->references = NEW(pool, struct reference);
		err->references->type = pool_copy(pool, table);
	}
	return err;
}

/* The last name in backticks, or the quoted one of older messages. */
static struct str
column_of(struct str message)
{
	struct str column = last_quoted(message, '`');

	if (column.n == 0)
		column = piece(message, "olumn '", '\'');
	if (str_ends(column, STR("_sealed")))
		column.n -= sizeof "_sealed" - 1;
	return column;
}

static struct err *
column_error(struct pool *pool, unsigned number, struct str message)
{
	struct str column = column_of(message);

	if (column.n == 0)
		return NULL;
	switch (number) {
	case COLUMN_IS_NULL:
		return complaint(pool, column, "must not be empty");
	case TOO_LONG:
		return complaint(pool, column, "is too long");
	case OUT_OF_RANGE:
		return complaint(pool, column, "is out of range");
	default:
		return complaint(pool, column, "is not valid");
	}
}

/* NULL when the constraint is not about a client's field. */
static struct err *
constraint_error(struct pool *pool, unsigned number, struct str message)
{
	struct str name = piece(message, "CONSTRAINT `", '`');
	struct str field;

	if (number == DUPLICATE) {
		name = last_quoted(message, '\'');
		if (str_is(name, "PRIMARY"))
			return err_new(pool, CONFLICT, "It exists already.");
	}
	if (number == ROW_IS_REFERENCED || number == ROW_IS_REFERENCED_2)
		return in_use(pool, name);
	field = field_of(name);
	if (field.n == 0)
		return NULL;
	if (number == DUPLICATE)
		return complaint(pool, field, "is taken already");
	if (number == CHECK_FAILED)
		return complaint(pool, field, "is not valid");
	return complaint(pool, field, "does not exist");
}

struct err *
db_error(
    struct pool *pool, const char *sql, unsigned number, struct str message)
{
	struct err *err = NULL;

	switch (number) {
	case DUPLICATE:
	case ROW_IS_REFERENCED:
	case ROW_IS_REFERENCED_2:
	case NO_REFERENCED_ROW:
	case NO_REFERENCED_ROW_2:
	case CHECK_FAILED:
		err = constraint_error(pool, number, message);
		break;
	case COLUMN_IS_NULL:
	case OUT_OF_RANGE:
	case TRUNCATED:
	case WRONG_VALUE:
	case WRONG_VALUE_FOR_FIELD:
	case TOO_LONG:
		err = column_error(pool, number, message);
		break;
	case PACKET_TOO_LARGE:
		err = err_new(pool, TOO_LARGE, "That is too much to store.");
		break;
	case TOO_MANY_CONNECTIONS:
	case TOO_MANY_USER_CONNECTIONS:
	case LIMIT_REACHED:
	case TABLE_FULL:
	case LOCK_TIMEOUT:
	case DEADLOCK:
	case READ_ONLY_SERVER:
	case STATEMENT_TIMEOUT:
		return err_unavailable(
		    pool, "mariadb: error %u: %s", number, sql);
	default:
		break;
	}
	return err != NULL ? err : internal(pool, sql, number, message);
}
