/*
 * The HTML face of signing in and of one's account: forms whose passwords
 * stay unseen, and pages of what is shown once.
 */
#ifndef RESOURCE_SESSION_PAGE_H
#define RESOURCE_SESSION_PAGE_H

#include "control.h"

struct page_input {
	const char *name, *label, *type;
	const char *autocomplete; /* the browser's word for it */
	bool optional;
};

struct page_form {
	const char *heading;
	const char *action; /* below /cgi-bin/session: "/password" */
	const char *method; /* NULL: POST */
	const char *intro;  /* NULL: none */
	const char *submit; /* the button */
	const struct page_input *inputs;
	size_t count;
};

enum session_form {
	FORM_SIGN_IN,
	FORM_PASSWORD,
	FORM_RESET,
	FORM_LINK,
	FORM_TOTP,
	FORM_CONFIRM,
	FORM_DROP_TOTP,
	FORM_CODES,
	FORM_END_OTHERS,
};

/* A page of that form alone; err: why it was refused, or NULL. */
void session_page(
    struct visit *visit, enum session_form form, const struct err *err);
/* The same where an organization is to be chosen. */
struct slugs {
	size_t count;
	struct str slugs[8], names[8];
};
void session_page_choices(
    struct visit *visit, const struct slugs *slugs, const struct err *err);
/*
 * The same error for a program; for a browser the form again, with what may
 * be shown of what was typed, and then NULL.
 */
struct err *session_refused(
    struct visit *visit, enum session_form form, struct err *err);

/* Parts, for pages that hold more than one form. */
void session_open(struct visit *visit, int status, const char *heading);
void session_close(struct visit *visit);
void session_add_form(
    struct visit *visit, enum session_form form, const struct err *err);
void session_add_line(struct visit *visit, const char *label, struct str text);
void session_add_link(struct visit *visit, const char *path, const char *text);

#endif
