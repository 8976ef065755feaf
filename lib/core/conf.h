/*
 * etc/opbx.conf: "key = value" lines, '#' begins a comment line.
 *
 * Keys are made of a-z, 0-9, '_', '.' and '-', and each comes once.  A value
 * is the rest of the line without white space at its ends; a '#' inside it is
 * a part of it.
 *
 * The file is the one named by the environment's OPBX_CONF, else
 * /etc/opbx/opbx.conf.  A relative path in a value is relative to the folder
 * of the file.  Keys, their meaning and defaults stand in etc/opbx.conf.
 */
#ifndef CORE_CONF_H
#define CORE_CONF_H

#include "err.h"

struct conf;

/* The file of this process; the error names file and line. */
struct err *conf_load(struct pool *pool, const struct conf **out);
struct err *conf_read(
    struct pool *pool, const char *path, const struct conf **out);
/* As conf_read(), of a text that stands in the file `path`. */
struct err *conf_parse(struct pool *pool, struct str text, struct str path,
    const struct conf **out);

/* The value, or the text given for a key that is absent. */
struct str conf_text(
    const struct conf *conf, const char *key, const char *otherwise);
/*
 * A number outside [min, max] or not a number ends the process with a message
 * on stderr and status 78 (EX_CONFIG).
 */
int64_t conf_int(const struct conf *conf, const char *key, int64_t otherwise,
    int64_t min, int64_t max);
bool conf_is(const struct conf *conf, const char *key, const char *value);
/* A path made absolute; absent or empty stays so. */
struct str conf_path(struct pool *pool, const struct conf *conf,
    const char *key, const char *otherwise);
/* The absolute path of the file itself. */
struct str conf_file(const struct conf *conf);

#endif
