/*
 * What audio some bytes are, whatever they are called: WAV or MP3.
 *
 * The whole file is read and must be nothing else besides: a file that some
 * program would take for a page or a script is refused.
 */
#ifndef CORE_SNIFF_H
#define CORE_SNIFF_H

#include "err.h"

struct sound {
	const char *type; /* "audio/wav", "audio/mpeg" */
	int64_t ms;       /* how long it plays */
};

/* The types there are, NULL-terminated. */
extern const char *const sniff_types[];

/*
 * WAV: RIFF of PCM, A-law or mu-law in 1 or 2 channels.  MP3: MPEG 1, 2 or
 * 2.5 layer III, of constant or varying rate, with or without ID3.
 * UNSUPPORTED_TYPE says what is wrong and what is allowed.
 */
struct err *sniff_audio(
    struct pool *pool, struct str bytes, struct sound *sound);

#endif
