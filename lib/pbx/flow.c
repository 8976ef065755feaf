#include "flow.h"

#include <assert.h>

#include "lint_graph.h"

const char *const flow_kinds[] = {"did", "extension", "voicemail", "ring_group",
    "ivr_menu", "business_hours", "conference_room", "external", "hangup",
    "nowhere", NULL};
const char *const flow_ways[] = {"leads", "always", "busy", "no_answer",
    "unanswered", "fallback", "timeout", "option", "open", "closed",
    "exception", NULL};

struct drawing {
	struct pool *pool;
	const struct configuration *c;
	struct lint_graph graph;
	int64_t instant;
	struct flow *flow;
	size_t edge_room;
	int *place;    /* of each node of the graph, -1: not drawn */
	size_t *nodes; /* of the graph, of each place; ends have none */
};

/* -- Nodes ------------------------------------------------------------------
 */

static struct str
names_of_members(const struct drawing *d, const struct ring_group *group)
{
	static const char *const words[] = {
	    [STRATEGY_SIMULTANEOUS] = "all at once",
	    [STRATEGY_SEQUENTIAL] = "in turn",
	    [STRATEGY_ROUND_ROBIN] = "in turn, each call from another on",
	};
	struct buf text = buf_new(d->pool, 128);

	buf_add_text(&text, words[group->strategy]);
	for (size_t i = 0; i < group->member_count; i++) {
		const struct member *member = &group->members[i];
		ptrdiff_t at =
		    configuration_extension(d->c, member->extension_id);

		if (at < 0)
			continue;
		buf_add_text(&text, i == 0 ? ": " : ", ");
		buf_add(&text, d->c->extensions[at].x.number);
		if (!member->accepting)
			buf_add_text(&text, " (takes none)");
	}
	return buf_str(&text);
}

static struct str
about_extension(const struct extension *x)
{
	if (x->type == EXTENSION_AI_ASSISTANT)
		return STR("an assistant answers");
	if (x->type == EXTENSION_CUSTOM_LOGIC)
		return STR("another application answers");
	if (x->type != EXTENSION_USER)
		return NO_STR;
	if (x->always.type != TARGET_NONE)
		return STR("is forwarded");
	return x->do_not_disturb ? STR("does not want to be disturbed")
				 : STR("rings");
}

/* Where a schedule leads at the instant; its zone is gone: it is closed. */
static enum flow_way
way_of_hours(const struct drawing *d, const struct business_hours *hours,
    struct hours_answer *answer)
{
	const struct zone *zone = zone_load(hours->timezone);

	*answer = (struct hours_answer){.state = HOURS_CLOSED};
	if (zone != NULL)
		*answer = hours_at(hours, zone, d->instant);
	if (answer->state == HOURS_OPEN)
		return WAY_OPEN;
	return answer->state == HOURS_EXCEPTION &&
		       hours->exception.type != TARGET_NONE
		   ? WAY_EXCEPTION
		   : WAY_CLOSED;
}

static struct str
about_hours(const struct drawing *d, const struct business_hours *hours)
{
	struct hours_answer answer;
	enum flow_way way = way_of_hours(d, hours, &answer);
	const char *state = way == WAY_OPEN ? "open" : "closed";

	if (answer.overridden)
		return pool_printf(d->pool, "%s by hand", state);
	if (answer.exception != NULL)
		return pool_printf(d->pool, "%s by \"%.*s\"", state,
		    PSTR(answer.exception->name));
	return str_of(state);
}

static struct flow_node
node_of_extension(const struct extension *x)
{
	return (struct flow_node){.kind = FLOW_EXTENSION,
	    .id = x->id,
	    .number = x->number,
	    .name = x->name,
	    .about = about_extension(x),
	    .active = x->active};
}

