#include "number.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct country
in(const char *code)
{
	struct country country;

	country_parse(str_of(code), &country);
	return country;
}

/* "+12125550100 US fixed", or "no" for a text that is no number. */
static const char *
said(bool taken, const struct number *number)
{
	static char text[64];

	cr_assert_eq(taken, number->e164[0] != '\0');
	if (!taken) {
		cr_assert_eq(number->country.code[0], '\0');
		cr_assert_eq(number->kind, NUMBER_UNKNOWN);
		return "no";
	}
	snprintf(text, sizeof text, "%s %s %s", number->e164,
	    number->country.code[0] != '\0' ? number->country.code : "-",
	    number_kind_name(number->kind));
	return text;
}

static void
dialled(const char *home, const char *text, const char *want)
{
	struct number number;
	bool taken = number_dialled(str_of(text), in(home), &number);

	cr_expect_str_eq(said(taken, &number), want, "%s dials \"%s\": %s",
	    home, text, said(taken, &number));
}

static void
carried(const char *home, const char *text, const char *want)
{
	struct number number;
	bool taken = number_carried(str_of(text), in(home), &number);

	cr_expect_str_eq(said(taken, &number), want, "%s is sent \"%s\": %s",
	    home, text, said(taken, &number));
}

static void
e164(const char *text, const char *want)
{
	struct number number;
	bool taken = number_e164(str_of(text), &number);

	cr_expect_str_eq(said(taken, &number), want, "\"%s\": %s", text,
	    said(taken, &number));
}

Test(number, the_demo_tenant_has_valid_ordinary_numbers)
{
	struct number number;

	for (int i = 0; i <= 8; i++) {
		char text[32];

		snprintf(text, sizeof text, "+1212555010%d", i);
		cr_assert(number_e164(str_of(text), &number));
		cr_assert(number_is_ordinary(number.kind));
		cr_assert_str_eq(number.country.code, "US");
	}
	cr_assert(number_e164(STR("+442079460000"), &number));
	cr_assert(number_is_ordinary(number.kind));
	cr_assert_str_eq(number.country.code, "GB");
}

Test(number, an_american_dials)
{
	const char *own = "+12125550100 US fixed_or_mobile";

	dialled("US", "2125550100", own);
	dialled("US", "12125550100", own);
	dialled("US", "+12125550100", own);
	dialled("US", "01112125550100", own);
	dialled("US", "(212) 555-0100", own);
	dialled("US", "1-212-555-0100", own);
	dialled("US", "212.555.0100", own);
	dialled("US", "1/212/555 0100", own);
	dialled("US", " +1 (212) 555-0100 ", own);
	dialled("US", "(+1) 212 555 0100", own);
	dialled("US", "011442079460000", "+442079460000 GB fixed");
	dialled("US", "18765550100", "+18765550100 JM mobile");
	dialled("US", "8005550100", "+18005550100 US toll_free");
	dialled("US", "19005550100", "+19005550100 US premium");
}

Test(number, no_american_dials)
{
	dialled("US", "5550100", "no");
	dialled("US", "911", "no");
	dialled("US", "1001", "no");
	dialled("US", "100100", "no");
	dialled("US", "00442079460000", "+442079460000 GB fixed");
	dialled("US", "442079460000", "no");
	dialled("US", "02125550100", "no");
	dialled("US", "22125550100", "no");
	dialled("US", "121255501001", "no");
	dialled("US", "011", "no");
	dialled("US", "0110", "no");
	dialled("US", "011999123456789", "no");
	dialled("US", "*97", "no");
	dialled("US", "*722125550100", "no");
	dialled("US", "2125550100#", "no");
}

