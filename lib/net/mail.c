#include "mail.h"

#include "buf.h"
#include "clock.h"

#include <stdio.h>

enum {
	LINE = 76, /* of an encoded body */
	/*
	 * Bytes in an encoded word: with "Subject: " before it the line has
	 * less than 76 characters (RFC 2047 section 2).
	 */
	WORD = 39,
	LOCAL_MOST = 64,
	ADDRESS_MOST = 254,
	SUBJECT_MOST = 500,
	NAME_MOST = 100,
	DAY_MS = 86400000,
};

static bool
has_control(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			return true;
	return false;
}

static bool
is_ascii(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	return true;
}

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* Dots stand between others, never at the ends and never two. */
static bool
is_dotted(struct str text, const char *allowed)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '.'
			? i == 0 || i + 1 == text.n || text.p[i - 1] == '.'
			: (unsigned char)c < 0x80 && !is_letter_or_digit(c) &&
			      (c == '\0' || strchr(allowed, c) == NULL))
			return false;
	}
	return text.n > 0;
}

static bool
is_address(struct str text)
{
	ptrdiff_t at = str_find(text, '@');

	return at > 0 && at <= LOCAL_MOST && text.n <= ADDRESS_MOST &&
	       str_is_utf8(text) && !has_control(text) &&
	       is_dotted(str_cut(text, 0, (size_t)at), "!#$%&'*+-/=?^_`{|}~") &&
	       is_dotted(str_cut(text, (size_t)at + 1, text.n), "-") &&
	       text.p[at + 1] != '-';
}

bool
mail_mailbox(struct str text, struct str *name, struct str *address)
{
	ptrdiff_t open = str_find(text, '<');

	*name = NO_STR;
	*address = text;
	if (open >= 0) {
		if (text.p[text.n - 1] != '>')
			return false;
		*name = str_trim(str_cut(text, 0, (size_t)open));
		*address = str_cut(text, (size_t)open + 1, text.n - 1);
		if (name->n > NAME_MOST || has_control(*name) ||
		    !str_is_utf8(*name))
			return false;
	}
	return is_address(*address);
}

/* With padding and '+' and '/', unlike crypto_base64(). */
static void
add_base64(struct buf *out, struct str bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/=";

	for (size_t i = 0; i < bytes.n; i += 3) {
		uint32_t three = 0;

		for (size_t j = 0; j < 3; j++)
			three = three << 8 |
				(i + j < bytes.n ? (unsigned char)bytes.p[i + j]
						 : 0);
		buf_add_char(out, digits[three >> 18]);
		buf_add_char(out, digits[three >> 12 & 63]);
		buf_add_char(
		    out, digits[i + 1 < bytes.n ? three >> 6 & 63 : 64]);
		buf_add_char(out, digits[i + 2 < bytes.n ? three & 63 : 64]);
	}
}

static void
add_base64_lines(struct buf *out, struct str bytes)
{
	const size_t line = (size_t)LINE / 4 * 3;

	for (size_t i = 0; i < bytes.n; i += line) {
		add_base64(out, str_cut(bytes, i, i + line));
		buf_add_text(out, "\r\n");
	}
}

/* A header's text: as it is, or as encoded words, one a line. */
static void
add_words(struct buf *out, struct str text)
{
	bool plain = text.n > 0 && is_ascii(text) &&
		     text.n <= 2 * (size_t)WORD - 13 &&
		     memmem(text.p, text.n, "=?", 2) == NULL;

	if (plain) {
		buf_add(out, text);
		return;
	}
	for (bool first = true; text.n > 0; first = false) {
		struct str word = str_head(text, WORD);

		buf_add_text(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		add_base64(out, word);
		buf_add_text(out, "?=");
		text = str_cut(text, word.n, text.n);
	}
}

static void
add_from(struct buf *out, struct str name, struct str address)
{
	buf_add_text(out, "From: ");
	if (name.n > 0 && is_ascii(name) && name.n <= WORD) {
		buf_add_char(out, '"');
		for (size_t i = 0; i < name.n; i++)
			if (name.p[i] != '"' && name.p[i] != '\\')
				buf_add_char(out, name.p[i]);
		buf_add_text(out, "\"\r\n ");
	} else if (name.n > 0) {
		/* What looks like a word already is encoded once more. */
		for (struct str rest = name; rest.n > 0;) {
			struct str word = str_head(rest, WORD);

			buf_add_text(out, "=?UTF-8?B?");
			add_base64(out, word);
			buf_add_text(out, "?=\r\n ");
			rest = str_cut(rest, word.n, rest.n);
		}
	}
	buf_printf(out, "<%.*s>\r\n", PSTR(address));
}

static void
add_date(struct buf *out, int64_t instant)
{
	static const char *const weekdays[] = {
	    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t days = instant / DAY_MS;
	int second = (int)(instant % DAY_MS / 1000);
	int year, month, day;

	clock_date(days, &year, &month, &day);
	buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
	    weekdays[days % 7], day, months[month - 1], year, second / 3600,
	    second / 60 % 60, second % 60);
}

/* One line of a text without its end, in quoted-printable. */
static void
add_quoted(struct buf *out, struct str line)
{
	size_t column = 0;

	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		bool last = i + 1 == line.n;
		bool plain = (c > ' ' && c < 0x7f && c != '=') ||
			     ((c == ' ' || c == '\t') && !last);

		if (column + (plain ? 1 : 3) > LINE - 1) {
			buf_add_text(out, "=\r\n");
			column = 0;
		}
		if (plain)
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "=%02X", c);
		column += plain ? 1 : 3;
	}
	buf_add_text(out, "\r\n");
}

