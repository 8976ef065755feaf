/*
 * A Redis of each test's own.
 */
#ifndef TESTS_REDIS_SETUP_H
#define TESTS_REDIS_SETUP_H

#include "servers.h"

#include <criterion/criterion.h>

#include "redis.h"

static struct servers servers;
static struct pool *process, *request;
static struct redis *redis;

/* One more connection to it. */
static inline struct redis *
connection(void)
{
	return redis_new(process, servers_conf(process, &servers, ""));
}

static inline void
start(void)
{
	signal(SIGPIPE, SIG_IGN);
	servers = servers_new(SERVER_REDIS);
	process = pool_new();
	request = pool_new();
	redis = connection();
}

static inline void
stop(void)
{
	pool_free(request);
	pool_free(process);
	servers_free(&servers);
}

#endif
