/*
 * opbxctl sync: what differs between a tenant and its side at the carrier, and
 * then no more.
 *
 * The operator waits for it at a terminal, so this may ask the carrier itself;
 * what is to be done goes the worker's way (carrier_sync.h), so that no two
 * tell the carrier at once.
 */
#include <poll.h>
#include <stdio.h>

#include "carrier_sync.h"
#include "clock.h"
#include "ctl.h"

enum { PATIENCE_MS = 600000, LOOK_MS = 300, TRIES = 4 };

struct sync {
	struct ctl *ctl;
	struct carrier_work *work;
	struct carrier_tenant tenant;
	uint64_t organization;
	int differences;
	/* Rows that are to be told again. */
	bool steps[3];
	struct buf ids; /* of extensions: "3,5" */
};

static const char *const step_names[] = {
    "domain_profile", "voice_application", "default_application"};

static void
sleep_for(int64_t milliseconds)
{
	poll(NULL, 0, (int)milliseconds);
}

/* On the other channel: what differs may be read by a program. */
static void
say_wait(const struct carrier_answer *answer, int64_t wait)
{
	if (answer->failure.p != NULL)
		fprintf(stderr, "opbxctl: %.*s; asking again in %lld s\n",
		    PSTR(answer->failure), (long long)(wait + 999) / 1000);
	else
		fprintf(stderr,
		    "opbxctl: waiting %lld s for a turn: the carrier takes 10"
		    " requests in 10 s\n",
		    (long long)(wait + 999) / 1000);
}

/* Waits for its turn, and asks again what went wrong on the way. */
static struct err *
ask(struct sync *sync, struct carrier_question question,
    struct carrier_answer *answer)
{
	struct pool *pool = sync->ctl->pool;

	*answer = (struct carrier_answer){.outcome = CARRIER_TROUBLE};
	for (int tries = 0; tries < TRIES;) {
		int64_t wait = carrier_ask(
		    sync->work, pool, &sync->tenant, 0, &question, answer);

		if (wait == 0 && answer->outcome != CARRIER_BUSY &&
		    answer->outcome != CARRIER_TROUBLE)
			break;
		if (wait == 0) {
			wait = 1000 << tries++;
			if (tries == TRIES)
				break;
		}
		say_wait(answer, wait);
		sleep_for(wait);
	}
	if (answer->outcome == CARRIER_DONE ||
	    answer->outcome == CARRIER_ABSENT)
		return NULL;
	return err_new(pool, UNAVAILABLE, "%.*s", PSTR(answer->failure));
}

static void
step_differs(struct sync *sync, int step, const char *how)
{
	printf("%-20s %s\n", step_names[step], how);
	sync->steps[step] = true;
	sync->differences++;
}

static struct err *
compare_wiring(struct sync *sync)
{
	const struct carrier_tenant *tenant = &sync->tenant;
	struct carrier_answer domain, application;
	int64_t id, is;

	TRY(ask(sync, carrier_read_domain(), &domain));
	if (domain.outcome == CARRIER_ABSENT)
		return err_new(sync->ctl->pool, NOT_FOUND,
		    "The carrier has no domain %.*s.",
		    PSTR(tenant->domain.name));
	if (!carrier_has_profile(domain.body, &tenant->profile))
		step_differs(sync, 0, "differs");
	TRY(ask(sync, carrier_read_application(), &application));
	if (application.outcome == CARRIER_ABSENT)
		step_differs(sync, 1, "is missing");
	else if (!carrier_has_application(application.body, tenant->voice_url))
		step_differs(sync, 1, "differs");
	id = json_int(json_get(application.body, "id"));
	is = json_int(json_get(domain.body, "defaultApplication"));
	if (id == 0 || id != is)
		step_differs(sync, 2, is == 0 ? "is missing" : "is another");
	return NULL;
}

/* -- Subscribers ----------------------------------------------------------- */

static bool
find(const struct json *list, struct str number,
    struct carrier_subscriber *subscriber)
{
	for (size_t i = 0; i < json_count(list); i++)
		if (carrier_take_subscriber(json_at(list, i), subscriber) &&
		    str_equal(subscriber->number, number))
			return true;
	return false;
}

