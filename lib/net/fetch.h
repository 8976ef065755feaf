/*
 * What we ask of others: http requests and mail by SMTP.  Only fetch.c knows
 * libcurl.
 *
 * A URL may come from anybody, so it leads to the public Internet only: https,
 * and no address that is private or special (address.h); the address that was
 * looked at is the one that is connected to.  Redirects are followed by hand,
 * at most 3, and looked at in the same way.  No proxy, no cookies, no
 * credentials but those that are given.
 *
 * Errors are UNAVAILABLE, with a message for people that tells nothing of
 * what was sent.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "conf.h"

#include <signal.h>

struct fetch;

/*
 * etc/opbx.conf: net.allow_http, net.allow_private, net.ca_file; smtp.url,
 * smtp.user, smtp.password, smtp.from, smtp.starttls.  Once in a process.
 * stop: what is under way ends within a second when it is set; may be NULL.
 */
struct fetch *fetch_new(struct pool *process, const struct conf *conf,
    const volatile sig_atomic_t *stop);

struct fetch_header {
	const char *name;
	struct str value;
};

struct fetch_request {
	const char *method; /* "GET", "POST" */
	struct str url;
	const struct fetch_header *headers;
	size_t header_count;
	/* The value of Authorization, for the host of `url` alone. */
	struct str authorization;
	struct str body; /* absent: none */
	int timeout;     /* milliseconds, for all of it */
	size_t most;     /* bytes that the answer may have */
	int file;        /* where its body goes; 0: into the answer */
};

struct fetch_answer {
	int status;
	struct str type; /* as Content-Type says it; absent: it does not */
	struct str body;
	size_t bytes; /* of the body */
};

/*
 * The answer, whatever its status; of 301, 302 and 303 only a GET goes on, of
 * 307 and 308 every method does.
 */
struct err *fetch_request(struct fetch *fetch, struct pool *pool,
    const struct fetch_request *request, struct fetch_answer *answer);

/* NULL, or what is wrong with the URL by its looks. */
struct err *fetch_check_url(
    const struct fetch *fetch, struct pool *pool, struct str url);

/* Its host in small letters; false for what is no URL. */
bool fetch_host(struct pool *pool, struct str url, struct str *host);

/* smtp.from; an error that says so when mail is not set up. */
struct err *fetch_mail_from(
    const struct fetch *fetch, struct pool *pool, struct str *from);
/* Does the mail server let us in?  Greets it and sends nothing. */
struct err *fetch_mail_probe(
    struct fetch *fetch, struct pool *pool, int timeout);
/* Gives the message (mail.h) to the mail server. */
struct err *fetch_mail(struct fetch *fetch, struct pool *pool, struct str to,
    struct str message, int timeout);

#endif
