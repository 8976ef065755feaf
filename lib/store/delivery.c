#include "delivery.h"

#include "id.h"
#include "json.h"

#include <assert.h>

static const char *const kinds[] = {"mail", "https"};
enum { FAILURE_MOST = 500 };

/* The texts of a delivery and what they are called in its content. */
static const struct part {
	const char *name;
	size_t offset;
} parts[] = {
    {"to", offsetof(struct delivery, to)},
    {"subject", offsetof(struct delivery, subject)},
    {"text", offsetof(struct delivery, text)},
    {"file", offsetof(struct delivery, file)},
    {"file_name", offsetof(struct delivery, file_name)},
    {"file_type", offsetof(struct delivery, file_type)},
    {"url", offsetof(struct delivery, url)},
    {"body", offsetof(struct delivery, body)},
    {"secret", offsetof(struct delivery, secret)},
};
enum { PARTS = sizeof parts / sizeof *parts };

static struct str
place_of(struct pool *pool, struct str key)
{
	return pool_printf(pool, "delivery.content:%.*s", PSTR(key));
}

static struct str
content_of(struct pool *pool, const struct delivery *delivery)
{
	struct buf text = buf_new(pool, 1024);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	for (size_t i = 0; i < PARTS; i++) {
		const struct str *part =
		    (const struct str *)(const void *)((const char *)delivery +
						       parts[i].offset);

		if (part->p != NULL)
			json_put_text(&out, parts[i].name, *part);
	}
	json_close(&out, '}');
	return buf_str(&text);
}

struct err *
delivery_put(struct db *db, struct pool *pool, const struct crypto_key *seal,
    const struct delivery *delivery)
{
	struct str key = id_uuid(pool), content = content_of(pool, delivery);
	struct str sealed =
	    crypto_seal(pool, seal, place_of(pool, key), content);
	struct rows *rows;

	/* It may hold a link that is as good as a password. */
	crypto_wipe((void *)(uintptr_t)content.p, content.n);
	return QUERY(db, "SELECT delivery_put(?, ?, ?, ?, ?)", &rows,
	    INT(delivery->organization),
	    delivery->notification != 0 ? INT(delivery->notification) : NIL,
	    TEXT(str_of(kinds[delivery->kind])), TEXT(key), TEXT(sealed));
}

/* Columns as the procedure delivery_claim() gives them. */
static struct err *
read_claimed(struct pool *pool, const struct crypto_key *seal,
    const struct rows *rows, struct delivery *delivery)
{
	const struct json *json;
	struct str plain;

	*delivery = (struct delivery){
	    .organization = (uint64_t)rows_int(rows, 0, 0),
	    .id = (uint64_t)rows_int(rows, 0, 1),
	    .notification = (uint64_t)rows_int(rows, 0, 2),
	    .kind = str_is(rows_text(rows, 0, 3), kinds[DELIVERY_HTTPS])
			? DELIVERY_HTTPS
			: DELIVERY_MAIL,
	    .key = rows_text(rows, 0, 4),
	    .attempt = (int)rows_int(rows, 0, 5),
	};
	if (!crypto_open(pool, seal, place_of(pool, delivery->key),
		rows_text(rows, 0, 6), &plain))
		return err_internal(pool,
		    "delivery %.*s was sealed with another key",
		    PSTR(delivery->key));
	TRY(json_parse(pool, plain, &json));
	for (size_t i = 0; i < PARTS; i++) {
		struct str *part =
		    (struct str *)(void *)((char *)delivery + parts[i].offset);

		*part = json_text(json_get(json, parts[i].name));
	}
	return NULL;
}

struct err *
delivery_claim(struct db *db, struct pool *pool, const struct crypto_key *seal,
    enum delivery_kind kind, struct delivery *delivery, bool *found)
{
	struct rows *rows;
	struct err *err;

	*found = false;
	TRY(db_begin(db, pool, DB_WRITE, 0));
	err = QUERY(db, "CALL delivery_claim(?, ?)", &rows,
	    TEXT(str_of(kinds[kind])), INT(DELIVERY_LEASE));
	if (err != NULL) {
		db_rollback(db);
		return err;
	}
	TRY(db_commit(db));
	if (rows->count == 0)
		return NULL;
	err = read_claimed(pool, seal, rows, delivery);
	if (err != NULL) {
		TRY(delivery_failed(
		    db, pool, delivery, STR("cannot be opened")));
		return err;
	}
	*found = true;
	return NULL;
}

struct err *
delivery_done(struct db *db, struct pool *pool, const struct delivery *delivery)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, pool, DB_WRITE, 0));
	err = QUERY(db, "SELECT delivery_done(?, ?, ?)", &rows,
	    INT(delivery->organization), INT(delivery->id),
	    INT(delivery->attempt));
	if (err == NULL)
		return db_commit(db);
	db_rollback(db);
	return err;
}

/* Seconds until the next attempt; 0 after the last. */
static int64_t
pause_after(int attempt)
{
	static const int64_t pauses[DELIVERY_ATTEMPTS - 1] = {
	    60, 300, 1800, 7200};

	assert(attempt > 0);
	return attempt < DELIVERY_ATTEMPTS ? pauses[attempt - 1] : 0;
}

struct err *
delivery_failed(struct db *db, struct pool *pool,
    const struct delivery *delivery, struct str failure)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(db, pool, DB_WRITE, 0));
	err = QUERY(db, "SELECT delivery_failed(?, ?, ?, ?, ?)", &rows,
	    INT(delivery->organization), INT(delivery->id),
	    INT(delivery->attempt), TEXT(str_head(failure, FAILURE_MOST)),
	    INT(pause_after(delivery->attempt)));
	if (err == NULL)
		return db_commit(db);
	db_rollback(db);
	return err;
}
