#include "lint_graph.h"

#include <stdlib.h>

#include "outbound.h"

enum node_kind
lint_node_kind(const struct lint_graph *g, size_t node)
{
	int kind = NODE_KINDS - 1;

	while (kind > 0 && node < g->base[kind])
		kind--;
	return (enum node_kind)kind;
}

size_t
lint_node_place(const struct lint_graph *g, size_t node)
{
	return node - g->base[lint_node_kind(g, node)];
}

const char *
lint_node_object(
    const struct lint_graph *g, size_t node, uint64_t *id, struct str *name)
{
	const struct configuration *c = g->c;
	size_t at = lint_node_place(g, node);

#define OBJECT(list, member, called, type)         \
	do {                                       \
		*id = c->list[at].member id;       \
		*name = c->list[at].member called; \
		return type;                       \
	} while (0)

	*id = 0;
	*name = NO_STR;
	switch (lint_node_kind(g, node)) {
	case NODE_DID:
		OBJECT(dids, x., number, "did");
	case NODE_EXTENSION:
		OBJECT(extensions, x., number, "extension");
	case NODE_MAILBOX:
		OBJECT(extensions, x., number, "voicemail");
	case NODE_GROUP:
		OBJECT(groups, , name, "ring_group");
	case NODE_MENU:
		OBJECT(menus, x., name, "ivr_menu");
	case NODE_HOURS:
		OBJECT(hours, , name, "business_hours");
	case NODE_ROOM:
		OBJECT(rooms, , name, "conference_room");
	case NODE_DEFAULT:
	case NODE_HANGUP:
	case NODE_OUTSIDE:
	case NODE_NOWHERE:
	case NODE_KINDS:
		break;
	}
#undef OBJECT
	return "settings";
}

struct str
lint_node_words(const struct lint_graph *g, size_t node)
{
	static const char *const words[] = {
	    [NODE_DEFAULT] = "the default target",
	    [NODE_DID] = "number",
	    [NODE_EXTENSION] = "extension",
	    [NODE_MAILBOX] = "the mailbox of extension",
	    [NODE_GROUP] = "ring group",
	    [NODE_MENU] = "menu",
	    [NODE_HOURS] = "schedule",
	    [NODE_ROOM] = "conference room",
	    [NODE_HANGUP] = "the end of the call",
	    [NODE_OUTSIDE] = "a number outside",
	    [NODE_NOWHERE] = "nowhere",
	};
	enum node_kind kind = lint_node_kind(g, node);
	struct str name;
	uint64_t id;

	lint_node_object(g, node, &id, &name);
	if (id == 0)
		return str_of(words[kind]);
	return pool_printf(g->pool, "%s %.*s", words[kind], PSTR(name));
}

bool
lint_may_show(const struct configuration *c, uint64_t did)
{
	ptrdiff_t at = did != 0 ? configuration_did(c, did) : -1;

	return at >= 0 && c->dids[at].x.active && c->dids[at].x.proved;
}

/* -- By number --------------------------------------------------------------
 */

static int
compare(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return str_compare(x->number, y->number);
}

static void
sort_numbers(struct lint_graph *g)
{
	const struct configuration *c = g->c;

	g->dids = NEW_ARRAY(g->pool, struct numbered, c->did_count + 1);
	for (size_t i = 0; i < c->did_count; i++)
		g->dids[i] = (struct numbered){c->dids[i].x.number, i};
	qsort(g->dids, c->did_count, sizeof(struct numbered), compare);
	g->extensions =
	    NEW_ARRAY(g->pool, struct numbered, c->extension_count + 1);
	for (size_t i = 0; i < c->extension_count; i++)
		g->extensions[i] =
		    (struct numbered){c->extensions[i].x.number, i};
	qsort(g->extensions, c->extension_count, sizeof(struct numbered),
	    compare);
}

static ptrdiff_t
place_of(const struct numbered *list, size_t count, struct str number)
{
	struct numbered wanted = {number, 0};
	const struct numbered *found =
	    bsearch(&wanted, list, count, sizeof wanted, compare);

	return found != NULL ? (ptrdiff_t)found->place : -1;
}

