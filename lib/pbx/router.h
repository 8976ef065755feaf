/*
 * Inside the router: what its files share.  Nobody else includes this.
 *
 * enter() follows targets until verbs have been written: each object that a
 * call enters is counted and left on the cursor's trail, so that no circle of
 * targets can hold a call or the process.
 */
#ifndef PBX_ROUTER_H
#define PBX_ROUTER_H

#include "hunt.h"
#include "route.h"

struct router {
	struct pool *pool;
	const struct call *call;
	const struct lookups *look;
	const struct organization *org;
	struct decision *decision;
	struct cursor *cursor; /* the decision's own */
	struct verb **verb_end;
	struct effect **effect_end;
	struct step **step_end;
	size_t decided; /* trail entries older than this decision */
};

/* route.c */
void note(struct router *r, struct node node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define NOWHERE ((struct node){TARGET_NONE, 0})
struct effect *effect(struct router *r, enum effect_kind kind);
void routed(struct router *r, const char *type, struct str target);
/*
 * Behind a look-up that the answer can do without: that it failed is noted,
 * no more.  failed: what *look->failed was before it.
 */
void do_without(struct router *r, bool failed, const char *what);
/* False when what a number leads to is no longer there. */
bool target_lives(struct router *r, const struct target *target);
void default_target(struct router *r);

/*
 * block.c: true when the caller is blocked, and his answer written.  did: the
 * active number that was called, or NULL.
 */
bool is_blocked(struct router *r, const struct did *did);

/* answer.c: verbs */
struct verb *verb(struct router *r, enum verb_kind kind);
struct verb *say(struct router *r, struct str words);
void play_prompt(
    struct router *r, const struct prompt *prompt, struct str otherwise);
void hang_up(struct router *r);
void say_and_hang_up(struct router *r, struct str words);
void come_back(struct router *r, enum stage stage, uint64_t node);
/* A Gather whose prompts are what is said until end_gather(). */
struct gather *begin_gather(struct router *r, struct verb ***outer);
void end_gather(struct router *r, struct gather *gather, struct verb **outer);
/* A Dial with what the called DID asks for: caller name, recording. */
struct dial *dial(struct router *r, bool back);

/* enter.c: targets */
void enter(struct router *r, const struct target *target);
void enter_did(struct router *r, const struct did *did);
void enter_extension(struct router *r, const struct extension *extension);
void enter_voicemail(struct router *r, uint64_t extension);
/* The path ended and nobody answered: the mailbox, else words. */
void unanswered(struct router *r);
/* The trail since the last digit begins anew. */
void digit_pressed(struct router *r);

/* resume.c: callbacks */
void resume(struct router *r);
void ring_members(struct router *r, const struct ring_group *group);

/* room.c: conference rooms and menus */
void enter_room(struct router *r, const struct conference_room *room);
void room_pin(struct router *r);
void enter_menu(struct router *r, const struct ivr_menu *menu);
void menu_input(struct router *r);

/* external.c: what leaves the PBX */
void enter_external(struct router *r, struct str number);
void call_out(struct router *r, const struct number *number, uint64_t extension,
    bool forward);
void emergency(struct router *r, const struct extension *caller);
bool diverted_from_own(struct router *r);

/* feature.c: star codes and the mailbox by phone */
void feature_code(struct router *r, const struct extension *caller);
void mailbox_pin(struct router *r);
void mailbox(struct router *r);

#endif
