#include "ivr_menu.h"

#include "check.h"

/* clang-format off */
static const struct field option_fields[] = {
	{ FIELD(option_record, digits), .max = 6, .flags = REQUIRED,
	    .help = "1 to 6 of 0-9 * #" },
	{ FIELD(option_record, label), .max = 100, .def = "" },
	{ FIELD(option_record, target), .targets = ANY_TARGET,
	    .flags = REQUIRED },
};
static const struct record option = {
	.name = "option", RECORD(option_record, option_fields),
};
static const struct field fields[] = {
	{ FIELD(ivr_menu_record, name), .max = 100,
	    .flags = REQUIRED | SORT | SEARCH | FILTER },
	{ FIELD_AS(ivr_menu_record, greeting_prompt_id,
	    "greeting.prompt_id"), .refers = "prompts", .flags = UNLISTED },
	{ FIELD_AS(ivr_menu_record, greeting_text, "greeting.text"),
	    .max = 2000, .format = TEXT_LINES, .flags = SEARCH,
	    .help = "in place of a prompt" },
	{ FIELD_AS(ivr_menu_record, voice, "greeting.voice"), .max = 64,
	    .flags = UNLISTED, .help = "of all texts; none: the settings'" },
	{ FIELD_AS(ivr_menu_record, language, "greeting.language"),
	    .max = 16, .flags = UNLISTED, .help = "like en-US" },
	{ FIELD_AS(ivr_menu_record, invalid_prompt_id, "invalid.prompt_id"),
	    .refers = "prompts", .flags = UNLISTED },
	{ FIELD_AS(ivr_menu_record, invalid_text, "invalid.text"),
	    .max = 2000, .format = TEXT_LINES, .flags = UNLISTED,
	    .help = "after a wrong key" },
	{ FIELD_AS(ivr_menu_record, no_input_prompt_id,
	    "no_input.prompt_id"), .refers = "prompts", .flags = UNLISTED },
	{ FIELD_AS(ivr_menu_record, no_input_text, "no_input.text"),
	    .max = 2000, .format = TEXT_LINES, .flags = UNLISTED,
	    .help = "after silence" },
	{ FIELD(ivr_menu_record, first_timeout), .min = 1, .max = 30,
	    .def = "10", .flags = REQUIRED | UNLISTED,
	    .help = "seconds until the first key" },
	{ FIELD(ivr_menu_record, digit_timeout), .min = 1, .max = 30,
	    .def = "3", .flags = REQUIRED | UNLISTED,
	    .help = "seconds from key to key" },
	{ FIELD(ivr_menu_record, max_attempts), .min = 1, .max = 9,
	    .def = "3", .flags = REQUIRED | SORT },
	{ FIELD(ivr_menu_record, direct_dial), .flags = FILTER,
	    .help = "an extension's number reaches it" },
	{ FIELD(ivr_menu_record, status), .choices = statuses,
	    .flags = SORT | FILTER },
	{ FIELD(ivr_menu_record, timeout), .targets = ANY_TARGET,
	    .flags = FILTER, .help = "when all attempts are spent" },
	{ FIELD(ivr_menu_record, options), .of = &option, .max = 100 },
};
/* clang-format on */

static const struct record record = {
    .name = "ivr_menu",
    .view = "ivr_menus",
    .order = "name",
    RECORD(ivr_menu_record, fields),
};

static struct str
path_of(struct change *change, size_t i, const char *name)
{
	return pool_printf(change->pool, "options.%zu.%s", i, name);
}

/* A prompt or a text, not both: nobody would hear the text. */
static struct err *
check_words(
    struct change *change, const char *name, uint64_t prompt, struct str text)
{
	struct pool *pool = change->pool;

	if (prompt != 0 && text.p != NULL)
		complain(&change->all, pool_printf(pool, "%s.text", name),
		    "stands in place of a prompt, not beside it");
	return check_prompt(
	    change, pool_printf(pool, "%s.prompt_id", name).p, prompt);
}

