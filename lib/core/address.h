/*
 * Which addresses are anybody's: those that others may make us connect to.
 */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include "str.h"

#include <stdbool.h>
#include <sys/socket.h>

/*
 * False for what the registries of special-purpose addresses (RFC 6890 and
 * its successors) keep from the public Internet: private, shared, loopback,
 * link-local, unique-local, documentation, benchmarking, multicast, reserved
 * and transition addresses.  An IPv4 address inside an IPv6 one (mapped, or
 * of NAT64's well-known prefix) counts as itself.  False for other families.
 */
bool address_is_public(const struct sockaddr *address, socklen_t length);
/*
 * Does net.allow_private name this one?  "yes" names all; else addresses
 * separated by spaces.
 */
bool address_is_listed(struct str list, const struct sockaddr *address);
/*
 * Of an http or wss URL whose host is an address, as clients read one
 * (127.1 and 0x7f000001 are 127.0.0.1): false when it is neither public nor
 * listed.  A name is looked at where it is used, once it is an address.
 */
bool address_url_is_good(struct str url, struct str list);

#endif
