#include "mail.h"

#include <criterion/criterion.h>

static struct pool *pool;

static void
start(void)
{
	pool = pool_new();
}

static void
finish(void)
{
	pool_free(pool);
}

TestSuite(mail, .init = start, .fini = finish);

static struct mail
plain(void)
{
	return (struct mail){
	    .from = STR("OpBX <opbx@example.com>"),
	    .to = STR("ada@example.org"),
	    .subject = STR("Missed call"),
	    .text = STR("From +12125550100\n"),
	    .key = STR("6f1c2a34-0000-4000-8000-000000000001"),
	    .date = 1795375667000,
	};
}

static const char *
written(struct mail mail)
{
	struct str message;
	struct err *err = mail_write(pool, &mail, &message);

	cr_assert_null(err, "%s", err->message.p);
	cr_assert_eq(strlen(message.p), message.n);
	return message.p;
}

static void
refused(struct mail mail, const char *why)
{
	struct str message;
	struct err *err = mail_write(pool, &mail, &message);

	cr_assert_not_null(err, "was taken: %s", why);
	cr_assert_not_null(
	    strstr(err->message.p, why), "%s, not %s", err->message.p, why);
}

/* CR LF alone ends lines, and none is longer than the RFC wishes. */
static void
check_lines(const char *message)
{
	struct str rest = str_of(message), line;

	while (str_next(&rest, '\n', &line)) {
		if (rest.p == NULL)
			break;
		cr_expect(line.n > 0 && line.p[line.n - 1] == '\r',
		    "no CR: %.*s", PSTR(line));
		cr_expect(line.n <= 79, "too long: %.*s", PSTR(line));
		line.n--;
		cr_expect(str_find(line, '\r') < 0);
		for (size_t i = 0; i < line.n; i++)
			cr_expect((unsigned char)line.p[i] < 0x80);
	}
}

Test(mail, whole)
{
	const char *message = written(plain());

	cr_assert_str_eq(message,
	    "Date: Sun, 22 Nov 2026 19:27:47 +0000\r\n"
	    "From: \"OpBX\"\r\n <opbx@example.com>\r\n"
	    "To: <ada@example.org>\r\n"
	    "Subject: Missed call\r\n"
	    "Message-ID: <6f1c2a34-0000-4000-8000-000000000001@example.com>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "From +12125550100\r\n");
}

Test(mail, a_subject_beyond_ascii_is_encoded_words)
{
	struct mail mail = plain();
	const char *message;

	mail.subject = STR("Anruf von J\xc3\xbcrgen");
	message = written(mail);
	cr_expect_not_null(strstr(
	    message, "Subject: =?UTF-8?B?QW5ydWYgdm9uIErDvHJnZW4=?=\r\n"));
	check_lines(message);
	/* No character is cut in two: 13 of 3 bytes fill a word. */
	mail.subject = STR("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
			   "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
			   "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
			   "\xe2\x82\xac\xe2\x82\xac");
	message = written(mail);
	cr_expect_not_null(
	    strstr(message, "4oKs4oKs4oKs4oKs?=\r\n =?UTF-8?B?4oKs?=\r\n"));
	check_lines(message);
}

Test(mail, a_subject_cannot_pretend_to_be_encoded)
{
	struct mail mail = plain();

	mail.subject = STR("=?UTF-8?B?QUJD?=");
	cr_expect_null(strstr(written(mail), "Subject: =?UTF-8?B?QUJD?="));
}

Test(mail, a_long_subject_is_folded)
{
	struct mail mail = plain();

	mail.subject = pool_printf(pool, "%0400d", 7);
	check_lines(written(mail));
	mail.subject = pool_printf(pool, "%0501d", 7);
	refused(mail, "subject");
}

Test(mail, nothing_is_added_to_the_head)
{
	static const char *const tricks[] = {"a\r\nBcc: eve@example.net",
	    "a\nBcc: eve@example.net", "a\rb", "a\tb", "a\x7f", "a\r\n\r\nbody",
	    "\xff"};

	for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++) {
		struct mail mail = plain();

		mail.subject = str_of(tricks[i]);
		refused(mail, "subject");
	}
	for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++) {
		struct mail mail = plain();

		mail.from =
		    pool_printf(pool, "%s <opbx@example.com>", tricks[i]);
		refused(mail, "sender");
	}
}

