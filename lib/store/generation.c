#include "generation.h"

#include "clock.h"
#include "node_map.h"

enum {
	SECOND = 1000000, /* of clock_monotonic() */
	PING = 200000,
	PATIENCE_MS = 50,
	WAYS = 8, /* places of one organization in the process' table */
	TTL = 30 * 24 * 3600,
	BATCH = 500,
	/*
	 * MariaDB tells what changed in the last minute.  Who was current half
	 * a minute before the telling began is current as long as it goes on:
	 * the other half is for transactions that took that long to commit.
	 */
	TOLD_SECONDS = 60,
	TOLD_BEFORE = 30 * SECOND,
};

/* What this process knows itself: it never goes back to a lower one. */
struct known {
	uint64_t key; /* organization + 1; 0: free */
	uint64_t generation;
	int64_t used;
	int64_t asked; /* somebody who knew; 0: never */
};

struct generations {
	struct redis *redis;
	struct node_map *map;
	struct known *table;
	size_t sets;
	size_t bytes;
	int64_t checked; /* that the map is still the node's */
	/* Without Redis: when MariaDB was asked for changes, and answered. */
	int64_t tried, told;
	int64_t first_told; /* since then it was told again and again */
};

/* KEYS[1] the key; ARGV: generation, seconds it lives, organization. */
static const char publish_script[] =
    "local is=tonumber(redis.call('GET',KEYS[1])or 0)or 0 "
    "if tonumber(ARGV[1])>is then "
    "redis.call('SET',KEYS[1],ARGV[1],'EX',ARGV[2]) "
    "else redis.call('EXPIRE',KEYS[1],ARGV[2]) end "
    "return redis.call('PUBLISH','opbx:generation',"
    "ARGV[3]..' '..ARGV[1])";

static void
destroy(void *object)
{
	struct generations *all = object;

	pool_pages_free(all->table, all->bytes);
}

struct generations *
generations_new(
    struct pool *process, const struct conf *conf, struct redis *redis)
{
	struct generations *all = NEW(process, struct generations);
	size_t slots =
	    (size_t)conf_int(conf, "generation.slots", 32768, 64, 1 << 24);

	all->redis = redis;
	all->map = node_map_open(
	    process, conf_path(process, conf, "run_dir", "/run/opbx"), slots);
	all->sets = (slots + WAYS - 1) / WAYS;
	all->bytes = all->sets * WAYS * sizeof *all->table;
	all->table = pool_pages(all->bytes);
	pool_own(process, destroy, all);
	return all;
}

/* The places in the process' table where it may be. */
static struct known *
known_set(const struct generations *all, uint64_t organization)
{
	uint64_t hash = (organization + 1) * 0x9e3779b97f4a7c15;

	return all->table + (hash ^ hash >> 32) % all->sets * WAYS;
}

/* Its place in the process' table; takes that of the longest unused. */
static struct known *
known_find(struct generations *all, uint64_t organization, int64_t now)
{
	uint64_t key = organization + 1;
	struct known *set = known_set(all, organization);
	struct known *oldest = set;

	for (struct known *known = set; known < set + WAYS; known++) {
		if (known->key == key) {
			known->used = now;
			return known;
		}
		if (known->used < oldest->used)
			oldest = known;
	}
	*oldest = (struct known){.key = key, .used = now};
	return oldest;
}

static uint64_t
raise_known(struct known *known, uint64_t generation)
{
	if (known->generation < generation)
		known->generation = generation;
	return known->generation;
}

/* True when Redis holds a number for this organization. */
static bool
ask_redis(struct generations *all, struct pool *pool, uint64_t organization,
    uint64_t *generation)
{
	struct reply reply;
	int64_t number;

	if (redis_call(all->redis, pool, &reply, "GET opbx:%llu:generation",
		(unsigned long long)organization) != NULL)
		return false;
	if (reply.kind != REPLY_TEXT ||
	    !str_to_int(reply.text, 1, INT64_MAX, &number))
		return false;
	*generation = (uint64_t)number;
	return true;
}

static bool
ask_db(struct pool *pool, struct db *db, uint64_t organization,
    uint64_t *generation)
{
	struct rows *rows;
	struct err *err;

	if (db == NULL || db_in_transaction(db))
		return false;
	err = db_begin(db, pool, DB_READ, organization);
	if (err == NULL)
		err = QUERY(
		    db, "SELECT generation_of(?)", &rows, INT(organization));
	if (err == NULL)
		*generation = (uint64_t)rows_int(rows, 0, 0);
	db_rollback(db);
	return err == NULL;
}

/* "organization:generation" or "organization generation". */
static bool
read_pair(
    struct str text, char between, uint64_t *organization, uint64_t *generation)
{
	struct str first;
	int64_t numbers[2];

