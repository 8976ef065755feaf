#include "lint_private.h"

static const char mend_caller_id[] =
    "Choose an active number that is proved, or activate that one";

/* A caller id that names a number which may not be shown. */
static void
lint_shown(struct linter *l, uint64_t did, struct object object,
    const char *what, enum severity severity)
{
	const struct configuration *c = l->c;
	ptrdiff_t at = did != 0 ? configuration_did(c, did) : -1;

	if (at < 0 || lint_may_show(c, did))
		return;
	found(l, severity, LINT_CALLER_ID_UNUSABLE, object,
	    pool_printf(l->pool, "%s %.*s is %s", what,
		PSTR(c->dids[at].x.number),
		c->dids[at].x.active ? "not proved" : "inactive"),
	    mend_caller_id);
}

static void
lint_caller_ids(struct linter *l)
{
	const struct configuration *c = l->c;

	lint_shown(l, c->caller_id, SETTINGS, "The organization's caller id",
	    SEVERITY_WARNING);
	lint_shown(l, c->emergency, SETTINGS,
	    "The number that emergency calls show,", SEVERITY_ERROR);
	for (size_t i = 0; i < c->extension_count; i++) {
		const struct configured_extension *x = &c->extensions[i];
		struct object object =
		    object_of(l, l->graph.base[NODE_EXTENSION] + i);

		if (!x->x.active)
			continue;
		lint_shown(
		    l, x->caller_id, object, "Its caller id", SEVERITY_WARNING);
		lint_shown(l, x->emergency, object,
		    "The number that its emergency calls show,",
		    SEVERITY_ERROR);
	}
	for (size_t i = 0; i < c->rule_count; i++)
		if (c->rules[i].active)
			lint_shown(l, c->rules[i].caller_id,
			    (struct object){"outbound_rule", c->rules[i].x.id,
				c->rules[i].x.name},
			    "Its caller id", SEVERITY_WARNING);
}

static bool
applies(const struct outbound_rule *rule, uint64_t extension)
{
	return rule->extension_count == 0 ||
	       configuration_find(rule->extensions, rule->extension_count,
		   sizeof rule->extensions[0], 0, extension) >= 0;
}

/* An active rule that this extension calls out by, showing nothing. */
static const struct outbound_rule *
rule_showing_nothing(const struct linter *l, uint64_t extension)
{
	const struct configuration *c = l->c;

	for (size_t i = 0; i < c->rule_count; i++)
		if (c->rules[i].active &&
		    !lint_may_show(c, c->rules[i].caller_id) &&
		    applies(&c->rules[i].x, extension))
			return &c->rules[i].x;
	return NULL;
}

static void
lint_silent_callers(struct linter *l)
{
	const struct configuration *c = l->c;

	if (lint_may_show(c, c->caller_id))
		return;
	for (size_t i = 0; i < c->extension_count; i++) {
		const struct configured_extension *x = &c->extensions[i];
		const struct outbound_rule *rule;

		if (!x->x.active || x->x.type != EXTENSION_USER ||
		    lint_may_show(c, x->caller_id))
			continue;
		rule = rule_showing_nothing(l, x->x.id);
		if (rule == NULL)
			continue;
		found(l, SEVERITY_ERROR, LINT_NO_CALLER_ID,
		    object_of(l, l->graph.base[NODE_EXTENSION] + i),
		    pool_printf(l->pool,
			"Rule %.*s lets it call out, but there is no caller "
			"id to show: its calls are refused",
			PSTR(rule->name)),
		    "Choose a caller id for the extension, the rule or the "
		    "organization");
	}
}

static void
lint_rules(struct linter *l)
{
	const struct configuration *c = l->c;

	for (size_t i = 0; i < c->rule_count; i++) {
		const struct outbound_rule *rule = &c->rules[i].x;
		struct object object = {"outbound_rule", rule->id, rule->name};
		size_t callers = 0;

		if (!c->rules[i].active)
			continue;
		for (size_t n = 0; n < rule->extension_count; n++) {
			ptrdiff_t at =
			    configuration_extension(c, rule->extensions[n]);

			callers += at >= 0 && c->extensions[at].x.active;
		}
		if (rule->extension_count > 0 && callers == 0)
			found(l, SEVERITY_WARNING, LINT_RULE_WITHOUT_EXTENSION,
			    object,
			    STR("None of the extensions it is for is active"),
			    "Let it be for others or for all, or deactivate "
			    "it");
		if (rule->country_count == 0 && rule->prefix_count == 0)
			found(l, SEVERITY_WARNING, LINT_RULE_MATCHES_NOTHING,
			    object,
			    STR("It names no country and no prefix, so it "
				"allows nothing"),
			    "Name countries or prefixes, or delete it");
	}
}

/* Who calls for help is heard, and can be found. */
static void
lint_emergency(struct linter *l)
{
	const struct configuration *c = l->c;
	bool shown =
	    lint_may_show(c, c->emergency) || lint_may_show(c, c->caller_id);
	size_t callers = 0, silent = 0;
	struct str who = NO_STR;

	for (size_t i = 0; i < c->extension_count; i++) {
		const struct configured_extension *x = &c->extensions[i];

		if (x->x.type != EXTENSION_USER)
			continue;
		callers++;
		if (shown || lint_may_show(c, x->emergency) ||
		    lint_may_show(c, x->caller_id))
			continue;
		if (silent++ == 0)
			who = x->x.number;
	}
	if (callers > 0 && c->org.emergency_trunk.n == 0)
		found(l, SEVERITY_ERROR, LINT_EMERGENCY_WITHOUT_TRUNK, SETTINGS,
		    STR("There is no trunk for emergency calls"),
		    "Choose the emergency trunk in the settings");
	if (silent > 0)
		found(l, SEVERITY_ERROR, LINT_EMERGENCY_WITHOUT_CALLER_ID,
		    SETTINGS,
		    pool_printf(l->pool,
			"Emergency calls of %zu extensions, %.*s among them, "
			"show no number that could be called back",
			silent, PSTR(who)),
		    "Choose the number that emergency calls show");
}

void
lint_outside(struct linter *l)
{
	lint_emergency(l);
	lint_silent_callers(l);
	lint_caller_ids(l);
	lint_rules(l);
}
