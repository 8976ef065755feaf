/*
 * Which addresses are anybody's: those that others may make us connect to.
 */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

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

#endif
