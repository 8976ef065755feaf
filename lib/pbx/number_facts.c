#include "number_facts.h"

/*
 * All facts are one automaton over digits, kept as a table.  A reference
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
 * Class 0 is "no".  The class of a number is a place in holders.
 */
enum { ENDS = 0x8000, TWO = 0x4000, HOLDER_LAST = 0x8000 };

struct tail {
	uint16_t lengths;
	uint16_t class;
};

#include "number_facts.inc"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { COUNTRIES = COUNT(countries) - 1 }; /* the last one is "001" */

uint16_t
number_facts_look(uint16_t from, struct str digits)
{
	for (size_t i = 0;; i++) {
		size_t left = digits.n - i;
		const uint16_t *word;
		unsigned head, digit;

		if (from < COUNT(tails)) {
			if (left >= 16 || !(tails[from].lengths >> left & 1))
				return 0;
			return tails[from].class;
		}
		word = &words[from - COUNT(tails)];
		head = *word++;
		if (left == 0)
			return head & ENDS ? *word : 0;
		if (head & ENDS)
			word++;
		digit = (unsigned)(digits.p[i] - '0');
		if (head & TWO)
			word += head >> digit & 1;
		else
			word +=
			    __builtin_popcount(head & ((2U << digit) - 1)) - 1;
		from = *word;
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

const struct calling *
number_facts_split(struct str digits, struct str *national)
{
	unsigned code = 0;

	/* None begins with a zero, and none is the beginning of another. */
	if (digits.n == 0 || digits.p[0] == '0')
		return NULL;
	for (size_t i = 0; i < 3 && i < digits.n; i++) {
		const struct calling *calling;

		code = code * 10 + (unsigned)(digits.p[i] - '0');
		calling = find_calling(code);
		if (calling != NULL) {
			*national = str_cut(digits, i + 1, digits.n);
			return calling;
		}
	}
	return NULL;
}

const struct facts *
number_facts_country(struct country country)
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

const struct calling *
number_facts_calling(const struct facts *facts)
{
	return &callings[facts->calling];
}

const struct facts *
number_facts_main(const struct calling *calling)
{
	return calling->main < COUNTRIES ? &countries[calling->main] : NULL;
}

bool
number_facts_holder(
    uint16_t class, size_t i, struct country *country, enum number_kind *kind)
{
	uint16_t holder;

	if (class == 0)
		return false;
	for (size_t at = 0; at < i; at++)
		if (holders[class ++] & HOLDER_LAST)
			return false;
	holder = holders[class];
	for (size_t at = 0; at < sizeof country->code; at++)
		country->code[at] = countries[holder & 0xff].code[at];
	*kind = (enum number_kind)(holder >> 8 & 0x0f);
	return true;
}
