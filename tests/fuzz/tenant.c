/* Objects out of a cache of any bytes are read or bad, never beyond. */
#include "tenant.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define READ(type, pack_type)                                 \
	do {                                                  \
		struct type object_ = {0};                    \
		struct pack pack_ = pack_reader(pool, bytes); \
		pack_type##_pack(&pack_, &object_);           \
		(void)pack_done(&pack_);                      \
	} while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pool *pool;
	struct str bytes = {(const char *)data, size};

	if (pool == NULL)
		pool = pool_new();
	READ(organization, organization);
	READ(extension, extension);
	READ(did, did);
	READ(ring_group, ring_group);
	READ(ivr_menu, ivr_menu);
	READ(business_hours, hours);
	READ(conference_room, conference_room);
	READ(outbound_rules, outbound_rules);
	READ(blocked_callers, blocked_callers);
	pool_clear(pool);
	return 0;
}