Test(mail, what_is_no_address)
{
	static const char *const wrong[] = {"", "ada", "@example.org", "ada@",
	    "a@b@example.org", "a b@example.org", "ada@example.org ",
	    " ada@example.org", "ada@example.org\r\nRCPT TO:<e@example.net>",
	    "ada@example.org\n", "ada@exa mple.org", "\"a\"@example.org",
	    "<ada@example.org", "ada@example.org>", "a,b@example.org",
	    "a;b@example.org", "a:b@example.org", "a(b)@example.org",
	    "a@[127.0.0.1]", ".a@example.org", "a.@example.org",
	    "a..b@example.org", "a@.example.org", "a@example.org.",
	    "a@example..org", "a@-example.org", "a@exam_ple.org",
	    "a@example.org,b@example.org", "a\\b@example.org",
	    "Ada <ada@example.org>", "\xff@example.org", "a\x7f@example.org"};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct mail mail = plain();

		mail.to = str_of(wrong[i]);
		refused(mail, "recipient");
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct mail mail = plain();

		if (str_starts(str_of(wrong[i]), STR("Ada")))
			continue;
		mail.from = str_of(wrong[i]);
		refused(mail, "sender");
	}
}

Test(mail, a_local_part_has_at_most_64_bytes)
{
	struct mail mail = plain();

	mail.to = pool_printf(pool, "%064d@example.org", 7);
	written(mail);
	mail.to = pool_printf(pool, "%065d@example.org", 7);
	refused(mail, "recipient");
	mail.to = pool_printf(pool, "a@%0249d.org", 7);
	refused(mail, "recipient");
}

Test(mail, what_is_an_address)
{
	static const char *const right[] = {"a@b.c", "ada.l+x@example.org",
	    "o'neil@example.org", "a=b@example.org",
	    "j\xc3\xbcrgen@example.org", "a@b\xc3\xbc.example", "a@localhost",
	    "!#$%&'*+-/=?^_`{|}~@example.org"};

	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		struct str name, address;

		cr_expect(mail_mailbox(str_of(right[i]), &name, &address), "%s",
		    right[i]);
		cr_expect_null(name.p);
		cr_expect(str_is(address, right[i]));
	}
}

Test(mail, a_name_stands_before_the_address)
{
	struct mail mail = plain();
	struct str name, address;

	cr_assert(mail_mailbox(STR("A \"B\" <a@b.c>"), &name, &address));
	cr_assert(str_is(name, "A \"B\""));
	cr_assert(str_is(address, "a@b.c"));
	cr_assert_not(mail_mailbox(STR("A <a@b.c> x"), &name, &address));
	cr_assert_not(mail_mailbox(STR("A <<a@b.c>"), &name, &address));
	mail.from = STR("A \"\\B\" <a@b.c>");
	cr_expect_not_null(
	    strstr(written(mail), "From: \"A B\"\r\n <a@b.c>\r\n"));
	mail.from = STR("J\xc3\xbcrgen <a@b.c>");
	cr_expect_not_null(strstr(
	    written(mail), "From: =?UTF-8?B?SsO8cmdlbg==?=\r\n <a@b.c>\r\n"));
	mail.from = STR("<a@b.c>");
	cr_expect_not_null(strstr(written(mail), "From: <a@b.c>\r\n"));
}

