#include "lint_private.h"

/* "option 1", "fallback" */
static struct str
label_of(const struct linter *l, const struct edge *edge)
{
	static const char *const labels[] = {
	    [WAY_LEADS] = "target",
	    [WAY_ALWAYS] = "forward of all calls",
	    [WAY_BUSY] = "forward when busy",
	    [WAY_NO_ANSWER] = "forward without answer",
	    [WAY_UNANSWERED] = "mailbox",
	    [WAY_FALLBACK] = "fallback",
	    [WAY_TIMEOUT] = "timeout target",
	    [WAY_OPTION] = "option",
	    [WAY_OPEN] = "open target",
	    [WAY_CLOSED] = "closed target",
	    [WAY_EXCEPTION] = "exception target",
	};

	if (lint_node_kind(&l->graph, edge->from) == NODE_DEFAULT)
		return STR("default target");
	if (edge->way == WAY_OPTION)
		return pool_printf(l->pool, "option %.*s", PSTR(edge->digits));
	return str_of(labels[edge->way]);
}

/* Why nobody takes a call that comes to this node. */
static const char *
why_dead(const struct linter *l, size_t node)
{
	const struct configuration *c = l->c;
	size_t at = lint_node_place(&l->graph, node);

	switch (lint_node_kind(&l->graph, node)) {
	case NODE_DID:
		return c->dids[at].x.active ? "leads nowhere" : "is inactive";
	case NODE_EXTENSION:
		return c->extensions[at].x.active ? "leads on to nobody"
						  : "is inactive";
	case NODE_MAILBOX:
		return c->extensions[at].x.active ? "is not enabled"
						  : "is of an inactive "
						    "extension";
	case NODE_GROUP:
		return c->groups[at].active
			   ? "has no active member and no fallback that "
			     "takes calls"
			   : "is inactive and has no fallback that takes "
			     "calls";
	case NODE_MENU:
		return c->menus[at].x.active
			   ? "leads nowhere"
			   : "is inactive and its timeout leads nowhere";
	case NODE_HOURS:
		return "leads nowhere, whether it is open or closed";
	case NODE_DEFAULT:
	case NODE_ROOM:
	case NODE_HANGUP:
	case NODE_OUTSIDE:
	case NODE_NOWHERE:
	case NODE_KINDS:
		break;
	}
	return "is gone";
}

static void
not_allowed(struct linter *l, const struct edge *edge)
{
	bool forward = lint_node_kind(&l->graph, edge->from) == NODE_EXTENSION;
	struct str number = edge->target->number;
	const char *mend = "Add an outbound rule for all extensions and that "
			   "number, or choose another target";

	if (forward)
		mend = "Add an outbound rule for this extension and that "
		       "number, or forward to another target";
	if (str_equal_nocase(str_cut(number, 0, 4), STR("sip:")))
		mend = "Add the host to the SIP hosts of the settings, or "
		       "choose another target";
	found(l, SEVERITY_ERROR,
	    forward ? LINT_FORWARD_NOT_ALLOWED : LINT_EXTERNAL_NOT_ALLOWED,
	    object_of(l, edge->from),
	    pool_printf(l->pool, "Its %.*s leads to %.*s, but %s",
		PSTR(label_of(l, edge)), PSTR(number), edge->why),
	    mend);
}

static void
dead_edge(struct linter *l, const struct edge *edge)
{
	enum node_kind to = lint_node_kind(&l->graph, edge->to);
	enum node_kind from = lint_node_kind(&l->graph, edge->from);
	struct str reason;

	if (to == NODE_NOWHERE && edge->target->type == TARGET_EXTERNAL) {
		not_allowed(l, edge);
		return;
	}
	reason = pool_printf(l->pool, "Its %.*s leads to %.*s, which %s",
	    PSTR(label_of(l, edge)), PSTR(lint_node_words(&l->graph, edge->to)),
	    why_dead(l, edge->to));
	if (from == NODE_DEFAULT)
		reason = pool_printf(l->pool,
		    "The default target leads to %.*s, which %s",
		    PSTR(lint_node_words(&l->graph, edge->to)),
		    why_dead(l, edge->to));
	if (to == NODE_MAILBOX)
		found(l, SEVERITY_ERROR, LINT_MAILBOX_DISABLED,
		    object_of(l, edge->from), reason,
		    "Enable the mailbox of that extension, or choose another "
		    "target");
	else if (from == NODE_DID)
		found(l, SEVERITY_ERROR, LINT_NUMBER_WITHOUT_TARGET,
		    object_of(l, edge->from), reason,
		    "Choose a target that takes calls, or activate that one");
	else
		found(l, SEVERITY_ERROR, LINT_DEAD_END,
		    object_of(l, edge->from), reason,
		    "Choose a target that takes calls, or activate that one");
}

static void
lint_edges(struct linter *l)
{
	const struct lint_graph *g = &l->graph;

	for (size_t i = 0; i < g->edge_count; i++) {
		const struct edge *edge = &g->edges[i];

		if (edge->from == edge->to && (edge->flags & EDGE_WALKS) != 0)
			found(l, SEVERITY_ERROR, LINT_FALLBACK_TO_ITSELF,
			    object_of(l, edge->from),
			    pool_printf(l->pool, "Its %.*s leads to itself",
				PSTR(label_of(l, edge))),
			    "Choose another target");
		else if ((edge->flags & EDGE_CARRIES) != 0 &&
			 !g->takes[edge->to])
			dead_edge(l, edge);
	}
}

