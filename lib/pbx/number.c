#include "number.h"

/*
 * The facts are one automaton over digits, kept as a table.  A reference
 * below the number of tails is a tail, any other one a node that stands so
 * many words behind that.
 *
 * A tail is what is left when only the number of further digits counts: bit n
 * of its lengths is set where n more digits make a text of its class.
 *
 * A node is a word, the class of a text that ends here (with ENDS only) and
 * references.  With TWO there are two of them and bit d of the word says that
 * digit d leads to the second; else bit d says that digit d begins a run of
 * digits that lead to the same place, and each run has a reference.
 *
 * Class 0 is "no".  The class of a number is its place in holders: the
 * country that it belongs to, then those that share its range.
 */
enum { ENDS = 0x8000, TWO = 0x4000, HOLDER_LAST = 0x8000 };

struct tail {
	uint16_t lengths;
	uint16_t class;
};

struct calling {
	uint16_t code;
	uint16_t main;	  /* place in countries */
	uint16_t lengths; /* bit n: its national numbers may have n digits */
	uint16_t numbers; /* where national numbers begin in the automaton */
};

struct facts {
	char code[4];
	uint16_t calling; /* place in callings */
	uint16_t idd;	  /* international prefixes */
	uint16_t trunk;	  /* national prefixes, with the carrier's code */
	uint16_t emergency;
	char local[5]; /* what a local number lacks in front */
	char infix[3]; /* what it has too much behind the area code */
};

#include "number_facts.inc"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
	COUNTRIES = COUNT(countries) - 1, /* the last one is "001" */
	LEAST = 7,			  /* digits of an E.164 number */
	MOST = 15,
	DIALLED_MOST = 24, /* with the longest prefix in front of them */
	TEXT_MOST = 64,
	PREFIX_MOST = 9,
	AREA_LEAST = 2, /* digits of an area code with an infix behind it */
	AREA_MOST = 4,
};

struct digits {
	bool plus;
	size_t n;
	char p[DIALLED_MOST];
};

/* How well a text could be read as a number. */
enum reading { NOT_READ, POSSIBLE, KNOWN };

static unsigned
count_bits(unsigned bits)
{
	return (unsigned)__builtin_popcount(bits);
}

/* The class of exactly these digits, 0 for none. */
static uint16_t
look(uint16_t ref, const char *digits, size_t n)
{
	for (size_t i = 0;; i++) {
		const uint16_t *word;
		unsigned head, digit;

		if (ref < COUNT(tails)) {
			if (n - i >= 16 || !(tails[ref].lengths >> (n - i) & 1))
				return 0;
			return tails[ref].class;
		}
		word = &words[ref - COUNT(tails)];
		head = *word++;
		if (i == n)
			return head & ENDS ? *word : 0;
		if (head & ENDS)
			word++;
		digit = (unsigned)(digits[i] - '0');
		if (head & TWO)
			word += head >> digit & 1;
		else
			word += count_bits(head & ((2U << digit) - 1)) - 1;
		ref = *word;
	}
}

