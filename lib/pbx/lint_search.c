#include "lint_graph.h"

static bool
is_dialled(const struct extension *x)
{
	return x->active &&
	       (x->type == EXTENSION_USER || x->type == EXTENSION_RING_GROUP ||
		   x->type == EXTENSION_CONFERENCE);
}

bool
lint_has_active_member(
    const struct configuration *c, const struct ring_group *group)
{
	for (size_t i = 0; i < group->member_count; i++) {
		ptrdiff_t at =
		    configuration_extension(c, group->members[i].extension_id);

		if (at >= 0 && c->extensions[at].x.active)
			return true;
	}
	return false;
}

/* Takes a call itself, whatever it leads to. */
static bool
is_end(const struct lint_graph *g, size_t node, bool dialled)
{
	const struct configuration *c = g->c;
	size_t at = lint_node_place(g, node);
	const struct extension *x;

	switch (lint_node_kind(g, node)) {
	case NODE_EXTENSION:
		x = &c->extensions[at].x;
		return x->active && ((x->type == EXTENSION_USER &&
					 x->always.type == TARGET_NONE) ||
					x->type == EXTENSION_AI_ASSISTANT ||
					x->type == EXTENSION_CUSTOM_LOGIC);
	case NODE_MAILBOX:
		return c->extensions[at].x.active &&
		       c->extensions[at].x.voicemail;
	case NODE_GROUP:
		return c->groups[at].active &&
		       lint_has_active_member(c, &c->groups[at]);
	case NODE_MENU:
		return c->menus[at].x.active && c->menus[at].x.direct_dial &&
		       dialled;
	case NODE_ROOM:
	case NODE_HANGUP:
	case NODE_OUTSIDE:
		return true;
	case NODE_DEFAULT:
	case NODE_DID:
	case NODE_HOURS:
	case NODE_NOWHERE:
	case NODE_KINDS:
		break;
	}
	return false;
}

/* Backwards from all ends, over the edges that carry calls. */
static void
find_takers(struct lint_graph *g)
{
	size_t *first = NEW_ARRAY(g->pool, size_t, g->node_count + 2);
	uint32_t *into = NEW_ARRAY(g->pool, uint32_t, g->edge_count + 1);
	uint32_t *waiting = NEW_ARRAY(g->pool, uint32_t, g->node_count + 1);
	size_t count = 0;
	bool dialled = false;

	for (size_t i = 0; i < g->edge_count; i++)
		first[g->edges[i].to + 2]++;
	for (size_t i = 2; i < g->node_count + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < g->edge_count; i++)
		into[first[g->edges[i].to + 1]++] = (uint32_t)i;
	for (size_t i = 0; i < g->c->extension_count && !dialled; i++)
		dialled = is_dialled(&g->c->extensions[i].x);
	g->takes = NEW_ARRAY(g->pool, bool, g->node_count);
	for (size_t i = 0; i < g->node_count; i++) {
		/* What goes round is said once, of the circle. */
		g->takes[i] = is_end(g, i, dialled) || g->circle[i] != 0;
		if (g->takes[i])
			waiting[count++] = (uint32_t)i;
	}
	while (count > 0) {
		uint32_t node = waiting[--count];

		for (size_t i = first[node]; i < first[node + 1]; i++) {
			const struct edge *edge = &g->edges[into[i]];

			if ((edge->flags & EDGE_CARRIES) == 0 ||
			    g->takes[edge->from])
				continue;
			g->takes[edge->from] = true;
			waiting[count++] = edge->from;
		}
	}
}

/* From what can be called, over every edge there is. */
static void
find_reached(struct lint_graph *g)
{
	uint32_t *waiting = NEW_ARRAY(g->pool, uint32_t, g->node_count + 1);
	size_t count = 0;

	g->reached = NEW_ARRAY(g->pool, bool, g->node_count);
	for (size_t i = 0; i < g->base[NODE_MAILBOX]; i++) {
		g->reached[i] = true;
		waiting[count++] = (uint32_t)i;
	}
	while (count > 0) {
		uint32_t node = waiting[--count];

		for (size_t i = g->first[node]; i < g->first[node + 1]; i++) {
			uint32_t to = g->edges[i].to;

			if (g->reached[to])
				continue;
			g->reached[to] = true;
			waiting[count++] = to;
		}
	}
}

/* -- Circles (Tarjan, without recursion) ------------------------------------
 */

struct tarjan {
	struct lint_graph *g;
	uint32_t *index, *low; /* index 0: not seen */
	bool *open;
	uint32_t *stack, *path;
	size_t *next; /* edge of a node on the path */
	size_t stacked, depth;
	uint32_t seen;
};

static void
step_into(struct tarjan *t, uint32_t node)
{
	t->index[node] = t->low[node] = ++t->seen;
	t->open[node] = true;
	t->stack[t->stacked++] = node;
	t->next[t->depth] = t->g->first[node];
	t->path[t->depth++] = node;
}

static void
close_circle(struct tarjan *t, uint32_t node)
{
	bool alone = t->stack[t->stacked - 1] == node;
	uint32_t one;

	if (!alone)
		t->g->circle_count++;
	do {
		one = t->stack[--t->stacked];
		t->open[one] = false;
		if (!alone)
			t->g->circle[one] = (uint32_t)t->g->circle_count;
	} while (one != node);
}

static void
leave(struct tarjan *t)
{
	uint32_t node = t->path[--t->depth], before;

	if (t->low[node] == t->index[node])
		close_circle(t, node);
	if (t->depth == 0)
		return;
	before = t->path[t->depth - 1];
	if (t->low[node] < t->low[before])
		t->low[before] = t->low[node];
}

static void
walk(struct tarjan *t, uint32_t root)
{
	struct lint_graph *g = t->g;

	step_into(t, root);
	while (t->depth > 0) {
		uint32_t node = t->path[t->depth - 1], to;
		size_t i = t->next[t->depth - 1]++;

		if (i >= g->first[node + 1]) {
			leave(t);
			continue;
		}
		to = g->edges[i].to;
		if ((g->edges[i].flags & EDGE_WALKS) == 0)
			continue;
		if (t->index[to] == 0)
			step_into(t, to);
		else if (t->open[to] && t->index[to] < t->low[node])
			t->low[node] = t->index[to];
	}
}

static void
find_circles(struct lint_graph *g)
{
	size_t n = g->node_count + 1;
	struct tarjan t = {.g = g,
	    .index = NEW_ARRAY(g->pool, uint32_t, n),
	    .low = NEW_ARRAY(g->pool, uint32_t, n),
	    .open = NEW_ARRAY(g->pool, bool, n),
	    .stack = NEW_ARRAY(g->pool, uint32_t, n),
	    .path = NEW_ARRAY(g->pool, uint32_t, n),
	    .next = NEW_ARRAY(g->pool, size_t, n)};

	g->circle = NEW_ARRAY(g->pool, uint32_t, n);
	for (uint32_t i = 0; i < g->node_count; i++)
		if (t.index[i] == 0)
			walk(&t, i);
}

void
lint_graph_search(struct lint_graph *g)
{
	find_circles(g);
	find_takers(g);
	find_reached(g);
}
