#include "crypto.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct pool *pool;

static void
begin(void)
{
	pool = pool_new();
	crypto_start();
}

static void
end(void)
{
	pool_free(pool);
}

TestSuite(crypto, .init = begin, .fini = end);

static const char hex_key[] =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F";

static char path[] = "/tmp/opbx-key-XXXXXX";

static struct err *
load(const char *text, mode_t mode, struct crypto_key *key)
{
	struct err *err;
	int fd;

	memcpy(path + sizeof path - 7, "XXXXXX", 6);
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(fchmod(fd, mode), 0);
	close(fd);
	err = crypto_load(pool, str_of(path), key);
	unlink(path);
	return err;
}

Test(crypto, loads_a_master_key)
{
	struct crypto_key key;
	static const mode_t good[] = {0600, 0640, 0400, 0440};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		memset(&key, 0xff, sizeof key);
		cr_assert_null(
		    load(pool_printf(pool, "%s\n", hex_key).p, good[i], &key));
		for (size_t k = 0; k < CRYPTO_KEY; k++)
			cr_assert_eq(key.bytes[k], k);
	}
	cr_assert_null(load(hex_key, 0600, &key));
}

Test(crypto, refuses_a_key_file_that_others_can_read)
{
	static const mode_t bad[] = {0644, 0604, 0660, 0666, 0602, 0700, 0650};
	struct crypto_key key;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err *err = load(hex_key, bad[i], &key);

		cr_assert_not_null(err, "%o", bad[i]);
		cr_assert_not_null(strstr(err->cause.p, path));
	}
}

Test(crypto, refuses_a_key_file_of_another_form_and_does_not_show_it)
{
	struct crypto_key key;
	struct str digits = str_of(hex_key);
	const char *bad[] = {"", "\n", "secret",
	    pool_copy(pool, str_cut(digits, 0, 63)).p,
	    pool_copy(pool, str_cut(digits, 0, 62)).p,
	    pool_printf(pool, "%s0", hex_key).p,
	    pool_printf(pool, "%s00", hex_key).p,
	    pool_printf(pool, "%s %s", hex_key, hex_key).p,
	    pool_printf(pool, "%.63sg", hex_key).p,
	    pool_printf(pool, "%.32s\n%.32s", hex_key, hex_key).p};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err *err = load(bad[i], 0600, &key);

		cr_assert_not_null(err, "number %zu", i);
		cr_assert_null(strstr(err->cause.p, "0102"));
	}
	cr_assert_not_null(crypto_load(pool, STR("/no/such"), &key));
	cr_assert_not_null(crypto_load(pool, STR("/tmp"), &key));
	cr_assert_not_null(crypto_load(pool, STR("/dev/zero"), &key));
	cr_assert_not_null(crypto_load(pool, NO_STR, &key));
}

static struct str
key_text(const struct crypto_key *key)
{
	return crypto_hex(pool, key->bytes, sizeof key->bytes);
}

Test(crypto, derives_another_key_for_each_purpose)
{
	struct crypto_key one = {{1}}, two = {{2}};
	struct crypto_key cursor = crypto_derive(&one, "cursor");
	struct crypto_key again = crypto_derive(&one, "cursor");
	struct crypto_key seal = crypto_derive(&one, "seal");
	struct crypto_key other = crypto_derive(&two, "cursor");
	struct crypto_key none = crypto_derive(&one, "");

	cr_assert(str_equal(key_text(&cursor), key_text(&again)));
	cr_assert_not(str_equal(key_text(&cursor), key_text(&seal)));
	cr_assert_not(str_equal(key_text(&cursor), key_text(&other)));
	cr_assert_not(str_equal(key_text(&cursor), key_text(&none)));
	cr_assert_not(str_equal(key_text(&none), key_text(&one)));
}

