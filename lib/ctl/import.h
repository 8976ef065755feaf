/*
 * Between import.c, which makes, fills and checks one object, and
 * import_all.c, which goes through the text.
 */
#ifndef CTL_IMPORT_H
#define CTL_IMPORT_H

#include "kinds.h"

/* A number that is not to be had. */
struct left_out {
	struct left_out *next;
	struct str number;
};

struct import {
	struct pool *pool;
	struct change *change;
	struct names *names;
	struct section *sections;
	struct left_out *left_out;
	int changed, refused, conflicts;
};

/*
 * Each tells what it does, a line an object and field, and what is wrong
 * (import->refused); an error is something else.
 */
struct err *import_make(
    struct import *import, const struct kind *kind, struct section *section);
struct err *import_fill(struct import *import, const struct kind *kind,
    const struct section *section);
struct err *import_verify(struct import *import, const struct kind *kind,
    const struct section *section);
bool import_leaves_out(const struct import *import, struct str number);

#endif
