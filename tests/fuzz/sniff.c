/*
 * Any bytes as audio: what is taken has a type that is served and a length
 * that such bytes can have.
 */
#include <assert.h>

#include "sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct str bytes = {data != NULL ? (const char *)data : "", size};
	struct sound sound;
	struct err *err = sniff_audio(pool, bytes, &sound);

	if (err != NULL) {
		assert(err->code == UNSUPPORTED_TYPE && sound.type == NULL);
	} else {
		assert(sound.type == sniff_types[0] ||
		       strcmp(sound.type, sniff_types[0]) == 0 ||
		       strcmp(sound.type, sniff_types[1]) == 0);
		/* The least there is: 4000 bytes or 1 kB a second. */
		assert(sound.ms >= 0 && sound.ms <= (int64_t)size + 1000);
	}
	pool_free(pool);
	return 0;
}