Test(number, marks_that_are_no_part_of_a_number_are_refused)
{
	const char *const texts[] = {"", " ", "+", "()", "-", "++12125550100",
	    "+1+2125550100", "2125550100+", "-2125550100", ".2125550100",
	    "/2125550100", "2125550100-", "2125550100.", "2125550100/",
	    "(2125550100", "2125550100)", "((212)) 555-0100", ")212(5550100",
	    "212(5550100", "2125550100()(", "212,555,0100", "212_555_0100",
	    "2125550100;ext=5", "2125550100 x5", "2125550100w1",
	    "1-800-FLOWERS", "tel:+12125550100", "sip:+12125550100@example.com",
	    "+12125550100@example.com", "<+12125550100>", "anonymous",
	    "\"2125550100\"", "212\n5550100", "212\t5550100", "2125550100\x01",
	    "\xef\xbc\x92\x31\x32\x35\x35\x35\x30\x31\x30\x30",
	    "212\xe2\x80\x91\x35\x35\x35\x30\x31\x30\x30", "2125550100\xff",
	    "0x2125550100", "2125550100'--", "%2B12125550100"};
	const char *const homes[] = {"US", "GB", "DE", ""};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		for (size_t j = 0; j < sizeof homes / sizeof *homes; j++) {
			dialled(homes[j], texts[i], "no");
			carried(homes[j], texts[i], "no");
		}
		e164(texts[i], "no");
	}
}

Test(number, hostile_lengths_are_refused)
{
	static char text[8192];
	struct number number;

	for (int fill = 0; fill < 256; fill++) {
		memset(text, fill, sizeof text);
		for (size_t n = 0; n <= sizeof text; n = n * 2 + 1) {
			struct str s = {text, n};

			if (n < 7 || n > 15 || fill < '0' || fill > '9') {
				cr_assert_not(
				    number_dialled(s, in("DE"), &number));
				cr_assert_not(
				    number_carried(s, in("DE"), &number));
			}
			cr_assert_not(number_e164(s, &number));
		}
	}
	cr_assert_not(number_dialled(NO_STR, in("US"), &number));
	cr_assert_not(number_carried(NO_STR, in("US"), &number));
	cr_assert_not(number_e164(NO_STR, &number));
	cr_assert_not(number_dialled(STR("212555\0000100"), in("US"), &number));
}

Test(number, nothing_behind_a_slice_is_read)
{
	struct number number;

	cr_assert(number_dialled(
	    str_cut(STR("21255501009"), 0, 10), in("US"), &number));
	cr_assert_str_eq(number.e164, "+12125550100");
	cr_assert(number_e164(str_cut(STR("+121255501009"), 0, 12), &number));
	cr_assert_str_eq(number.e164, "+12125550100");
	cr_assert(number_is_emergency(str_cut(STR("9111"), 0, 3), in("US")));
}

Test(number, who_dials_from_nowhere_needs_the_plus)
{
	dialled("", "+442079460000", "+442079460000 GB fixed");
	dialled("", "2125550100", "no");
	dialled("", "00442079460000", "no");
	dialled("001", "2125550100", "no");
	carried("", "442079460000", "+442079460000 GB fixed");
	carried("", "02079460000", "no");
}

Test(number, a_briton_dials)
{
	dialled("GB", "02079460000", "+442079460000 GB fixed");
	dialled("GB", "2079460000", "+442079460000 GB fixed");
	dialled("GB", "020 7946 0000", "+442079460000 GB fixed");
	dialled("GB", "00442079460000", "+442079460000 GB fixed");
	dialled("GB", "+44 (0)20 7946 0000", "+442079460000 GB fixed");
	dialled("GB", "0044 (0)20 7946 0000", "+442079460000 GB fixed");
	dialled("GB", "0012125550100", "+12125550100 US fixed_or_mobile");
	dialled("GB", "08001111", "+448001111 GB toll_free");
	dialled("GB", "09090901234", "+449090901234 GB premium");
	dialled("GB", "011442079460000", "no");
	dialled("GB", "442079460000", "no");
	dialled("GB", "999", "no");
	dialled("GB", "79460000", "no");
}

