/*
 * /cgi-bin/dids[/ID[/prove|/restore|/delete]]
 *
 * The telephone numbers by which the tenant is called, and where each leads.
 * Whoever is of the tenant claims one, the operator assigns it.
 *
 * Touches: dids, audit_entries; reads what they refer to.
 */
#include "control.h"
#include "did.h"

static struct err *
create_did(struct visit *visit)
{
	uint64_t id = 0;
	struct err *err;

	if (visit->who.role != ROLE_OPERATOR)
		return create_record(visit);
	err = did_assign(&visit->change, visit->body.json, &id);
	if (err != NULL)
		return answer_refused(visit, err);
	return answer_changed(visit, id, 201);
}

static struct err *
prove_did(struct visit *visit)
{
	struct err *err = change_begin(&visit->change);

	if (err == NULL)
		err = did_prove(&visit->change, visit->id);
	TRY(change_end(&visit->change, err));
	return answer_changed(visit, visit->id, 200);
}

enum {
	SEES = READERS | ROLE_OPERATOR,
	CHANGES = ADMINS | ROLE_OPERATOR,
};

static const struct route routes[] = {
    ROUTE("GET", "/dids", SEES, list_records, &dids),
    ROUTE("POST", "/dids", CHANGES, create_did, &dids, .gives = GIVES_NEW,
	.takes = &did_table),
    ROUTE("GET", "/dids/new", CHANGES, new_record, &dids),
    ROUTE("GET", "/dids/ID", SEES, show_record, &dids),
    ROUTE("PUT", "/dids/ID", ADMINS, replace_record, &dids),
    ROUTE("PATCH", "/dids/ID", ADMINS, modify_record, &dids),
    ROUTE("DELETE", "/dids/ID", CHANGES, delete_record, &dids),
    ROUTE("GET", "/dids/ID/delete", CHANGES, ask_delete, &dids),
    ROUTE("POST", "/dids/ID/restore", CHANGES, restore_record, &dids),
    ROUTE("POST", "/dids/ID/prove", ROLE_OPERATOR, prove_did, &dids,
	.gives = GIVES_ONE, .does = "vouch for a claimed number"),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("dids", routes), argc, argv);
}
