#include "id.h"

#include <uuid/uuid.h>

enum { REQUEST_ID_MOST = 64 };

struct str
id_uuid(struct pool *pool)
{
	uuid_t uuid;
	char *text = pool_alloc(pool, UUID_STR_LEN);

	uuid_generate_random(uuid);
	uuid_unparse_lower(uuid, text);
	return (struct str){text, UUID_STR_LEN - 1};
}

bool
id_is_request_id(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') &&
		    (c < 'a' || c > 'z') && c != '-' && c != '_' && c != '.')
			return false;
	}
	return text.n >= 1 && text.n <= REQUEST_ID_MOST;
}
