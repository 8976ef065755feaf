#include "menu.h"

int
menu_digits(const struct ivr_menu *menu, int longest_extension)
{
	int longest = menu->direct_dial ? longest_extension : 0;

	for (size_t i = 0; i < menu->option_count; i++)
		if ((int)menu->options[i].digits.n > longest)
			longest = (int)menu->options[i].digits.n;
	return longest > 0 ? longest : 1;
}

const char *
menu_finish_key(const struct ivr_menu *menu)
{
	for (size_t i = 0; i < menu->option_count; i++)
		if (str_find(menu->options[i].digits, '#') >= 0)
			return "";
	return "#";
}

const struct option *
menu_option(const struct ivr_menu *menu, struct str digits)
{
	for (size_t i = 0; i < menu->option_count; i++)
		if (digits.n > 0 && str_equal(menu->options[i].digits, digits))
			return &menu->options[i];
	return NULL;
}