	if (!str_next(&text, between, &first) ||
	    !str_to_int(first, 0, INT64_MAX, &numbers[0]) ||
	    !str_to_int(text, 1, INT64_MAX, &numbers[1]))
		return false;
	*organization = (uint64_t)numbers[0];
	*generation = (uint64_t)numbers[1];
	return true;
}

/* Who is not in the table is asked for when he calls. */
static void
raise_if_known(
    struct generations *all, uint64_t organization, uint64_t generation)
{
	struct known *set = known_set(all, organization);

	for (struct known *known = set; known < set + WAYS; known++)
		if (known->key == organization + 1)
			raise_known(known, generation);
	node_map_raise(all->map, organization, generation);
}

static struct err *
ask_changes(struct pool *pool, struct db *db, struct str *changes)
{
	struct rows *rows;

	TRY(db_begin(db, pool, DB_READ, 0));
	TRY(QUERY(db, "SELECT generations_since(?)", &rows, INT(TOLD_SECONDS)));
	*changes = rows_text(rows, 0, 0);
	return NULL;
}

/* Once a second for all organizations, however many call. */
static void
hear_changes(
    struct generations *all, struct pool *pool, struct db *db, int64_t now)
{
	uint64_t organization, generation;
	struct str changes, piece;
	struct err *err;

	if (db == NULL || db_in_transaction(db) ||
	    (all->tried != 0 && now - all->tried < SECOND))
		return;
	all->tried = now;
	err = ask_changes(pool, db, &changes);
	db_rollback(db);
	if (err != NULL)
		return;
	while (str_next(&changes, ',', &piece))
		if (read_pair(piece, ':', &organization, &generation))
			raise_if_known(all, organization, generation);
	if (all->told == 0 || now - all->told > TOLD_BEFORE)
		all->first_told = now;
	all->told = now;
}

/* Nothing that changed up to a second ago can have been missed. */
static bool
was_told(const struct generations *all, const struct known *known, int64_t now)
{
	return known->asked != 0 && all->told != 0 &&
	       now - all->told < SECOND &&
	       known->asked > all->first_told - TOLD_BEFORE;
}

uint64_t
generation_now(struct generations *all, struct pool *request, struct db *db,
    uint64_t organization, enum generation_source *source)
{
	int64_t now = clock_monotonic();
	struct known *known = known_find(all, organization, now);
	bool fresh = node_map_is_fresh(all->map, now);
	uint64_t epoch, confirmed, generation;

	if (!fresh && now - all->checked > SECOND) {
		all->checked = now;
		node_map_check(all->map);
	}
	epoch = node_map_epoch(all->map);
	raise_known(known, node_map_find(all->map, organization, &confirmed));
	*source = GENERATION_MAP;
	if (fresh && epoch != 0 && confirmed == epoch) {
		known->asked = now;
		return known->generation;
	}

	/* Claimed and read before asking: node_map.h says why. */
	node_map_claim(all->map, organization);
	*source = GENERATION_REDIS;
	if (ask_redis(all, request, organization, &generation)) {
		known->asked = now;
		raise_known(known, generation);
		node_map_confirm(
		    all->map, organization, known->generation, epoch);
		return known->generation;
	}
	*source = GENERATION_DB;
	hear_changes(all, request, db, now);
	if (was_told(all, known, now))
		return known->generation;
	if (ask_db(request, db, organization, &generation)) {
		known->asked = now;
		raise_known(known, generation);
		node_map_confirm(
		    all->map, organization, known->generation, epoch);
		return known->generation;
	}
	*source = GENERATION_OLD;
	return known->generation;
}

void
generation_seen(
    struct generations *all, uint64_t organization, uint64_t generation)
{
	raise_known(
	    known_find(all, organization, clock_monotonic()), generation);
	node_map_raise(all->map, organization, generation);
}

struct err *
generation_raise(struct db *db, uint64_t organization, uint64_t *generation)
{
	struct rows *rows;

	TRY(QUERY(db, "SELECT generation_raise(?)", &rows, INT(organization)));
	*generation = (uint64_t)rows_int(rows, 0, 0);
	return NULL;
}

static struct err *
send_one(struct generations *all, struct pool *pool, uint64_t organization,
    uint64_t generation)
{
	return redis_send(all->redis, pool,
	    "EVAL %s 1 opbx:%llu:generation %llu %d %llu", publish_script,
	    (unsigned long long)organization, (unsigned long long)generation,
	    TTL, (unsigned long long)organization);
}

