/* What a text may look like. */
#include "number.h"
#include "record.h"

static bool
has_control(struct str text, bool lines)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (lines && (c == '\n' || c == '\r' || c == '\t'))
			continue;
		/* U+0080..U+009F are control characters too: C2 80..9F. */
		if (c < 0x20 || c == 0x7f ||
		    (c == 0xc2 && i + 1 < text.n &&
			(unsigned char)text.p[i + 1] < 0xa0))
			return true;
	}
	return false;
}

static bool
is_email(struct str text)
{
	ptrdiff_t at = str_find(text, '@');
	struct str host = str_cut(text, (size_t)(at + 1), text.n);

	if (at <= 0 || at > 64 || host.n < 3 || str_find(host, '@') >= 0 ||
	    str_find(host, '.') <= 0 || host.p[host.n - 1] == '.')
		return false;
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == '<' ||
		    text.p[i] == '>' || text.p[i] == ',' || text.p[i] == ';' ||
		    text.p[i] == '"')
			return false;
	return true;
}

static bool
is_https(struct str text)
{
	struct str rest = str_cut(text, 8, text.n), host;

	if (!str_starts(text, STR("https://")))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' ||
		    c == '\\' || c == '`')
			return false;
	}
	for (host = rest; host.n > 0; host.n--)
		if (str_find(host, '/') < 0 && str_find(host, '?') < 0 &&
		    str_find(host, '#') < 0)
			break;
	/* A name before '@' only serves to deceive whoever reads the URL. */
	return host.n > 0 && host.p[0] != ':' && str_find(host, '@') < 0;
}

const char *
format_check(enum text_format format, struct str text)
{
	struct number number;

	switch (format) {
	case TEXT_LINE:
		return has_control(text, false) ? "must be a single line "
						  "without control characters"
						: NULL;
	case TEXT_LINES:
		return has_control(text, true)
			   ? "must not hold control characters"
			   : NULL;
	case TEXT_DIGITS:
		return str_is_digits(text) ? NULL : "must be digits only";
	case TEXT_E164:
		return number_e164(text, &number) ? NULL
						  : "must be a number in E.164 "
						    "form, like +12125550100";
	case TEXT_EMAIL:
		return is_email(text) ? NULL : "must be an e-mail address";
	case TEXT_HTTPS:
		return is_https(text) ? NULL : "must be an https URL";
	case TEXT_FILE:
		return "must be sent as a file, in multipart/form-data";
	}
	return NULL;
}
