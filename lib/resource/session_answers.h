/*
 * The answers of /cgi-bin/session: signing in (session_answers.c), signing out
 * and one's sessions (session_devices.c), password and links
 * (session_password.c), the second factor (session_second.c).
 */
#ifndef RESOURCE_SESSION_ANSWERS_H
#define RESOURCE_SESSION_ANSWERS_H

#include "person.h"
#include "session_page.h"
#include "session_record.h"

struct err *show_session(struct visit *visit);
struct err *ask_sign_in(struct visit *visit);
struct err *create_session(struct visit *visit);
struct err *end_session(struct visit *visit);
struct err *list_sessions(struct visit *visit);
struct err *end_one_session(struct visit *visit);
struct err *end_other_sessions(struct visit *visit);

struct err *ask_password(struct visit *visit);
struct err *change_password(struct visit *visit);
struct err *ask_reset(struct visit *visit);
struct err *request_reset(struct visit *visit);
struct err *ask_link(struct visit *visit);
struct err *use_link(struct visit *visit);

struct err *show_second(struct visit *visit);
struct err *begin_second(struct visit *visit);
struct err *confirm_second(struct visit *visit);
struct err *remove_second(struct visit *visit);
struct err *renew_codes(struct visit *visit);

/* For all of them. */

/* The body as that record; complaints are the error. */
struct err *session_take(
    struct visit *visit, const struct record *record, void *object);
/* {"data": {…}} */
void session_answer(struct visit *visit, const struct record *record,
    const void *object, int status);
/* 204, or for a browser 303 to _next or there. */
void session_done(struct visit *visit, const char *where);
/* {"data": {"message": …}}, or a page that says it. */
void session_say(struct visit *visit, const char *heading, const char *message);
/*
 * FORBIDDEN for an access token: only who signed in looks after the account.
 */
struct err *session_needed(const struct visit *visit);
/*
 * FORBIDDEN when a form was not sent from a page of this site.  Who is not
 * signed in has no token that could show it.
 */
struct err *session_check_origin(const struct visit *visit);
/*
 * Is it the password of who is signed in?  A complaint of `field` when it is
 * not; RATE_LIMITED after 5 wrong ones a minute.  Outside of a transaction;
 * *person is loaded.
 */
struct err *session_prove(struct visit *visit, const char *field,
    struct str password, struct person *person);
/* Who is signed in, as JSON or page: for a session that is new. */
struct err *session_show(struct visit *visit, int status);

#endif