static struct err *
check_greeting(struct change *change, const struct ivr_menu_record *menu)
{
	if (menu->greeting_prompt_id == 0 && menu->greeting_text.p == NULL &&
	    !complained_in(&change->all, STR("greeting")))
		complain(&change->all, STR("greeting.text"),
		    "is required, or a prompt");
	TRY(check_words(
	    change, "greeting", menu->greeting_prompt_id, menu->greeting_text));
	TRY(check_words(
	    change, "invalid", menu->invalid_prompt_id, menu->invalid_text));
	return check_words(
	    change, "no_input", menu->no_input_prompt_id, menu->no_input_text);
}

static bool
is_keys(struct str digits)
{
	for (size_t i = 0; i < digits.n; i++)
		if (str_find(STR("0123456789*#"), digits.p[i]) < 0)
			return false;
	return true;
}

/* Of two options with the same digits nobody would reach the second. */
static void
check_digits(
    struct change *change, const struct option_record *options, size_t i)
{
	struct str path = path_of(change, i, "digits");

	if (options[i].digits.p == NULL)
		return;
	if (!is_keys(options[i].digits)) {
		complain(&change->all, path, "must be of 0-9, * and # only");
		return;
	}
	for (size_t j = 0; j < i; j++)
		if (str_equal(options[j].digits, options[i].digits)) {
			complain(&change->all, path, "is an option already");
			return;
		}
}

/* An option that leads to its own menu plays it again. */
static struct err *
check_options(struct change *change, const struct ivr_menu_record *menu)
{
	struct option_record *options = menu->options.rows;

	for (size_t i = 0; i < menu->options.count; i++) {
		check_digits(change, options, i);
		TRY(check_target(change, path_of(change, i, "target").p,
		    &options[i].target, 0));
	}
	return NULL;
}

/* Silence for ever would lead from the menu to itself. */
static struct err *
check_timeout(struct change *change, struct ivr_menu_record *menu)
{
	if (menu->timeout.type == TARGET_IVR_MENU && menu->row.id != 0 &&
	    menu->timeout.id == menu->row.id)
		complain(&change->all, STR("timeout.id"),
		    "must not be the menu itself");
	return check_target(change, "timeout", &menu->timeout, 0);
}

static struct err *
take(struct change *change, const struct json *body, const void *before,
    void *object)
{
	resource_take(change, &ivr_menus, body, before, object);
	TRY(check_greeting(change, object));
	TRY(check_options(change, object));
	return check_timeout(change, object);
}

static struct err *
load(struct change *change, void *object)
{
	struct ivr_menu_record *menu = object;
	struct option_record *options;
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT digits, label, target_type, target_id, target_number"
	    " FROM ivr_menu_options WHERE ivr_menu_id = ?"
	    " ORDER BY position, digits",
	    &rows, INT(menu->row.id)));
	options =
	    NEW_ARRAY(change->pool, struct option_record, rows->count + 1);
	for (size_t i = 0; i < rows->count; i++) {
		struct target *target = &options[i].target;

		options[i].digits = rows_text(rows, i, 0);
		options[i].label = rows_text(rows, i, 1);
		target_type_parse(rows_text(rows, i, 2), &target->type);
		target->id = (uint64_t)rows_int(rows, i, 3);
		target->number = rows_text(rows, i, 4);
	}
	menu->options = (struct children){rows->count, options};
	return NULL;
}

static struct err *
save(struct change *change, const void *object)
{
	const struct ivr_menu_record *menu = object;
	const struct option_record *options = menu->options.rows;

	TRY(EXEC(change->db,
	    "DELETE FROM ivr_menu_options WHERE ivr_menu_id = ?", NULL,
	    INT(menu->row.id)));
	for (size_t i = 0; i < menu->options.count; i++) {
		const struct target *target = &options[i].target;

		TRY(EXEC(change->db,
		    "INSERT INTO ivr_menu_options (organization_id,"
		    " ivr_menu_id, digits, position, label, target_type,"
		    " target_id, target_number)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		    NULL, INT(change->organization), INT(menu->row.id),
		    TEXT(options[i].digits), INT(i), TEXT(options[i].label),
		    TEXT(str_of(target_type_name(target->type))),
		    target->id != 0 ? INT(target->id) : NIL,
		    TEXT(target->number)));
	}
	return NULL;
}

const struct resource ivr_menus = {
    .name = "ivr-menus",
    .record = &record,
    .take = take,
    .load = load,
    .save = save,
    .question = "What is a menu?",
};
