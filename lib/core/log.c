#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "clock.h"

enum {
	LINE = 4096,  /* a write of less is not torn apart by another's */
	VALUE = 512,  /* bytes of one value */
	END = 2,      /* "}\n" */
	ESCAPE = 6,   /* the longest form of one byte, "\u001f" */
	ELLIPSIS = 3, /* U+2026 in UTF-8 */
};

/* A line that grows in place; what has no room is not added. */
struct line {
	size_t n;
	char p[LINE];
};

static struct {
	int fd; /* -1: syslog */
	bool ours;
	enum log_level least;
} target = {STDERR_FILENO, false, LOG_INFO_};

bool
log_to(struct str where, enum log_level least)
{
	char path[4096];
	int fd = STDERR_FILENO;
	bool ours = false;

	if (str_is(where, "syslog")) {
		openlog("opbx", LOG_PID | LOG_NDELAY, LOG_DAEMON);
		fd = -1;
	} else if (!str_is(where, "stderr")) {
		if (where.n == 0 || where.n >= sizeof path ||
		    str_find(where, '\0') >= 0)
			return false;
		memcpy(path, where.p, where.n);
		path[where.n] = '\0';
		fd =
		    open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
		if (fd < 0)
			return false;
		ours = true;
	}
	if (target.ours)
		close(target.fd);
	target.fd = fd;
	target.ours = ours;
	target.least = least;
	return true;
}

static const char *const levels[] = {
    [LOG_DEBUG_] = "debug",
    [LOG_INFO_] = "info",
    [LOG_WARNING_] = "warning",
    [LOG_ERROR_] = "error",
};

enum log_level
log_level_parse(struct str name)
{
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
		if (str_is(name, levels[i]))
			return (enum log_level)i;
	return LOG_INFO_;
}

bool
log_is_secret(struct str key)
{
	static const struct str endings[] = {
	    {"key", 3},
	    {"password", 8},
	    {"pin", 3},
	    {"secret", 6},
	    {"token", 5},
	    {"authorization", 13},
	    {"cookie", 6},
	};

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (key.n >= endings[i].n &&
		    str_equal_nocase(
			str_cut(key, key.n - endings[i].n, key.n), endings[i]))
			return true;
	return false;
}

struct str
log_path(struct pool *pool, struct str path)
{
	static const char before[] = "/audio/";
	const char *at =
	    memmem(path.n > 0 ? path.p : "", path.n, before, sizeof before - 1);
	struct str rest, secret;

	if (at == NULL)
		return path;
	at += sizeof before - 1;
	rest = str_cut(path, (size_t)(at - path.p), path.n);
	str_next(&rest, '/', &secret);
	if (secret.n == 0)
		return path;
	return pool_printf(pool, "%.*s***%s%.*s", (int)(at - path.p), path.p,
	    rest.p != NULL ? "/" : "", PSTR(rest));
}

/* The field of that key, or where a new one goes; NULL when all are taken. */
static struct log_field *
place(struct log *log, const char *key)
{
	size_t most = sizeof log->fields / sizeof log->fields[0];

	for (size_t i = 0; i < log->count; i++)
		if (strcmp(log->fields[i].key, key) == 0)
			return &log->fields[i];
	if (log->count == most)
		return NULL;
	log->fields[log->count].key = key;
	return &log->fields[log->count++];
}

void
log_text(struct log *log, const char *key, struct str value)
{
	struct log_field *field = place(log, key);

	if (field == NULL)
		return;
	if (value.p == NULL) {
		struct log_field *last = &log->fields[--log->count];

		memmove(
		    field, field + 1, (size_t)(last - field) * sizeof *field);
		return;
	}
	field->value = value;
}

void
log_int(struct log *log, const char *key, int64_t number)
{
	struct log_field *field = place(log, key);

	if (field == NULL)
		return;
	field->value = NO_STR;
	field->number = number;
}

static void
put(struct line *line, const char *bytes, size_t n)
{
	memcpy(line->p + line->n, bytes, n);
	line->n += n;
}

