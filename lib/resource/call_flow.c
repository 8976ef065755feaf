#include "call_flow.h"

#include "configured.h"
#include "flow.h"
#include "history.h"
#include "html_read.h"
#include "place.h"

struct flow_query {
	struct str number, at;
};

struct shown_node {
	unsigned kind;
	uint64_t id;
	struct str number, name, about;
	bool active, now;
};

struct shown_edge {
	int from, to;
	unsigned way;
	struct str digits, label;
	bool now;
	struct str why;
};

struct shown_flow {
	struct str number;
	struct instant at;
	struct children nodes, edges;
	bool cut;
};

/* clang-format off */
static const struct field query_fields[] = {
	{ FIELD(flow_query, number), .max = 64, .flags = REQUIRED,
	    .help = "an extension, or a number of the organization's" },
	{ FIELD(flow_query, at), .max = 40,
	    .help = "like 2026-12-25T10:00 on the organization's clock, or "
	    "with an offset; none: now" },
};
static const struct field node_fields[] = {
	{ FIELD(shown_node, kind), .choices = flow_kinds },
	{ FIELD(shown_node, id), .help = "none: an end of the call" },
	{ FIELD(shown_node, number) },
	{ FIELD(shown_node, name) },
	{ FIELD(shown_node, about), .help = "what happens there" },
	{ FIELD(shown_node, active) },
	{ FIELD(shown_node, now), .help = "a call at that moment can come "
	    "here" },
};
static const struct record node_record = {
	.name = "flow_node", RECORD(shown_node, node_fields),
};
static const struct field edge_fields[] = {
	{ FIELD(shown_edge, from), .max = FLOW_MOST,
	    .help = "place in the list of nodes, from 0 on" },
	{ FIELD(shown_edge, to), .max = FLOW_MOST },
	{ FIELD(shown_edge, way), .choices = flow_ways },
	{ FIELD(shown_edge, digits), .help = "of an option" },
	{ FIELD(shown_edge, label), .help = "of an option" },
	{ FIELD(shown_edge, now), .help = "a call at that moment can go "
	    "this way" },
	{ FIELD(shown_edge, why), .help = "why it may not lead there" },
};
static const struct record edge_record = {
	.name = "flow_edge", RECORD(shown_edge, edge_fields),
};
static const struct field flow_fields[] = {
	{ FIELD(shown_flow, number), .flags = REQUIRED },
	{ FIELD(shown_flow, at), .flags = REQUIRED },
	{ FIELD(shown_flow, nodes), .of = &node_record, .max = FLOW_MOST,
	    .help = "the number itself first" },
	{ FIELD(shown_flow, edges), .of = &edge_record },
	{ FIELD(shown_flow, cut), .help = "there is more than can be shown" },
};
/* clang-format on */

const struct record flow_parameters = {
    .name = "flow_query",
    RECORD(flow_query, query_fields),
};
const struct record flow_record = {
    .name = "flow",
    RECORD(shown_flow, flow_fields),
};

/* -- What is asked --------------------------------------------------------- */

/* An extension's number, else a DID in any form. */
static bool
find(struct visit *visit, const struct configuration *c, struct str asked,
    int64_t at, struct shown_flow *shown, struct flow *flow)
{
	struct pool *pool = visit->req->pool;
	struct number number;

	shown->number = str_trim(asked);
	if (flow_of(pool, c, shown->number, at, flow))
		return true;
	if (!number_dialled(shown->number, c->org.country, &number))
		return false;
	shown->number = pool_copy(pool, str_of(number.e164));
	return flow_of(pool, c, shown->number, at, flow);
}

static struct err *
look(struct visit *visit, struct shown_flow *shown, struct flow *flow)
{
	struct complaints *all = &visit->change.all;
	struct configuration c;
	struct flow_query query;

	TRY(take_query(visit, &flow_parameters, &query));
	TRY(complaints_err(all));
	TRY(configuration_load(&visit->change, &c));
	shown->at.at = visit->change.now;
	if (query.at.n > 0 && !zone_parse_instant(zone_load(c.org.timezone),
				  query.at, &shown->at.at))
		complain(all, STR("at"),
		    "must be like 2026-12-25T10:00 on the organization's "
		    "clock, or 2026-12-25T10:00:00-05:00");
	if (!find(visit, &c, query.number, shown->at.at, shown, flow))
		complain(all, STR("number"),
		    "must be an extension or a number of yours");
	return complaints_err(all);
}