static struct flow_node
describe(const struct drawing *d, size_t node)
{
	const struct configuration *c = d->c;
	size_t at = lint_node_place(&d->graph, node);
	const struct extension *x;

	switch (lint_node_kind(&d->graph, node)) {
	case NODE_DID:
		return (struct flow_node){.kind = FLOW_DID,
		    .id = c->dids[at].x.id,
		    .number = c->dids[at].x.number,
		    .name = c->dids[at].x.number,
		    .active = c->dids[at].x.active};
	case NODE_EXTENSION:
		return node_of_extension(&c->extensions[at].x);
	case NODE_MAILBOX:
		x = &c->extensions[at].x;
		return (struct flow_node){.kind = FLOW_VOICEMAIL,
		    .id = x->id,
		    .number = x->number,
		    .name = x->name,
		    .about = x->voicemail ? NO_STR : STR("is switched off"),
		    .active = x->active && x->voicemail};
	case NODE_GROUP:
		return (struct flow_node){.kind = FLOW_GROUP,
		    .id = c->groups[at].id,
		    .name = c->groups[at].name,
		    .about = names_of_members(d, &c->groups[at]),
		    .active = c->groups[at].active};
	case NODE_MENU:
		return (struct flow_node){.kind = FLOW_MENU,
		    .id = c->menus[at].x.id,
		    .name = c->menus[at].x.name,
		    .about = c->menus[at].x.direct_dial
				 ? STR("extensions can be dialled, too")
				 : NO_STR,
		    .active = c->menus[at].x.active};
	case NODE_HOURS:
		return (struct flow_node){.kind = FLOW_HOURS,
		    .id = c->hours[at].id,
		    .name = c->hours[at].name,
		    .about = about_hours(d, &c->hours[at]),
		    .active = true};
	case NODE_ROOM:
		return (struct flow_node){.kind = FLOW_ROOM,
		    .id = c->rooms[at].id,
		    .name = c->rooms[at].name,
		    .active = true};
	case NODE_HANGUP:
	case NODE_OUTSIDE:
	case NODE_NOWHERE:
	case NODE_DEFAULT:
	case NODE_KINDS:
		break;
	}
	return (struct flow_node){.kind = FLOW_HANGUP, .active = true};
}

/* Each way to an end has one of its own: lines would cross. */
static struct flow_node
describe_end(const struct drawing *d, const struct edge *edge)
{
	switch (lint_node_kind(&d->graph, edge->to)) {
	case NODE_OUTSIDE:
		return (struct flow_node){.kind = FLOW_EXTERNAL,
		    .name = edge->target->number,
		    .active = true};
	case NODE_NOWHERE:
		return (struct flow_node){
		    .kind = FLOW_NOWHERE, .name = edge->target->number};
	case NODE_DEFAULT:
	case NODE_DID:
	case NODE_EXTENSION:
	case NODE_MAILBOX:
	case NODE_GROUP:
	case NODE_MENU:
	case NODE_HOURS:
	case NODE_ROOM:
	case NODE_HANGUP:
	case NODE_KINDS:
		break;
	}
	return (struct flow_node){.kind = FLOW_HANGUP, .active = true};
}

/* Its place; -1: there are too many. */
static int
add_node(struct drawing *d, struct flow_node node, size_t of)
{
	struct flow *flow = d->flow;

	if (flow->node_count == FLOW_MOST) {
		flow->cut = true;
		return -1;
	}
	d->nodes[flow->node_count] = of;
	flow->nodes[flow->node_count] = node;
	return (int)flow->node_count++;
}

static int
place_of(struct drawing *d, size_t node)
{
	if (d->place[node] < 0)
		d->place[node] = add_node(d, describe(d, node), node);
	return d->place[node];
}

/* -- Edges ------------------------------------------------------------------
 */

static void
add_edge(struct drawing *d, struct flow_edge edge)
{
	struct flow *flow = d->flow;

	if (edge.to < 0)
		return;
	GROW(d->pool, flow->edges, flow->edge_count, d->edge_room);
	flow->edges[flow->edge_count++] = edge;
}

/* now: as far as the edge itself says it. */
static bool
is_taken(const struct drawing *d, const struct edge *edge, enum flow_way way)
{
	struct hours_answer answer;

	if (lint_node_kind(&d->graph, edge->from) != NODE_HOURS)
		return (edge->flags & EDGE_CARRIES) != 0;
	return way == way_of_hours(d,
			  &d->c->hours[lint_node_place(&d->graph, edge->from)],
			  &answer);
}

