/*
 * /cgi-bin/tokens[/ID[/delete]]
 *
 * Personal access tokens of the one who asks; owners and admins see and
 * revoke those of the people they manage (?user_id=).
 *
 * Touches: tokens, audit_entries; reads users.
 */
#include "control.h"
#include "token.h"

/* Whose are asked for. */
static struct err *
find_user(struct visit *visit, uint64_t *user)
{
	struct str wanted = form_get(&visit->query, "user_id");
	int64_t id = 0;
	struct err *err;

	*user = visit->who.user;
	if (!str_to_int(wanted, 1, INT64_MAX, &id))
		return NULL; /* list_parse() complains of nonsense */
	*user = (uint64_t)id;
	TRY(db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization));
	err = check_tokens_of(&visit->change, &visit->who, *user);
	db_rollback(visit->change.db);
	return err;
}

static struct err *
list_tokens(struct visit *visit)
{
	struct complaints all = {visit->req->pool, NULL, NULL};
	struct list list;
	uint64_t user = 0;

	TRY(list_parse(visit->req->pool, &token_table, &visit->query, &list));
	if (list.living != LIVING)
		complain(&all, STR("deleted"),
		    "is nothing to ask for: who revoked what is in the audit");
	TRY(complaints_err(&all));
	TRY(find_user(visit, &user));
	list_only(&list, "user_id = ?", INT(user));
	return answer_list(visit, &list);
}

/* The token itself, or why it is not for this visitor. */
static struct err *
check_visible(struct visit *visit)
{
	struct token_record *token = NEW(visit->req->pool, struct token_record);
	struct err *err;

	TRY(db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization));
	err = resource_load(&visit->change, &tokens, visit->id, LIVING, token);
	if (err == NULL)
		err = check_tokens_of(
		    &visit->change, &visit->who, token->user_id);
	db_rollback(visit->change.db);
	return err;
}

static struct err *
show_token(struct visit *visit)
{
	TRY(check_visible(visit));
	return show_record(visit);
}

static struct err *
ask_revoke(struct visit *visit)
{
	TRY(check_visible(visit));
	return ask_delete(visit);
}

static struct err *
create_token(struct visit *visit)
{
	struct token_record *made = NEW(visit->req->pool, struct token_record);
	struct err *err =
	    token_make(&visit->change, &visit->who, visit->body.json, made);

	if (err != NULL)
		return answer_refused(visit, err);
	answer_header(visit->req, "Cache-Control", STR("no-store"));
	answer_header(visit->req, "Location",
	    pool_printf(visit->req->pool, "%.*s/%llu", PSTR(visit_base(visit)),
		(unsigned long long)made->row.id));
	answer_header(
	    visit->req, "ETag", resource_etag(&visit->change, &tokens, made));
	/* A browser gets a page of it, too: nowhere else is it to be seen. */
	return answer_data(visit, 201, &made_token_table, made);
}

static struct err *
revoke_token(struct visit *visit)
{
	TRY(token_revoke(&visit->change, &visit->who, visit->id));
	return answer_deleted(visit);
}

static const struct route routes[] = {
    ROUTE(
	"GET", "/tokens", READERS, list_tokens, &tokens, .gives = GIVES_PAGED),
    ROUTE("POST", "/tokens", READERS, create_token, &tokens, .gives = GIVES_NEW,
	.takes = &token_table, .data = &made_token_table),
    ROUTE("GET", "/tokens/new", READERS, new_record, &tokens),
    ROUTE(
	"GET", "/tokens/ID", READERS, show_token, &tokens, .gives = GIVES_ONE),
    ROUTE("DELETE", "/tokens/ID", READERS, revoke_token, &tokens,
	.gives = GIVES_NOTHING, .does = "Revokes it"),
    ROUTE("GET", "/tokens/ID/delete", READERS, ask_revoke, &tokens,
	.gives = GIVES_PAGE),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("tokens", routes), argc, argv);
}
