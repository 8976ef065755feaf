/*
 * Everything that needs libsodium; only crypto.c knows it.
 *
 * The master key is 32 random bytes in the file that etc/opbx.conf names as
 * secret_file.  Keys for one purpose each are derived from it, so that no two
 * uses share a key.
 */
#ifndef CORE_CRYPTO_H
#define CORE_CRYPTO_H

#include "err.h"

enum { CRYPTO_KEY = 32, CRYPTO_HASH = 32, CRYPTO_MAC = 32 };

struct crypto_key {
	unsigned char bytes[CRYPTO_KEY];
};

/* Once at start, before anything else here; aborts when it cannot. */
void crypto_start(void);
/* Reads the master key: 64 hex digits in a file that others cannot read. */
struct err *crypto_load(
    struct pool *pool, struct str path, struct crypto_key *master);
/* The key for one purpose ("cursor", "seal", "database voice"). */
struct crypto_key crypto_derive(
    const struct crypto_key *master, const char *purpose);

void crypto_random(void *bytes, size_t n);
/* n random bytes as text in base64url without padding. */
struct str crypto_token(struct pool *pool, size_t n);
/* n random decimal digits. */
struct str crypto_digits(struct pool *pool, size_t n);

void crypto_sha256(struct str text, unsigned char hash[CRYPTO_HASH]);
/* HMAC-SHA-256 (RFC 2104). */
void crypto_hmac(const struct crypto_key *key, struct str text,
    unsigned char mac[CRYPTO_MAC]);
/* As crypto_hmac(), with a secret of any length. */
void crypto_hmac_text(
    struct str secret, struct str text, unsigned char mac[CRYPTO_MAC]);
/*
 * Constant time in the length of the longer text.  Nothing is the same as an
 * empty or absent text, not even another one: a secret that was never set
 * must not match a header that was not sent.
 */
bool crypto_same(struct str a, struct str b);
void crypto_wipe(void *bytes, size_t n);

/*
 * Secrets at rest: XChaCha20-Poly1305, nonce in front, bound to `place`
 * ("extension.sip_password:17") so that a ciphertext cannot be moved.
 * crypto_open() is false for a wrong key, place or text; what it opened is
 * wiped with its pool.
 */
struct str crypto_seal(struct pool *pool, const struct crypto_key *key,
    struct str place, struct str plain);
bool crypto_open(struct pool *pool, const struct crypto_key *key,
    struct str place, struct str sealed, struct str *plain);

/* argon2id; `cheap` takes libsodium's least cost and is for tests. */
struct str crypto_password_hash(
    struct pool *pool, struct str password, bool cheap);
bool crypto_password_verify(struct str hash, struct str password);

/* Lower-case hex; base64url without padding (RFC 4648 section 5). */
struct str crypto_hex(struct pool *pool, const void *bytes, size_t n);
struct str crypto_base64(struct pool *pool, const void *bytes, size_t n);
/*
 * False for a byte outside the alphabet or an impossible length, and for
 * base64 whose unused bits are set; hex may have capitals.
 */
bool crypto_base64_parse(struct pool *pool, struct str text, struct str *bytes);
bool crypto_hex_parse(struct pool *pool, struct str text, struct str *bytes);

#endif
