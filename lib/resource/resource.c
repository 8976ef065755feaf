#include "resource.h"

#include "etag.h"
#include "references.h"
#include "words.h"

const char *const statuses[] = {"active", "inactive", NULL};

struct store
change_store(const struct change *change)
{
	return (struct store){
	    change->db, change->pool, change->seal, change->organization};
}

struct err *
change_begin(struct change *change)
{
	change->all = (struct complaints){change->pool, NULL, NULL};
	change->everybody = 0;
	change->forbidden = false;
	TRY(db_begin(change->db, change->pool, DB_WRITE, change->organization));
	return generation_raise(
	    change->db, change->organization, &change->generation);
}

struct err *
change_end(struct change *change, struct err *err)
{
	if (err == NULL && change->once != NULL)
		err = once_commit(change->db, change->pool, change->once);
	if (err == NULL)
		err = db_commit(change->db);
	if (err != NULL) {
		db_rollback(change->db);
		return err;
	}
	/* What is no configuration was begun by db_begin() alone. */
	if (change->generation != 0)
		generation_publish(change->generations, change->pool,
		    change->db, change->organization, change->generation);
	if (change->everybody != 0)
		generation_publish(change->generations, change->pool,
		    change->db, 0, change->everybody);
	return NULL;
}

struct err *
change_for_all(struct change *change)
{
	return generation_raise(change->db, 0, &change->everybody);
}

/* The path in JSON of what a constraint calls by its column. */
static struct str
path_of(const struct record *record, struct str name)
{
	if (record_field(record, name) != NULL)
		return name;
	for (size_t i = 0; i < record->count; i++)
		if (str_is(name, record->fields[i].column))
			return str_of(record->fields[i].name);
	return name;
}

/* The database complains of columns, a client knows paths. */
static struct err *
name_fields(const struct record *record, struct err *err)
{
	if (err != NULL)
		for (struct complaint *c = err->complaints; c != NULL;
		     c = c->next)
			c->field = path_of(record, c->field);
	return err;
}

static void *
new_object(struct change *change, const struct resource *resource)
{
	void *object = pool_alloc(change->pool, resource->record->size);

	record_init(change->pool, resource->record, object);
	return object;
}

struct err *
resource_load(struct change *change, const struct resource *resource,
    uint64_t id, enum living living, void *object)
{
	struct store store = change_store(change);

	TRY(record_load(&store, resource->record, id, living, object));
	return resource->load != NULL ? resource->load(change, object) : NULL;
}

void
resource_take(struct change *change, const struct resource *resource,
    const struct json *body, const void *before, void *object)
{
	struct take take = {
	    change->pool, &change->all, change->form, before == NULL};

	record_take(&take, resource->record, body, STR(""), object);
	record_check(&take, resource->record, STR(""), object);
}

static struct err *
take(struct change *change, const struct resource *resource,
    const struct json *body, const void *before, void *object)
{
	change->all = (struct complaints){change->pool, NULL, NULL};
	change->forbidden = false;
	if (resource->take != NULL)
		TRY(resource->take(change, body, before, object));
	else
		resource_take(change, resource, body, before, object);
	return complaints_err(&change->all);
}

static struct str
name_of(struct change *change, const struct record *record, const void *object)
{
	const struct field *field = record_field(record, STR("name"));

	return field != NULL ? field_print(change->pool, field, object)
			     : NO_STR;
}

static struct err *
note(struct change *change, const struct resource *resource, const char *action,
    const void *before, const void *after)
{
	const struct row *row = after != NULL ? after : before;
	struct audit audit = {
	    .organization = change->organization,
	    .actor = &change->actor,
	    .action = action,
	    .type = resource->record->name,
	    .id = row->id,
	};

	audit.name =
	    name_of(change, resource->record, after != NULL ? after : before);
	if (before != NULL)
		audit.before = record_print(
		    change->pool, resource->record, before, SHOW_MASKED);
	if (after != NULL)
		audit.after = record_print_change(
		    change->pool, resource->record, before, after);
	return audit_write(change->db, change->pool, &audit);
}