/* The escape of a byte that cannot stand in a JSON string as it is. */
static void
put_escape(struct line *line, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char text[ESCAPE] = {
	    '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};

	if (byte == '"' || byte == '\\') {
		text[1] = (char)byte;
		put(line, text, 2);
	} else if (byte == '\n') {
		put(line, "\\n", 2);
	} else {
		put(line, text, sizeof text);
	}
}

/*
 * The length of what stands at i and can be copied as it is: plain ASCII up
 * to the next byte that cannot, or one longer sequence.
 */
static size_t
plain_run(struct str s, size_t i)
{
	size_t from = i;

	while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7f && s.p[i] != '"' &&
	       s.p[i] != '\\')
		i++;
	if (i > from || (unsigned char)s.p[i] < 0x80)
		return i - from;
	return str_sequence(str_cut(s, i, s.n));
}

static void
put_text(struct line *line, struct str s)
{
	/* What may be used, so that ellipsis, quote and end still fit. */
	const size_t room = LINE - 1 - END - 1 - ELLIPSIS;
	bool cut = s.n > VALUE;
	size_t i = 0;

	if (cut)
		s.n = VALUE;
	put(line, "\"", 1);
	while (i < s.n) {
		size_t run = plain_run(s, i);

		if (line->n + (run > ESCAPE ? run : ESCAPE) > room) {
			cut = true;
			break;
		}
		if (run > 0) {
			put(line, s.p + i, run);
			i += run;
		} else if ((unsigned char)s.p[i] < 0x80) {
			put_escape(line, (unsigned char)s.p[i++]);
		} else if (cut && s.n - i < 4) {
			break; /* the cut went through a sequence */
		} else {
			put(line, "\xef\xbf\xbd", 3);
			i++;
		}
	}
	if (cut)
		put(line, "\xe2\x80\xa6", ELLIPSIS);
	put(line, "\"", 1);
}

static void
put_number(struct line *line, int64_t number)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0);
	if (number < 0)
		digits[--at] = '-';
	put(line, digits + at, sizeof digits - at);
}

/* ,"key": — or nothing when it and a number have no room. */
static bool
put_key(struct line *line, const char *key)
{
	size_t n = strlen(key);

	if (line->n + n + 4 + 24 + ELLIPSIS + END + 1 > LINE)
		return false;
	put(line, ",\"", 2);
	put(line, key, n);
	put(line, "\":", 2);
	return true;
}

static void
put_field(struct line *line, const struct log_field *field)
{
	if (!put_key(line, field->key))
		return;
	if (log_is_secret(str_of(field->key)))
		put(line, "\"***\"", 5);
	else if (field->value.p != NULL)
		put_text(line, field->value);
	else
		put_number(line, field->number);
}

static void
send(struct line *line, enum log_level level)
{
	static const int priorities[] = {
	    [LOG_DEBUG_] = LOG_DEBUG,
	    [LOG_INFO_] = LOG_INFO,
	    [LOG_WARNING_] = LOG_WARNING,
	    [LOG_ERROR_] = LOG_ERR,
	};
	int before = errno;

	if (target.fd < 0) {
		syslog(priorities[level], "%.*s", (int)line->n, line->p);
	} else {
		put(line, "\n", 1);
		/* A line that cannot be written has nowhere to be told. */
		while (write(target.fd, line->p, line->n) < 0 && errno == EINTR)
			;
	}
	errno = before;
}

void
log_write(const struct log *log, enum log_level level, const char *format, ...)
{
	char message[VALUE + 2], now[CLOCK_TEXT];
	struct line line;
	va_list list;
	int n;

	if (level < target.least)
		return;
	va_start(list, format);
	n = vsnprintf(message, sizeof message, format, list);
	va_end(list);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof message)
		n = (int)sizeof message - 1;
	line.n = 0;
	put(&line, "{\"time\":\"", 9);
	put(&line, now, clock_write(clock_now(), now));
	put(&line, "\",\"level\":\"", 11);
	put(&line, levels[level], strlen(levels[level]));
	put(&line, "\"", 1);
	if (log != NULL && log->responder != NULL) {
		put_key(&line, "responder");
		put_text(&line, str_of(log->responder));
	}
	put_key(&line, "message");
	put_text(&line, (struct str){message, (size_t)n});
	for (size_t i = 0; log != NULL && i < log->count; i++)
		put_field(&line, &log->fields[i]);
	put(&line, "}", 1);
	send(&line, level);
}
