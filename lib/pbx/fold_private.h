/* What the files of fold.h share.  Nobody else includes this. */
#ifndef PBX_FOLD_PRIVATE_H
#define PBX_FOLD_PRIVATE_H

#include "fold.h"

struct fold {
	struct pool *pool;
	const struct fold_facts *facts;
	size_t count, room;
	struct evidence *all; /* fold_result(): in order, each once */
};

/* The one behind e, or the first; NULL behind the last. */
static inline const struct evidence *
fold_next(const struct fold *fold, const struct evidence *e)
{
	e = e == NULL ? fold->all : e + 1;
	return e < fold->all + fold->count ? e : NULL;
}

/* E.164; absent when it is no telephone number. */
struct str fold_number(const struct fold *fold, struct str raw);
/* Of an own number or extension; 0 for none. */
uint64_t fold_did(const struct fold *fold, struct str e164);
uint64_t fold_extension(const struct fold *fold, struct str number);

/* The earlier of two times that are known. */
int64_t fold_earlier(int64_t a, int64_t b);
int64_t fold_later(int64_t a, int64_t b);

/* fold_legs.c: legs, who took the call, whether it was missed. */
void fold_legs(const struct fold *fold, struct folded_call *out);
/* fold_records.c: what has rows of its own. */
void fold_records(const struct fold *fold, struct folded_call *out);
void fold_steps(const struct fold *fold, struct folded_call *out);

#endif