struct err *
check_limit(struct change *change, const struct resource *resource)
{
	struct rows *rows;

	if (resource->limit == NULL)
		return NULL;
	TRY(db_query(change->db, resource->limit, NULL, 0, &rows));
	if (rows->count == 0 || rows_int(rows, 0, 0) == 0 ||
	    rows_int(rows, 0, 1) < rows_int(rows, 0, 0))
		return NULL;
	return err_new(change->pool, CONFLICT,
	    "The organization may have %lld %.*s and has them already.",
	    (long long)rows_int(rows, 0, 0),
	    PSTR(words_of(change->pool, str_of(resource->name))));
}

struct err *
resource_insert(struct change *change, const struct resource *resource,
    const struct json *body, uint64_t *id)
{
	struct store store = change_store(change);
	void *object = new_object(change, resource);
	struct row *row = object;

	TRY(check_limit(change, resource));
	TRY(take(change, resource, body, NULL, object));
	row->created_at.at = row->updated_at.at = change->now;
	TRY(name_fields(
	    resource->record, record_insert(&store, resource->record, object)));
	if (resource->save != NULL)
		TRY(resource->save(change, object));
	*id = row->id;
	return note(change, resource, "create", NULL, object);
}

struct err *
resource_write(struct change *change, const struct resource *resource,
    const void *before, void *object, const char *action)
{
	struct store store = change_store(change);

	((struct row *)object)->updated_at.at = change->now;
	TRY(name_fields(
	    resource->record, record_update(&store, resource->record, object)));
	if (resource->save != NULL)
		TRY(resource->save(change, object));
	return note(change, resource, action, before, object);
}

/* What the server set stays when a client replaces the rest. */
static void
keep_readonly(const struct record *record, const void *before, void *object)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];

		if ((field->flags & READONLY) != 0)
			field_copy(field, before, object);
	}
}

static struct err *
update_object(struct change *change, const struct resource *resource,
    uint64_t id, enum update update, const struct json *body)
{
	const struct record *record = resource->record;
	void *before = new_object(change, resource);
	void *object = new_object(change, resource);

	TRY(resource_load(change, resource, id, LIVING, before));
	TRY(check_match(change, resource, before));
	if (update == MODIFY)
		memcpy(object, before, record->size);
	else
		keep_readonly(record, before, object);
	memcpy(object, before, sizeof(struct row));
	TRY(take(change, resource, body, before, object));
	return resource_write(change, resource, before, object, "update");
}

struct err *
resource_remove(
    struct change *change, const struct resource *resource, uint64_t id)
{
	struct store store = change_store(change);
	void *before = new_object(change, resource);

	TRY(resource_load(change, resource, id, LIVING, before));
	TRY(check_match(change, resource, before));
	TRY(check_unused(change, resource, id));
	TRY(record_delete(&store, resource->record, id, change->now));
	return note(change, resource, "delete", before, NULL);
}

/* The rules of a change that changes nothing; the object stays as it is. */
static struct err *
take_again(
    struct change *change, const struct resource *resource, const void *object)
{
	void *copy = pool_alloc(change->pool, resource->record->size);
	const struct json *nothing;

	memcpy(copy, object, resource->record->size);
	TRY(json_parse(change->pool, STR("{}"), &nothing));
	return take(change, resource, nothing, object, copy);
}

/*
 * The database knows that one of the members is missing, the rules know which:
 * what they find wrong with the same field says more.
 */
static struct err *
explain(struct change *change, const struct resource *resource,
    const void *object, struct err *err)
{
	struct err *closer;

	if (err->complaints == NULL)
		return err;
	closer = take_again(change, resource, object);
	return closer != NULL && closer->complaints != NULL &&
		       complained_in(&change->all, err->complaints->field)
		   ? closer
		   : err;
}

static struct err *
revive(
    struct change *change, const struct resource *resource, const void *object)
{
	struct store store = change_store(change);

