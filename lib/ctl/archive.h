/*
 * What a backup is made of, for the two that write and read one: a tar of
 *
 *	manifest	what it is, a word and a value a line
 *	opbx.sql	every table, by mariadb-dump
 *	audio/		as it lies below var_dir
 *	secret, opbx.conf	where the keys were asked for
 *
 * The programs that help are started without a shell, and a password reaches
 * them by a file that nobody else can read, never by their arguments.
 */
#ifndef CTL_ARCHIVE_H
#define CTL_ARCHIVE_H

#include "ctl.h"

#define ARCHIVE_FORMAT "opbx-backup 1"
#define ARCHIVE_MANIFEST "manifest"
#define ARCHIVE_SQL "opbx.sql"
#define ARCHIVE_SECRET "secret"
#define ARCHIVE_CONF "opbx.conf"
#define ARCHIVE_AUDIO "audio"

/*
 * A new folder for us alone, below another on the same disk; it goes with all
 * that is in it when the pool goes.
 */
struct err *archive_folder(
    struct pool *pool, struct str parent, struct str *path);
/* A new file of mode 0600. */
struct err *archive_write(struct pool *pool, struct str path, struct str text);
/* An error when it is longer than most bytes. */
struct err *archive_read(
    struct pool *pool, struct str path, size_t most, struct str *text);
/* folder/defaults: how MariaDB's programs log in as the administrator. */
struct err *archive_defaults(
    struct pool *pool, const struct conf *conf, struct str folder);
/*
 * Runs a program and waits for it.  in, out: open files, or -1.  An error
 * unless it ends with 0, or with 1 where `differs` says that this is none.
 */
struct err *archive_run(
    struct pool *pool, const char *const *words, int in, int out, bool differs);
/* Tells one master key from another, and nothing of it. */
struct str archive_key_mark(struct pool *pool, const struct crypto_key *master);

/* The tables that there are, as the administrator; none: no database. */
struct err *archive_tables(
    struct ctl *ctl, struct db *admin, struct str **names, size_t *count);

#endif
