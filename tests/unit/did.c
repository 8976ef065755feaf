/* What the operator alone does with a number, against a real database; the
 * rest is tried through the responder (tests/feature/dids.py). */
#include "did.h"

#include "clock.h"
#include "expect.h"
#include "migrate.h"
#include "organization.h"
#include "servers.h"

#include <criterion/hooks.h>
#include <limits.h>

static struct servers servers;
static struct pool *process;
static struct crypto_key master;
static struct change change;

static const struct conf *
configuration(void)
{
	char folder[PATH_MAX];

	cr_assert_not_null(realpath("sql", folder), "run this where sql/ is");
	return servers_conf(
	    process, &servers, pool_printf(process, "sql_dir = %s", folder).p);
}

static void
said(void *context, struct str line)
{
	(void)context, (void)line;
}

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
	struct err *err;

	(void)tests;
	crypto_start();
	process = pool_new();
	servers = servers_new(SERVER_MARIADB);
	err = migrate_run(process, configuration(), &master, said, NULL);
	if (err != NULL)
		servers_fail(cause(err).p, servers.folder);
	servers_share(&servers);
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	(void)stats;
	servers_free(&servers);
	pool_free(process);
}

/* A new organization of this test, as opbxctl makes one. */
static struct made_organization
organization(const char *name)
{
	struct made_organization made;
	const struct json *body;

	OK(json_parse(process,
	    pool_printf(process,
		"{\"name\":\"%s\",\"slug\":\"%s-%d\",\"country\":\"US\","
		"\"timezone\":\"UTC\","
		"\"owner\":{\"email\":\"owner@example.com\"}}",
		name, name, getpid()),
	    &body));
	OK(organization_create(&change, body, NO_STR, &made));
	return made;
}

static void
start(void)
{
	static struct crypto_key seal;
	const struct conf *conf;

	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	process = pool_new();
	servers = servers_shared();
	conf = configuration();
	seal = crypto_derive(&master, "seal");
	change = (struct change){.pool = process,
	    .db = db_new(process, conf, &master, "ctl", 20000),
	    .generations =
		generations_new(process, conf, redis_new(process, conf)),
	    .seal = &seal,
	    .actor = {.type = "system", .name = STR("test")},
	    .role = ROLE_OWNER,
	    .now = clock_now()};
	organization("mine");
}

static void
stop(void)
{
	pool_free(process);
}

TestSuite(did, .init = start, .fini = stop);

/* A number of this process and test. */
static struct str
number(void)
{
	return pool_printf(
	    process, "+1212556%04d", (int)((unsigned)getpid() % 10000));
}

static uint64_t
claim(void)
{
	struct str text =
	    pool_printf(process, "{\"number\":\"%s\"}", number().p);
	const struct json *body;
	uint64_t id = 0;

	OK(json_parse(process, text, &body));
	OK(resource_create(&change, &dids, body, &id));
	return id;
}

static struct err *
prove(uint64_t id)
{
	struct err *err = change_begin(&change);

	if (err == NULL)
		err = did_prove(&change, id);
	return change_end(&change, err);
}

static struct did_record
load(uint64_t id)
{
	struct did_record did = {.record = false};

	OK(db_begin(change.db, process, DB_READ, change.organization));
	OK(resource_load(&change, &dids, id, LIVING_OR_DELETED, &did));
	OK(db_commit(change.db));
	return did;
}

Test(did, the_operator_proves_a_claim_once)
{
	uint64_t id = claim(), generation;
	struct did_record before = load(id);

	cr_assert_eq(before.proved_at.at, 0);
	generation = change.generation;
	OK(prove(id));
	cr_assert_eq(load(id).proved_at.at, change.now);
	cr_assert(str_equal(load(id).number, before.number));
	cr_assert_gt(change.generation, generation);
	change.now += 1000;
	OK(prove(id));
	cr_assert_eq(load(id).proved_at.at, change.now - 1000);
}

Test(did, who_has_proved_it_is_nobodys_business)
{
	struct made_organization theirs;
	uint64_t mine = claim(), other, first = change.organization;
	struct err *err;

	theirs = organization("theirs");
	other = claim();
	change.organization = first;
	OK(prove(mine));
	change.organization = theirs.organization.row.id;
	err = prove(other);
	cr_assert_not_null(err, "proved twice");
	cr_assert_eq(err->code, CONFLICT);
	cr_assert_not_null(err->complaints);
	cr_assert(str_is(err->complaints->field, "number"));
	cr_assert_null(err->complaints->next);
	cr_assert_null(strstr(err->complaints->text.p, "mine"));
	cr_assert_null(strstr(err->message.p, "mine"));
	cr_assert_null(err->references);
	cr_assert_eq(load(other).proved_at.at, 0);
}

Test(did, a_proof_ends_with_its_number)
{
	uint64_t mine = claim(), other;
	uint64_t organization_id = change.organization;
	struct err *err;

	OK(prove(mine));
	OK(resource_delete(&change, &dids, mine));
	organization("theirs");
	other = claim();
	OK(prove(other));
	change.organization = organization_id;
	err = resource_restore(&change, &dids, mine);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, VALIDATION_ERROR);
	cr_assert_neq(load(mine).row.deleted_at.at, 0);
}

Test(did, what_is_not_there_cannot_be_proved)
{
	uint64_t mine = claim();
	struct err *err;

	OK(resource_delete(&change, &dids, mine));
	err = prove(mine);
	cr_assert_not_null(err);
	cr_assert_eq(err->code, NOT_FOUND);
	organization("theirs");
	err = prove(mine);
	cr_assert_not_null(err, "proved another tenant's number");
	cr_assert_eq(err->code, NOT_FOUND);
	err = prove(0);
	cr_assert_eq(err->code, NOT_FOUND);
}
