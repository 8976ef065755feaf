/*
 * The program's names in words for people: "blocked_caller" is a blocked
 * caller, "ivr-menus" are IVR menus.
 */
#ifndef RECORD_WORDS_H
#define RECORD_WORDS_H

#include "field.h"
#include "pool.h"

/*
 * Of a name or a path: "voicemail.pin" is "voicemail PIN".  A place in a list
 * is counted from 1: "members.0.name" is "members 1 name".
 */
struct str words_of(struct pool *pool, struct str name);
/* The same with a capital: "IVR menus", "Ring group". */
struct str heading_of(struct pool *pool, struct str name);
/* What a button does: "sip-password" makes a new SIP password. */
struct str deed_of(struct pool *pool, struct str action);
/* What stands before an input: "user_id" asks for a user, "User". */
struct str label_of(struct pool *pool, const struct field *field);

#endif
