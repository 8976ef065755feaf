#include "clock.h"
#include "evidence_read.h"

/* 2000-01-01 and 2100-01-01: what lies outside is no time of a call. */
#define EARLIEST INT64_C(946684800000)
#define LATEST INT64_C(4102444800000)
/* Numbers up to here are seconds. */
#define SECONDS_MOST INT64_C(100000000000)
enum { DURATION_MOST = 100 * 24 * 3600 };

/* 1 to 12 of "Jan"; 0 for no month. */
static int
month_of(struct str name)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; i < 12; i++)
		if (str_equal_nocase(name, (struct str){months + 3 * i, 3}))
			return (int)i + 1;
	return 0;
}

/* "20:15:00" in seconds; -1 for no time of a day. */
static int64_t
clock_of(struct str text)
{
	static const int64_t most[] = {23, 59, 60};
	int64_t seconds = 0, number;
	struct str part;

	for (int i = 0; i < 3; i++) {
		if (!str_next(&text, ':', &part) || part.n != 2 ||
		    !str_to_int(part, 0, most[i], &number))
			return -1;
		seconds = seconds * 60 + number;
	}
	return text.p == NULL ? seconds : -1;
}

/* "Sun, 22 Nov 2026 20:15:00 +0000" (RFC 5322); the day may be missing. */
static bool
parse_mail_date(struct str text, int64_t *instant)
{
	ptrdiff_t comma = str_find(text, ',');
	struct str parts[5];
	int64_t date, year, offset = 0, seconds;
	size_t n = 0;

	if (comma >= 0)
		text = str_trim(str_cut(text, (size_t)comma + 1, text.n));
	while (n < 5 && str_next(&text, ' ', &parts[n]))
		n++;
	if (n < 4 || !str_to_int(parts[0], 1, 31, &date) ||
	    month_of(parts[1]) == 0 || !str_to_int(parts[2], 1970, 9999, &year))
		return false;
	seconds = clock_of(parts[3]);
	if (seconds < 0)
		return false;
	if (n == 5 && parts[4].n == 5 &&
	    str_to_int(str_cut(parts[4], 1, 5), 0, 1400, &offset)) {
		offset = offset / 100 * 3600 + offset % 100 * 60;
		if (parts[4].p[0] == '-')
			offset = -offset;
	}
	seconds += clock_days((int)year, month_of(parts[1]), (int)date) * 86400;
	*instant = (seconds - offset) * 1000;
	return true;
}

int64_t
evidence_time(struct str text)
{
	int64_t instant = 0;

	if (str_to_int(text, INT64_MIN, INT64_MAX, &instant)) {
		if (instant <= SECONDS_MOST && instant > 0)
			instant *= 1000;
	} else if (!clock_parse(text, &instant) &&
		   !parse_mail_date(text, &instant)) {
		return 0;
	}
	return instant >= EARLIEST && instant < LATEST ? instant : 0;
}

int
evidence_seconds(struct str text)
{
	ptrdiff_t point = str_find(text, '.');
	int64_t seconds;

	if (point >= 0)
		text = str_cut(text, 0, (size_t)point);
	return str_to_int(text, 0, DURATION_MOST, &seconds) ? (int)seconds : -1;
}
