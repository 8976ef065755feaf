/* Between evidence.c and evidence_voice.c alone. */
#ifndef PBX_EVIDENCE_READ_H
#define PBX_EVIDENCE_READ_H

#include "evidence.h"

/* An instant in seconds or milliseconds, RFC 3339 or RFC 5322; 0: none. */
int64_t evidence_time(struct str text);
/* Whole seconds of a number; -1: none. */
int evidence_seconds(struct str text);
/* False when the body is none of `voice`. */
bool evidence_voice(struct pool *pool, struct str body, struct evidence *out);

#endif
