/*
 * Memory with two lifetimes: a pool for the process and one for the request.
 *
 * Whatever a pool gives is released with the pool, never alone.  Allocation
 * does not fail: a process without memory aborts and is replaced.  Nothing
 * else in OpBX calls malloc (tests/lint/allocation.sh).
 */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include "str.h"

struct pool;

struct pool *pool_new(void);
/* Runs the destructors, last owned first, then gives all memory back. */
void pool_free(struct pool *pool);
/* As pool_free(), but the pool and its first block stay for reuse. */
void pool_clear(struct pool *pool);

/* Zeroed, aligned for any type, never NULL. */
void *pool_alloc(struct pool *pool, size_t size);
#define NEW(pool, type) ((type *)pool_alloc((pool), sizeof(type)))
#define NEW_ARRAY(pool, type, n) \
	((type *)pool_array((pool), (size_t)(n), sizeof(type)))
/* n times size; a product that does not fit is a bug and aborts. */
void *pool_array(struct pool *pool, size_t n, size_t size);
/*
 * Room for one more, zeroed, behind `count` of a list that has `room`, a
 * size_t: 0 and NULL at first.  Where there was none, the list moves.
 */
#define GROW(pool, list, count, room) \
	((list) = pool_grow((pool), (list), sizeof *(list), (count), &(room)))
void *pool_grow(
    struct pool *pool, void *list, size_t size, size_t count, size_t *room);

/* A copy with a NUL behind it; absent stays absent. */
struct str pool_copy(struct pool *pool, struct str text);
/* The same in small ASCII letters. */
struct str pool_lower(struct pool *pool, struct str text);
struct str pool_printf(struct pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* destroy(object) runs when the pool is cleared or freed. */
void pool_own(struct pool *pool, void (*destroy)(void *), void *object);

/*
 * Memory of the process that a bounded cache manages itself: zeroed pages
 * that cost nothing until they are written.  Never NULL.
 */
void *pool_pages(size_t size);
void pool_pages_free(void *pages, size_t size);

#endif
