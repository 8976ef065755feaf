#include "delivery.h"

#include "letter.h"
#include "schema.h"
#include "servers.h"

static struct servers servers;
static struct pool *process, *request;
static const struct conf *conf;
static struct crypto_key master, seal;
static struct db *db, *other;

enum { ORGANIZATION = 7, NOTIFICATION = 3 };

static void
load_schema(void)
{
	struct db *admin = db_new(process, conf, &master, "admin", 20000);

	schema_load(process, admin, "opbx");
	OK(db_script(admin, process,
	    STR("INSERT INTO organization (id, name, slug, country, timezone)"
		" VALUES (7, 'A', 'a', 'US', 'UTC');"
		"INSERT INTO notification (id, organization_id, name, event,"
		" url, updated_at) VALUES (3, 7, 'N', 'failure',"
		" 'https://a.example/', '2026-01-01')")));
}

static void
start(void)
{
	signal(SIGPIPE, SIG_IGN);
	crypto_start();
	servers = servers_new(SERVER_MARIADB);
	process = pool_new();
	request = pool_new();
	conf = servers_conf(process, &servers, "");
	load_schema();
	seal = crypto_derive(&master, "seal");
	db = db_new(process, conf, &master, "admin", 2000);
	other = db_new(process, conf, &master, "admin", 2000);
}

static void
finish(void)
{
	pool_free(request);
	pool_free(process);
	servers_free(&servers);
}

TestSuite(delivery, .init = start, .fini = finish, .timeout = 60);

static void
put(const struct delivery *delivery)
{
	OK(db_begin(db, request, DB_WRITE, delivery->organization));
	OK(delivery_put(db, request, &seal, delivery));
	OK(db_commit(db));
}

static void
put_https(void)
{
	put(&(struct delivery){
	    .organization = ORGANIZATION,
	    .notification = NOTIFICATION,
	    .kind = DELIVERY_HTTPS,
	    .url = STR("https://a.example/hook"),
	    .body = STR("{\"event\":\"failure\"}"),
	    .secret = STR("a secret of theirs"),
	});
}

static bool
claim_kind(struct db *by, enum delivery_kind kind, struct delivery *delivery)
{
	bool found;

	OK(delivery_claim(by, request, &seal, kind, delivery, &found));
	return found;
}

static bool
claim(struct db *by, struct delivery *delivery)
{
	return claim_kind(by, DELIVERY_HTTPS, delivery);
}

/* One cell; the statement is the administrator's. */
static struct str
cell(const char *sql)
{
	struct rows *rows;
	struct str text;

	OK(db_begin(db, request, DB_READ, 0));
	OK(db_query(db, sql, NULL, 0, &rows));
	text = rows->count > 0 ? rows_text(rows, 0, 0) : NO_STR;
	OK(db_commit(db));
	return text;
}

static void
change(const char *sql)
{
	OK(db_begin(db, request, DB_WRITE, 0));
	OK(db_exec(db, sql, NULL, 0, NULL));
	OK(db_commit(db));
}

