#include "id.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>
#include <uuid/uuid.h>

enum {
	REQUEST_ID_MOST = 64,
	STOCK = 256, /* bytes that getrandom() gives in one piece */
};

/* uuid_generate_random() makes six system calls for each. */
static unsigned char stock[STOCK];
static size_t left;

/* A child must not give what its parent or its brother gives. */
static void
forget(void)
{
	left = 0;
}

static void
take_random(uuid_t uuid)
{
	static bool watching;

	if (!watching && pthread_atfork(NULL, NULL, forget) != 0)
		abort();
	watching = true;
	if (left < sizeof(uuid_t)) {
		if (getrandom(stock, STOCK, 0) != STOCK)
			abort();
		left = STOCK;
	}
	left -= sizeof(uuid_t);
	memcpy(uuid, stock + left, sizeof(uuid_t));
}

struct str
id_uuid(struct pool *pool)
{
	uuid_t uuid;
	char *text = pool_alloc(pool, UUID_STR_LEN);

	take_random(uuid);
	uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40); /* version 4 */
	uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80); /* RFC 9562 */
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

uint64_t
id_of_boot(void)
{
	char text[64];
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);

	if (fd >= 0)
		close(fd);
	return n <= 0 ? 1 : str_hash((struct str){text, (size_t)n});
}