static struct str
label_of(const struct drawing *d, const struct edge *edge)
{
	const struct ivr_menu *menu =
	    &d->c->menus[lint_node_place(&d->graph, edge->from)].x;

	for (size_t i = 0; i < menu->option_count; i++)
		if (str_equal(menu->options[i].digits, edge->digits))
			return menu->options[i].label;
	return NO_STR;
}

static void
follow(struct drawing *d, int from, const struct edge *edge)
{
	enum node_kind to = lint_node_kind(&d->graph, edge->to);
	bool end =
	    to == NODE_HANGUP || to == NODE_OUTSIDE || to == NODE_NOWHERE;
	struct flow_edge made = {.from = from, .way = edge->way};

	made.now = is_taken(d, edge, made.way);
	if (made.way == WAY_OPTION) {
		made.digits = edge->digits;
		made.label = label_of(d, edge);
	}
	if (to == NODE_NOWHERE)
		made.why = str_of(edge->why);
	made.to = end ? add_node(d, describe_end(d, edge), SIZE_MAX)
		      : place_of(d, edge->to);
	add_edge(d, made);
}

/* When nobody has answered, the mailbox of the extension that was called. */
static void
add_mailbox(struct drawing *d, int from, size_t node)
{
	size_t at = lint_node_place(&d->graph, node);
	const struct extension *x = &d->c->extensions[at].x;

	if (x->type == EXTENSION_USER && x->voicemail)
		add_edge(
		    d, (struct flow_edge){.from = from,
			   .to = place_of(d, d->graph.base[NODE_MAILBOX] + at),
			   .way = WAY_UNANSWERED,
			   .now = x->active});
}

static void
draw(struct drawing *d, size_t start)
{
	const struct lint_graph *g = &d->graph;

	place_of(d, start);
	for (size_t i = 0; i < d->flow->node_count; i++) {
		size_t node = d->nodes[i];

		if (node == SIZE_MAX)
			continue;
		for (size_t k = g->first[node]; k < g->first[node + 1]; k++)
			follow(d, (int)i, &g->edges[k]);
		if (lint_node_kind(g, node) == NODE_EXTENSION)
			add_mailbox(d, (int)i, node);
	}
}

/* A way is taken when a call comes to where it begins. */
static void
find_taken(struct flow *flow)
{
	bool more = true;

	flow->nodes[0].now = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < flow->edge_count; i++) {
			const struct flow_edge *edge = &flow->edges[i];

			if (edge->now && flow->nodes[edge->from].now &&
			    !flow->nodes[edge->to].now)
				more = flow->nodes[edge->to].now = true;
		}
	}
	for (size_t i = 0; i < flow->edge_count; i++)
		flow->edges[i].now =
		    flow->edges[i].now && flow->nodes[flow->edges[i].from].now;
}

static bool
find_start(const struct drawing *d, struct str number, size_t *node)
{
	const struct configured_extension *x =
	    lint_extension_by_number(&d->graph, number);

	if (x != NULL) {
		*node = d->graph.base[NODE_EXTENSION] +
			(size_t)(x - d->c->extensions);
		return true;
	}
	for (size_t i = 0; i < d->c->did_count; i++)
		if (str_equal(d->c->dids[i].x.number, number)) {
			*node = d->graph.base[NODE_DID] + i;
			return true;
		}
	return false;
}

bool
flow_of(struct pool *pool, const struct configuration *c, struct str number,
    int64_t instant, struct flow *flow)
{
	struct drawing d = {
	    .pool = pool, .c = c, .instant = instant, .flow = flow};
	size_t start;

	*flow = (struct flow){0};
	lint_graph_build(&d.graph, pool, c);
	if (!find_start(&d, number, &start))
		return false;
	flow->nodes = NEW_ARRAY(pool, struct flow_node, FLOW_MOST);
	d.nodes = NEW_ARRAY(pool, size_t, FLOW_MOST);
	d.place = NEW_ARRAY(pool, int, d.graph.node_count);
	for (size_t i = 0; i < d.graph.node_count; i++)
		d.place[i] = -1;
	draw(&d, start);
	assert(flow->node_count > 0);
	find_taken(flow);
	return true;
}
