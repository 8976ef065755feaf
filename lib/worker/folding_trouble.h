/*
 * Calls that could not be folded although MariaDB answers: a row that somebody
 * has locked, a statement that takes too long.
 *
 * They come behind all others and each by itself, less often with each time
 * that it fails.  Which of several failed together is to blame is not known,
 * so that alone is no failure.  Knows no MariaDB; lasts as long as its process.
 */
#ifndef WORKER_FOLDING_TROUBLE_H
#define WORKER_FOLDING_TROUBLE_H

#include "str.h"

enum {
	TROUBLES = 512,
	TROUBLE_MOST = 5, /* failures */
	TROUBLE_CAUSE = 160,
};

struct folding_trouble {
	uint64_t organization, key; /* key: the hash of the call's */
	int failed;
	int64_t again;   /* monotonic */
	uint64_t folded; /* of others, when it failed first */
	bool there;
	/* It is not tried again: it could not be parked yet. */
	bool given_up;
	char cause[TROUBLE_CAUSE]; /* of the last failure */
};

struct folding_troubles {
	uint64_t folded; /* calls, by anybody of this process */
	size_t count;
	struct folding_trouble list[TROUBLES];
};

/* NULL: it is in none. */
struct folding_trouble *folding_trouble_find(
    struct folding_troubles *all, uint64_t organization, struct str key);
/* What finds no room is tried with others again. */
void folding_trouble_add(
    struct folding_troubles *all, uint64_t organization, struct str key);
/*
 * It failed by itself.  True when it is given up: it did so so often while
 * others could be folded.  Where no other was, all may be to blame but it.
 */
bool folding_trouble_failed(struct folding_troubles *all, uint64_t organization,
    struct str key, int64_t now, struct str cause);
void folding_trouble_over(
    struct folding_troubles *all, uint64_t organization, struct str key);
/* Those that were not found to be `there` are in none any more. */
void folding_trouble_keep(struct folding_troubles *all);

#endif
