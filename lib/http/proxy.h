/*
 * Whom we believe about the client's address.
 *
 * Pure: knows addresses as text and as bytes, nothing of requests.
 */
#ifndef HTTP_PROXY_H
#define HTTP_PROXY_H

#include "err.h"

struct network; /* an address and how many of its bits count */

struct proxies {
	size_t count;
	const struct network *networks;
};

/*
 * Addresses and networks ("127.0.0.1 10.0.0.0/8 fd00::/8"), separated by
 * commas or white space; absent or empty is nobody.  BAD_REQUEST names the
 * piece that is neither.
 */
struct err *proxy_parse(
    struct pool *pool, struct str list, struct proxies *out);
/*
 * The client's address: remote, or when remote is trusted the right-most
 * address of X-Forwarded-For that is not itself trusted.  A piece that is no
 * address ends the walk: the address to its right is the last one known.
 * The result is a slice of remote or of forwarded, without a port.
 */
struct str proxy_client(
    const struct proxies *proxies, struct str remote, struct str forwarded);

#endif
