/*
 * /cgi-bin/outbound-rules[/ID[/restore|/delete]]
 *
 * Which numbers outside may be called, by whom and over which trunk.
 *
 * Touches: outbound_rules, outbound_rule_countries, outbound_rule_prefixes,
 * outbound_rule_extensions, audit_entries; reads what they refer to.
 */
#include "control.h"
#include "outbound_rule.h"

static const struct route routes[] = {
    ROUTE("GET", "/outbound-rules", READERS, list_records, &outbound_rules),
    ROUTE("POST", "/outbound-rules", ADMINS, create_record, &outbound_rules),
    ROUTE("GET", "/outbound-rules/new", ADMINS, new_record, &outbound_rules),
    ROUTE("GET", "/outbound-rules/ID", READERS, show_record, &outbound_rules),
    ROUTE("PUT", "/outbound-rules/ID", ADMINS, replace_record, &outbound_rules),
    ROUTE(
	"PATCH", "/outbound-rules/ID", ADMINS, modify_record, &outbound_rules),
    ROUTE(
	"DELETE", "/outbound-rules/ID", ADMINS, delete_record, &outbound_rules),
    ROUTE("GET", "/outbound-rules/ID/delete", ADMINS, ask_delete,
	&outbound_rules),
    ROUTE("POST", "/outbound-rules/ID/restore", ADMINS, restore_record,
	&outbound_rules),
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("outbound-rules", routes), argc, argv);
}
