/* No bytes look like an address in one way and are another in the other. */
#include "address.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An address of IPv4 alone, mapped, and by NAT64: the same answer. */
static void
check_forms(const uint8_t *four)
{
	static const uint8_t frames[2][12] = {
	    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, {0, 0x64, 0xff, 0x9b}};
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	bool is_public;

	memcpy(&in4.sin_addr, four, 4);
	is_public = address_is_public((struct sockaddr *)&in4, sizeof in4);
	if (four[0] == 0 || four[0] == 10 || four[0] == 127 || four[0] > 223)
		assert(!is_public);
	for (size_t i = 0; i < 2; i++) {
		struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

		memcpy(in6.sin6_addr.s6_addr, frames[i], 12);
		memcpy(in6.sin6_addr.s6_addr + 12, four, 4);
		assert(is_public ==
		       address_is_public((struct sockaddr *)&in6, sizeof in6));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_storage any = {.ss_family = AF_UNSPEC};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (size >= 4)
		check_forms(data);
	if (size >= 16) {
		memcpy(in6.sin6_addr.s6_addr, data, 16);
		if (address_is_public((struct sockaddr *)&in6, sizeof in6))
			assert((data[0] & 0xe0) == 0x20 || data[0] == 0);
	}
	if (size > sizeof any)
		size = sizeof any;
	if (size > 0)
		memcpy(&any, data, size);
	address_is_public((struct sockaddr *)&any, (socklen_t)size);
	return 0;
}
