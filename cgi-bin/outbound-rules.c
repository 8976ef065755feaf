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
    {"GET", "/outbound-rules", READERS, list_records, &outbound_rules},
    {"POST", "/outbound-rules", ADMINS, create_record, &outbound_rules},
    {"GET", "/outbound-rules/new", ADMINS, new_record, &outbound_rules},
    {"GET", "/outbound-rules/ID", READERS, show_record, &outbound_rules},
    {"PUT", "/outbound-rules/ID", ADMINS, replace_record, &outbound_rules},
    {"PATCH", "/outbound-rules/ID", ADMINS, modify_record, &outbound_rules},
    {"DELETE", "/outbound-rules/ID", ADMINS, delete_record, &outbound_rules},
    {"GET", "/outbound-rules/ID/delete", ADMINS, ask_delete, &outbound_rules},
    {"POST", "/outbound-rules/ID/restore", ADMINS, restore_record,
	&outbound_rules},
};

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("outbound-rules", routes), argc, argv);
}
