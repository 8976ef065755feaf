/*
 * A decision in the words of a carrier (carriers.md sections 2 and 6).
 */
#ifndef VOICE_DIALECT_H
#define VOICE_DIALECT_H

#include "route.h"

struct dialect_urls {
	struct str back;       /* where the carrier comes back, with cursor */
	struct str recordings; /* where it reports a finished recording */
};

/* Cloudonix CXML.  All URLs are absolute. */
struct str dialect_cloudonix(struct pool *pool, const struct decision *decision,
    const struct dialect_urls *urls);

#endif
