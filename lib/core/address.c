#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct network {
	uint8_t address[16];
	int bits;
};

/* clang-format off */
static const struct network special4[] = {
	{{0}, 8},             /* this network */
	{{10}, 8},            /* private */
	{{100, 64}, 10},      /* shared, behind a carrier's NAT */
	{{127}, 8},           /* loopback */
	{{169, 254}, 16},     /* link-local: clouds tell their secrets here */
	{{172, 16}, 12},      /* private */
	{{192, 0, 0}, 24},    /* protocol assignments */
	{{192, 0, 2}, 24},    /* documentation */
	{{192, 88, 99}, 24},  /* 6to4 relays, deprecated */
	{{192, 168}, 16},     /* private */
	{{198, 18}, 15},      /* benchmarking */
	{{198, 51, 100}, 24}, /* documentation */
	{{203, 0, 113}, 24},  /* documentation */
	{{224}, 4},           /* multicast */
	{{240}, 4},           /* reserved, broadcast */
};
/* Within 2000::/3; all else is not given out. */
static const struct network global6 = {{0x20}, 3};
static const struct network special6[] = {
	{{0x20, 0x01, 0x00}, 23},       /* protocol assignments, Teredo */
	{{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
	{{0x20, 0x02}, 16},             /* 6to4 */
	{{0x3f, 0xff}, 20},             /* documentation */
};
/* An IPv4 address in their last four bytes. */
static const struct network holds4[] = {
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, /* mapped */
	{{0x00, 0x64, 0xff, 0x9b}, 96},                   /* NAT64 */
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool
is_in(const uint8_t *address, const struct network *network)
{
	int bytes = network->bits / 8, bits = network->bits % 8;

	if (memcmp(address, network->address, (size_t)bytes) != 0)
		return false;
	return bits == 0 ||
	       ((address[bytes] ^ network->address[bytes]) >> (8 - bits)) == 0;
}

static bool
is_in_any(const uint8_t *address, const struct network *networks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_in(address, &networks[i]))
			return true;
	return false;
}

static bool
is_public6(const uint8_t *address)
{
	if (is_in_any(address, holds4, COUNT(holds4)))
		return !is_in_any(address + 12, special4, COUNT(special4));
	return is_in(address, &global6) &&
	       !is_in_any(address, special6, COUNT(special6));
}

bool
address_is_public(const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (length >= sizeof in4 && address->sa_family == AF_INET) {
		memcpy(&in4, address, sizeof in4);
		return !is_in_any(
		    (const uint8_t *)&in4.sin_addr, special4, COUNT(special4));
	}
	if (length >= sizeof in6 && address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof in6);
		return is_public6(in6.sin6_addr.s6_addr);
	}
	return false;
}

bool
address_is_listed(struct str list, const struct sockaddr *address)
{
	struct str rest = list, word;
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (str_is(rest, "yes"))
		return true;
	memset(text, 0, sizeof text);
	if (address->sa_family == AF_INET) {
		memcpy(&in4, address, sizeof in4);
		inet_ntop(AF_INET, &in4.sin_addr, text, sizeof text);
	} else if (address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof in6);
		inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
	}
	while (str_next(&rest, ' ', &word))
		if (word.n > 0 && str_is(word, text))
			return true;
	return false;
}

/* What stands between "//" and the path, without a port. */
static struct str
host_of(struct str url)
{
	ptrdiff_t begin = str_find(url, '/');
	size_t end = 0;

	if (begin < 0 || (size_t)begin + 2 > url.n)
		return (struct str){"", 0};
	url = str_cut(url, (size_t)begin + 2, url.n);
	if (url.n > 0 && url.p[0] == '[')
		while (end < url.n && url.p[end] != ']')
			end++;
	else
		while (end < url.n && strchr(":/?#", url.p[end]) == NULL)
			end++;
	return str_cut(url, 0, end);
}

static bool
is_good(const void *address, size_t length, struct str list)
{
	const struct sockaddr *any = address;

	return address_is_public(any, (socklen_t)length) ||
	       address_is_listed(list, any);
}

bool
address_url_is_good(struct str url, struct str list)
{
	struct str host = host_of(url);
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	char text[256];
	char *zone;

	if (host.n == 0 || host.n >= sizeof text)
		return true;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	if (text[0] == '[') {
		zone = strchr(text, '%');
		if (zone != NULL)
			*zone = '\0';
		return inet_pton(AF_INET6, text + 1, &in6.sin6_addr) != 1 ||
		       is_good(&in6, sizeof in6, list);
	}
	if (text[host.n - 1] == '.')
		text[host.n - 1] = '\0';
	return inet_aton(text, &in4.sin_addr) == 0 ||
	       is_good(&in4, sizeof in4, list);
}
