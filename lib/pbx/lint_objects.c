#include "lint_private.h"

enum { DAY = 24 * 3600 * 1000 }; /* milliseconds */

static const struct extension *
extension_of(const struct linter *l, uint64_t id)
{
	ptrdiff_t at = configuration_extension(l->c, id);

	return at >= 0 ? &l->c->extensions[at].x : NULL;
}

static void
lint_groups(struct linter *l)
{
	for (size_t i = 0; i < l->c->group_count; i++) {
		const struct ring_group *group = &l->c->groups[i];
		size_t active = 0, accepting = 0;

		for (size_t m = 0; m < group->member_count; m++) {
			const struct extension *x =
			    extension_of(l, group->members[m].extension_id);

			active += x != NULL && x->active;
			accepting += group->members[m].accepting;
		}
		if (group->active && active == 0)
			found(l, SEVERITY_ERROR, LINT_EMPTY_GROUP,
			    object_of(l, l->graph.base[NODE_GROUP] + i),
			    STR("No member of it is active"),
			    "Activate a member, or add another");
		else if (group->active && accepting == 0)
			found(l, SEVERITY_WARNING, LINT_EMPTY_GROUP,
			    object_of(l, l->graph.base[NODE_GROUP] + i),
			    STR("Every member forwards all calls or does not "
				"want to be disturbed"),
			    "Let a member take calls, or add another");
	}
}

static bool
opens(const struct business_hours *hours)
{
	for (size_t i = 0; i < hours->exception_count; i++)
		if (hours->exceptions[i].period_count > 0)
			return true;
	return hours->period_count > 0;
}

static void
lint_hours(struct linter *l)
{
	for (size_t i = 0; i < l->c->hours_count; i++) {
		const struct business_hours *hours = &l->c->hours[i];
		struct object object =
		    object_of(l, l->graph.base[NODE_HOURS] + i);
		bool endless = hours->override != OVERRIDE_NONE &&
			       hours->override_until == 0;

		if (endless)
			found(l, SEVERITY_WARNING, LINT_OVERRIDE_WITHOUT_END,
			    object,
			    hours->override == OVERRIDE_OPEN
				? STR("It is held open until somebody takes "
				      "that back")
				: STR("It is held closed until somebody takes "
				      "that back"),
			    "Give the override an end, or take it back");
		if (!opens(hours) &&
		    !(endless && hours->override == OVERRIDE_OPEN))
			found(l, SEVERITY_WARNING, LINT_NEVER_OPEN, object,
			    STR("It has no periods and is never open"),
			    "Add the periods in which it is open");
	}
}

/* What a caller dials in a menu is first looked for among its options. */
static void
lint_options(struct linter *l)
{
	for (size_t i = 0; i < l->c->menu_count; i++) {
		const struct ivr_menu *menu = &l->c->menus[i].x;

		if (!menu->active || !menu->direct_dial)
			continue;
		for (size_t n = 0; n < menu->option_count; n++) {
			struct str digits = menu->options[n].digits;
			const struct configured_extension *hidden =
			    lint_extension_by_number(&l->graph, digits);

			if (hidden == NULL || !hidden->x.active)
				continue;
			found(l, SEVERITY_WARNING, LINT_OPTION_CONFLICT,
			    object_of(l, l->graph.base[NODE_MENU] + i),
			    pool_printf(l->pool,
				"Option %.*s hides extension %.*s, which "
				"callers could dial here",
				PSTR(digits), PSTR(digits)),
			    "Give the option other digits, or do not let "
			    "callers dial extensions");
		}
	}
}

static void
lint_numbers(struct linter *l)
{
	for (size_t i = 0; i < l->c->did_count; i++) {
		const struct configured_did *did = &l->c->dids[i];

		if (!did->x.proved && did->created + DAY < l->c->now)
			found(l, SEVERITY_WARNING, LINT_NUMBER_UNPROVED,
			    object_of(l, l->graph.base[NODE_DID] + i),
			    STR("It was claimed more than a day ago, and no "
				"call has come to it"),
			    "Call it from outside, look at the carrier "
			    "where its calls go, or delete it");
	}
	for (size_t i = 0; i < l->c->blocked_count; i++) {
		const struct blocked_caller *blocked = &l->c->blocked[i];

		if (blocked->expires != 0 && blocked->expires <= l->c->now)
			found(l, SEVERITY_WARNING, LINT_BLOCKED_CALLER_EXPIRED,
			    (struct object){"blocked_caller", blocked->id,
				blocked->pattern},
			    STR("It has expired and blocks nobody"),
			    "Delete it, or let it expire later");
	}
}

