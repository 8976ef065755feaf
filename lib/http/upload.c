#include "upload.h"

enum { BOUNDARY_MOST = 70, LINES_MOST = 8 };

/* What the header lines of a part say. */
struct head {
	bool is_form_data;
	bool has_type, has_encoding;
	struct str name, filename, type;
};

static struct err *
refuse(struct pool *pool, const char *what)
{
	return err_new(pool, BAD_REQUEST, "The form cannot be read: %s.", what);
}

static bool
is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static void
skip_blanks(struct str *rest)
{
	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		*rest = str_cut(*rest, 1, rest->n);
}

static struct str
take_token(struct str *rest)
{
	struct str token;
	size_t n = 0;

	while (n < rest->n && is_token_char(rest->p[n]))
		n++;
	token = str_cut(*rest, 0, n);
	*rest = str_cut(*rest, n, rest->n);
	return token;
}

/*
 * A quoted text without its quotes.  Behind '\' only '"' and '\' lose their
 * meaning: some browsers sent whole paths of Windows as names of files.
 */
static bool
take_quoted(struct pool *pool, struct str *rest, struct str *out)
{
	char *copy = pool_alloc(pool, rest->n + 1);
	size_t n = 0, i = 1;

	for (; i < rest->n && rest->p[i] != '"'; i++) {
		if (rest->p[i] == '\\' && i + 1 < rest->n &&
		    (rest->p[i + 1] == '"' || rest->p[i + 1] == '\\'))
			i++;
		copy[n++] = rest->p[i];
	}
	if (i >= rest->n)
		return false;
	*out = (struct str){copy, n};
	*rest = str_cut(*rest, i + 1, rest->n);
	return true;
}

/* Of "form-data; name=x": one name and value; false when it is none. */
static bool
take_parameter(
    struct pool *pool, struct str *rest, struct str *name, struct str *value)
{
	if (rest->n == 0 || rest->p[0] != ';')
		return false;
	*rest = str_cut(*rest, 1, rest->n);
	skip_blanks(rest);
	*name = take_token(rest);
	if (name->n == 0 || rest->n < 2 || rest->p[0] != '=')
		return false;
	*rest = str_cut(*rest, 1, rest->n);
	if (rest->p[0] == '"') {
		if (!take_quoted(pool, rest, value))
			return false;
	} else {
		*value = pool_copy(pool, take_token(rest));
		if (value->n == 0)
			return false;
	}
	skip_blanks(rest);
	return true;
}

static bool
is_boundary(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(c != '\0' && strchr("'()+_,-./:=? ", c) != NULL)))
			return false;
	}
	return text.n > 0 && text.n <= BOUNDARY_MOST &&
	       text.p[text.n - 1] != ' ';
}

/* The one boundary of a Content-Type. */
static struct err *
find_boundary(struct pool *pool, struct str type, struct str *boundary)
{
	struct str rest = type, name, value;
	ptrdiff_t at = str_find(type, ';');

	*boundary = NO_STR;
	if (at < 0)
		return refuse(pool, "its type names no boundary");
	rest = str_cut(type, (size_t)at, type.n);
	while (rest.n > 0) {
		if (!take_parameter(pool, &rest, &name, &value))
			return refuse(pool, "its type is not well-formed");
		if (!str_is_nocase(name, "boundary"))
			continue;
		if (boundary->p != NULL)
			return refuse(pool, "its type names two boundaries");
		*boundary = value;
	}
	if (!is_boundary(*boundary))
		return refuse(pool, "its boundary is none");
	return NULL;
}

static bool
is_line(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] < ' ' && text.p[i] != '\t') ||
		    text.p[i] == 0x7f)
			return false;
	return str_is_utf8(text);
}

static struct err *
take_disposition(struct pool *pool, struct str rest, struct head *head)
{
	struct str name, value;

	if (head->is_form_data)
		return refuse(pool, "a part has two dispositions");
	head->is_form_data = str_is_nocase(take_token(&rest), "form-data");
	skip_blanks(&rest);
	if (!head->is_form_data)
		return refuse(pool, "a part is no form-data");
	while (rest.n > 0) {
		struct str *to = NULL;

		if (!take_parameter(pool, &rest, &name, &value))
			return refuse(pool, "a disposition is not well-formed");
		if (str_is_nocase(name, "name"))
			to = &head->name;
		else if (str_is_nocase(name, "filename"))
			to = &head->filename;
		if (to != NULL && to->p != NULL)
			return refuse(pool, "a part has two names");
		if (to != NULL)
			*to = value;
	}
	return NULL;
}

