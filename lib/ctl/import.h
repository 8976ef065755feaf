/*
 * Between import.c, which makes, fills and checks one object, and
 * import_all.c, which goes through the text.
 */
#ifndef CTL_IMPORT_H
#define CTL_IMPORT_H

#include "kinds.h"

struct file_note;

struct import {
	struct pool *pool;
	const struct conf *conf;
	struct change *change;
	struct names *names;
	struct section *sections;
	struct file_note *new_files, *old_files;
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

#endif
