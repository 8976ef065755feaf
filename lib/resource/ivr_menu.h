/*
 * IVR menus: a greeting, and where each key leads.
 */
#ifndef RESOURCE_IVR_MENU_H
#define RESOURCE_IVR_MENU_H

#include "resource.h"

/* An option may begin like another: the digit timeout decides. */
struct option_record {
	struct str digits, label;
	struct target target;
};

/* Each of the three is an uploaded prompt or a text. */
struct ivr_menu_record {
	struct row row;
	struct str name;
	uint64_t greeting_prompt_id, invalid_prompt_id, no_input_prompt_id;
	struct str greeting_text, invalid_text, no_input_text;
	struct str voice, language; /* of all texts */
	int first_timeout, digit_timeout, max_attempts;
	bool direct_dial;
	enum status status;
	struct target timeout;
	struct children options; /* of struct option_record */
};

extern const struct resource ivr_menus;

#endif
