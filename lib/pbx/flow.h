/*
 * A call flow: every way that a call to one number can take, as pictures and
 * lists show it, and which of them it takes at an instant.
 *
 * A pure function over all of a configuration; the edges are the linter's, so
 * that both judge alike what is allowed.  What one caller does (presses,
 * answers) it does not know: of several ways that callers decide all are
 * taken.
 */
#ifndef PBX_FLOW_H
#define PBX_FLOW_H

#include "configuration.h"

enum { FLOW_MOST = 400 }; /* nodes */

enum flow_kind {
	FLOW_DID,
	FLOW_EXTENSION,
	FLOW_VOICEMAIL, /* id: the extension whose mailbox it is */
	FLOW_GROUP,
	FLOW_MENU,
	FLOW_HOURS,
	FLOW_ROOM,
	FLOW_EXTERNAL, /* name: the number or address */
	FLOW_HANGUP,
	FLOW_NOWHERE, /* name: where it was to lead */
};
/* "did", "extension", "voicemail", "ring_group" …; NULL at the end. */
extern const char *const flow_kinds[];

enum flow_way {
	WAY_LEADS,
	WAY_ALWAYS, /* the forward of all calls */
	WAY_BUSY,
	WAY_NO_ANSWER,
	WAY_UNANSWERED, /* a mailbox, when all else is tried */
	WAY_FALLBACK,   /* no member answers */
	WAY_TIMEOUT,    /* nothing, or nothing valid, is pressed */
	WAY_OPTION,
	WAY_OPEN,
	WAY_CLOSED,
	WAY_EXCEPTION,
};
extern const char *const flow_ways[];

struct flow_node {
	enum flow_kind kind;
	uint64_t id;       /* 0: an end */
	struct str number; /* of an extension or a DID, else absent */
	struct str name;
	struct str about; /* "open", "rings in turn: 1001, 1002"; absent */
	bool active;
	bool now; /* a call at that instant can come here */
};

struct flow_edge {
	int from, to; /* places in the list of nodes */
	enum flow_way way;
	struct str digits, label; /* of an option, else absent */
	bool now;
	struct str why; /* to FLOW_NOWHERE: why it is not allowed */
};

struct flow {
	size_t node_count, edge_count;
	struct flow_node *nodes; /* the number itself comes first */
	struct flow_edge *edges; /* in the order of their nodes */
	bool cut;                /* there are more nodes than FLOW_MOST */
};

/* number: an extension's, or a DID in E.164.  False: it is nobody's. */
bool flow_of(struct pool *pool, const struct configuration *configuration,
    struct str number, int64_t instant, struct flow *flow);

#endif