/* RFC 7578 wants no other headers and those there are ignored. */
static struct err *
take_line(struct pool *pool, struct str line, struct head *head)
{
	struct str name = take_token(&line), type;

	if (name.n == 0 || line.n == 0 || line.p[0] != ':')
		return refuse(pool, "a part's header is not well-formed");
	line = str_trim(str_cut(line, 1, line.n));
	if (str_is_nocase(name, "Content-Disposition"))
		return take_disposition(pool, line, head);
	if (str_is_nocase(name, "Content-Type")) {
		if (head->has_type)
			return refuse(pool, "a part has two types");
		head->has_type = true;
		if (str_next(&line, ';', &type))
			head->type = pool_lower(pool, str_trim(type));
	}
	if (str_is_nocase(name, "Content-Transfer-Encoding") &&
	    !str_is_nocase(line, "binary") && !str_is_nocase(line, "8bit") &&
	    !str_is_nocase(line, "7bit"))
		return refuse(pool, "a part is encoded");
	return NULL;
}

/* Takes the header lines and the empty one behind them off the front. */
static struct err *
take_head(struct pool *pool, struct str *part, struct head *head)
{
	size_t taken = 0, lines = 0;

	*head = (struct head){.is_form_data = false};
	for (;;) {
		size_t most = part->n < UPLOAD_HEAD - taken
				  ? part->n
				  : UPLOAD_HEAD - taken;
		const char *end = memmem(part->p, most, "\r\n", 2);
		struct str line;

		if (end == NULL)
			return refuse(pool,
			    "a part's headers do not end or are too long");
		line = str_cut(*part, 0, (size_t)(end - part->p));
		*part = str_cut(*part, line.n + 2, part->n);
		taken += line.n + 2;
		if (line.n == 0)
			break;
		if (++lines > LINES_MOST || !is_line(line))
			return refuse(pool, "a part's headers are too many "
					    "or no text");
		TRY(take_line(pool, line, head));
	}
	if (!head->is_form_data || head->name.n == 0 ||
	    head->name.n > UPLOAD_NAME)
		return refuse(pool, "a part has no name, or one that is too "
				    "long");
	return NULL;
}

static struct err *
add_part(struct pool *pool, struct str part, struct upload *upload)
{
	struct head head;

	TRY(take_head(pool, &part, &head));
	if (head.filename.p != NULL) {
		if (head.filename.n == 0 && part.n == 0)
			return NULL;
		upload->files[upload->count++] = (struct upload_file){
		    head.name, head.filename, head.type, part};
		return NULL;
	}
	if (!str_is_utf8(part))
		return refuse(pool, "a field is not UTF-8");
	upload->fields.params[upload->fields.count++] =
	    (struct param){head.name, pool_copy(pool, part)};
	return NULL;
}

static struct err *
parse(
    struct pool *pool, struct str type, struct str rest, struct upload *upload)
{
	struct str boundary, line;
	size_t parts = 0;

	TRY(find_boundary(pool, type, &boundary));
	line = pool_printf(pool, "\r\n--%.*s", PSTR(boundary));
	if (!str_starts(rest, str_cut(line, 2, line.n)))
		return refuse(pool, "it does not begin with its boundary");
	rest = str_cut(rest, line.n - 2, rest.n);
	while (str_starts(rest, STR("\r\n"))) {
		const char *end;
		size_t n;

		rest = str_cut(rest, 2, rest.n);
		end = memmem(rest.p, rest.n, line.p, line.n);
		if (end == NULL)
			return refuse(pool, "it ends too early");
		if (++parts > UPLOAD_PARTS)
			return refuse(pool, "it has too many parts");
		n = (size_t)(end - rest.p);
		TRY(add_part(pool, str_cut(rest, 0, n), upload));
		rest = str_cut(rest, n + line.n, rest.n);
	}
	if (!str_is(rest, "--") && !str_is(rest, "--\r\n"))
		return refuse(pool, "something stands behind a boundary");
	return NULL;
}

struct err *
upload_parse(
    struct pool *pool, struct str type, struct str body, struct upload *upload)
{
	struct err *err;

	*upload = (struct upload){.count = 0};
	upload->fields.params = NEW_ARRAY(pool, struct param, UPLOAD_PARTS);
	upload->files = NEW_ARRAY(pool, struct upload_file, UPLOAD_PARTS);
	err = parse(pool, type, body, upload);
	if (err != NULL)
		upload->count = upload->fields.count = 0;
	return err;
}

const struct upload_file *
upload_find(const struct upload *upload, const char *name)
{
	const struct upload_file *found = NULL;

	for (size_t i = 0; upload != NULL && i < upload->count; i++) {
		if (!str_is(upload->files[i].name, name))
			continue;
		if (found != NULL)
			return NULL;
		found = &upload->files[i];
	}
	return found;
}
