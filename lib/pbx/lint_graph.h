/*
 * Where calls can go, as a graph: inside of the linter and of the call flow
 * (flow.h).  Nobody else includes this.
 *
 * A node is an object, or one of the ends; an edge is a target that somebody
 * set.  Who can be reached at all, who can take a call and what goes round
 * without a digit are questions about it.
 */
#ifndef PBX_LINT_GRAPH_H
#define PBX_LINT_GRAPH_H

#include "configuration.h"
#include "flow.h"

enum node_kind {
	NODE_DEFAULT, /* the organization's default target */
	NODE_DID,
	NODE_EXTENSION,
	NODE_MAILBOX, /* one for each extension */
	NODE_GROUP,
	NODE_MENU,
	NODE_HOURS,
	NODE_ROOM,
	NODE_HANGUP,
	NODE_OUTSIDE,
	NODE_NOWHERE, /* what is not allowed, or gone */
	NODE_KINDS,
};

enum edge_flag {
	EDGE_CARRIES = 1, /* calls go there as things are */
	EDGE_WALKS = 2,   /* and without that the caller presses anything */
	EDGE_AT_ONCE = 4, /* and without that anything rings or is heard */
};

struct edge {
	uint32_t from, to;
	unsigned flags;
	enum flow_way way;
	struct str digits; /* of an option; absent: none */
	const struct target *target;
	const char *why; /* to NODE_NOWHERE: why it is not allowed */
};

/* A number and the place of what has it. */
struct numbered {
	struct str number;
	size_t place;
};

struct lint_graph {
	struct pool *pool;
	const struct configuration *c;
	struct numbered *dids, *extensions; /* sorted by number */
	struct outbound_rules active;
	size_t base[NODE_KINDS + 1]; /* of each kind's nodes */
	size_t node_count, edge_count, edge_room;
	struct edge *edges; /* in the order of their nodes */
	size_t *first;      /* of each node's edges, one more at the end */
	bool *takes;        /* a call gets somewhere from here, or goes round */
	bool *reached;      /* something leads here */
	uint32_t *circle;   /* which circle it is in; 0: none */
	size_t circle_count;
};

void lint_graph_build(struct lint_graph *graph, struct pool *pool,
    const struct configuration *configuration);
/* lint_search.c: who takes a call, what is reached, what goes round. */
void lint_graph_search(struct lint_graph *graph);
bool lint_has_active_member(
    const struct configuration *c, const struct ring_group *group);
enum node_kind lint_node_kind(const struct lint_graph *graph, size_t node);
/* Its place in the configuration's list. */
size_t lint_node_place(const struct lint_graph *graph, size_t node);
/* "ring_group", its id and its name; an end has none of them. */
const char *lint_node_object(const struct lint_graph *graph, size_t node,
    uint64_t *id, struct str *name);
/* "ring group Sales" */
struct str lint_node_words(const struct lint_graph *graph, size_t node);
/* A DID that may be shown to the callee. */
bool lint_may_show(const struct configuration *c, uint64_t did);
const struct configured_extension *lint_extension_by_number(
    const struct lint_graph *graph, struct str number);

#endif