	TRY(name_fields(
	    resource->record, record_restore(&store, resource->record,
				  ((const struct row *)object)->id)));
	/* Its lists lost their `living` when it was deleted. */
	return resource->save != NULL ? resource->save(change, object) : NULL;
}

struct err *
resource_bring_back(
    struct change *change, const struct resource *resource, uint64_t id)
{
	void *object = new_object(change, resource);
	struct err *err;

	TRY(resource_load(change, resource, id, DELETED, object));
	TRY(check_match(change, resource, object));
	TRY(check_limit(change, resource));
	err = revive(change, resource, object);
	if (err != NULL)
		return explain(change, resource, object, err);
	/* The world went on; alive again, it may lead to itself. */
	TRY(take_again(change, resource, object));
	((struct row *)object)->deleted_at.at = 0;
	return note(change, resource, "restore", NULL, object);
}

enum verb { CREATE, PUT, PATCH, DELETE, RESTORE };

static struct err *
work(struct change *change, const struct resource *resource, enum verb verb,
    const struct json *body, uint64_t *id)
{
	switch (verb) {
	case CREATE:
		return resource_insert(change, resource, body, id);
	case PUT:
		return update_object(change, resource, *id, REPLACE, body);
	case PATCH:
		return update_object(change, resource, *id, MODIFY, body);
	case DELETE:
		return resource_remove(change, resource, *id);
	case RESTORE:
		return resource_bring_back(change, resource, *id);
	}
	return NULL;
}

/* In a transaction of its own; once more when nothing came of the first. */
static struct err *
do_change(struct change *change, const struct resource *resource,
    enum verb verb, const struct json *body, uint64_t *id)
{
	struct err *err = NULL;

	for (int tries = 0; tries < 2; tries++) {
		err = change_begin(change);
		if (err == NULL)
			err = work(change, resource, verb, body, id);
		err = change_end(change, err);
		if (err == NULL || !db_may_retry(change->db))
			break;
	}
	return err;
}

struct err *
resource_create(struct change *change, const struct resource *resource,
    const struct json *body, uint64_t *id)
{
	return do_change(change, resource, CREATE, body, id);
}

struct err *
resource_update(struct change *change, const struct resource *resource,
    uint64_t id, enum update update, const struct json *body)
{
	return do_change(
	    change, resource, update == REPLACE ? PUT : PATCH, body, &id);
}

struct err *
resource_delete(
    struct change *change, const struct resource *resource, uint64_t id)
{
	return do_change(change, resource, DELETE, NULL, &id);
}

struct err *
resource_restore(
    struct change *change, const struct resource *resource, uint64_t id)
{
	return do_change(change, resource, RESTORE, NULL, &id);
}

struct str
text_etag(struct change *change, struct str text)
{
	unsigned char mac[CRYPTO_MAC];

	/* Keyed, so that nobody can try PINs against it. */
	crypto_hmac(change->seal, text, mac);
	return pool_printf(
	    change->pool, "\"%.*s\"", PSTR(crypto_hex(change->pool, mac, 12)));
}

struct str
resource_etag(
    struct change *change, const struct resource *resource, const void *object)
{
	const struct record *record = resource->record;
	void *own = pool_alloc(change->pool, record->size);
	const void *none = new_object(change, resource);

	/* What others note beside it is no change of the object. */
	memcpy(own, object, record->size);
	for (size_t i = 0; i < record->count; i++)
		if ((~record->fields[i].flags & (READONLY | ELSEWHERE)) == 0)
			field_copy(&record->fields[i], none, own);
	return text_etag(
	    change, record_print(change->pool, record, own, SHOW_SECRETS));
}

struct err *
check_match(
    struct change *change, const struct resource *resource, const void *object)
{
	if (change->if_match.p == NULL ||
	    etag_in(change->if_match, resource_etag(change, resource, object),
		false))
		return NULL;
	return err_new(change->pool, PRECONDITION_FAILED,
	    "The object was changed since it was read.");
}
