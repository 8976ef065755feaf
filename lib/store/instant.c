#include "instant.h"

#include "clock.h"

struct value
instant_value(struct pool *pool, int64_t instant)
{
	struct str text, date;

	if (instant == 0)
		return NIL;
	/* "2026-11-22T15:56:38.123Z" without its letters */
	text = clock_print(pool, instant);
	text.n--;
	str_next(&text, 'T', &date);
	return TEXT(pool_printf(pool, "%.*s %.*s", PSTR(date), PSTR(text)));
}

int64_t
instant_of(struct str cell)
{
	int64_t instant;

	return cell.p != NULL && clock_parse(cell, &instant) ? instant : 0;
}
