/*
 * The fields of an organization, with which more than one table begins: what
 * is made and what was made hold them, too.  Each of these structs begins
 * with struct organization_record.
 */
#ifndef RESOURCE_ORGANIZATION_FIELDS_H
#define RESOURCE_ORGANIZATION_FIELDS_H

#include "organization.h"

extern const char *const organization_statuses[];
enum { LIMIT_MOST = 1000000 };
/* clang-format off */
#define ORGANIZATION_FIELDS \
	{ FIELD(organization_record, name), .max = 100, \
	    .flags = REQUIRED | SORT | SEARCH }, \
	{ FIELD(organization_record, slug), .max = 63, .flags = SEARCH, \
	    .help = "small letters, digits and '-': names it at sign-in" }, \
	{ FIELD(organization_record, country), .max = 2, .flags = REQUIRED, \
	    .help = "two letters, like US" }, \
	{ FIELD(organization_record, timezone), .max = 64, \
	    .flags = REQUIRED, .help = "like America/New_York" }, \
	{ FIELD(organization_record, domain), .max = 253, .flags = SEARCH, \
	    .help = "the carrier's; names the tenant of a call" }, \
	{ FIELD(organization_record, domain_uuid), .max = 36, \
	    .flags = UNLISTED }, \
	{ FIELD(organization_record, caller_id), .flags = UNLISTED, \
	    .help = "an own number, shown by calls outside" }, \
	{ FIELD(organization_record, emergency_trunk), .max = 64, \
	    .flags = UNLISTED }, \
	{ FIELD_AS(organization_record, emergency, "emergency_did"), \
	    .flags = UNLISTED, \
	    .help = "an own number, shown by emergency calls" }, \
	{ FIELD(organization_record, status), \
	    .choices = organization_statuses, .flags = FILTER }, \
	{ FIELD_AS(organization_record, limit_extensions, \
	    "limits.extensions"), .max = LIMIT_MOST, .def = "0", \
	    .flags = UNLISTED, .help = "0: no limit" }, \
	{ FIELD_AS(organization_record, limit_dids, "limits.dids"), \
	    .max = LIMIT_MOST, .def = "0", .flags = UNLISTED }, \
	{ FIELD_AS(organization_record, limit_concurrent_calls, \
	    "limits.concurrent_calls"), .max = LIMIT_MOST, .def = "0", \
	    .flags = UNLISTED }, \
	{ FIELD_AS(organization_record, limit_storage_mb, \
	    "limits.storage_mb"), .max = LIMIT_MOST, .def = "0", \
	    .flags = UNLISTED }, \
	{ FIELD(organization_record, settings), .def = "{}", \
	    .flags = FILTER | UNLISTED, .help = "a JSON object" }
/* clang-format on */

#endif