/* The edge from a node that stays in its circle. */
static const struct edge *
edge_within(const struct lint_graph *g, size_t node)
{
	for (size_t i = g->first[node]; i < g->first[node + 1]; i++)
		if ((g->edges[i].flags & EDGE_WALKS) != 0 &&
		    g->edges[i].to != node &&
		    g->circle[g->edges[i].to] == g->circle[node])
			return &g->edges[i];
	return NULL;
}

enum { WAY_MOST = 8 };

/* "extension 1001, extension 1002, extension 1001"; *hard: at once. */
static struct str
way_round(const struct linter *l, size_t start, bool *hard)
{
	const struct lint_graph *g = &l->graph;
	struct buf out = buf_new(l->pool, 128);
	size_t node = start;
	bool *seen = NEW_ARRAY(l->pool, bool, g->node_count);

	*hard = false;
	for (int n = 0; !seen[node]; n++) {
		const struct edge *edge = edge_within(g, node);
		enum node_kind kind = lint_node_kind(g, node);

		seen[node] = true;
		*hard |= kind == NODE_GROUP || kind == NODE_HOURS ||
			 (edge->flags & EDGE_AT_ONCE) != 0;
		if (n < WAY_MOST) {
			buf_add(&out, lint_node_words(g, node));
			buf_add_text(&out, ", ");
		} else if (n == WAY_MOST) {
			buf_add_text(&out, "and so on, ");
		}
		node = edge->to;
	}
	buf_add(&out, lint_node_words(g, node));
	return buf_str(&out);
}

static void
lint_circles(struct linter *l)
{
	const struct lint_graph *g = &l->graph;
	bool *told = NEW_ARRAY(l->pool, bool, g->circle_count + 1);

	for (size_t i = 0; i < g->node_count; i++) {
		struct str way;
		bool hard;

		if (g->circle[i] == 0 || told[g->circle[i]])
			continue;
		told[g->circle[i]] = true;
		/* The words of a hundred are enough; the rest is counted. */
		way = l->of_code[LINT_LOOP] < LINT_OF_ONE_CODE
			  ? way_round(l, i, &hard)
			  : (hard = true, NO_STR);
		found(l, hard ? SEVERITY_ERROR : SEVERITY_WARNING, LINT_LOOP,
		    object_of(l, i),
		    pool_printf(l->pool,
			"A call goes round without a digit between: %.*s",
			PSTR(way)),
		    "Let one of them lead out of the circle: to a mailbox, a "
		    "menu or another target");
	}
}

static bool
only_hangs_up(const struct ivr_menu *menu)
{
	for (size_t i = 0; i < menu->option_count; i++)
		if (menu->options[i].target.type != TARGET_HANGUP)
			return false;
	return menu->timeout_target.type == TARGET_NONE ||
	       menu->timeout_target.type == TARGET_HANGUP;
}

static void
lint_menus(struct linter *l)
{
	for (size_t i = 0; i < l->c->menu_count; i++) {
		const struct ivr_menu *menu = &l->c->menus[i].x;

		if (menu->active && !menu->direct_dial && only_hangs_up(menu))
			found(l, SEVERITY_ERROR, LINT_DEAD_END,
			    object_of(l, l->graph.base[NODE_MENU] + i),
			    menu->option_count == 0
				? STR("No key leads anywhere")
				: STR("Every key only ends the call"),
			    "Give it an option that leads to somebody");
	}
}

static void
lint_unreached(struct linter *l)
{
	const struct lint_graph *g = &l->graph;

	for (size_t i = g->base[NODE_GROUP]; i < g->base[NODE_HANGUP]; i++)
		if (!g->reached[i])
			found(l, SEVERITY_WARNING, LINT_UNREACHABLE,
			    object_of(l, i), STR("Nothing leads to it"),
			    "Let a number, an extension or a menu lead to "
			    "it, or delete it");
}

/* Where nobody chose a target and one is needed. */
static void
lint_absent(struct linter *l)
{
	const struct configuration *c = l->c;
	bool by_default = c->org.default_target.type != TARGET_NONE;
	bool claims = false;

	for (size_t i = 0; i < c->did_count; i++) {
		const struct did *did = &c->dids[i].x;

		claims |= did->active && !did->proved;
		if (did->active && did->target.type == TARGET_NONE &&
		    !by_default)
			found(l, SEVERITY_ERROR, LINT_NUMBER_WITHOUT_TARGET,
			    object_of(l, l->graph.base[NODE_DID] + i),
			    STR("It leads nowhere, and there is no default "
				"target"),
			    "Choose where its calls go");
	}
	if (claims && !by_default)
		found(l, SEVERITY_WARNING, LINT_DEFAULT_TARGET_MISSING,
		    SETTINGS,
		    STR("A number is claimed and not proved; while it cannot "
			"be, its calls go to the default target, and there "
			"is none"),
		    "Choose a default target in the settings");
	for (size_t i = 0; i < c->hours_count; i++) {
		const struct business_hours *hours = &c->hours[i];
		bool open = hours->open.type == TARGET_NONE;

		if (open || hours->closed.type == TARGET_NONE)
			found(l, SEVERITY_ERROR, LINT_SCHEDULE_GAP,
			    object_of(l, l->graph.base[NODE_HOURS] + i),
			    open ? STR("It has no target for when it is open")
				 : STR("It has no target for when it is "
				       "closed"),
			    "Choose both an open and a closed target");
	}
}

void
lint_ways(struct linter *l)
{
	lint_circles(l);
	lint_edges(l);
	lint_absent(l);
	lint_menus(l);
	lint_unreached(l);
}