const struct configured_extension *
lint_extension_by_number(const struct lint_graph *g, struct str number)
{
	ptrdiff_t at = place_of(g->extensions, g->c->extension_count, number);

	return at >= 0 ? &g->c->extensions[at] : NULL;
}

/* -- Edges ------------------------------------------------------------------
 */

/* The node of an object, or nowhere: then it is gone. */
static size_t
node_of(const struct lint_graph *g, enum node_kind kind, ptrdiff_t place)
{
	return place >= 0 ? g->base[kind] + (size_t)place
			  : g->base[NODE_NOWHERE];
}

/* As route_external_allowed() judges, of who forwards: 0, nobody. */
static size_t
node_outside(const struct lint_graph *g, struct str text, uint64_t extension,
    const char **why)
{
	const struct organization *org = &g->c->org;
	struct number number;
	ptrdiff_t did;

	if (str_equal_nocase(str_cut(text, 0, 4), STR("sip:"))) {
		*why = "its host is none of the organization's SIP hosts";
		return g->base[outbound_sip_allowed(
				   text, org->sip_hosts, org->sip_host_count)
				   ? NODE_OUTSIDE
				   : NODE_NOWHERE];
	}
	*why = "it is no telephone number";
	if (!number_e164(text, &number))
		return g->base[NODE_NOWHERE];
	did = place_of(g->dids, g->c->did_count, str_of(number.e164));
	if (did >= 0 && g->c->dids[did].x.active && g->c->dids[did].x.proved)
		return node_of(g, NODE_DID, did);
	*why = "no outbound rule allows it";
	return g
	    ->base[outbound_choose(&g->active, &number, extension, 0) != NULL
		       ? NODE_OUTSIDE
		       : NODE_NOWHERE];
}

static size_t
node_to(const struct lint_graph *g, const struct target *target,
    uint64_t extension, const char **why)
{
	const struct configuration *c = g->c;
	uint64_t id = target->id;

	*why = "it is gone";
	switch (target->type) {
	case TARGET_EXTENSION:
		return node_of(
		    g, NODE_EXTENSION, configuration_extension(c, id));
	case TARGET_VOICEMAIL:
		return node_of(g, NODE_MAILBOX, configuration_extension(c, id));
	case TARGET_RING_GROUP:
		return node_of(g, NODE_GROUP,
		    CONFIGURED(
			c->groups, c->group_count, id, struct ring_group, id));
	case TARGET_IVR_MENU:
		return node_of(g, NODE_MENU,
		    CONFIGURED(c->menus, c->menu_count, id,
			struct configured_menu, x.id));
	case TARGET_BUSINESS_HOURS:
		return node_of(g, NODE_HOURS,
		    CONFIGURED(c->hours, c->hours_count, id,
			struct business_hours, id));
	case TARGET_CONFERENCE_ROOM:
		return node_of(g, NODE_ROOM,
		    CONFIGURED(c->rooms, c->room_count, id,
			struct conference_room, id));
	case TARGET_EXTERNAL:
		return node_outside(g, target->number, extension, why);
	case TARGET_HANGUP:
		return g->base[NODE_HANGUP];
	case TARGET_NONE:
		break;
	}
	return g->base[NODE_NOWHERE];
}

static struct edge *
add_edge(struct lint_graph *g, size_t from, enum flow_way way,
    const struct target *target, uint64_t extension, unsigned flags)
{
	struct edge *edge;
	const char *why;

	if (target->type == TARGET_NONE)
		return NULL;
	GROW(g->pool, g->edges, g->edge_count, g->edge_room);
	edge = &g->edges[g->edge_count++];
	edge->from = (uint32_t)from;
	edge->to = (uint32_t)node_to(g, target, extension, &why);
	edge->flags = flags;
	edge->way = way;
	edge->target = target;
	edge->why = why;
	return edge;
}

enum {
	ALL = EDGE_CARRIES | EDGE_WALKS | EDGE_AT_ONCE,
	LATER = EDGE_CARRIES | EDGE_WALKS,
};