static const struct calling *
find_calling(unsigned code)
{
	size_t from = 0, to = COUNT(callings);

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (callings[middle].code == code)
			return &callings[middle];
		if (callings[middle].code < code)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/* The calling code at the front, no code being the beginning of another. */
static const struct calling *
split_calling(const char *digits, size_t n, size_t *length)
{
	unsigned code = 0;

	for (*length = 1; *length <= 3 && *length <= n; ++*length) {
		const struct calling *calling;

		code = code * 10 + (unsigned)(digits[*length - 1] - '0');
		calling = find_calling(code);
		if (calling != NULL)
			return calling;
	}
	return NULL;
}

static const struct facts *
find_country(struct country country)
{
	size_t from = 0, to = COUNTRIES;

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = strncmp(
		    countries[middle].code, country.code, sizeof country.code);

		if (order == 0)
			return &countries[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

static struct country
holder_country(uint16_t holder)
{
	struct country country;

	memcpy(
	    country.code, countries[holder & 0xff].code, sizeof country.code);
	return country;
}

/* Calling code and national number, exactly so. */
static enum reading
read_full(const char *digits, size_t n, struct number *out)
{
	const struct calling *calling;
	size_t length;
	uint16_t class;

	if (n < LEAST || n > MOST)
		return NOT_READ;
	calling = split_calling(digits, n, &length);
	if (calling == NULL)
		return NOT_READ;
	class = look(calling->numbers, digits + length, n - length);
	if (class == 0 && !(calling->lengths >> (n - length) & 1))
		return NOT_READ;
	*out = (struct number){.kind = NUMBER_UNKNOWN};
	out->e164[0] = '+';
	memcpy(out->e164 + 1, digits, n);
	if (class == 0)
		return POSSIBLE;
	out->kind = (enum number_kind)(holders[class] >> 8 & 0x0f);
	out->country = holder_country(holders[class]);
	return KNOWN;
}

/* Keeps the better of what was read so far and one more way to read it. */
static enum reading
better(enum reading so_far, enum reading next, const struct number *number,
    struct number *out)
{
	if (next <= so_far)
		return so_far;
	*out = *number;
	return next;
}

/* A national number without its prefix, with `add` in front of it. */
static enum reading
read_bare(const struct facts *home, const char *add, const char *digits,
    size_t n, struct number *out)
{
	unsigned code = callings[home->calling].code;
	char full[3 + sizeof home->local + DIALLED_MOST];
	size_t length = 0, scale = code >= 100 ? 100 : code >= 10 ? 10 : 1;

	for (; scale > 0; scale /= 10)
		full[length++] = (char)('0' + code / scale % 10);
	for (; *add != '\0'; add++)
		full[length++] = *add;
	memcpy(full + length, digits, n);
	return read_full(full, length + n, out);
}

/*
 * What people dial close to home: "5550100" on an island of its own area
 * code, "11 15 2345-6789" for an Argentine mobile.
 */
static enum reading
read_local(
    const struct facts *home, const char *digits, size_t n, struct number *out)
{
	size_t infix = strlen(home->infix);

	if (home->local[0] == '\0')
		return NOT_READ;
	if (infix == 0)
		return read_bare(home, home->local, digits, n, out);
	for (size_t at = AREA_LEAST; at <= AREA_MOST && at + infix < n; at++) {
		char rest[DIALLED_MOST];

		if (memcmp(digits + at, home->infix, infix) != 0)
			continue;
		memcpy(rest, digits, at);
		memcpy(rest + at, digits + at + infix, n - at - infix);
		if (read_bare(home, home->local, rest, n - infix, out) == KNOWN)
			return KNOWN;
	}
	return NOT_READ;
}

/* A national number with or without its prefix; the longest prefix first. */
static enum reading
read_national(
    const struct facts *home, const char *digits, size_t n, struct number *out)
{
	enum reading best = NOT_READ;
	struct number number;

	for (size_t cut = n < PREFIX_MOST ? n : PREFIX_MOST; cut > 0; cut--) {
		if (look(home->trunk, digits, cut) == 0)
			continue;
		best = better(best,
		    read_bare(home, "", digits + cut, n - cut, &number),
		    &number, out);
		if (best < KNOWN &&
		    read_local(home, digits + cut, n - cut, &number) == KNOWN)
			best = better(best, KNOWN, &number, out);
		if (best == KNOWN)
			return best;
	}
	best =
	    better(best, read_bare(home, "", digits, n, &number), &number, out);
	if (best < KNOWN && read_local(home, digits, n, &number) == KNOWN)
		best = better(best, KNOWN, &number, out);
	return best;
}

/*
 * Calling code and national number; a national prefix that should not be
 * there, as in "+44 (0)20 7946 0000", is passed over.
 */
static enum reading
read_international(const char *digits, size_t n, struct number *out)
{
	enum reading best = read_full(digits, n, out);
	const struct calling *calling;
	struct number number;
	size_t length;

	if (best == KNOWN || n > DIALLED_MOST)
		return best;
	calling = split_calling(digits, n, &length);
	if (calling == NULL || calling->main >= COUNTRIES)
		return best;
	if (read_national(&countries[calling->main], digits + length,
		n - length, &number) == KNOWN)
		best = better(best, KNOWN, &number, out);
	return best;
}

static enum reading
read_dialled(
    const struct digits *digits, const struct facts *home, struct number *out)
{
	enum reading best = NOT_READ, national;
	struct number number;

	if (digits->plus)
		return read_international(digits->p, digits->n, out);
	if (home == NULL)
		return NOT_READ;
	for (size_t cut = PREFIX_MOST; cut > 0; cut--) {
		if (cut >= digits->n || look(home->idd, digits->p, cut) == 0)
			continue;
		best = better(best,
		    read_international(
			digits->p + cut, digits->n - cut, &number),
		    &number, out);
		if (best == KNOWN)
			return best;
	}
	national = read_national(home, digits->p, digits->n, &number);
	return better(best, national, &number, out);
}

/* Passes over what people write between digits; false for anything else. */
static bool
read_digits(struct str text, struct digits *out)
{
	int open = 0;
	char last = '\0';

	*out = (struct digits){.n = 0};
	text = str_trim(text);
	if (text.n > TEXT_MOST)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= '0' && c <= '9') {
			if (out->n == DIALLED_MOST)
				return false;
			out->p[out->n++] = c;
		} else if (c == '+') {
			if (out->plus || out->n > 0)
				return false;
			out->plus = true;
		} else if (c == '(' || c == ')') {
			open += c == '(' ? 1 : -1;
			if (open < 0 || open > 1)
				return false;
		} else if (c != ' ' && c != '-' && c != '.' && c != '/') {
			return false;
		} else if (out->n == 0 && c != ' ') {
			return false;
		}
		last = c;
	}
	return out->n > 0 && open == 0 &&
	       (last == ')' || (last >= '0' && last <= '9'));
}

bool
number_dialled(struct str text, struct country home, struct number *out)
{
	struct digits digits;

	*out = (struct number){.kind = NUMBER_UNKNOWN};
	return read_digits(text, &digits) &&
	       read_dialled(&digits, find_country(home), out) != NOT_READ;
}

bool
number_carried(struct str text, struct country home, struct number *out)
{
	struct digits digits;
	struct number number;
	enum reading best;

	*out = (struct number){.kind = NUMBER_UNKNOWN};
	if (!read_digits(text, &digits))
		return false;
	best = read_dialled(&digits, find_country(home), out);
	if (best < KNOWN && !digits.plus)
		best = better(best,
		    read_international(digits.p, digits.n, &number), &number,
		    out);
	return best != NOT_READ;
}

bool
number_e164(struct str text, struct number *out)
{
	struct str digits = str_cut(text, 1, text.n);

	*out = (struct number){.kind = NUMBER_UNKNOWN};
	return text.n > LEAST && text.n <= MOST + 1 && text.p[0] == '+' &&
	       str_is_digits(digits) &&
	       read_full(digits.p, digits.n, out) != NOT_READ;
}

bool
number_is_held(const struct number *number, struct country country)
{
	const struct calling *calling;
	size_t length, n = strnlen(number->e164, sizeof number->e164);
	uint16_t class;

	if (country_same(number->country, country))
		return true;
	if (n <= LEAST)
		return false;
	calling = split_calling(number->e164 + 1, n - 1, &length);
	if (calling == NULL)
		return false;
	class =
	    look(calling->numbers, number->e164 + 1 + length, n - 1 - length);
	if (class == 0)
		return false;
	do {
		if (country_same(holder_country(holders[class]), country))
			return true;
	} while (!(holders[class ++] & HOLDER_LAST));
	return false;
}

bool
number_is_ordinary(enum number_kind kind)
{
	return kind == NUMBER_FIXED || kind == NUMBER_MOBILE ||
	       kind == NUMBER_FIXED_OR_MOBILE || kind == NUMBER_TOLL_FREE;
}

const char *
number_kind_name(enum number_kind kind)
{
	static const char *const names[] = {
	    [NUMBER_UNKNOWN] = "unknown",
	    [NUMBER_FIXED] = "fixed",
	    [NUMBER_MOBILE] = "mobile",
	    [NUMBER_FIXED_OR_MOBILE] = "fixed_or_mobile",
	    [NUMBER_TOLL_FREE] = "toll_free",
	    [NUMBER_PREMIUM] = "premium",
	    [NUMBER_SHARED_COST] = "shared_cost",
	    [NUMBER_VOIP] = "voip",
	    [NUMBER_PERSONAL] = "personal",
	    [NUMBER_PAGER] = "pager",
	    [NUMBER_UAN] = "uan",
	    [NUMBER_VOICEMAIL] = "voicemail",
	    [NUMBER_SATELLITE] = "satellite",
	};

	return (size_t)kind < COUNT(names) ? names[kind] : "unknown";
}

bool
number_is_emergency(struct str text, struct country country)
{
	const struct facts *facts;

	if (str_equal(text, STR("911")) || str_equal(text, STR("112")))
		return true;
	if (text.n > MOST || !str_is_digits(text))
		return false;
	facts = find_country(country);
	return facts != NULL && look(facts->emergency, text.p, text.n) != 0;
}

bool
country_parse(struct str text, struct country *out)
{
	*out = (struct country){""};
	if (text.n != 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		char c = text.p[i];

		out->code[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	if (find_country(*out) != NULL)
		return true;
	*out = (struct country){""};
	return false;
}

bool
country_same(struct country a, struct country b)
{
	return a.code[0] != '\0' && strncmp(a.code, b.code, sizeof a.code) == 0;
}