Test(crypto, tokens_and_digits_are_random_text)
{
	size_t seen[10] = {0};

	cr_assert_eq(crypto_token(pool, 24).n, 32);
	cr_assert_eq(crypto_token(pool, 16).n, 22);
	cr_assert_not(
	    str_equal(crypto_token(pool, 16), crypto_token(pool, 16)));
	for (int i = 0; i < 200; i++) {
		struct str digits = crypto_digits(pool, 10);

		cr_assert_eq(digits.n, 10);
		cr_assert(str_is_digits(digits));
		for (size_t k = 0; k < 10; k++)
			seen[digits.p[k] - '0']++;
	}
	for (size_t i = 0; i < 10; i++)
		cr_assert(seen[i] > 100 && seen[i] < 320);
}

Test(crypto, hashes_as_others_do)
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(STR("abc"), hash);
	cr_assert_str_eq(crypto_hex(pool, hash, sizeof hash).p,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypto_sha256(NO_STR, hash);
	cr_assert_str_eq(crypto_hex(pool, hash, sizeof hash).p,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, cases 2 and 6. */
Test(crypto, hmac_as_others_do)
{
	unsigned char mac[CRYPTO_MAC], same[CRYPTO_MAC];
	char secret[131];
	struct crypto_key key;

	crypto_hmac_text(STR("Jefe"), STR("what do ya want for nothing?"), mac);
	cr_assert_str_eq(crypto_hex(pool, mac, sizeof mac).p,
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(secret, 0xaa, sizeof secret);
	crypto_hmac_text((struct str){secret, sizeof secret},
	    STR("Test Using Larger Than Block-Size Key - Hash Key First"), mac);
	cr_assert_str_eq(crypto_hex(pool, mac, sizeof mac).p,
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	memset(&key, 0xaa, sizeof key);
	crypto_hmac(&key, STR("x"), mac);
	crypto_hmac_text((struct str){secret, CRYPTO_KEY}, STR("x"), same);
	cr_assert_arr_eq(mac, same, CRYPTO_MAC);
}

Test(crypto, same_is_never_true_for_nothing)
{
	cr_assert(crypto_same(STR("abc"), STR("abc")));
	cr_assert(crypto_same(STR("a\0c"), STR("a\0c")));
	cr_assert_not(crypto_same(STR("a\0c"), STR("a\0d")));
	cr_assert_not(crypto_same(STR("abc"), STR("abd")));
	cr_assert_not(crypto_same(STR("abc"), STR("ab")));
	cr_assert_not(crypto_same(STR("ab"), STR("abc")));
	cr_assert_not(crypto_same(STR("ab"), STR("ab\0")));
	cr_assert_not(crypto_same(STR(""), STR("")));
	cr_assert_not(crypto_same(NO_STR, NO_STR));
	cr_assert_not(crypto_same(NO_STR, STR("a")));
}

Test(crypto, opens_what_it_sealed_in_its_place)
{
	struct crypto_key key = {{1}}, other = {{2}};
	struct str place = STR("extension.sip_password:17");
	struct str sealed = crypto_seal(pool, &key, place, STR("hun\0ter2"));
	struct str plain = NO_STR;

	cr_assert(crypto_open(pool, &key, place, sealed, &plain));
	cr_assert(str_equal(plain, STR("hun\0ter2")));
	cr_assert_not(str_equal(
	    sealed, crypto_seal(pool, &key, place, STR("hun\0ter2"))));
	plain = STR("before");
	cr_assert_not(crypto_open(pool, &other, place, sealed, &plain));
	cr_assert_not(crypto_open(
	    pool, &key, STR("extension.sip_password:18"), sealed, &plain));
	cr_assert_not(crypto_open(pool, &key, NO_STR, sealed, &plain));
	cr_assert_not(crypto_open(pool, &key, place, NO_STR, &plain));
	for (size_t n = 0; n < sealed.n; n++)
		cr_assert_not(crypto_open(
		    pool, &key, place, str_cut(sealed, 0, n), &plain));
	for (size_t bit = 0; bit < sealed.n * 8; bit++) {
		char *copy =
		    memcpy(pool_alloc(pool, sealed.n), sealed.p, sealed.n);

		copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
		cr_assert_not(crypto_open(
		    pool, &key, place, (struct str){copy, sealed.n}, &plain));
	}
	cr_assert(str_is(plain, "before"));
	sealed = crypto_seal(pool, &key, NO_STR, NO_STR);
	cr_assert(crypto_open(pool, &key, NO_STR, sealed, &plain));
	cr_assert_eq(plain.n, 0);
}

Test(crypto, verifies_passwords)
{
	struct str hash = crypto_password_hash(pool, STR("p\xc3\xa4ss"), true);

	cr_assert(str_starts(hash, STR("$argon2id$")));
	cr_assert(crypto_password_verify(hash, STR("p\xc3\xa4ss")));
	cr_assert(crypto_password_verify(
	    str_cut(pool_printf(pool, "%sx", hash.p), 0, hash.n),
	    STR("p\xc3\xa4ss")));
	cr_assert_not(crypto_password_verify(hash, STR("p\xc3\xa4s")));
	cr_assert_not(crypto_password_verify(hash, NO_STR));
	cr_assert_not(crypto_password_verify(NO_STR, NO_STR));
	cr_assert_not(crypto_password_verify(STR(""), STR("")));
	cr_assert_not(crypto_password_verify(
	    STR("$argon2id$v=19$m=8,t=1,p=1"), STR("x")));
	cr_assert_not(crypto_password_verify(
	    pool_printf(pool, "%s%0200d", hash.p, 0), STR("p\xc3\xa4ss")));
	cr_assert_not(str_equal(
	    hash, crypto_password_hash(pool, STR("p\xc3\xa4ss"), true)));
}

Test(crypto, base64_and_hex_come_back)
{
	unsigned char bytes[40];
	struct str back;

	crypto_random(bytes, sizeof bytes);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct str want = {(const char *)bytes, n};

		cr_assert(crypto_base64_parse(
		    pool, crypto_base64(pool, bytes, n), &back));
		cr_assert(str_equal(back, want));
		cr_assert(
		    crypto_hex_parse(pool, crypto_hex(pool, bytes, n), &back));
		cr_assert(str_equal(back, want));
	}
	cr_assert_str_eq(crypto_base64(pool, "\xfb\xff", 2).p, "-_8");
	cr_assert(crypto_hex_parse(pool, STR("aBcD"), &back));
	cr_assert(str_equal(back, STR("\xab\xcd")));
}

Test(crypto, base64_and_hex_refuse_what_is_not_theirs)
{
	static const struct str base64[] = {{"a", 1}, {"aaaaa", 5}, {"aa==", 4},
	    {"aaa=", 4}, {"a+b/", 4}, {"aa a", 4}, {"aaaa\n", 5}, {"aa\0a", 4},
	    {"ab", 2}, {"aab", 3}, {"\xc3\xa4", 2}};
	static const struct str hex[] = {{"a", 1}, {"abc", 3}, {"0g", 2},
	    {"0x10", 4}, {"ab cd", 5}, {"ab:cd", 5}, {"ab\0c", 4}, {" ab", 3},
	    {"ab\n", 3}};
	struct str bytes;

	for (size_t i = 0; i < sizeof base64 / sizeof base64[0]; i++)
		cr_assert_not(crypto_base64_parse(pool, base64[i], &bytes),
		    "number %zu", i);
	for (size_t i = 0; i < sizeof hex / sizeof hex[0]; i++)
		cr_assert_not(
		    crypto_hex_parse(pool, hex[i], &bytes), "number %zu", i);
}

Test(crypto, wipes)
{
	char secret[] = "hunter2";

	crypto_wipe(secret, sizeof secret);
	for (size_t i = 0; i < sizeof secret; i++)
		cr_assert_eq(secret[i], 0);
}