static void
extension_differs(
    struct sync *sync, uint64_t id, struct str number, const char *how)
{
	printf("subscriber %-9.*s %s\n", PSTR(number), how);
	buf_printf(&sync->ids, "%s%llu", sync->ids.n > 0 ? "," : "",
	    (unsigned long long)id);
	sync->differences++;
}

/* A row: id, number, status, password, number there, is it wanted? */
static void
compare_extension(struct sync *sync, const struct rows *rows, size_t i,
    const struct json *list)
{
	uint64_t id = (uint64_t)rows_int(rows, i, 0);
	struct str number = rows_text(rows, i, 1), password;
	struct carrier_subscriber there;
	bool same;

	if (rows_int(rows, i, 5) == 0) {
		if (find(list, rows_text(rows, i, 4), &there))
			extension_differs(
			    sync, id, there.number, "is not wanted any more");
		return;
	}
	if (!find(list, number, &there)) {
		extension_differs(sync, id, number, "is missing");
		return;
	}
	same =
	    crypto_open(sync->ctl->pool, &sync->work->seal,
		pool_printf(sync->ctl->pool, "extension.sip_password:%llu",
		    (unsigned long long)id),
		rows_text(rows, i, 3), &password) &&
	    (there.password.p == NULL || crypto_same(password, there.password));
	if (!same)
		extension_differs(sync, id, number, "has another password");
	else if (there.active != str_is(rows_text(rows, i, 2), "active"))
		extension_differs(sync, id, number,
		    there.active ? "is active" : "is inactive");
}

static bool
is_ours(const struct rows *rows, struct str number)
{
	for (size_t i = 0; i < rows->count; i++)
		if (str_equal(rows_text(rows, i, 1), number) ||
		    str_equal(rows_text(rows, i, 4), number))
			return true;
	return false;
}

static struct err *
compare_subscribers(struct sync *sync)
{
	struct db *db = sync->ctl->db;
	struct carrier_answer answer;
	struct rows *rows;
	struct err *err;

	TRY(ask(sync, carrier_list_subscribers(), &answer));
	TRY(db_begin(db, sync->ctl->pool, DB_READ, sync->organization));
	/* Those that have gone come first: another may have the number now. */
	err = QUERY(db,
	    "SELECT id, number, status, sip_password_sealed, carrier_number,"
	    " living IS NOT NULL AND type = ? AS wanted FROM extensions e"
	    " WHERE (living = 1 AND type = 'user') OR (carrier_number IS NOT"
	    " NULL AND NOT EXISTS (SELECT 1 FROM extensions o WHERE o.living ="
	    " 1 AND o.type = 'user' AND o.number = e.carrier_number))"
	    " ORDER BY number, id",
	    &rows, TEXT(STR("user")));
	db_rollback(db);
	TRY(err);
	for (size_t i = 0; i < rows->count; i++)
		compare_extension(sync, rows, i, answer.body);
	for (size_t i = 0; i < json_count(answer.body); i++) {
		struct carrier_subscriber there;

		if (carrier_take_subscriber(json_at(answer.body, i), &there) &&
		    !is_ours(rows, there.number))
			printf("subscriber %-9.*s is not ours and stays\n",
			    PSTR(there.number));
	}
	return NULL;
}

/* -- And then does it ------------------------------------------------------ */

static struct err *
mark(struct sync *sync)
{
	struct db *db = sync->ctl->db;
	struct rows *rows;

	for (int i = 0; i < 3; i++)
		if (sync->steps[i])
			TRY(EXEC(db,
			    "INSERT INTO carrier_steps (organization_id, step,"
			    " state) VALUES (?, ?, 'pending') ON DUPLICATE KEY"
			    " UPDATE state = 'pending', failure = NULL",
			    NULL, INT(sync->organization),
			    TEXT(str_of(step_names[i]))));
	TRY(EXEC(db,
	    "UPDATE extensions SET carrier_state = 'pending',"
	    " carrier_error = NULL, updated_at = updated_at"
	    " WHERE FIND_IN_SET(id, ?)",
	    NULL, TEXT(buf_str(&sync->ids))));
	return db_query(db, "SELECT carrier_wanted()", NULL, 0, &rows);
}

