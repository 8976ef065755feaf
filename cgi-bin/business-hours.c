/*
 * /cgi-bin/business-hours[/ID[/duplicate|/override|/status|/restore|/delete]]
 *
 * Schedules: when calls go here and when they go there.
 *
 * Touches: business_hours with their periods and exceptions,
 * audit_entries; reads what they refer to.
 */
#include "business_hours.h"
#include "control.h"

static struct err *
duplicate(struct visit *visit)
{
	struct hours_copy wanted = {NO_STR};
	uint64_t id = 0;
	struct err *err = visit_take_body(visit, &wanted);

	if (err == NULL)
		err = hours_duplicate(
		    &visit->change, visit->id, wanted.name, &id);
	if (err != NULL)
		return answer_refused(visit, err);
	return answer_changed(visit, id, 201);
}

static struct err *
override(struct visit *visit)
{
	struct hours_override wanted = {OVERRIDE_NONE, {0}};
	struct err *err = visit_take_body(visit, &wanted);

	if (err == NULL)
		err = hours_override(&visit->change, visit->id, &wanted);
	if (err != NULL)
		return answer_refused(visit, err);
	return answer_changed(visit, visit->id, 200);
}

static struct err *
take_back(struct visit *visit)
{
	struct hours_override none = {OVERRIDE_NONE, {0}};

	TRY(hours_override(&visit->change, visit->id, &none));
	return answer_changed(visit, visit->id, 200);
}

static struct err *
show_status(struct visit *visit)
{
	struct hours_status status;
	struct hours_query query = {{0}};

	TRY(visit_take_query(visit, &query));
	TRY(db_begin(visit->change.db, visit->change.pool, DB_READ,
	    visit->change.organization));
	TRY(hours_status(&visit->change, visit->id,
	    query.at.at != 0 ? query.at.at : visit->change.now, &status));
	return answer_data(visit, 200, &hours_status_record, &status);
}

static const struct route routes[] = {
    ROUTE("GET", "/business-hours", READERS, list_records, &business_hours),
    ROUTE("POST", "/business-hours", ADMINS, create_record, &business_hours),
    ROUTE("GET", "/business-hours/new", ADMINS, new_record, &business_hours),
    ROUTE("GET", "/business-hours/ID", READERS, show_record, &business_hours),
    ROUTE("PUT", "/business-hours/ID", ADMINS, replace_record, &business_hours),
    ROUTE(
	"PATCH", "/business-hours/ID", ADMINS, modify_record, &business_hours),
    ROUTE(
	"DELETE", "/business-hours/ID", ADMINS, delete_record, &business_hours),
    ROUTE("GET", "/business-hours/ID/delete", ADMINS, ask_delete,
	&business_hours),
    ROUTE("POST", "/business-hours/ID/restore", ADMINS, restore_record,
	&business_hours),
    ROUTE("POST", "/business-hours/ID/duplicate", ADMINS, duplicate,
	&business_hours, .gives = GIVES_NEW, .takes = &hours_copy_record),
    ROUTE("POST", "/business-hours/ID/override", ADMINS, override,
	&business_hours, .gives = GIVES_ONE, .takes = &hours_override_record),
    ROUTE("DELETE", "/business-hours/ID/override", ADMINS, take_back,
	&business_hours, .gives = GIVES_ONE,
	.does = "let the periods count again"),
    ROUTE("GET", "/business-hours/ID/status", READERS, show_status,
	&business_hours, .gives = GIVES_ONE, .query = &hours_query_record,
	.data = &hours_status_record, .does = "open or closed, and until when"),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("business-hours", routes), argc, argv);
}
