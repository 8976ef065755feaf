/*
 * Fetches the audio of recordings and voicemails from where the carrier
 * keeps it.
 *
 * The address comes from the carrier's event, which a key vouches for, and is
 * treated as anybody's all the same: fetch.h refuses what is not public, the
 * tenant's API key goes to carrier.hosts alone, and what comes is WAV or MP3
 * by its bytes or nothing.  The file is on the disk before its row says that
 * it is ready.
 */
#ifndef WORKER_RECORDINGS_H
#define WORKER_RECORDINGS_H

#include "work.h"

extern const struct trade recordings_trade;

#endif
