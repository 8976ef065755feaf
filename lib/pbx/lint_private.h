/* Between the linter's files. */
#ifndef PBX_LINT_PRIVATE_H
#define PBX_LINT_PRIVATE_H

#include "lint.h"
#include "lint_graph.h"

struct linter {
	struct pool *pool;
	const struct configuration *c;
	struct lint_graph graph;
	struct lint *lint;
	size_t room;
	size_t of_code[LINT_CODES];
};

struct object {
	const char *type;
	uint64_t id;
	struct str name;
};

/* reason and mend: sentences without their full stop. */
void found(struct linter *l, enum severity severity, enum lint_code code,
    struct object object, struct str reason, const char *mend);
struct object object_of(const struct linter *l, size_t node);
/* Of the organization itself. */
#define SETTINGS ((struct object){"settings", 0, NO_STR})

/* lint_ways.c: where calls can go. */
void lint_ways(struct linter *l);
/* lint_objects.c: what is wrong with one object alone. */
void lint_objects(struct linter *l);
/* lint_outside.c: caller ids, rules, emergency calls. */
void lint_outside(struct linter *l);

#endif