Test(mail, lines_of_a_text)
{
	struct mail mail = plain();
	const char *message;

	mail.text = STR("a=b\r\nspace \ntab\t\n.\n\n\x01 end");
	message = written(mail);
	cr_expect_not_null(strstr(message,
	    "\r\n\r\na=3Db\r\nspace=20\r\ntab=09\r\n.\r\n\r\n=01 end\r\n"));
	check_lines(message);
	mail.text = pool_printf(pool, "%0500d", 7);
	check_lines(written(mail));
	mail.text = STR("");
	cr_expect_not_null(strstr(written(mail), "quoted-printable\r\n\r\n"));
	mail.text = STR("\xff");
	refused(mail, "UTF-8");
}

Test(mail, a_text_beyond_ascii)
{
	struct mail mail = plain();

	mail.text = STR("Nachricht f\xc3\xbcr dich\n");
	cr_expect_not_null(
	    strstr(written(mail), "Nachricht f=C3=BCr dich\r\n"));
	mail.text = STR("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\n");
	cr_expect_not_null(
	    strstr(written(mail), "base64\r\n\r\n0J/RgNC40LLQtdGCCg==\r\n"));
	check_lines(written(mail));
}

Test(mail, an_attachment)
{
	struct mail mail = plain();
	const char *message;

	mail.file_name = STR("message 1.wav");
	mail.file_type = STR("audio/wav");
	mail.file = pool_printf(pool, "%0200d", 0);
	message = written(mail);
	cr_expect_not_null(strstr(message,
	    "multipart/mixed;\r\n"
	    " boundary=\"=_6f1c2a34-0000-4000-8000-000000000001\"\r\n\r\n"
	    "--=_6f1c2a34-0000-4000-8000-000000000001\r\n"
	    "Content-Type: text/plain"));
	cr_expect_not_null(
	    strstr(message, "Content-Type: audio/wav\r\n"
			    "Content-Transfer-Encoding: base64\r\n"
			    "Content-Disposition: attachment;\r\n"
			    " filename*0*=UTF-8''message%201.wav\r\n\r\n"
			    "MDAw"));
	cr_expect(str_ends(str_of(message),
	    STR("\r\n--=_6f1c2a34-0000-4000-8000-000000000001--\r\n")));
	check_lines(message);
}

Test(mail, an_attachments_name_and_type_stay_in_their_place)
{
	struct mail mail = plain();
	const char *message;

	mail.file_name = STR("a\r\nX: y.wav");
	refused(mail, "attached");
	/* It has no first byte of a character, and no end. */
	mail.file_name = STR("\x80\x80");
	refused(mail, "attached");
	mail.file_name = STR("a\"; X=\\y\xe2\x82\xac.wav");
	mail.file_type = STR("audio/wav\r\nX: y");
	message = written(mail);
	cr_expect_null(strstr(message, "\nX:"));
	cr_expect_not_null(strstr(message, "application/octet-stream"));
	check_lines(message);
	mail.file_name = pool_printf(pool, "%0300d", 7);
	check_lines(written(mail));
	mail.file_type = STR("/");
	cr_expect_not_null(strstr(written(mail), "application/octet-stream"));
}

Test(mail, a_key_fits_a_header)
{
	static const char *const wrong[] = {"", "a b", "a>\r\nX: y", "a@b"};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct mail mail = plain();

		mail.key = str_of(wrong[i]);
		refused(mail, "key");
	}
}

Test(mail, without_subject_and_text)
{
	struct mail mail = plain();

	mail.subject = mail.text = NO_STR;
	cr_expect_not_null(strstr(written(mail), "\r\nSubject: \r\n"));
}

Test(mail, base64_of_every_length)
{
	static const char *const encoded[] = {
	    "", "YQ==\r\n", "YWI=\r\n", "YWJj\r\n", "YWJjZA==\r\n"};

	for (size_t i = 1; i < 5; i++) {
		struct mail mail = plain();

		mail.file_name = STR("x");
		mail.file = str_cut(STR("abcd"), 0, i);
		cr_expect_not_null(
		    strstr(written(mail),
			pool_printf(pool, "\r\n\r\n%s--=_", encoded[i]).p),
		    "%s", encoded[i]);
	}
}
