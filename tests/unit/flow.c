#include "flow.h"

#include <criterion/criterion.h>

/* A number that leads to a group, whose fallback is an extension. */
static struct pool *pool;
static struct configuration c;
static struct configured_extension extensions[FLOW_MOST + 9];
static struct configured_did dids[1];
static struct ring_group groups[1];
static struct flow flow;

static struct target
to(enum target_type type, uint64_t id)
{
	return (struct target){type, id, NO_STR};
}

static void
setup(void)
{
	pool = pool_new();
	c = (struct configuration){.now = INT64_C(1800000000000),
	    .dids = dids,
	    .did_count = 1,
	    .groups = groups,
	    .group_count = 1,
	    .extensions = extensions,
	    .extension_count = 2};
	for (uint64_t i = 0; i < FLOW_MOST + 9; i++)
		extensions[i] = (struct configured_extension){
		    .x = {.id = 100 + i,
			.number = pool_printf(
			    pool, "%llu", (unsigned long long)(1000 + i)),
			.active = true}};
	groups[0] = (struct ring_group){.id = 30,
	    .name = STR("Sales"),
	    .active = true,
	    .fallback = to(TARGET_EXTENSION, 101)};
	dids[0] =
	    (struct configured_did){.x = {.id = 20,
					.number = STR("+12125550100"),
					.active = true,
					.proved = true,
					.target = to(TARGET_RING_GROUP, 30)}};
}

static void
teardown(void)
{
	pool_free(pool);
}

TestSuite(flow, .init = setup, .fini = teardown);

static void
must_draw(const char *number, size_t nodes, size_t edges)
{
	cr_assert(flow_of(pool, &c, str_of(number), c.now, &flow));
	cr_assert_eq(flow.node_count, nodes, "%zu nodes", flow.node_count);
	cr_assert_eq(flow.edge_count, edges, "%zu edges", flow.edge_count);
	for (size_t i = 0; i < edges; i++) {
		cr_assert(flow.edges[i].from >= 0 && flow.edges[i].to >= 0);
		cr_assert((size_t)flow.edges[i].from < nodes);
		cr_assert((size_t)flow.edges[i].to < nodes);
	}
}

Test(flow, begins_with_the_number)
{
	must_draw("+12125550100", 3, 2);
	cr_assert_eq(flow.nodes[0].kind, FLOW_DID);
	cr_assert_eq(flow.nodes[1].kind, FLOW_GROUP);
	cr_assert_eq(flow.nodes[2].kind, FLOW_EXTENSION);
	cr_assert_eq(flow.edges[1].way, WAY_FALLBACK);
	cr_assert(flow.nodes[2].now);
	must_draw("1001", 1, 0);
	cr_assert_eq(flow.nodes[0].id, 101);
}

Test(flow, knows_no_other_number)
{
	static const char *const none[] = {
	    "", "1002", "+12125550101", "12125550100", "+1212555010", "Sales"};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		cr_assert_not(flow_of(pool, &c, str_of(none[i]), c.now, &flow),
		    "%s", none[i]);
}

Test(flow, ends_where_it_goes_round)
{
	extensions[1].x.busy = to(TARGET_RING_GROUP, 30);
	must_draw("+12125550100", 3, 3);
	groups[0].fallback = to(TARGET_RING_GROUP, 30);
	must_draw("+12125550100", 2, 2);
}

Test(flow, takes_nothing_behind_what_is_switched_off)
{
	dids[0].x.active = false;
	must_draw("+12125550100", 3, 2);
	cr_assert(flow.nodes[0].now && !flow.nodes[0].active);
	cr_assert(!flow.nodes[1].now && !flow.nodes[2].now);
	cr_assert(!flow.edges[0].now && !flow.edges[1].now);
}

Test(flow, gives_each_end_a_place_of_its_own)
{
	extensions[1].x.busy = to(TARGET_HANGUP, 0);
	extensions[1].x.no_answer = to(TARGET_HANGUP, 0);
	must_draw("1001", 3, 2);
	cr_assert_neq(flow.edges[0].to, flow.edges[1].to);
}

Test(flow, says_why_it_may_not_lead_there)
{
	extensions[1].x.busy =
	    (struct target){TARGET_EXTERNAL, 0, STR("sip:a@b.example")};
	extensions[1].x.no_answer = to(TARGET_IVR_MENU, 7);
	must_draw("1001", 3, 2);
	cr_assert_eq(flow.nodes[1].kind, FLOW_NOWHERE);
	cr_assert(str_is(flow.nodes[1].name, "sip:a@b.example"));
	cr_assert(flow.edges[0].why.n > 0 && flow.edges[1].why.n > 0);
}

Test(flow, is_closed_where_there_is_no_such_zone)
{
	struct business_hours hours = {.id = 40,
	    .name = STR("Office"),
	    .timezone = STR("Nowhere/Nothing"),
	    .open = to(TARGET_EXTENSION, 100),
	    .closed = to(TARGET_EXTENSION, 101)};

	c.hours = &hours;
	c.hours_count = 1;
	dids[0].x.target = to(TARGET_BUSINESS_HOURS, 40);
	must_draw("+12125550100", 4, 3);
	cr_assert(!flow.edges[1].now && flow.edges[2].now);
}

Test(flow, is_cut_where_there_is_too_much)
{
	c.extension_count = FLOW_MOST + 9;
	for (size_t i = 0; i + 1 < c.extension_count; i++)
		extensions[i].x.always =
		    to(TARGET_EXTENSION, extensions[i + 1].x.id);
	must_draw("1000", FLOW_MOST, FLOW_MOST - 1);
	cr_assert(flow.cut);
}
