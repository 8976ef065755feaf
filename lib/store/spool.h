/*
 * The spool: frames of bytes in files of var_dir/spool, for when nothing else
 * can keep them.
 *
 * A frame that spool_put() took is on the disk.  Each process writes a file of
 * its own, INSTANT-PID-NUMBER.spool, and begins another when it has grown, so
 * names sort by age.  A frame has its length and the first bytes of its
 * SHA-256 in front: what a killed process left unfinished at the end of its
 * file was never acknowledged and is passed over; a frame that does not fit
 * its sum makes the file NAME.bad, which stays for people to look at.
 * Writer and reader lock a file (flock) and neither waits: the reader passes
 * over what is being written, the writer begins another file.
 */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include "conf.h"
#include "err.h"

struct spool;

/*
 * etc/opbx.conf: var_dir; spool.bytes, which all files together may have.
 * Makes nothing before the first frame.
 */
struct spool *spool_new(struct pool *process, const struct conf *conf);

/*
 * Durable when NULL.  UNAVAILABLE when the disk is full or fails, or the
 * spool has reached its size: the frames are to come again then.
 */
struct err *spool_put(struct spool *spool, struct pool *pool,
    const struct str *frames, size_t count);

/*
 * The same without waiting for the disk: a kill loses nothing, a machine that
 * falls may lose it.  It leaves half of spool.bytes to spool_put().
 */
struct err *spool_add(struct spool *spool, struct pool *pool, struct str frame);

struct spool_file {
	size_t count;
	struct str *frames;
	bool damaged; /* something behind the last frame cannot be read */
	struct str name;
	int fd;
};

/*
 * The oldest file that nobody holds, locked, its frames in the pool; *found
 * is false when there is none.  Ends with one of the two below.
 */
struct err *spool_take(struct spool *spool, struct pool *pool,
    struct spool_file *file, bool *found);
/* All frames are kept elsewhere now: the file goes, a damaged one aside. */
struct err *spool_done(
    struct spool *spool, struct pool *pool, struct spool_file *file);
/* It stays for another time. */
void spool_leave(struct spool_file *file);

/* Of the folder's files: are these frames that wait? */
bool spool_waits(const char *name);
/* For health: bytes that wait, 0 when there is no spool. */
int64_t spool_size(const struct spool *spool);
/* The instant at which the oldest file was begun; 0 when there is none. */
int64_t spool_since(const struct spool *spool, struct pool *pool);

#endif