Test(number, each_country_dials_its_own_way)
{
	/* Italy has no national prefix: the zero is part of the number. */
	dialled("IT", "0612345678", "+390612345678 IT fixed");
	dialled("IT", "3123456789", "+393123456789 IT mobile");
	dialled("FR", "0390612345678", "no");
	dialled("DE", "00390612345678", "+390612345678 IT fixed");
	dialled("VA", "0669812345", "+390669812345 VA fixed");
	/* Argentina's 15 behind the area code becomes a 9 before it. */
	dialled("AR", "011 15 2345-6789", "+5491123456789 AR mobile");
	dialled("AR", "11 15 2345 6789", "+5491123456789 AR mobile");
	dialled("AR", "0223 15 512 3456", "+5492235123456 AR mobile");
	dialled("AR", "01141234567", "+541141234567 AR fixed");
	dialled("GB", "+54 11 15 2345 6789", "+5491123456789 AR mobile");
	/* What Mexico abolished in 2019 is still written. */
	dialled("MX", "5512345678", "+525512345678 MX fixed_or_mobile");
	dialled("MX", "015512345678", "+525512345678 MX fixed_or_mobile");
	dialled("MX", "0445512345678", "+525512345678 MX fixed_or_mobile");
	dialled("US", "+5215512345678", "+525512345678 MX fixed_or_mobile");
	/* A carrier's code behind the prefix; other international prefixes. */
	dialled("BR", "0 15 11 2345 6789", "+551123456789 BR fixed");
	dialled("BR", "0 11 2345 6789", "+551123456789 BR fixed");
	dialled("BR", "00 15 442079460000", "+442079460000 GB fixed");
	dialled("AU", "0011442079460000", "+442079460000 GB fixed");
	dialled("AU", "00442079460000", "+442079460000 GB fixed");
	dialled("JP", "010442079460000", "+442079460000 GB fixed");
	dialled("RU", "810442079460000", "+442079460000 GB fixed");
	dialled("RU", "84951234567", "+74951234567 RU fixed");
	dialled("HU", "0612345678", "+3612345678 HU fixed");
	/* Seven digits on an island of its own area code. */
	dialled("AG", "4601234", "+12684601234 AG fixed");
	dialled("JM", "5550100", "no");
	dialled("GG", "712345", "+441481712345 GG fixed");
	dialled("GB", "712345", "no");
}

Test(number, area_codes_belong_to_their_countries)
{
	e164("+18765550100", "+18765550100 JM mobile");
	e164("+16585550100", "+16585550100 JM fixed");
	e164("+16452345678", "+16452345678 US fixed_or_mobile");
	e164("+19422345678", "+19422345678 CA fixed_or_mobile");
	e164("+14162345678", "+14162345678 CA fixed_or_mobile");
	e164("+17872345678", "+17872345678 PR fixed_or_mobile");
	e164("+18092345678", "+18092345678 DO fixed_or_mobile");
	e164("+12424567890", "+12424567890 BS mobile");
	e164("+79012345678", "+79012345678 RU mobile");
	e164("+77012345678", "+77012345678 KZ mobile");
	e164("+441481712345", "+441481712345 GG fixed");
	e164("+441534712345", "+441534712345 JE fixed");
	e164("+441624712345", "+441624712345 IM fixed");
	e164("+447781123456", "+447781123456 GG mobile");
	e164("+447797712345", "+447797712345 JE mobile");
	e164("+447624123456", "+447624123456 IM mobile");
	e164("+972546982826", "+972546982826 IL mobile");
	e164("+390669812345", "+390669812345 VA fixed");
	e164("+4779123456", "+4779123456 SJ fixed");
	e164("+358181234567", "+358181234567 AX fixed");
}

Test(number, kinds_that_cost_are_no_ordinary_numbers)
{
	const char *const costly[] = {"+19005550100", "+449012345678",
	    "+449090901234", "+447012345678", "+447640123456", "+443031231234",
	    "+445612345678", "+448431234567", "+870773111632", "+881612345678",
	    "+882161234567", "+883510012345", "+979123456789", "+80812345678",
	    "+15002345678", "+4990012345678", "+33892123456", "+61190012345"};
	struct number number;

	for (size_t i = 0; i < sizeof costly / sizeof *costly; i++) {
		cr_expect(
		    number_e164(str_of(costly[i]), &number), "%s", costly[i]);
		cr_expect_not(number_is_ordinary(number.kind), "%s is %s",
		    costly[i], number_kind_name(number.kind));
	}
	e164("+19005550100", "+19005550100 US premium");
	e164("+449090901234", "+449090901234 GB premium");
	e164("+447012345678", "+447012345678 GB personal");
	e164("+447640123456", "+447640123456 GB pager");
	e164("+443031231234", "+443031231234 GB uan");
	e164("+448431234567", "+448431234567 GB premium");
	e164("+611300123456", "+611300123456 AU shared_cost");
	e164("+445612345678", "+445612345678 GB voip");
	e164("+18005550100", "+18005550100 US toll_free");
	e164("+448001111", "+448001111 GB toll_free");
}