#define IS(text, wanted)                                                      \
	do {                                                                  \
		struct str is_ = (text);                                      \
		cr_assert(str_is(is_, wanted), "%.*s, not %s: %s", PSTR(is_), \
		    wanted, #text);                                           \
	} while (0)

Test(delivery, is_claimed_once_and_gone_when_done)
{
	struct delivery first, second;

	cr_assert_not(claim(db, &first));
	put_https();
	cr_assert(claim(db, &first));
	cr_assert_not(claim(other, &second));
	cr_assert_eq(first.kind, DELIVERY_HTTPS);
	cr_assert_eq(first.organization, ORGANIZATION);
	cr_assert_eq(first.notification, NOTIFICATION);
	cr_assert_eq(first.attempt, 1);
	cr_assert_eq(first.key.n, 36);
	IS(first.url, "https://a.example/hook");
	IS(first.body, "{\"event\":\"failure\"}");
	IS(first.secret, "a secret of theirs");
	cr_assert_null(first.to.p);
	OK(delivery_done(db, request, &first));
	IS(cell("SELECT COUNT(*) FROM delivery"), "0");
	IS(cell("SELECT delivered_at IS NOT NULL AND failed_at IS NULL AND"
		" updated_at = '2026-01-01' FROM notification"),
	    "1");
}

Test(delivery, two_workers_never_meet)
{
	struct delivery a, b;

	put_https();
	put_https();
	cr_assert(claim(db, &a));
	cr_assert(claim(other, &b));
	cr_assert_neq(a.id, b.id);
	cr_assert_not(str_equal(a.key, b.key));
}

Test(delivery, a_lost_worker_is_succeeded_and_its_late_word_means_nothing)
{
	struct delivery lost, next;

	put_https();
	cr_assert(claim(db, &lost));
	IS(cell("SELECT next_at BETWEEN UTC_TIMESTAMP(3) + INTERVAL 290 SECOND"
		" AND UTC_TIMESTAMP(3) + INTERVAL 300 SECOND FROM delivery"),
	    "1");
	change("UPDATE delivery SET next_at = '2026-01-01'");
	cr_assert(claim(other, &next));
	cr_assert_eq(next.attempt, 2);
	cr_assert(str_equal(next.key, lost.key));
	OK(delivery_failed(db, request, &lost, STR("too late")));
	OK(delivery_done(db, request, &lost));
	IS(cell("SELECT COUNT(*) FROM delivery WHERE failure IS NULL"), "1");
	IS(cell("SELECT delivered_at IS NULL AND failed_at IS NULL FROM"
		" notification"),
	    "1");
	OK(delivery_done(other, request, &next));
	IS(cell("SELECT COUNT(*) FROM delivery"), "0");
}

Test(delivery, waits_longer_each_time_and_is_parked_after_five)
{
	static const char *const pauses[] = {"60", "300", "1800", "7200"};
	struct delivery delivery;

	put_https();
	for (int i = 0; i < 4; i++) {
		cr_assert(claim(db, &delivery));
		OK(delivery_failed(db, request, &delivery, STR("no answer")));
		cr_assert_not(claim(db, &delivery));
		/* Up to a second later the rest is between n - 1 and n. */
		IS(cell("SELECT CEIL(TIMESTAMPDIFF(MICROSECOND,"
			" UTC_TIMESTAMP(3), next_at) / 5e6) * 5"
			" FROM delivery"),
		    pauses[i]);
		IS(cell("SELECT failure FROM notification WHERE failed_at IS"
			" NOT NULL"),
		    "no answer");
		change("UPDATE delivery SET next_at = '2026-01-01'");
	}
	cr_assert(claim(db, &delivery));
	cr_assert_eq(delivery.attempt, 5);
	OK(delivery_failed(db, request, &delivery, STR("no answer")));
	IS(cell("SELECT COUNT(*) FROM delivery"), "0");
	IS(cell("SELECT CONCAT_WS(CHAR(44), organization_id, BINARY queue, "
		"attempts,"
		" BINARY failure, BINARY JSON_VALUE(payload, '$.kind')) FROM "
		"parked_job"),
	    "7,deliveries,5,no answer,https");
	IS(cell("SELECT job_key FROM parked_job"), delivery.key.p);
}

Test(delivery, a_worker_that_always_dies_does_not_go_on_for_ever)
{
	struct delivery delivery;

	put_https();
	change("UPDATE delivery SET attempts = 5");
	cr_assert(claim(db, &delivery));
	cr_assert_eq(delivery.attempt, 6);
	OK(delivery_failed(db, request, &delivery, STR("it died")));
	IS(cell("SELECT COUNT(*) FROM parked_job"), "1");
}

Test(delivery, is_not_noted_for_another_tenant)
{
	struct delivery delivery = {.organization = 8, .to = STR("a@b.c")};

	OK(db_begin(db, request, DB_WRITE, ORGANIZATION));
	cr_assert_not_null(delivery_put(db, request, &seal, &delivery));
	db_rollback(db);
	OK(db_begin(db, request, DB_WRITE, 0));
	delivery.organization = ORGANIZATION;
	cr_assert_not_null(delivery_put(db, request, &seal, &delivery));
	db_rollback(db);
	IS(cell("SELECT COUNT(*) FROM delivery"), "0");
}

Test(delivery, of_a_transaction_that_failed_was_never_noted)
{
	struct delivery delivery = {.organization = ORGANIZATION};

	OK(db_begin(db, request, DB_WRITE, ORGANIZATION));
	OK(delivery_put(db, request, &seal, &delivery));
	db_rollback(db);
	cr_assert_not(claim(db, &delivery));
}

Test(delivery, shows_nothing_at_rest)
{
	put_https();
	IS(cell("SELECT INSTR(content_sealed, 'secret') + INSTR(content_sealed,"
		" 'example') + INSTR(content_sealed, 'failure')"
		" FROM delivery"),
	    "0");
}

Test(delivery, sealed_with_another_key_is_noted_as_failed)
{
	struct crypto_key another = crypto_derive(&master, "another");
	struct delivery delivery;
	bool found;

	put_https();
	cr_assert_not_null(delivery_claim(
	    db, request, &another, DELIVERY_HTTPS, &delivery, &found));
	cr_assert_not(found);
	IS(cell("SELECT failure FROM delivery WHERE next_at >"
		" UTC_TIMESTAMP(3)"),
	    "cannot be opened");
}

Test(delivery, a_content_cannot_be_moved_to_another_row)
{
	struct delivery delivery;
	bool found;

	put_https();
	put(&(struct delivery){.to = STR("a@b.example")});
	change("UPDATE delivery d JOIN delivery o ON o.id <> d.id"
	       " SET d.content_sealed = o.content_sealed"
	       " WHERE d.organization_id = 0");
	change("DELETE FROM delivery WHERE organization_id = 7");
	cr_assert_not_null(delivery_claim(
	    db, request, &seal, DELIVERY_MAIL, &delivery, &found));
}

Test(delivery, a_letter_of_the_platform_is_parked_as_well)
{
	const struct letter letter = {
	    .to = STR("ada@example.com"),
	    .subject = STR("Your password \xf0\x9f\x94\x91"),
	    .text = STR("A link:\nhttps://pbx.example/x\n"),
	};
	struct delivery delivery;

	/* In the transaction of any tenant, too. */
	OK(db_begin(db, request, DB_WRITE, ORGANIZATION));
	OK(letter_put(db, request, &seal, &letter));
	OK(db_commit(db));
	cr_assert_not(claim(db, &delivery));
	cr_assert(claim_kind(db, DELIVERY_MAIL, &delivery));
	cr_assert_eq(delivery.kind, DELIVERY_MAIL);
	cr_assert_eq(delivery.organization, 0);
	cr_assert_eq(delivery.notification, 0);
	cr_assert(str_equal(delivery.to, letter.to));
	cr_assert(str_equal(delivery.subject, letter.subject));
	cr_assert(str_equal(delivery.text, letter.text));
	cr_assert_null(delivery.file.p);
	delivery.attempt = 5;
	change("UPDATE delivery SET attempts = 5");
	OK(delivery_failed(db, request, &delivery, STR("refused")));
	IS(cell("SELECT COUNT(*) FROM parked_job WHERE organization_id = 0"),
	    "1");
}
