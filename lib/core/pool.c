#include "pool.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/*
 * Under AddressSanitizer, memory that the pool has not given, or has taken
 * back, is as forbidden as freed memory; the macros are empty without it.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

/*
 * A pool is a chain of blocks.  The first one stays when the pool is cleared,
 * so that a request of ordinary size allocates nothing that the last one had
 * not already asked the system for.
 */
enum {
	FIRST_BLOCK = 32 * 1024,
	NEXT_BLOCK = 64 * 1024,
	ALIGN = 16,
	ROOM = 16, /* of a list that grows, at first */
};

struct block {
	struct block *next;
	size_t used;
	size_t room;
	size_t padding; /* keeps bytes[] aligned to ALIGN */
	unsigned char bytes[];
};

struct owned {
	struct owned *next;
	void (*destroy)(void *);
	void *object;
};

struct pool {
	struct block *current; /* newest first */
	struct block *first;
	struct owned *owned;
};

static struct block *
block_new(size_t room)
{
	struct block *block = malloc(sizeof *block + room);

	if (block == NULL)
		abort();
	block->next = NULL;
	block->used = 0;
	block->room = room;
	ASAN_POISON_MEMORY_REGION(block->bytes, room);
	return block;
}

struct pool *
pool_new(void)
{
	struct pool *pool = calloc(1, sizeof *pool);

	if (pool == NULL)
		abort();
	pool->first = pool->current = block_new(FIRST_BLOCK);
	return pool;
}

void
pool_clear(struct pool *pool)
{
	while (pool->owned != NULL) {
		struct owned *owned = pool->owned;

		pool->owned = owned->next;
		owned->destroy(owned->object);
	}
	while (pool->current != pool->first) {
		struct block *block = pool->current;

		pool->current = block->next;
		free(block);
	}
	pool->first->used = 0;
	ASAN_POISON_MEMORY_REGION(pool->first->bytes, pool->first->room);
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	pool_clear(pool);
	free(pool->first);
	free(pool);
}

void *
pool_alloc(struct pool *pool, size_t size)
{
	struct block *block = pool->current;
	size_t rounded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	void *memory;

	assert(size < SIZE_MAX / 2);
	if (block->room - block->used < rounded) {
		block = block_new(rounded > NEXT_BLOCK ? rounded : NEXT_BLOCK);
		block->next = pool->current;
		pool->current = block;
	}
	memory = block->bytes + block->used;
	block->used += rounded;
	ASAN_UNPOISON_MEMORY_REGION(memory, size);
	return memset(memory, 0, size);
}

void *
pool_array(struct pool *pool, size_t n, size_t size)
{
	size_t all;
	bool fits = !__builtin_mul_overflow(n, size, &all);

	assert(fits);
	return pool_alloc(pool, all);
}

void *
pool_grow(
    struct pool *pool, void *list, size_t size, size_t count, size_t *room)
{
	void *more;

	if (count < *room)
		return list;
	*room = *room * 2 + ROOM;
	more = pool_array(pool, *room, size);
	if (count > 0)
		memcpy(more, list, count * size);
	return more;
}

struct str
pool_copy(struct pool *pool, struct str text)
{
	char *copy;

	if (text.p == NULL)
		return NO_STR;
	copy = pool_alloc(pool, text.n + 1);
	memcpy(copy, text.p, text.n);
	return (struct str){copy, text.n};
}

struct str
pool_lower(struct pool *pool, struct str text)
{
	char *copy;

	if (text.p == NULL)
		return NO_STR;
	copy = pool_alloc(pool, text.n + 1);
	for (size_t i = 0; i < text.n; i++)
		copy[i] = str_lower(text.p[i]);
	return (struct str){copy, text.n};
}

struct str
pool_printf(struct pool *pool, const char *format, ...)
{
	char brief[256];
	va_list list;
	char *text;
	int n;

	va_start(list, format);
	n = vsnprintf(brief, sizeof brief, format, list);
	va_end(list);
	assert(n >= 0);
	if ((size_t)n < sizeof brief)
		return pool_copy(pool, (struct str){brief, (size_t)n});
	text = pool_alloc(pool, (size_t)n + 1);
	va_start(list, format);
	vsnprintf(text, (size_t)n + 1, format, list);
	va_end(list);
	return (struct str){text, (size_t)n};
}

void
pool_own(struct pool *pool, void (*destroy)(void *), void *object)
{
	struct owned *owned = NEW(pool, struct owned);

	owned->destroy = destroy;
	owned->object = object;
	owned->next = pool->owned;
	pool->owned = owned;
}

void *
pool_pages(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		abort();
	return pages;
}

void
pool_pages_free(void *pages, size_t size)
{
	if (pages != NULL)
		munmap(pages, size);
}