Test(number, what_belongs_to_no_country_is_001)
{
	e164("+80012345678", "+80012345678 001 toll_free");
	e164("+80812345678", "+80812345678 001 shared_cost");
	e164("+870773111632", "+870773111632 001 satellite");
	e164("+881612345678", "+881612345678 001 satellite");
	e164("+882161234567", "+882161234567 001 voip");
	e164("+979123456789", "+979123456789 001 premium");
	for (const char *c = "US\0GB\0DE\0FR\0"; *c != '\0'; c += 3) {
		struct number number;

		cr_assert(number_e164(STR("+80012345678"), &number));
		cr_assert_not(number_is_held(&number, in(c)));
	}
}

/* Nobody's country may pay for a range that nobody knows. */
Test(number, an_unknown_range_is_of_no_country)
{
	struct number number;

	e164("+15551234567", "+15551234567 - unknown");
	e164("+11234567890", "+11234567890 - unknown");
	e164("+447700900123", "+447700900123 - unknown");
	dialled("US", "5551234567", "+15551234567 - unknown");
	cr_assert(number_e164(STR("+15551234567"), &number));
	cr_assert_not(number_is_ordinary(number.kind));
	cr_assert_not(number_is_held(&number, in("US")));
	cr_assert_not(country_same(number.country, in("US")));
	cr_assert_not(country_same(number.country, number.country));
}

