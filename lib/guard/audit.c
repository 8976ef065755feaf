#include "audit.h"

enum { NAME_MOST = 254 };

/* Cut where a character ends. */
static struct str
shorten(struct str text, size_t most)
{
	size_t n = most;

	if (text.n <= most)
		return text.p != NULL ? text : STR("");
	while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	return str_cut(text, 0, n);
}

struct err *
audit_write(struct db *db, struct pool *pool, const struct audit *audit)
{
	const struct actor *actor = audit->actor;
	const char *type = actor->type;

	(void)pool;
	if (type == NULL)
		type = actor->user != 0 ? "user" : "system";
	return EXEC(db,
	    "INSERT INTO audit_entries (organization_id, actor_type, actor_id,"
	    " actor_name, token_id, remote, request_id, action, object_type,"
	    " object_id, object_name, value_before, value_after)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    NULL, INT(audit->organization), TEXT(str_of(type)),
	    actor->user != 0 ? INT(actor->user) : NIL,
	    TEXT(shorten(actor->name, NAME_MOST)),
	    actor->token != 0 ? INT(actor->token) : NIL,
	    TEXT(shorten(actor->remote, 45)),
	    TEXT(shorten(actor->request_id, 64)), TEXT(str_of(audit->action)),
	    TEXT(str_of(audit->type)), INT(audit->id),
	    TEXT(shorten(audit->name, NAME_MOST)), TEXT(audit->before),
	    TEXT(audit->after));
}
