#include "number.h"
#include "number_facts.h"

enum {
	LEAST = 7, /* digits of an E.164 number */
	MOST = 15,
	DIALLED_MOST = 24, /* with the longest prefix in front of them */
	TEXT_MOST = 64,    /* with spaces and the like between */
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

/* Calling code and national number, exactly so. */
static enum reading
read_full(struct str digits, struct number *out)
{
	const struct calling *calling;
	struct str national;
	uint16_t class;

	if (digits.n < LEAST || digits.n > MOST)
		return NOT_READ;
	calling = number_facts_split(digits, &national);
	if (calling == NULL)
		return NOT_READ;
	class = number_facts_look(calling->numbers, national);
	if (class == 0 && !(calling->lengths >> national.n & 1))
		return NOT_READ;
	*out = (struct number){.e164 = "+"};
	memcpy(out->e164 + 1, digits.p, digits.n);
	if (!number_facts_holder(class, 0, &out->country, &out->kind))
		return POSSIBLE;
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
read_bare(const struct facts *home, const char *add, struct str digits,
    struct number *out)
{
	unsigned code = number_facts_calling(home)->code;
	char full[3 + sizeof home->local + DIALLED_MOST];
	size_t n = 0;

	for (unsigned scale = code > 99  ? 100
			      : code > 9 ? 10
					 : 1;
	     scale > 0; scale /= 10)
		full[n++] = (char)('0' + code / scale % 10);
	while (*add != '\0')
		full[n++] = *add++;
	memcpy(full + n, digits.p, digits.n);
	return read_full((struct str){full, n + digits.n}, out);
}

/*
 * What people dial close to home: "4601234" on an island with an area code of
 * its own, "11 15 2345-6789" for an Argentine mobile.
 */
static enum reading
read_local(const struct facts *home, struct str digits, struct number *out)
{
	struct str infix = str_of(home->infix);

	if (home->local[0] == '\0')
		return NOT_READ;
	if (infix.n == 0)
		return read_bare(home, home->local, digits, out);
	for (size_t at = AREA_LEAST; at <= AREA_MOST; at++) {
		struct str rest = str_cut(digits, at, digits.n);
		char bare[DIALLED_MOST];

		if (!str_starts(rest, infix))
			continue;
		rest = str_cut(rest, infix.n, rest.n);
		memcpy(bare, digits.p, at);
		memcpy(bare + at, rest.p, rest.n);
		if (read_bare(home, home->local,
			(struct str){bare, at + rest.n}, out) == KNOWN)
			return KNOWN;
	}
	return NOT_READ;
}

static enum reading
read_stripped(const struct facts *home, struct str digits, struct number *out)
{
	enum reading best = read_bare(home, "", digits, out);
	struct number number;

	/* A local form is too rare to be believed unless it is known. */
	if (best < KNOWN && read_local(home, digits, &number) == KNOWN)
		best = better(best, KNOWN, &number, out);
	return best;
}

/* A national number with or without its prefix; the longest prefix first. */
static enum reading
read_national(const struct facts *home, struct str digits, struct number *out)
{
	size_t cut = digits.n < PREFIX_MOST ? digits.n : PREFIX_MOST;
	enum reading best = NOT_READ;
	struct number number;

	for (; cut > 0 && best < KNOWN; cut--)
		if (number_facts_look(home->trunk, str_cut(digits, 0, cut)))
			best = better(best,
			    read_stripped(
				home, str_cut(digits, cut, digits.n), &number),
			    &number, out);
	if (best < KNOWN)
		best = better(
		    best, read_stripped(home, digits, &number), &number, out);
	return best;
}

/*
 * Calling code and national number; a national prefix that should not be
 * there, as in "+44 (0)20 7946 0000", is passed over.
 */
static enum reading
read_international(struct str digits, struct number *out)
{
	enum reading best = read_full(digits, out);
	const struct calling *calling;
	const struct facts *main;
	struct number number;
	struct str national;

	if (best == KNOWN)
		return best;
	calling = number_facts_split(digits, &national);
	main = calling == NULL ? NULL : number_facts_main(calling);
	if (main != NULL && read_national(main, national, &number) == KNOWN)
		best = better(best, KNOWN, &number, out);
	return best;
}

static enum reading
read_dialled(
    const struct digits *text, const struct facts *home, struct number *out)
{
	struct str digits = {text->p, text->n};
	enum reading best = NOT_READ;
	struct number number;

	if (text->plus)
		return read_international(digits, out);
	if (home == NULL)
		return NOT_READ;
	for (size_t cut = PREFIX_MOST; cut > 0 && best < KNOWN; cut--)
		if (cut < digits.n &&
		    number_facts_look(home->idd, str_cut(digits, 0, cut)))
			best = better(best,
			    read_international(
				str_cut(digits, cut, digits.n), &number),
			    &number, out);
	if (best < KNOWN)
		best = better(
		    best, read_national(home, digits, &number), &number, out);
	/* "00" is the form of most of the world, and phones are set to it. */
	if (best < KNOWN && str_starts(digits, STR("00")))
		best = better(best,
		    read_international(str_cut(digits, 2, digits.n), &number),
		    &number, out);
	return best;
}

/* Takes one byte of a text; false for one that cannot stand there. */
static bool
take_byte(struct digits *out, int *open, char byte)
{
	switch (byte) {
	case '+':
		if (out->plus || out->n > 0)
			return false;
		out->plus = true;
		return true;
	case '(':
		return ++*open == 1;
	case ')':
		return --*open == 0;
	case ' ':
		return true;
	case '-':
	case '.':
	case '/':
		return out->n > 0;
	default:
		if (byte < '0' || byte > '9' || out->n == DIALLED_MOST)
			return false;
		out->p[out->n++] = byte;
		return true;
	}
}

/* Passes over what people write between digits; false for anything else. */
static bool
read_digits(struct str text, struct digits *out)
{
	int open = 0;
	char last;

	*out = (struct digits){.n = 0};
	text = str_trim(text);
	if (text.n == 0 || text.n > TEXT_MOST)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (!take_byte(out, &open, text.p[i]))
			return false;
	last = text.p[text.n - 1];
	return out->n > 0 && open == 0 &&
	       (last == ')' || (last >= '0' && last <= '9'));
}

bool
number_dialled(struct str text, struct country home, struct number *out)
{
	struct digits digits;

	*out = (struct number){.e164 = ""};
	return read_digits(text, &digits) &&
	       read_dialled(&digits, number_facts_country(home), out) !=
		   NOT_READ;
}

bool
number_carried(struct str text, struct country home, struct number *out)
{
	struct digits digits;
	struct number number;
	enum reading best;

	*out = (struct number){.e164 = ""};
	if (!read_digits(text, &digits))
		return false;
	best = read_dialled(&digits, number_facts_country(home), out);
	if (best < KNOWN && !digits.plus)
		best = better(best,
		    read_international(
			(struct str){digits.p, digits.n}, &number),
		    &number, out);
	return best != NOT_READ;
}

bool
number_e164(struct str text, struct number *out)
{
	struct str digits = str_cut(text, 1, text.n);

	*out = (struct number){.e164 = ""};
	return digits.n >= LEAST && digits.n <= MOST && text.p[0] == '+' &&
	       str_is_digits(digits) && read_full(digits, out) != NOT_READ;
}

bool
number_is_held(const struct number *number, struct country country)
{
	struct str e164 = {
	    number->e164, strnlen(number->e164, sizeof number->e164)};
	const struct calling *calling;
	struct country holder;
	enum number_kind kind;
	struct str national;
	uint16_t class;

	calling = number_facts_split(str_cut(e164, 1, e164.n), &national);
	if (calling == NULL)
		return false;
	class = number_facts_look(calling->numbers, national);
	for (size_t i = 0; number_facts_holder(class, i, &holder, &kind); i++)
		if (country_same(holder, country))
			return true;
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

	return (size_t)kind < sizeof names / sizeof *names ? names[kind]
							   : "unknown";
}

bool
number_is_emergency(struct str text, struct country country)
{
	const struct facts *facts;

	if (str_is(text, "911") || str_is(text, "112"))
		return true;
	if (text.n > MOST || !str_is_digits(text))
		return false;
	facts = number_facts_country(country);
	return facts != NULL && number_facts_look(facts->emergency, text) != 0;
}

bool
country_parse(struct str text, struct country *out)
{
	struct country country = {""};

	*out = country;
	if (text.n != 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		char c = text.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		country.code[i] = c;
	}
	if (number_facts_country(country) == NULL)
		return false;
	*out = country;
	return true;
}

bool
country_same(struct country a, struct country b)
{
	return a.code[0] != '\0' && strncmp(a.code, b.code, sizeof a.code) == 0;
}
