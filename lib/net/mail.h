/*
 * A mail as it travels: RFC 5322 with MIME (RFC 2045, 2047, 2231), lines that
 * end in CR LF and have at most 78 characters.
 *
 * Whatever was typed by somebody stays where it belongs: control characters
 * in a subject, a name or an address are refused, so nothing can add a header
 * or a recipient.
 */
#ifndef NET_MAIL_H
#define NET_MAIL_H

#include "err.h"

struct mail {
	struct str from; /* "opbx@example.com" or "OpBX <opbx@example.com>" */
	struct str to;   /* one address */
	struct str subject;
	struct str text; /* UTF-8; lines end as they like */
	struct str key;  /* letters, digits and '-': of Message-ID */
	int64_t date;    /* instant */
	/* What is attached; an absent name: nothing. */
	struct str file_name, file_type, file;
};

/* VALIDATION_ERROR that says for people what is wrong. */
struct err *mail_write(
    struct pool *pool, const struct mail *mail, struct str *message);
/*
 * "Name <address>" or an address; the name is absent then.  False when the
 * address is none that a mail can be sent to: one '@', no white space, no
 * quotes, no character that means something in a header.
 */
bool mail_mailbox(struct str text, struct str *name, struct str *address);

#endif
