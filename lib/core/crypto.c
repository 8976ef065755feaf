#include "crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

_Static_assert((int)CRYPTO_KEY == crypto_auth_hmacsha256_KEYBYTES, "HMAC key");
_Static_assert((int)CRYPTO_MAC == crypto_auth_hmacsha256_BYTES, "HMAC");
_Static_assert((int)CRYPTO_HASH == crypto_hash_sha256_BYTES, "SHA-256");
_Static_assert(
    (int)CRYPTO_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "seal");

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

/* libsodium wants a pointer even where there is nothing to read. */
static const unsigned char *
bytes_of(struct str text)
{
	return (const unsigned char *)(text.p != NULL ? text.p : "");
}

void
crypto_start(void)
{
	if (sodium_init() < 0) {
		fputs("libsodium cannot be started\n", stderr);
		abort();
	}
}

/* Reads up to n bytes from the start of a file; -1 with errno. */
static ssize_t
read_start(int fd, char *bytes, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, bytes + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static struct err *
load_from(
    struct pool *pool, int fd, const char *path, struct crypto_key *master)
{
	char text[2 * CRYPTO_KEY + 64];
	struct stat status;
	struct str digits;
	const char *end;
	size_t n = 0;
	ssize_t got;

	if (fstat(fd, &status) != 0)
		return err_internal(pool, "%s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return err_internal(pool, "%s: not a file", path);
	if ((status.st_mode & (S_IRWXO | S_IWGRP | S_IXGRP | S_IXUSR)) != 0)
		return err_internal(pool,
		    "%s: its mode must be 0600 or 0640, not %04o", path,
		    (unsigned)status.st_mode & 07777);
	got = read_start(fd, text, sizeof text);
	if (got < 0)
		return err_internal(pool, "%s: %s", path, strerror(errno));
	digits = str_trim((struct str){text, (size_t)got});
	if (digits.n != (size_t)2 * CRYPTO_KEY ||
	    sodium_hex2bin(master->bytes, sizeof master->bytes, digits.p,
		digits.n, NULL, &n, &end) != 0 ||
	    n != CRYPTO_KEY || end != digits.p + digits.n) {
		sodium_memzero(text, sizeof text);
		crypto_wipe(master, sizeof *master);
		return err_internal(
		    pool, "%s: expected %d hex digits", path, 2 * CRYPTO_KEY);
	}
	sodium_memzero(text, sizeof text);
	return NULL;
}

struct err *
crypto_load(struct pool *pool, struct str path, struct crypto_key *master)
{
	struct str name = pool_copy(pool, path);
	struct err *err;
	int fd;

	if (name.n == 0)
		return err_internal(pool, "no file is named for the secret");
	/* Not O_NONBLOCK would hang on a FIFO until somebody writes. */
	fd = open(name.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_internal(pool, "%s: %s", name.p, strerror(errno));
	err = load_from(pool, fd, name.p, master);
	close(fd);
	return err;
}

struct crypto_key
crypto_derive(const struct crypto_key *master, const char *purpose)
{
	static const unsigned char
	    ours[crypto_generichash_blake2b_PERSONALBYTES] = "opbx derive 1";
	struct crypto_key key;

	if (crypto_generichash_blake2b_salt_personal(key.bytes,
		sizeof key.bytes, (const unsigned char *)purpose,
		strlen(purpose), master->bytes, sizeof master->bytes, NULL,
		ours) != 0)
		abort();
	return key;
}

void
crypto_random(void *bytes, size_t n)
{
	randombytes_buf(bytes, n);
}

struct str
crypto_token(struct pool *pool, size_t n)
{
	unsigned char *bytes = pool_alloc(pool, n);
	struct str text;

	randombytes_buf(bytes, n);
	text = crypto_base64(pool, bytes, n);
	sodium_memzero(bytes, n);
	return text;
}

struct str
crypto_digits(struct pool *pool, size_t n)
{
	char *text = pool_alloc(pool, n + 1);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)('0' + randombytes_uniform(10));
	return (struct str){text, n};
}

void
crypto_sha256(struct str text, unsigned char hash[CRYPTO_HASH])
{
	crypto_hash_sha256(hash, bytes_of(text), text.n);
}

/*
 * Of the five blocks that go into the HMAC of a short text two depend on the
 * key alone, and a process signs with the same key nearly always.
 */
static const crypto_auth_hmacsha256_state *
prepare(const struct crypto_key *key)
{
	static crypto_auth_hmacsha256_state state;
	static struct crypto_key prepared;
	static bool ready;

	if (!ready ||
	    sodium_memcmp(prepared.bytes, key->bytes, CRYPTO_KEY) != 0) {
		crypto_auth_hmacsha256_init(&state, key->bytes, CRYPTO_KEY);
		prepared = *key;
		ready = true;
	}
	return &state;
}

void
crypto_hmac(const struct crypto_key *key, struct str text,
    unsigned char mac[CRYPTO_MAC])
{
	crypto_auth_hmacsha256_state state = *prepare(key);

	crypto_auth_hmacsha256_update(&state, bytes_of(text), text.n);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof state);
}

void
crypto_hmac_text(
    struct str secret, struct str text, unsigned char mac[CRYPTO_MAC])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, bytes_of(secret), secret.n);
	crypto_auth_hmacsha256_update(&state, bytes_of(text), text.n);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof state);
}

