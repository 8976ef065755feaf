/*
 * The table behind number.c: what each calling code and country is like.
 *
 * number_facts.inc is made by tools/number-facts.mjs and is data alone.  The
 * functions take digits ('0'..'9') and nothing else.
 */
#ifndef PBX_NUMBER_FACTS_H
#define PBX_NUMBER_FACTS_H

#include "number.h"

/* A calling code; `numbers` is where its national numbers are looked up. */
struct calling {
	uint16_t code;    /* 1 .. 999 */
	uint16_t main;    /* place of its main country */
	uint16_t lengths; /* bit n: its national numbers may have n digits */
	uint16_t numbers;
};

/* A country; idd, trunk and emergency are where to look up its prefixes. */
struct facts {
	char code[4];
	uint16_t calling; /* place of its calling code */
	uint16_t idd;     /* international prefixes */
	uint16_t trunk;   /* national prefixes, with a carrier's code */
	uint16_t emergency;
	char local[5]; /* what a number dialled close to home lacks in front */
	char infix[3]; /* and has too much behind its area code */
};

/* The class of exactly these digits, 0 when they are no such thing. */
uint16_t number_facts_look(uint16_t from, struct str digits);
/* The calling code that digits begin with, or NULL. */
const struct calling *number_facts_split(
    struct str digits, struct str *national);
/* NULL for "", "001" and anything else that is no country. */
const struct facts *number_facts_country(struct country country);
const struct calling *number_facts_calling(const struct facts *facts);
/* NULL for the calling codes that belong to no country. */
const struct facts *number_facts_main(const struct calling *calling);
/*
 * The i-th that has numbers of this class: 0 is the country that they belong
 * to, the others share the range.  False when there are no more.
 */
bool number_facts_holder(
    uint16_t class, size_t i, struct country *country, enum number_kind *kind);

#endif