static void
add_extension(struct lint_graph *g, size_t node)
{
	const struct extension *x =
	    &g->c->extensions[lint_node_place(g, node)].x;
	bool always = x->always.type != TARGET_NONE;
	unsigned on = x->active ? ALL : 0;
	unsigned later = x->active && !always ? LATER : 0;

	if (x->type != EXTENSION_USER) {
		add_edge(g, node, WAY_LEADS, &x->target, x->id, on);
		return;
	}
	add_edge(g, node, WAY_ALWAYS, &x->always, x->id, on);
	add_edge(g, node, WAY_BUSY, &x->busy, x->id, later);
	add_edge(g, node, WAY_NO_ANSWER, &x->no_answer, x->id, later);
}

static void
add_menu(struct lint_graph *g, size_t node)
{
	const struct ivr_menu *menu = &g->c->menus[lint_node_place(g, node)].x;

	add_edge(g, node, WAY_TIMEOUT, &menu->timeout_target, 0,
	    menu->active ? LATER : ALL);
	for (size_t i = 0; i < menu->option_count; i++) {
		struct edge *edge =
		    add_edge(g, node, WAY_OPTION, &menu->options[i].target, 0,
			menu->active ? EDGE_CARRIES : 0);

		if (edge != NULL)
			edge->digits = menu->options[i].digits;
	}
}

static void
add_edges(struct lint_graph *g, size_t node)
{
	const struct configuration *c = g->c;
	size_t at = lint_node_place(g, node);
	const struct ring_group *group;

	switch (lint_node_kind(g, node)) {
	case NODE_DEFAULT:
		add_edge(g, node, WAY_LEADS, &c->org.default_target, 0, ALL);
		break;
	case NODE_DID:
		add_edge(g, node, WAY_LEADS, &c->dids[at].x.target, 0,
		    c->dids[at].x.active ? ALL : 0);
		break;
	case NODE_EXTENSION:
		add_extension(g, node);
		break;
	case NODE_GROUP:
		group = &c->groups[at];
		add_edge(g, node, WAY_FALLBACK, &group->fallback, 0,
		    group->active && lint_has_active_member(c, group) ? LATER
								      : ALL);
		break;
	case NODE_MENU:
		add_menu(g, node);
		break;
	case NODE_HOURS:
		add_edge(g, node, WAY_OPEN, &c->hours[at].open, 0, ALL);
		add_edge(g, node, WAY_CLOSED, &c->hours[at].closed, 0, ALL);
		add_edge(
		    g, node, WAY_EXCEPTION, &c->hours[at].exception, 0, ALL);
		break;
	case NODE_MAILBOX:
	case NODE_ROOM:
	case NODE_HANGUP:
	case NODE_OUTSIDE:
	case NODE_NOWHERE:
	case NODE_KINDS:
		break;
	}
}

/* -- All of it
 * -----------------------------------------------------------------
 */

static void
number_nodes(struct lint_graph *g)
{
	const struct configuration *c = g->c;
	const size_t counts[NODE_KINDS] = {
	    [NODE_DEFAULT] = 1,
	    [NODE_DID] = c->did_count,
	    [NODE_EXTENSION] = c->extension_count,
	    [NODE_MAILBOX] = c->extension_count,
	    [NODE_GROUP] = c->group_count,
	    [NODE_MENU] = c->menu_count,
	    [NODE_HOURS] = c->hours_count,
	    [NODE_ROOM] = c->room_count,
	    [NODE_HANGUP] = 1,
	    [NODE_OUTSIDE] = 1,
	    [NODE_NOWHERE] = 1,
	};

	for (int i = 0; i < NODE_KINDS; i++)
		g->base[i + 1] = g->base[i] + counts[i];
	g->node_count = g->base[NODE_KINDS];
}

void
lint_graph_build(
    struct lint_graph *g, struct pool *pool, const struct configuration *c)
{
	*g = (struct lint_graph){.pool = pool, .c = c};
	number_nodes(g);
	sort_numbers(g);
	g->active.rules =
	    NEW_ARRAY(pool, struct outbound_rule, c->rule_count + 1);
	for (size_t i = 0; i < c->rule_count; i++)
		if (c->rules[i].active)
			g->active.rules[g->active.count++] = c->rules[i].x;
	g->first = NEW_ARRAY(pool, size_t, g->node_count + 1);
	for (size_t i = 0; i < g->node_count; i++) {
		g->first[i] = g->edge_count;
		add_edges(g, i);
	}
	g->first[g->node_count] = g->edge_count;
	lint_graph_search(g);
}
