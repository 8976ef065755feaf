/*
 * /cgi-bin/organizations[/ID[/suspend|/resume|/restore|/delete]]
 *
 * The tenants: all of them for the operator, their own for its people.
 *
 * Touches: organizations, settings, voice_keys, users, password_links,
 * sessions, dids, audit_entries.
 */
#include "organization.h"

#include "control.h"
#include "link.h"

static void
narrow(struct visit *visit)
{
	if (visit->who.platform == 0)
		visit->only = organization_own;
}

static struct err *
show_organization(struct visit *visit)
{
	narrow(visit);
	return show_record(visit);
}

static struct err *
modify_organization(struct visit *visit)
{
	narrow(visit);
	return modify_record(visit);
}

static struct err *
new_organization(struct visit *visit)
{
	const struct record *record = &new_organization_record;
	struct html html = visit_html(visit);
	struct new_organization *x =
	    NEW(visit->req->pool, struct new_organization);
	const struct json *values;

	record_init(visit->req->pool, record, x);
	TRY(json_parse(visit->req->pool,
	    record_print(visit->req->pool, record, x, SHOW_MASKED), &values));
	html.record = record;
	TRY(visit_choices(visit, &html));
	html_form(&html, 0, values, NULL);
	html_close(&html);
	return NULL;
}

static struct err *
create_organization(struct visit *visit)
{
	struct req *req = visit->req;
	struct made_organization *made =
	    NEW(req->pool, struct made_organization);
	struct err *err =
	    organization_create(&visit->change, visit->body.json, NO_STR, made);

	if (err != NULL)
		return answer_refused(visit, err);
	if (made->link_token.n > 0)
		made->owner_link = link_url(req->pool,
		    conf_text(req->conf, "base_url", "http://127.0.0.1:8080"),
		    made->link_token);
	answer_header(req, "Location",
	    pool_printf(req->pool, "%.*s/%llu", PSTR(visit_base(visit)),
		(unsigned long long)visit->change.organization));
	answer_header(req, "ETag",
	    resource_etag(&visit->change, &organizations, &made->organization));
	/* A browser gets a page, too: what is shown once must be seen. */
	return answer_data(visit, 201, &made_organization_record, made);
}

static struct err *
suspend_organization(struct visit *visit)
{
	TRY(organization_suspend(&visit->change, true));
	return answer_changed(visit, visit->id, 200);
}

static struct err *
resume_organization(struct visit *visit)
{
	TRY(organization_suspend(&visit->change, false));
	return answer_changed(visit, visit->id, 200);
}

static struct err *
delete_organization(struct visit *visit)
{
	TRY(organization_delete(&visit->change));
	return answer_deleted(visit);
}

static struct err *
restore_organization(struct visit *visit)
{
	TRY(organization_restore(&visit->change));
	return answer_changed(visit, visit->id, 200);
}

enum {
	SEES = READERS | ROLE_OPERATOR,
	CHANGES = OWNERS | ROLE_OPERATOR,
};

static const struct route routes[] = {
    ROUTE("GET", "/organizations", ROLE_OPERATOR, list_records, &organizations),
    ROUTE("POST", "/organizations", ROLE_OPERATOR, create_organization,
	&organizations, .gives = GIVES_NEW, .takes = &new_organization_record,
	.data = &made_organization_record),
    ROUTE("GET", "/organizations/new", ROLE_OPERATOR, new_organization,
	&organizations, .gives = GIVES_PAGE),
    ROUTE("GET", "/organizations/ID", SEES, show_organization, &organizations),
    ROUTE("PUT", "/organizations/ID", CHANGES, replace_record, &organizations),
    ROUTE("PATCH", "/organizations/ID", CHANGES, modify_organization,
	&organizations),
    ROUTE("DELETE", "/organizations/ID", ROLE_OPERATOR, delete_organization,
	&organizations, .gives = GIVES_NOTHING),
    ROUTE("GET", "/organizations/ID/delete", ROLE_OPERATOR, ask_delete,
	&organizations),
    ROUTE("POST", "/organizations/ID/suspend", ROLE_OPERATOR,
	suspend_organization, &organizations, .gives = GIVES_ONE),
    ROUTE("POST", "/organizations/ID/resume", ROLE_OPERATOR,
	resume_organization, &organizations, .gives = GIVES_ONE),
    ROUTE("POST", "/organizations/ID/restore", ROLE_OPERATOR,
	restore_organization, &organizations, .gives = GIVES_ONE),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("organizations", routes), argc, argv);
}
