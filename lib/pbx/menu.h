/*
 * What the digits mean that a caller pressed in a menu.
 */
#ifndef PBX_MENU_H
#define PBX_MENU_H

#include "tenant.h"

/* Digits to wait for: the longest option, or number that may be dialled. */
int menu_digits(const struct ivr_menu *menu, int longest_extension);
/* "#" ends the input, or "" where an option holds that key. */
const char *menu_finish_key(const struct ivr_menu *menu);
/* The option with exactly these digits, or NULL. */
const struct option *menu_option(
    const struct ivr_menu *menu, struct str digits);

#endif
