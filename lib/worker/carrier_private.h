/*
 * Between the files of carrier_sync.h: one tenant's turn.
 */
#ifndef WORKER_CARRIER_PRIVATE_H
#define WORKER_CARRIER_PRIVATE_H

#include "carrier_sync.h"

struct turn {
	struct carrier_work *work;
	struct pool *pool;
	struct carrier_tenant tenant;
	int requests;
	bool over;          /* nothing more can be told now */
	int64_t wait;       /* milliseconds that it has to wait for; 0: none */
	bool busy;          /* the carrier had too much */
	struct str failure; /* the first of them */
};

/*
 * False: the carrier was not asked or would not hear it, nothing is known, and
 * the turn is over.
 */
bool turn_ask(struct turn *turn, const struct carrier_question *request,
    struct carrier_answer *answer);
/* What was asked failed: so does the turn, and is over if all else would. */
void turn_failed(struct turn *turn, const struct carrier_answer *answer);
bool turn_is_over(const struct turn *turn);

/* In a transaction of the turn's tenant, of its own. */
struct err *turn_query(struct turn *turn, const char *sql,
    const struct value *values, size_t count, struct rows **rows);
struct err *turn_exec(struct turn *turn, const char *sql,
    const struct value *values, size_t count, uint64_t *affected);
#define TURN_QUERY(turn, sql, rows, ...)                               \
	turn_query((turn), (sql), (const struct value[]){__VA_ARGS__}, \
	    sizeof((const struct value[]){__VA_ARGS__}) /              \
		sizeof(struct value),                                  \
	    (rows))
#define TURN_EXEC(turn, sql, affected, ...)                           \
	turn_exec((turn), (sql), (const struct value[]){__VA_ARGS__}, \
	    sizeof((const struct value[]){__VA_ARGS__}) /             \
		sizeof(struct value),                                 \
	    (affected))

/* Its wiring, its subscribers, its lists, as far as they are out of step. */
struct err *turn_wire(struct turn *turn);
struct err *turn_subscribers(struct turn *turn);
struct err *turn_lists(struct turn *turn);

#endif