/* Quoted-printable where most of it stays readable, else base64. */
static void
add_text(struct buf *out, struct str text)
{
	size_t strange = 0;
	struct str rest = text, line;

	for (size_t i = 0; i < text.n; i++)
		strange += (unsigned char)text.p[i] >= 0x80;
	buf_add_text(out, "Content-Type: text/plain; charset=utf-8\r\n");
	if (strange > text.n / 6) {
		buf_add_text(out, "Content-Transfer-Encoding: base64\r\n\r\n");
		add_base64_lines(out, text);
		return;
	}
	buf_add_text(
	    out, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	while (str_next(&rest, '\n', &line)) {
		if (rest.p == NULL && line.n == 0)
			break;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		add_quoted(out, line);
	}
}

/* "audio/wav", in letters that need no quotes. */
static bool
is_media_type(struct str type)
{
	ptrdiff_t slash = str_find(type, '/');
	size_t after = (size_t)(slash + 1);

	if (slash <= 0 || after == type.n || type.n > 64)
		return false;
	for (size_t i = 0; i < type.n; i++)
		if (!is_letter_or_digit(type.p[i]) && i + 1 != after &&
		    type.p[i] != '-' && type.p[i] != '.' && type.p[i] != '+')
			return false;
	return true;
}

static void
add_file(struct buf *out, const struct mail *mail)
{
	struct str name = str_head(mail->file_name, NAME_MOST);

	buf_printf(out, "Content-Type: %.*s\r\n",
	    PSTR(is_media_type(mail->file_type)
		     ? mail->file_type
		     : STR("application/octet-stream")));
	buf_add_text(out, "Content-Transfer-Encoding: base64\r\n"
			  "Content-Disposition: attachment");
	/* In pieces, so that no line grows too long (RFC 2231). */
	for (int i = 0; name.n > 0; i++) {
		struct str piece = str_head(name, 16);

		buf_printf(
		    out, ";\r\n filename*%d*=%s", i, i == 0 ? "UTF-8''" : "");
		buf_add_url(out, piece);
		name = str_cut(name, piece.n, name.n);
	}
	buf_add_text(out, "\r\n\r\n");
	add_base64_lines(out, mail->file);
}

static void
add_body(struct buf *out, const struct mail *mail)
{
	if (mail->file_name.p == NULL) {
		add_text(out, mail->text);
		return;
	}
	/* Neither encoding can bring forth "=_". */
	buf_printf(out,
	    "Content-Type: multipart/mixed;\r\n boundary=\"=_%.*s\"\r\n\r\n"
	    "--=_%.*s\r\n",
	    PSTR(mail->key), PSTR(mail->key));
	add_text(out, mail->text);
	buf_printf(out, "--=_%.*s\r\n", PSTR(mail->key));
	add_file(out, mail);
	buf_printf(out, "--=_%.*s--\r\n", PSTR(mail->key));
}

static bool
is_key(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (!is_letter_or_digit(key.p[i]) && key.p[i] != '-')
			return false;
	return key.n > 0 && key.n <= 64;
}

struct err *
mail_write(struct pool *pool, const struct mail *mail, struct str *message)
{
	struct buf out = buf_new(pool, 1024 + mail->text.n + mail->file.n);
	struct str name, from, none, to;

	if (!mail_mailbox(mail->from, &name, &from))
		return err_new(
		    pool, VALIDATION_ERROR, "the sender is not a mail address");
	if (!mail_mailbox(mail->to, &none, &to) || none.p != NULL)
		return err_new(pool, VALIDATION_ERROR,
		    "the recipient is not a mail address");
	if (has_control(mail->subject) || mail->subject.n > SUBJECT_MOST ||
	    !str_is_utf8(mail->subject))
		return err_new(pool, VALIDATION_ERROR,
		    "the subject is not a short line of text");
	if (!str_is_utf8(mail->text))
		return err_new(pool, VALIDATION_ERROR, "the text is not UTF-8");
	if (!str_is_utf8(mail->file_name) || has_control(mail->file_name))
		return err_new(pool, VALIDATION_ERROR,
		    "the name of what is attached is not a line of text");
	if (!is_key(mail->key))
		return err_new(
		    pool, VALIDATION_ERROR, "the key does not fit a header");
	add_date(&out, mail->date > 0 ? mail->date : 0);
	add_from(&out, name, from);
	buf_printf(&out, "To: <%.*s>\r\nSubject: ", PSTR(to));
	add_words(&out, mail->subject);
	buf_printf(&out, "\r\nMessage-ID: <%.*s%.*s>\r\n", PSTR(mail->key),
	    PSTR(str_cut(from, (size_t)str_find(from, '@'), from.n)));
	/* So that no holiday notice comes back (RFC 3834). */
	buf_add_text(&out, "Auto-Submitted: auto-generated\r\n"
			   "MIME-Version: 1.0\r\n");
	add_body(&out, mail);
	*message = buf_str(&out);
	return NULL;
}
