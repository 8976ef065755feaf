/*
 * What the digits mean that a caller pressed in a menu.
 */
#include "menu.h"

#include <criterion/criterion.h>

static struct option options[] = {
    {.digits = {"1", 1}},
    {.digits = {"0", 1}},
    {.digits = {"12", 2}},
    {.digits = {"*9", 2}},
    {.digits = {"", 0}},
};
static struct ivr_menu menu = {.options = options, .option_count = 5};
static struct option pound[] = {{.digits = {"1", 1}}, {.digits = {"2#", 2}}};
static struct ivr_menu with_pound = {.options = pound, .option_count = 2};
static struct ivr_menu empty;

static const struct option *
press(const char *digits)
{
	return menu_option(&menu, str_of(digits));
}

Test(menu, exact_digits_alone)
{
	cr_assert_eq(press("1"), &options[0]);
	cr_assert_eq(press("0"), &options[1]);
	cr_assert_eq(press("12"), &options[2]);
	cr_assert_eq(press("*9"), &options[3]);
}

Test(menu, everything_else_is_none)
{
	static const char *const no[] = {"2", "00", "01", "1 ", " 1", "123",
	    "*", "9", "#", "1#", "-1", "1.0", "\xef\xbc\x91", "one",
	    "111111111111111111111111111"};

	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		cr_assert_null(press(no[i]), "\"%s\"", no[i]);
	cr_assert_null(menu_option(&menu, (struct str){"1\0002", 3}));
	cr_assert_null(menu_option(&empty, STR("1")));
}

/* An option with no digits must not take every silence. */
Test(menu, silence_is_no_option)
{
	cr_assert_null(menu_option(&menu, NO_STR));
	cr_assert_null(menu_option(&menu, STR("")));
}

Test(menu, waits_for_the_longest)
{
	cr_assert_eq(menu_digits(&menu, 4), 2);
	cr_assert_eq(menu_digits(&empty, 4), 1, "at least one digit");
	menu.direct_dial = true;
	cr_assert_eq(menu_digits(&menu, 4), 4);
	cr_assert_eq(menu_digits(&menu, 1), 2, "an option may be longer");
	cr_assert_eq(menu_digits(&menu, 0), 2, "no extension at all");
	menu.direct_dial = false;
}

Test(menu, pound_ends_the_input_unless_it_is_an_option)
{
	cr_assert_str_eq(menu_finish_key(&menu), "#");
	cr_assert_str_eq(menu_finish_key(&empty), "#");
	cr_assert_str_eq(menu_finish_key(&with_pound), "");
}