static struct err *
receive_one(struct generations *all, struct pool *pool)
{
	struct reply reply;

	TRY(redis_receive(all->redis, pool, &reply));
	if (reply.kind == REPLY_ERROR)
		return err_unavailable(
		    pool, "redis: EVAL: %.*s", PSTR(reply.text));
	return NULL;
}

void
generation_publish(struct generations *all, struct pool *request, struct db *db,
    uint64_t organization, uint64_t generation)
{
	struct rows *rows;

	generation_seen(all, organization, generation);
	if (send_one(all, request, organization, generation) != NULL ||
	    receive_one(all, request) != NULL)
		return;
	/* Should this fail, it is sent once more, which harms nobody. */
	if (db_begin(db, request, DB_WRITE, organization) != NULL)
		return;
	if (QUERY(db, "SELECT generation_sent(?, ?)", &rows, INT(organization),
		INT(generation)) != NULL ||
	    db_commit(db) != NULL)
		db_rollback(db);
}

/* One batch of the outbox; *sent 0: there was nothing. */
static struct err *
repair_batch(
    struct generations *all, struct pool *pool, struct db *db, size_t *sent)
{
	uint64_t organizations[BATCH], generations[BATCH];
	struct str list, piece;
	struct rows *rows;
	size_t n = 0;

	*sent = 0;
	TRY(db_begin(db, pool, DB_READ, 0));
	TRY(QUERY(db, "SELECT generations_unsent(?)", &rows, INT(BATCH)));
	list = rows_text(rows, 0, 0);
	TRY(db_commit(db));
	while (n < BATCH && str_next(&list, ',', &piece))
		if (read_pair(piece, ':', &organizations[n], &generations[n]))
			n++;
	for (size_t i = 0; i < n; i++) {
		generation_seen(all, organizations[i], generations[i]);
		TRY(send_one(all, pool, organizations[i], generations[i]));
	}
	for (size_t i = 0; i < n; i++)
		TRY(receive_one(all, pool));
	if (n == 0)
		return NULL;
	TRY(db_begin(db, pool, DB_WRITE, 0));
	for (size_t i = 0; i < n; i++)
		TRY(QUERY(db, "SELECT generation_sent(?, ?)", &rows,
		    INT(organizations[i]), INT(generations[i])));
	TRY(db_commit(db));
	*sent = n;
	return NULL;
}

struct err *
generation_repair(
    struct generations *all, struct pool *pool, struct db *db, size_t *sent)
{
	size_t batch;

	*sent = 0;
	do {
		struct err *err = repair_batch(all, pool, db, &batch);

		if (err != NULL) {
			db_rollback(db);
			return err;
		}
		*sent += batch;
	} while (batch == BATCH);
	return NULL;
}

bool
generation_is_followed(const struct generations *all)
{
	return node_map_is_fresh(all->map, clock_monotonic());
}

/* A push message: a change, or the answer to a PING. */
static void
take_message(
    struct generations *all, const struct reply *message, int64_t *pinged)
{
	uint64_t organization, generation;

	if (message->kind != REPLY_LIST || message->count < 2)
		return;
	if (str_is(message->list[0].text, "pong")) {
		/* All that was published before the PING has come. */
		node_map_beat(all->map, *pinged);
		*pinged = 0;
		return;
	}
	if (message->count == 3 &&
	    read_pair(message->list[2].text, ' ', &organization, &generation))
		node_map_raise(all->map, organization, generation);
}

struct err *
generation_subscribe(
    struct generations *all, struct pool *pool, struct redis *redis)
{
	struct reply reply;

	/* A connection that was a subscriber's does not answer calls. */
	redis_close(redis);
	TRY(redis_call(redis, pool, &reply, "SUBSCRIBE opbx:generation"));
	/* From here on nothing is missed. */
	node_map_check(all->map);
	node_map_begin(all->map);
	return NULL;
}

struct err *
generation_follow(struct generations *all, struct pool *pool,
    struct redis *redis, const volatile sig_atomic_t *stop)
{
	struct reply reply;
	int64_t pinged = 0, last = 0;
	bool got;

	while (!*stop) {
		int64_t now = clock_monotonic();

		if (pinged != 0 && now - pinged > SECOND)
			return err_unavailable(
			    pool, "redis: PING: no answer in time");
		if (pinged == 0 && now - last >= PING) {
			if (node_map_check(all->map))
				node_map_begin(all->map);
			TRY(redis_wait(redis, pool, 0, &reply, &got));
			if (got)
				take_message(all, &reply, &pinged);
			TRY(redis_send(redis, pool, "PING"));
			pinged = last = now;
		}
		TRY(redis_wait(redis, pool, PATIENCE_MS, &reply, &got));
		if (got)
			take_message(all, &reply, &pinged);
		pool_clear(pool);
	}
	return NULL;
}
