#include "configuration.h"

ptrdiff_t
configuration_find(
    const void *list, size_t count, size_t size, ptrdiff_t offset, uint64_t id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t found;

		memcpy(&found, (const char *)list + middle * size + offset,
		    sizeof found);
		if (found == id)
			return (ptrdiff_t)middle;
		if (found < id)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

ptrdiff_t
configuration_extension(const struct configuration *c, uint64_t id)
{
	return CONFIGURED(c->extensions, c->extension_count, id,
	    struct configured_extension, x.id);
}

ptrdiff_t
configuration_did(const struct configuration *c, uint64_t id)
{
	return CONFIGURED(
	    c->dids, c->did_count, id, struct configured_did, x.id);
}
