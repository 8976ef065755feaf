/*
 * Any bytes as what somebody dialled or a carrier sent, from any country:
 * refused and nothing said, or a number that reads the same as E.164.
 */
#include "number.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
check(bool taken, const struct number *number)
{
	struct str e164 = str_of(number->e164);
	struct number again;

	assert(taken == (e164.n > 0));
	assert(taken || number->kind == NUMBER_UNKNOWN);
	assert((number->kind == NUMBER_UNKNOWN) ==
	       (number->country.code[0] == '\0'));
	if (!taken)
		return;
	assert(number_e164(e164, &again));
	assert(str_is(e164, again.e164) && again.kind == number->kind);
	assert(str_is(str_of(again.country.code), number->country.code));
	assert(number_is_held(number, number->country) ||
	       number->kind == NUMBER_UNKNOWN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str text = {(const char *)bytes, n};
	struct country home;
	struct number number;
	bool taken;

	country_parse(str_cut(text, 0, 2), &home);
	text = str_cut(text, 2, text.n);
	taken = number_dialled(text, home, &number);
	check(taken, &number);
	/* What can be dialled can be sent, if not always with that meaning. */
	assert(number_carried(text, home, &number) || !taken);
	check(number.e164[0] != '\0', &number);
	taken = number_e164(text, &number);
	check(taken, &number);
	assert(!taken || number_dialled(text, home, &number));
	(void)number_is_emergency(text, home);
	return 0;
}
