#include "lint.h"

#include <stdlib.h>

#include "lint_private.h"

const char *const lint_codes[LINT_CODES + 1] = {
    [LINT_LOOP] = "loop",
    [LINT_FALLBACK_TO_ITSELF] = "fallback_to_itself",
    [LINT_NUMBER_WITHOUT_TARGET] = "number_without_target",
    [LINT_DEAD_END] = "dead_end",
    [LINT_MAILBOX_DISABLED] = "mailbox_disabled",
    [LINT_FORWARD_NOT_ALLOWED] = "forward_not_allowed",
    [LINT_EXTERNAL_NOT_ALLOWED] = "external_not_allowed",
    [LINT_EMPTY_GROUP] = "empty_group",
    [LINT_SCHEDULE_GAP] = "schedule_gap",
    [LINT_EMERGENCY_WITHOUT_TRUNK] = "emergency_without_trunk",
    [LINT_EMERGENCY_WITHOUT_CALLER_ID] = "emergency_without_caller_id",
    [LINT_NO_CALLER_ID] = "no_caller_id",
    [LINT_CALLER_ID_UNUSABLE] = "caller_id_unusable",
    [LINT_DEFAULT_TARGET_MISSING] = "default_target_missing",
    [LINT_NUMBER_UNPROVED] = "number_unproved",
    [LINT_NEVER_OPEN] = "never_open",
    [LINT_OVERRIDE_WITHOUT_END] = "override_without_end",
    [LINT_OPTION_CONFLICT] = "option_conflict",
    [LINT_RULE_WITHOUT_EXTENSION] = "rule_without_extension",
    [LINT_RULE_MATCHES_NOTHING] = "rule_matches_nothing",
    [LINT_BLOCKED_CALLER_EXPIRED] = "blocked_caller_expired",
    [LINT_NOTIFICATION_TO_NOBODY] = "notification_to_nobody",
    [LINT_NOTIFICATION_FAILS] = "notification_fails",
    [LINT_UNREACHABLE] = "unreachable",
};

void
found(struct linter *l, enum severity severity, enum lint_code code,
    struct object object, struct str reason, const char *mend)
{
	struct lint *lint = l->lint;

	if (severity == SEVERITY_ERROR)
		lint->errors++;
	else
		lint->warnings++;
	if (l->of_code[code]++ >= LINT_OF_ONE_CODE) {
		lint->left_out++;
		return;
	}
	GROW(l->pool, lint->findings, lint->count, l->room);
	lint->findings[lint->count] = (struct finding){.severity = severity,
	    .code = code,
	    .type = object.type,
	    .id = object.id,
	    .name = object.name,
	    .reason = reason,
	    .mend = str_of(mend),
	    .sequence = lint->count};
	lint->count++;
}

struct object
object_of(const struct linter *l, size_t node)
{
	struct object object;

	object.type =
	    lint_node_object(&l->graph, node, &object.id, &object.name);
	return object;
}

static int
compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->severity != y->severity)
		return x->severity < y->severity ? -1 : 1;
	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

void
lint(struct pool *pool, const struct configuration *c, struct lint *lint)
{
	struct linter l = {.pool = pool, .c = c, .lint = lint};

	*lint = (struct lint){0};
	lint_graph_build(&l.graph, pool, c);
	lint_ways(&l);
	lint_objects(&l);
	lint_outside(&l);
	if (lint->count > 0)
		qsort(lint->findings, lint->count, sizeof *lint->findings,
		    compare);
}
