#include "proxy.h"

#include <arpa/inet.h>

/* IPv4 is kept as ::ffff:0:0/96, so that one comparison serves both. */
struct network {
	unsigned char bytes[16];
	unsigned bits;
};

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool
parse_address(struct str text, struct network *out)
{
	char copy[INET6_ADDRSTRLEN];

	if (text.n == 0 || text.n >= sizeof copy)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET6, copy, out->bytes) == 1) {
		out->bits = 128;
		return true;
	}
	if (inet_pton(AF_INET, copy, out->bytes + 12) != 1)
		return false;
	memcpy(out->bytes, mapped, sizeof mapped);
	out->bits = 32;
	return true;
}

static bool
parse_network(struct str text, struct network *out)
{
	ptrdiff_t slash = text.n > 0 ? str_find(text, '/') : -1;
	struct str address = text;
	int64_t bits;

	if (slash >= 0)
		address = str_cut(text, 0, (size_t)slash);
	if (!parse_address(address, out))
		return false;
	bits = out->bits;
	if (slash >= 0 && !str_to_int(str_cut(text, (size_t)slash + 1, text.n),
			      0, bits, &bits))
		return false;
	if (out->bits == 32)
		bits += 96;
	out->bits = (unsigned)bits;
	return true;
}

static bool
is_separator(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

/* Takes the next piece off the front of *rest; false when none is left. */
static bool
next_piece(struct str *rest, struct str *piece)
{
	size_t n = 0;

	while (rest->n > 0 && is_separator(rest->p[0]))
		*rest = str_cut(*rest, 1, rest->n);
	while (n < rest->n && !is_separator(rest->p[n]))
		n++;
	*piece = str_cut(*rest, 0, n);
	*rest = str_cut(*rest, n, rest->n);
	return n > 0;
}

struct err *
proxy_parse(struct pool *pool, struct str list, struct proxies *out)
{
	struct str rest = list, piece;
	struct network *networks;
	size_t count = 0;

	while (next_piece(&rest, &piece))
		count++;
	networks = NEW_ARRAY(pool, struct network, count);
	*out = (struct proxies){count, networks};
	rest = list;
	for (size_t i = 0; next_piece(&rest, &piece); i++)
		if (!parse_network(piece, &networks[i]))
			return err_new(pool, BAD_REQUEST,
			    "\"%.*s\" is neither an address nor a network.",
			    PSTR(piece));
	return NULL;
}

static bool
is_within(const struct network *network, const unsigned char bytes[16])
{
	size_t whole = network->bits / 8;
	unsigned rest = network->bits % 8;
	unsigned mask = (0xff00U >> rest) & 0xffU;

	if (memcmp(network->bytes, bytes, whole) != 0)
		return false;
	return rest == 0 ||
	       ((unsigned)(network->bytes[whole] ^ bytes[whole]) & mask) == 0;
}

static bool
is_trusted(const struct proxies *proxies, const struct network *address)
{
	for (size_t i = 0; i < proxies->count; i++)
		if (is_within(&proxies->networks[i], address->bytes))
			return true;
	return false;
}

/* "192.0.2.1:4711" and "[2001:db8::1]:4711" are seen in the field. */
static struct str
without_port(struct str text)
{
	ptrdiff_t end;

	if (text.n > 0 && text.p[0] == '[') {
		end = str_find(text, ']');
		return end > 0 ? str_cut(text, 1, (size_t)end) : text;
	}
	end = str_find(text, ':');
	if (end < 0 ||
	    str_find(str_cut(text, (size_t)end + 1, text.n), ':') >= 0)
		return text;
	return str_cut(text, 0, (size_t)end);
}

struct str
proxy_client(
    const struct proxies *proxies, struct str remote, struct str forwarded)
{
	struct network address;
	struct str client = remote;

	while (
	    parse_address(client, &address) && is_trusted(proxies, &address)) {
		size_t from = forwarded.n;
		struct str piece;

		while (from > 0 && forwarded.p[from - 1] != ',')
			from--;
		piece = without_port(
		    str_trim(str_cut(forwarded, from, forwarded.n)));
		if (!parse_address(piece, &address))
			break;
		client = piece;
		forwarded = str_cut(forwarded, 0, from > 0 ? from - 1 : 0);
	}
	return client;
}
