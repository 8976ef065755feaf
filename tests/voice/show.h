/*
 * What the goldens say of a decision: its document, and as comments the
 * steps, the effects and the cursor in words.
 */
#ifndef TESTS_VOICE_SHOW_H
#define TESTS_VOICE_SHOW_H

#include "tenant.h"

struct show {
	struct pool *pool;
	const struct tenant *tenant;
};

void show_comment(struct buf *out, struct str text);
/* One element a line, indented. */
void show_document(struct buf *out, struct str document);
void show_decision(
    const struct show *show, struct buf *out, const struct decision *decision);
/* "rang ring_group Sales, position 1", in place of the sealed cursor. */
struct str show_cursor(const struct show *show, const struct cursor *cursor);

#endif
