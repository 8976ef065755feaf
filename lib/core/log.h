/*
 * One JSON object a line, one write(2) of less than 4 KiB.
 *
 * Programs log, libraries return errors.  A struct log collects what is known
 * of one request; log_write() adds time, level and message and sends it.
 * Values of keys that hold secrets (key, password, pin, secret, token,
 * authorization, cookie and names that end in them) are replaced by "***".
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "buf.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARNING_, LOG_ERROR_ };

struct log_field {
	const char *key; /* a literal */
	struct str value;
	int64_t number; /* used when value is absent */
};

struct log {
	const char *responder;
	size_t count;
	struct log_field fields[24];
};

/*
 * Where lines go, for the whole process: "stderr" (the start), "syslog" or a
 * path that is opened for appending.  False when the path cannot be opened;
 * lines then go where they went before.
 */
bool log_to(struct str where, enum log_level least);
/* "debug", "info", "warning", "error"; info for anything else. */
enum log_level log_level_parse(struct str name);

/*
 * A later value of the same key replaces the earlier one; an absent one
 * removes it.  Values are not copied: they must live until log_write().
 * What comes after the 24th field is dropped.
 */
void log_text(struct log *log, const char *key, struct str value);
void log_int(struct log *log, const char *key, int64_t number);
/*
 * Values longer than 512 bytes are cut and end in an ellipsis, invalid UTF-8
 * is replaced; fields that the line has no room for are left out.  log may be
 * NULL.
 */
void log_write(const struct log *log, enum log_level level, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * A path without what opens a file to whoever knows it:
 * "/prompts/audio/TOKEN" is "/prompts/audio/" and three stars.
 */
struct str log_path(struct pool *pool, struct str path);

/* True when the value of this key must not be shown to anybody. */
bool log_is_secret(struct str key);

#endif
