#include "own.h"

struct err *
own_extensions(struct change *change, uint64_t user, uint64_t *ids, size_t most,
    size_t *count)
{
	struct rows *rows;

	TRY(QUERY(change->db,
	    "SELECT id FROM extensions WHERE user_id = ?"
	    " AND deleted_at IS NULL ORDER BY id LIMIT ?",
	    &rows, INT(user), INT(most)));
	for (size_t i = 0; i < rows->count; i++)
		ids[i] = (uint64_t)rows_int(rows, i, 0);
	*count = rows->count;
	return NULL;
}