Test(number, e164_takes_nothing_else)
{
	const char *const texts[] = {"12125550100", "2125550100",
	    "0012125550100", "+1 212 555 0100", "+1-212-555-0100",
	    "+1(212)5550100", " +12125550100", "+12125550100 ",
	    "+12125550100\n", "+1212555010", "+121255501000", "+1212555", "+44",
	    "+0123456789", "+0012125550100", "+999123456789", "+2101234567",
	    "+442", "+4420794600000", "+4402079460000", "+123456", "+49123",
	    "+1234567890123456", "+5215512345678", "+1212555010a",
	    "+1212555010\xb2", "+-12125550100", "-12125550100"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		e164(texts[i], "no");
}

Test(number, a_carrier_may_leave_out_the_plus)
{
	carried("US", "972546982826", "+972546982826 IL mobile");
	carried("US", "+972546982826", "+972546982826 IL mobile");
	carried("US", "12125550100", "+12125550100 US fixed_or_mobile");
	carried("US", "2125550100", "+12125550100 US fixed_or_mobile");
	carried("US", "442079460000", "+442079460000 GB fixed");
	carried("GB", "442079460000", "+442079460000 GB fixed");
	carried("GB", "02079460000", "+442079460000 GB fixed");
	carried("GB", "12125550100", "+12125550100 US fixed_or_mobile");
	carried("US", "5215512345678", "+525512345678 MX fixed_or_mobile");
	/* Both ways: the national one where it is known, or neither is. */
	carried("GB", "2036129190", "+442036129190 GB fixed");
	carried("US", "4930123456", "+4930123456 DE fixed");
	carried("US", "5551234567", "+15551234567 - unknown");
}

Test(number, a_carrier_also_sends_what_is_no_number)
{
	const char *const texts[] = {"anonymous", "Anonymous", "unknown",
	    "restricted", "1001", "1004", "5550100", "266696687", "+266696687",
	    "0", "00", "000000000000000", "999999999999999",
	    "9999999999999999999999999999", "sip:1001@example.com",
	    "+12125550100;phone-context=x"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		carried("US", texts[i], "no");
}

Test(number, shared_ranges_are_held_by_all_who_share_them)
{
	struct number number;

	cr_assert(number_e164(STR("+18005550100"), &number));
	cr_assert(number_is_held(&number, in("US")));
	cr_assert(number_is_held(&number, in("CA")));
	cr_assert(number_is_held(&number, in("JM")));
	cr_assert_not(number_is_held(&number, in("GB")));
	cr_assert(number_e164(STR("+18765550100"), &number));
	cr_assert(number_is_held(&number, in("JM")));
	cr_assert_not(number_is_held(&number, in("US")));
	cr_assert_not(number_is_held(&number, in("CA")));
	cr_assert_not(number_is_held(&number, (struct country){""}));
	number_e164(STR("nonsense"), &number);
	cr_assert_not(number_is_held(&number, in("US")));
}

Test(number, emergencies)
{
	const char *const homes[] = {"US", "GB", "DE", "JP", "GN", ""};
	const char *const never[] = {"", "9", "91", "9111", "91 1", " 911",
	    "911 ", "+911", "0911", "1911", "1120", "11", "0112", "2125550100",
	    "1001", "911\n", "9\x00", "nine", "911#"};

	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
		struct country home = in(homes[i]);

		cr_assert(number_is_emergency(STR("911"), home));
		cr_assert(number_is_emergency(STR("112"), home));
		for (size_t j = 0; j < sizeof never / sizeof *never; j++)
			cr_expect_not(
			    number_is_emergency(str_of(never[j]), home),
			    "%s in %s", never[j], homes[i]);
		cr_assert_not(number_is_emergency(NO_STR, home));
		cr_assert_not(number_is_emergency(STR("911\0"), home));
	}
	cr_assert(number_is_emergency(STR("999"), in("GB")));
	cr_assert(number_is_emergency(STR("000"), in("AU")));
	cr_assert(number_is_emergency(STR("110"), in("DE")));
	cr_assert(number_is_emergency(STR("119"), in("JP")));
	cr_assert(number_is_emergency(STR("18"), in("FR")));
	cr_assert_not(number_is_emergency(STR("999"), in("US")));
	cr_assert_not(number_is_emergency(STR("000"), in("US")));
	cr_assert_not(number_is_emergency(STR("18"), in("GB")));
	cr_assert_not(number_is_emergency(STR("999"), (struct country){""}));
}

Test(number, countries)
{
	const char *const none[] = {"", "U", "USA", "001", "00", "  ", "XX",
	    "UK", "EU", "U ", "\xff\xff", "u1", "1", "ZZ"};
	struct country country;

	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		cr_expect_not(
		    country_parse(str_of(none[i]), &country), "%s", none[i]);
		cr_assert_eq(country.code[0], '\0');
	}
	cr_assert_not(country_parse(NO_STR, &country));
	cr_assert_not(country_parse(STR("U\0"), &country));
	for (const char *c = "AC\0US\0GB\0XK\0ZW\0"; *c != '\0'; c += 3) {
		cr_assert(country_parse(str_of(c), &country));
		cr_assert_str_eq(country.code, c);
	}
	cr_assert(country_parse(STR("us"), &country));
	cr_assert(country_same(country, in("US")));
	cr_assert_not(country_same(country, in("UY")));
	cr_assert_not(country_same((struct country){""}, country));
	cr_assert_not(country_same((struct country){""}, (struct country){""}));
}

/* Every 10-digit number of the demo's area code comes back as itself. */
Test(number, what_was_read_once_is_read_alike_again)
{
	for (int i = 0; i < 100000; i++) {
		struct number first, second;
		char text[32];

		snprintf(text, sizeof text, "%010ld", i * 99991L);
		if (!number_carried(str_of(text), in("US"), &first))
			continue;
		cr_assert(number_e164(str_of(first.e164), &second));
		cr_assert_str_eq(first.e164, second.e164);
		cr_assert_str_eq(first.country.code, second.country.code);
		cr_assert_eq(first.kind, second.kind);
	}
}

Test(number, kinds_have_names)
{
	cr_assert_str_eq(number_kind_name(NUMBER_UNKNOWN), "unknown");
	cr_assert_str_eq(number_kind_name(NUMBER_SATELLITE), "satellite");
	cr_assert_str_eq(number_kind_name((enum number_kind)99), "unknown");
	cr_assert_not(number_is_ordinary((enum number_kind)99));
	cr_assert_not(number_is_ordinary(NUMBER_UNKNOWN));
}
