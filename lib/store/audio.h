/*
 * Audio files below var_dir/audio: one folder an organization, in it one for
 * each kind.
 *
 * A file is named by its row's id or, where a row gets another file, by a
 * digest of the row's token: by nothing that a request said.  It is written
 * once and never changed, under another name first, so that whoever finds it
 * finds all of it.
 */
#ifndef STORE_AUDIO_H
#define STORE_AUDIO_H

#include "conf.h"
#include "db.h"

enum audio_kind { AUDIO_PROMPT, AUDIO_RECORDING, AUDIO_VOICEMAIL };

enum { AUDIO_MOST = 10 << 20 }; /* bytes of one that is uploaded */

/* 192 random bits as 32 characters of base64url. */
struct str audio_token(struct pool *pool);

/* ".../audio/12/prompt/3fa9…" */
struct str audio_path_of_token(struct pool *pool, const struct conf *conf,
    enum audio_kind kind, uint64_t organization, struct str token);
/* ".../audio/12/recording/7" */
struct str audio_path_of_row(struct pool *pool, const struct conf *conf,
    enum audio_kind kind, uint64_t organization, uint64_t id);

/*
 * Makes the folders there must be, for the group that all programs run as,
 * and returns when the file is on the disk.  UNAVAILABLE when it cannot be.
 */
struct err *audio_write(struct pool *pool, struct str path, struct str bytes);
/*
 * The same for what comes bit by bit: a file to write to, which is closed and
 * removed with its pool unless it was kept.
 */
struct audio_draft {
	struct str path, name; /* as it will be called, as it is called */
	int fd;                /* -1: no longer open */
};
struct err *audio_open(
    struct pool *pool, struct str path, struct audio_draft **draft);
struct err *audio_keep(struct pool *pool, struct audio_draft *draft);
/* What is not there is removed already. */
void audio_remove(struct str path);

/*
 * CONFLICT when `more` bytes do not fit into the organization's storage
 * (limit_storage_mb, MiB, 0: no limit) beside its prompts, recordings and
 * voicemails, the deleted among them.  Inside a transaction of the
 * organization; the rows of what is added must not be there yet.
 */
struct err *audio_check_storage(struct db *db, struct pool *pool, int64_t more);

#endif
