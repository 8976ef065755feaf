#include "db.h"

#include <assert.h>

struct str
rows_text(const struct rows *rows, size_t row, size_t column)
{
	assert(row < rows->count && column < rows->columns);
	return rows->cells[row * rows->columns + column];
}

int64_t
rows_int(const struct rows *rows, size_t row, size_t column)
{
	struct str text = rows_text(rows, row, column);
	int64_t number = 0;
	bool is_number = str_to_int(text, INT64_MIN, INT64_MAX, &number);

	assert(is_number || text.p == NULL);
	return is_number ? number : 0;
}

size_t
rows_first(const struct rows *rows, uint64_t id)
{
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((uint64_t)rows_int(rows, middle, 0) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
