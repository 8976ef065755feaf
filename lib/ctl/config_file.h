/*
 * A tenant's configuration as a text that people read, compare and edit.
 *
 *	# a comment
 *	[ring_group "Sales"]
 *	ring_timeout = 30
 *	members = [
 *		{"extension_id":"1001","priority":0}
 *		{"extension_id":"1002","priority":0}
 *	]
 *
 * A section is one object: its type and its key.  A line in it is a field by
 * its path and a JSON value (RFC 8259); of a list each row has a line.  What
 * stands here knows nothing of types and fields.
 */
#ifndef CTL_CONFIG_FILE_H
#define CTL_CONFIG_FILE_H

#include "json.h"

struct entry {
	struct entry *next;
	struct str path;
	const struct json *value;
	int line;
};

struct section {
	struct section *next;
	struct str type, key;
	struct entry *entries;
	int line;
	bool made; /* by the import that reads it */
};

/* BAD_REQUEST that names the line and what is wrong there. */
struct err *config_parse(
    struct pool *pool, struct str text, struct section **first);
struct entry *section_entry(const struct section *section, const char *path);

void config_section(struct buf *out, struct str type, struct str key);
/* value: JSON; a list of rows is written a row a line. */
void config_entry(struct buf *out, const char *path, struct str value);

#endif
