#include "totp.h"

#include "buf.h"
#include "crypto.h"

#include <liboath/oath.h>
#include <stdlib.h>

/* When it is first needed: it takes longer than a responder's start may. */
static void
start(void)
{
	static bool started;

	if (!started && oath_init() != OATH_OK)
		abort();
	started = true;
}

struct str
totp_seed(struct pool *pool)
{
	char *seed = pool_alloc(pool, TOTP_SEED + 1);

	crypto_random(seed, TOTP_SEED);
	return (struct str){seed, TOTP_SEED};
}

struct str
totp_base32(struct pool *pool, struct str bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	struct buf text = buf_new(pool, bytes.n * 8 / 5 + 2);
	unsigned held = 0;
	int bits = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		held = (held << 8 | (unsigned char)bytes.p[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			buf_add_char(&text, letters[held >> (bits - 5) & 31]);
	}
	if (bits > 0)
		buf_add_char(&text, letters[held << (5 - bits) & 31]);
	return buf_str(&text);
}

struct str
totp_uri(struct pool *pool, struct str seed, struct str account)
{
	struct buf uri = buf_new(pool, 256);

	buf_add_text(&uri, "otpauth://totp/OpBX:");
	buf_add_url(&uri, account);
	buf_add_text(&uri, "?secret=");
	buf_add(&uri, totp_base32(pool, seed));
	buf_printf(&uri, "&issuer=OpBX&algorithm=SHA1&digits=%d&period=%d",
	    TOTP_DIGITS, TOTP_STEP);
	return buf_str(&uri);
}

static bool
is_code(struct str seed, struct str code, uint64_t step)
{
	char want[TOTP_DIGITS + 1];
	bool same;

	start();
	if (oath_totp_generate(seed.p, seed.n, (time_t)(step * TOTP_STEP),
		TOTP_STEP, 0, TOTP_DIGITS, want) != OATH_OK)
		return false;
	same = crypto_same((struct str){want, TOTP_DIGITS}, code);
	crypto_wipe(want, sizeof want);
	return same;
}

bool
totp_check(struct str seed, struct str code, int64_t now, uint64_t last,
    uint64_t *step)
{
	uint64_t at = (uint64_t)(now / 1000 / TOTP_STEP);
	bool good = false;

	if (now < 0 || seed.n == 0 || code.n != TOTP_DIGITS ||
	    !str_is_digits(code))
		return false;
	for (uint64_t i = at > 0 ? at - 1 : 0; i <= at + 1; i++)
		if (i > last && is_code(seed, code, i) && !good) {
			*step = i;
			good = true;
		}
	return good;
}