static struct err *
count(struct sync *sync, int64_t *waiting, int64_t *failed)
{
	struct db *db = sync->ctl->db;
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, sync->ctl->pool, DB_READ, sync->organization));
	err = db_query(db,
	    "SELECT COALESCE(SUM(state = 'pending'), 0),"
	    " COALESCE(SUM(state = 'failed'), 0) FROM (SELECT state FROM"
	    " carrier_steps UNION ALL SELECT carrier_state FROM extensions) x",
	    NULL, 0, &rows);
	db_rollback(db);
	TRY(err);
	*waiting = rows_int(rows, 0, 0);
	*failed = rows_int(rows, 0, 1);
	return NULL;
}

/* The worker may be at it already: then it is waited for. */
static struct err *
finish(struct sync *sync)
{
	int64_t until = clock_monotonic() + (int64_t)PATIENCE_MS * 1000;
	int64_t waiting = 1, failed = 0;

	while (clock_monotonic() < until) {
		struct carrier_seen seen;
		struct pool *pool = sync->ctl->pool;
		bool found = false;

		TRY(carrier_see_to(
		    sync->work, pool, sync->organization, &seen, &found));
		TRY(count(sync, &waiting, &failed));
		if (waiting == 0 || (found && seen.failure.p != NULL))
			break;
		sleep_for(found && seen.pause > 0 && seen.pause < 10000
			      ? seen.pause
			      : LOOK_MS);
	}
	if (waiting == 0 && failed == 0)
		return NULL;
	return err_new(sync->ctl->pool, UNAVAILABLE,
	    "%lld failed and %lld wait; the worker tries them again.",
	    (long long)failed, (long long)waiting);
}

static struct err *
run(struct sync *sync, bool dry)
{
	struct db *db = sync->ctl->db;
	struct err *err;

	TRY(carrier_load_tenant(
	    sync->work, sync->ctl->pool, sync->organization, &sync->tenant));
	if (!sync->tenant.keyed)
		return err_new(sync->ctl->pool, CONFLICT,
		    "There is no API key of a carrier that can be asked.");
	if (sync->tenant.wrong.p != NULL)
		return err_new(sync->ctl->pool, CONFLICT, "%.*s",
		    PSTR(sync->tenant.wrong));
	fprintf(stderr, "opbxctl: asking the carrier about %.*s\n",
	    PSTR(sync->tenant.domain.name));
	TRY(compare_wiring(sync));
	TRY(compare_subscribers(sync));
	if (sync->differences == 0)
		puts("in step");
	if (sync->differences == 0 || dry)
		return NULL;
	TRY(db_begin(db, sync->ctl->pool, DB_WRITE, sync->organization));
	err = mark(sync);
	if (err == NULL)
		err = db_commit(db);
	if (err != NULL) {
		db_rollback(db);
		return err;
	}
	TRY(finish(sync));
	printf("%d done\n", sync->differences);
	return NULL;
}

int
ctl_sync(struct ctl *ctl, int argc, char **argv)
{
	enum { ORG, DRY };
	struct ctl_option options[] = {
	    [ORG] = {"org", .required = false},
	    [DRY] = {"dry-run", .flag = true},
	    {.name = NULL},
	};
	struct sync sync = {.ctl = ctl, .ids = buf_new(ctl->pool, 256)};
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	buf_add_text(&sync.ids, "");
	sync.work = carrier_work_new(ctl->pool, ctl->conf, &ctl->master,
	    ctl->db, ctl->redis, fetch_new(ctl->pool, ctl->conf, NULL));
	err = ctl_organization(ctl, options[ORG].value, &sync.organization);
	if (err == NULL)
		err = run(&sync, options[DRY].value.n > 0);
	return err != NULL ? ctl_fail(err) : 0;
}