bool
crypto_same(struct str a, struct str b)
{
	size_t n = a.n > b.n ? a.n : b.n;
	volatile unsigned char differs = a.n != b.n || n == 0;

	/* Lengths are no secret; bytes are, and none decides where it ends. */
	for (size_t i = 0; i < n; i++) {
		unsigned char x = i < a.n ? (unsigned char)a.p[i] : 0;
		unsigned char y = i < b.n ? (unsigned char)b.p[i] : 0;

		differs = (unsigned char)(differs | (x ^ y));
	}
	return differs == 0;
}

void
crypto_wipe(void *bytes, size_t n)
{
	sodium_memzero(bytes, n);
}

struct str
crypto_seal(struct pool *pool, const struct crypto_key *key, struct str place,
    struct str plain)
{
	size_t n = NONCE + plain.n + TAG;
	unsigned char *sealed = pool_alloc(pool, n + 1);

	randombytes_buf(sealed, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL,
	    bytes_of(plain), plain.n, bytes_of(place), place.n, NULL, sealed,
	    key->bytes);
	return (struct str){(const char *)sealed, n};
}

struct plain {
	unsigned char *bytes;
	size_t n;
};

static void
wipe_plain(void *object)
{
	struct plain *plain = object;

	sodium_memzero(plain->bytes, plain->n);
}

bool
crypto_open(struct pool *pool, const struct crypto_key *key, struct str place,
    struct str sealed, struct str *plain)
{
	struct plain *opened;

	if (sealed.n < NONCE + TAG)
		return false;
	opened = NEW(pool, struct plain);
	opened->n = sealed.n - NONCE - TAG;
	opened->bytes = pool_alloc(pool, opened->n + 1);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(opened->bytes, NULL,
		NULL, bytes_of(sealed) + NONCE, sealed.n - NONCE,
		bytes_of(place), place.n, bytes_of(sealed), key->bytes) != 0)
		return false;
	pool_own(pool, wipe_plain, opened);
	*plain = (struct str){(const char *)opened->bytes, opened->n};
	return true;
}

struct str
crypto_password_hash(struct pool *pool, struct str password, bool cheap)
{
	char *hash = pool_alloc(pool, crypto_pwhash_STRBYTES);

	/* It fails only for want of memory, and then as pool_alloc() does. */
	if (crypto_pwhash_str_alg(hash, (const char *)bytes_of(password),
		password.n,
		cheap ? crypto_pwhash_argon2id_OPSLIMIT_MIN
		      : crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
		cheap ? crypto_pwhash_argon2id_MEMLIMIT_MIN
		      : crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE,
		crypto_pwhash_ALG_ARGON2ID13) != 0)
		abort();
	return str_of(hash);
}

bool
crypto_password_verify(struct str hash, struct str password)
{
	char text[crypto_pwhash_STRBYTES] = {0};

	if (hash.n == 0 || hash.n >= sizeof text || str_find(hash, '\0') >= 0)
		return false;
	memcpy(text, hash.p, hash.n);
	return crypto_pwhash_str_verify(
		   text, (const char *)bytes_of(password), password.n) == 0;
}

struct str
crypto_hex(struct pool *pool, const void *bytes, size_t n)
{
	char *text = pool_alloc(pool, 2 * n + 1);

	sodium_bin2hex(text, 2 * n + 1, bytes, n);
	return (struct str){text, 2 * n};
}

struct str
crypto_base64(struct pool *pool, const void *bytes, size_t n)
{
	size_t room = sodium_base64_ENCODED_LEN(n, BASE64);
	char *text = pool_alloc(pool, room);

	sodium_bin2base64(text, room, bytes, n, BASE64);
	return (struct str){text, room - 1};
}

bool
crypto_base64_parse(struct pool *pool, struct str text, struct str *bytes)
{
	size_t room = text.n / 4 * 3 + 3, n = 0;
	unsigned char *out = pool_alloc(pool, room + 1);

	if (sodium_base642bin(out, room, (const char *)bytes_of(text), text.n,
		NULL, &n, NULL, BASE64) != 0)
		return false;
	*bytes = (struct str){(const char *)out, n};
	return true;
}

bool
crypto_hex_parse(struct pool *pool, struct str text, struct str *bytes)
{
	size_t n = 0;
	unsigned char *out = pool_alloc(pool, text.n / 2 + 1);

	if (sodium_hex2bin(out, text.n / 2 + 1, (const char *)bytes_of(text),
		text.n, NULL, &n, NULL) != 0)
		return false;
	*bytes = (struct str){(const char *)out, n};
	return true;
}