/* -- What is answered ------------------------------------------------------ */

static void
show(struct pool *pool, const struct flow *flow, struct shown_flow *out)
{
	struct shown_node *nodes =
	    NEW_ARRAY(pool, struct shown_node, flow->node_count + 1);
	struct shown_edge *edges =
	    NEW_ARRAY(pool, struct shown_edge, flow->edge_count + 1);

	for (size_t i = 0; i < flow->node_count; i++) {
		const struct flow_node *node = &flow->nodes[i];

		nodes[i] =
		    (struct shown_node){node->kind, node->id, node->number,
			node->name, node->about, node->active, node->now};
	}
	for (size_t i = 0; i < flow->edge_count; i++) {
		const struct flow_edge *edge = &flow->edges[i];

		edges[i] = (struct shown_edge){edge->from, edge->to, edge->way,
		    edge->digits, edge->label, edge->now, edge->why};
	}
	out->nodes = (struct children){flow->node_count, nodes};
	out->edges = (struct children){flow->edge_count, edges};
	out->cut = flow->cut;
}

static void
add_node(const struct html *html, struct buf *out, const struct flow_node *node)
{
	struct str type = str_of(flow_kinds[node->kind]);
	bool leads = node->id != 0 && html_leads(html, place_responder(type));

	if (leads) {
		buf_add_text(out, "<a href=\"");
		buf_add_html(out, place_of(out->pool, type, node->id));
		buf_add_text(out, "\">");
	}
	buf_add_html(out, type);
	buf_add_text(out, " ");
	buf_add_html(out, node->number.n > 0 ? node->number : node->name);
	buf_add_text(out, leads ? "</a>" : "");
}

static void
add_edge(const struct html *html, struct buf *out, const struct flow *flow,
    const struct flow_edge *edge)
{
	buf_add_text(out, "<li>");
	buf_add_html(out, str_of(flow_ways[edge->way]));
	buf_add_text(out, " ");
	buf_add_html(out, edge->digits);
	buf_add_text(out, ": ");
	add_node(html, out, &flow->nodes[edge->to]);
	if (edge->why.n > 0) {
		buf_add_text(out, ", but ");
		buf_add_html(out, edge->why);
	}
	buf_add_text(out, edge->now ? "</li>\n" : " (not at that time)</li>\n");
}

/* Each node, and below it where it leads. */
static void
add_list(const struct html *html, const struct flow *flow)
{
	struct buf *out = &html->req->out;

	for (size_t i = 0; i < flow->node_count; i++) {
		bool any = false;

		for (size_t k = 0; k < flow->edge_count; k++) {
			if (flow->edges[k].from != (int)i)
				continue;
			if (!any) {
				buf_add_text(out, "<h2>");
				add_node(html, out, &flow->nodes[i]);
				buf_add_text(out, "</h2>\n<p>");
				buf_add_html(out, flow->nodes[i].about);
				buf_add_text(out, "</p>\n<ul>\n");
				any = true;
			}
			add_edge(html, out, flow, &flow->edges[k]);
		}
		if (any)
			buf_add_text(out, "</ul>\n");
	}
	if (flow->edge_count == 0)
		html_note(html, "It leads nowhere else.");
}

struct err *
show_flow(struct visit *visit)
{
	struct html html = visit_html(visit);
	struct shown_flow shown = {.number = NO_STR};
	bool asked = form_get(&visit->query, "number").n > 0;
	struct flow flow;

	if (asked || visit->face != FACE_HTML) {
		TRY(look(visit, &shown, &flow));
		show(visit->req->pool, &flow, &shown);
	}
	if (visit->face != FACE_HTML)
		return answer_data(visit, 200, &flow_record, &shown);
	html_open(&html, 200, STR("Call flow"));
	html_filters(&html, &flow_parameters, &visit->query);
	if (asked)
		add_list(&html, &flow);
	html_close(&html);
	return NULL;
}
