/*
 * Where the rows at some places of a long list are: the database keeps them
 * for every order of the list (sql/milestones.sql), so that a page is found
 * with no walk to it.
 *
 * Knows nothing of pages and of what is asked; places are counted from 0, in
 * ascending order, among the rows that are not deleted.
 */
#ifndef RECORD_MILESTONE_H
#define RECORD_MILESTONE_H

#include "record.h"

struct milestone {
	struct str value; /* of the column the list is sorted by */
	int64_t id;
	int64_t ahead; /* rows from here to the next one */
};

/* Some rows that follow one another: from one milestone to another. */
struct stretch {
	const struct milestone *from; /* NULL: the first row */
	const struct milestone *to;   /* not in it; NULL: past the last row */
	int64_t passed;               /* rows before `from` */
};

/* The rows from place `first` until before place `end`, of `total`. */
struct wanted {
	int64_t first, end, total;
};

/*
 * The shortest stretch that holds what is wanted; all of the list when the
 * milestones do not add up to it.
 */
struct stretch stretch_of(
    const struct milestone *milestones, size_t count, struct wanted wanted);
/* The same of a view and its column, with the total of this transaction. */
struct err *stretch_find(const struct store *store, const char *view,
    const char *column, struct wanted wanted, struct stretch *stretch);

#endif