/* -- Prompts ----------------------------------------------------------------
 */

static void
use_prompt(const struct linter *l, bool *used, uint64_t id)
{
	ptrdiff_t at = id != 0 ? CONFIGURED(l->c->prompts, l->c->prompt_count,
				     id, struct configured_prompt, id)
			       : -1;

	if (at >= 0)
		used[at] = true;
}

static void
lint_prompts(struct linter *l)
{
	const struct configuration *c = l->c;
	bool *used = NEW_ARRAY(l->pool, bool, c->prompt_count + 1);

	for (size_t i = 0; i < c->extension_count; i++)
		use_prompt(l, used, c->extensions[i].greeting);
	for (size_t i = 0; i < c->did_count; i++)
		use_prompt(l, used, c->dids[i].announcement);
	for (size_t i = 0; i < c->menu_count; i++) {
		use_prompt(l, used, c->menus[i].greeting);
		use_prompt(l, used, c->menus[i].invalid);
		use_prompt(l, used, c->menus[i].no_input);
	}
	for (size_t i = 0; i < c->prompt_count; i++)
		if (!used[i])
			found(l, SEVERITY_WARNING, LINT_UNREACHABLE,
			    (struct object){
				"prompt", c->prompts[i].id, c->prompts[i].name},
			    STR("Nothing plays it"),
			    "Use it in a menu, a mailbox or an announcement, "
			    "or delete it");
}

/* -- Notifications ----------------------------------------------------------
 */

/* Can it ever happen to that subject? */
static bool
happens_to(const struct linter *l, const struct configured_notification *n,
    const struct notified *subject)
{
	const struct configuration *c = l->c;
	const struct extension *x;
	ptrdiff_t at;

	if (str_is(subject->type, "extension")) {
		x = extension_of(l, subject->id);
		return x != NULL && x->active &&
		       (x->voicemail || !str_is(n->event, "voicemail"));
	}
	if (str_is(subject->type, "ring_group")) {
		at = CONFIGURED(c->groups, c->group_count, subject->id,
		    struct ring_group, id);
		return at >= 0 && c->groups[at].active;
	}
	at = configuration_did(c, subject->id);
	return at >= 0 && c->dids[at].x.active;
}

static void
lint_notification(struct linter *l, const struct configured_notification *n)
{
	struct object object = {"notification", n->id, n->name};
	size_t live = 0;

	for (size_t i = 0; i < n->subject_count; i++)
		live += happens_to(l, n, &n->subjects[i]);
	if (n->address.n == 0)
		found(l, SEVERITY_WARNING, LINT_NOTIFICATION_TO_NOBODY, object,
		    STR("It is sent to nobody"),
		    "Give it a mail address or a URL");
	else if (n->subject_count > 0 && live == 0)
		found(l, SEVERITY_WARNING, LINT_NOTIFICATION_TO_NOBODY, object,
		    STR("It is about objects that are inactive, so it is "
			"never sent"),
		    "Let it be about others, or about all");
	if (n->failed != 0 && n->failed >= n->delivered)
		found(l, SEVERITY_WARNING, LINT_NOTIFICATION_FAILS, object,
		    STR("The last one could not be delivered"),
		    "Look at its failure, mend the address and send a test");
}

void
lint_objects(struct linter *l)
{
	lint_groups(l);
	lint_hours(l);
	lint_options(l);
	lint_numbers(l);
	lint_prompts(l);
	for (size_t i = 0; i < l->c->notification_count; i++)
		if (l->c->notifications[i].active)
			lint_notification(l, &l->c->notifications[i]);
}
