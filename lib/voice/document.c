#include "document.h"

#include "cursor.h"
#include "dialect.h"

struct str
document_write(struct pool *pool, const struct crypto_key *key,
    const struct organization *organization, const struct call *call,
    struct decision *decision)
{
	struct dialect_urls urls = {STR(""), STR("")};
	struct str base;

	if (organization != NULL) {
		base = organization->base_url;
		urls.recordings = pool_printf(
		    pool, "%.*s/cgi-bin/webhook/recording", PSTR(base));
		if (decision->cursor.stage != STAGE_START)
			urls.back = pool_printf(pool,
			    "%.*s/cgi-bin/voice?cursor=%.*s", PSTR(base),
			    PSTR(cursor_seal(pool, key, organization, call,
				&decision->cursor)));
	}
	return dialect_cloudonix(pool, decision, &urls);
}
