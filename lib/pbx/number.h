/*
 * Telephone numbers: E.164 and what people dial in its place.
 *
 * Facts (calling codes, lengths, which range is whose and of what kind,
 * emergency numbers) are a table made from libphonenumber's metadata by
 * tools/number-facts.mjs; lib/pbx/number_facts.inc holds them.
 */
#ifndef PBX_NUMBER_H
#define PBX_NUMBER_H

#include "pool.h"

/* ISO 3166 alpha-2, upper case; "" for none, "001" for no country (+800). */
struct country {
	char code[4];
};

enum number_kind {
	NUMBER_UNKNOWN, /* possible, but in no range that is known */
	NUMBER_FIXED,
	NUMBER_MOBILE,
	NUMBER_FIXED_OR_MOBILE,
	NUMBER_TOLL_FREE,
	NUMBER_PREMIUM,
	NUMBER_SHARED_COST,
	NUMBER_VOIP,
	NUMBER_PERSONAL,
	NUMBER_PAGER,
	NUMBER_UAN,
	NUMBER_VOICEMAIL,
	NUMBER_SATELLITE,
};

struct number {
	char e164[17]; /* "+12125550100"; "" when it is not a number */
	struct country country;
	enum number_kind kind;
};

/*
 * Country of a text, in upper or lower case; false (and *out "") unless it is
 * a country the table knows.  "001" is none.
 */
bool country_parse(struct str text, struct country *out);
/* "" is never the same as anything: an unknown country matches no rule. */
bool country_same(struct country a, struct country b);

/*
 * What somebody in `home` dialled: "+…", the country's international prefix
 * ("00", "011", …; "00" everywhere), or a national number with or without
 * the national prefix.  Spaces, '-', '.', '(', ')' and '/' between digits are
 * passed over, and so is a national prefix behind a calling code ("+44 (0)20
 * 7946 0000").  False when it is none of these, or when no number of that
 * calling code has so many digits; *out is then empty.  A number that is in no
 * known range has the country "" and NUMBER_UNKNOWN.  Any bytes, any length; a
 * `home` of "" reads "+…" alone.
 */
bool number_dialled(struct str text, struct country home, struct number *out);
/*
 * What a carrier sent: as number_dialled(), and digits alone may also be an
 * international number without its '+' ("972546982826").  For a text that
 * can be read both ways the national reading wins where it is a known range,
 * and where neither is.
 */
bool number_carried(struct str text, struct country home, struct number *out);
/*
 * "+…" and digits, 7 to 15 of them, with a calling code that exists and a
 * length that it has; nothing between, before or behind them.
 */
bool number_e164(struct str text, struct number *out);

/* Fixed, mobile and toll-free: what a rule for a whole country allows. */
bool number_is_ordinary(enum number_kind kind);
const char *number_kind_name(enum number_kind kind);
/*
 * The number is in a range of this country.  Some ranges are shared, and
 * number.country names one country only: +1 800 is "US", yet also CA's.
 */
bool number_is_held(const struct number *number, struct country country);

/*
 * An emergency number of the country by exact text ("911", "112", "999").
 * 911 and 112 are emergency numbers in every country.
 */
bool number_is_emergency(struct str text, struct country country);

#endif
