#include <criterion/criterion.h>

#include "upload.h"

static struct pool *pool;
static struct upload upload;

static void
make_pool(void)
{
	pool = pool_new();
}

static void
free_pool(void)
{
	pool_free(pool);
}

TestSuite(upload, .init = make_pool, .fini = free_pool);

#define TYPE "multipart/form-data; boundary=b"
#define FIELD(name) "Content-Disposition: form-data; name=" name "\r\n"
#define PART(name, value) "--b\r\n" FIELD(name) "\r\n" value "\r\n"
#define END "--b--\r\n"

static struct err *
parse(const char *type, struct str body)
{
	return upload_parse(pool, str_of(type), body, &upload);
}

static void
takes(struct str body)
{
	struct err *err = parse(TYPE, body);

	cr_assert_null(err, "%.*s: %.*s", PSTR(err->message), PSTR(body));
}

static void
refuses(const char *type, struct str body)
{
	struct err *err = parse(type, body);

	cr_assert_not_null(err, "%s %.*s", type, PSTR(body));
	cr_assert_eq(err->code, BAD_REQUEST);
	cr_assert_eq(upload.count, 0);
	cr_assert_eq(upload.fields.count, 0);
}

Test(upload, has_fields_and_files)
{
	const struct upload_file *file;

	takes(STR(PART("\"name\"", "Welcome") PART("\"text\"",
	    "") "--b\r\n"
		"Content-Disposition: form-data; name=\"audio\"; "
		"filename=\"hello.wav\"\r\nContent-Type: Audio/WAV; x=y\r\n"
		"\r\n\0\1\r\n--c\r\n\xff\r\n" END));
	cr_assert_eq(upload.fields.count, 2);
	cr_assert(str_is(form_get(&upload.fields, "name"), "Welcome"));
	cr_assert(str_is(form_get(&upload.fields, "text"), ""));
	cr_assert_not_null(form_get(&upload.fields, "text").p);
	file = upload_find(&upload, "audio");
	cr_assert_not_null(file);
	cr_assert(str_is(file->filename, "hello.wav"));
	cr_assert(str_is(file->type, "audio/wav"));
	cr_assert(str_equal(file->bytes, STR("\0\1\r\n--c\r\n\xff")));
	cr_assert_null(upload_find(&upload, "name"));
}

Test(upload, names_are_quoted_or_not)
{
	takes(STR(PART("plain", "1") PART("\"a b\"", "2") PART("\"a\\\"b\"",
	    "3") PART("\"a\\\\b\"", "4") PART("\"c:\\x\"", "5") END));
	cr_assert(str_is(form_get(&upload.fields, "plain"), "1"));
	cr_assert(str_is(form_get(&upload.fields, "a b"), "2"));
	cr_assert(str_is(form_get(&upload.fields, "a\"b"), "3"));
	cr_assert(str_is(form_get(&upload.fields, "a\\b"), "4"));
	cr_assert(str_is(form_get(&upload.fields, "c:\\x"), "5"));
}

Test(upload, an_input_without_a_file_is_none)
{
	takes(STR("--b\r\nContent-Disposition: form-data; name=\"audio\"; "
		  "filename=\"\"\r\nContent-Type: application/octet-stream\r\n"
		  "\r\n\r\n" END));
	cr_assert_eq(upload.count, 0);
	takes(STR("--b\r\nContent-Disposition: form-data; name=\"audio\"; "
		  "filename=\"x\"\r\n\r\n\r\n" END));
	cr_assert_eq(upload.count, 1);
	cr_assert_eq(upload.files[0].bytes.n, 0);
	cr_assert_null(upload.files[0].type.p);
}

Test(upload, two_files_of_a_name_are_none)
{
#define FILE_PART                                         \
	"--b\r\nContent-Disposition: form-data; name=a; " \
	"filename=x\r\n\r\nx\r\n"
	takes(STR(FILE_PART FILE_PART END));
	cr_assert_eq(upload.count, 2);
	cr_assert_null(upload_find(&upload, "a"));
	cr_assert_null(upload_find(NULL, "a"));
}

Test(upload, ends_with_or_without_a_line_break)
{
	takes(STR(PART("a", "1") "--b--"));
	takes(STR(PART("a", "1") "--b--\r\n"));
	refuses(TYPE, STR(PART("a", "1") "--b"));
	refuses(TYPE, STR(PART("a", "1") "--b-"));
	refuses(TYPE, STR(PART("a", "1") "--b--\r\n\r\n"));
	refuses(TYPE, STR(PART("a", "1") "--b--\n"));
	refuses(TYPE, STR(PART("a", "1") "--b--epilogue"));
	refuses(TYPE, STR(PART("a", "1")));
}

Test(upload, refuses_a_wrong_boundary)
{
	static const char *const types[] = {"multipart/form-data", "",
	    "multipart/form-data;", "multipart/form-data; boundary",
	    "multipart/form-data; boundary=", "multipart/form-data; =b",
	    "multipart/form-data; boundary=\"\"",
	    "multipart/form-data; boundary=\"b",
	    "multipart/form-data; boundary=\"b \"",
	    "multipart/form-data; boundary=\"b\r\n\"",
	    "multipart/form-data; boundary=b; boundary=b",
	    "multipart/form-data; boundary=c",
	    "multipart/form-data; boundary=b c",
	    "multipart/form-data; boundary="
	    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		refuses(types[i], STR(PART("a", "1") END));
	cr_assert_null(parse("multipart/form-data; charset=utf-8; "
			     "Boundary=\"b\"",
	    STR(PART("a", "1") END)));
	cr_assert_null(
	    parse("multipart/form-data;boundary=b", STR(PART("a", "1") END)));
}

Test(upload, refuses_what_is_no_part)
{
	static const char *const bodies[] = {"", END, "--b", "\r\n" END,
	    "preamble\r\n" PART("a", "1") END, "--b\r\n" END,
	    "--b\r\n\r\n1\r\n" END, "--b\n" FIELD("a") "\r\n1\r\n" END,
	    "--b \r\n" FIELD("a") "\r\n1\r\n" END,
	    "--bb\r\n" FIELD("a") "\r\n1\r\n" END,
	    "--b\r\n" FIELD("a") "\r\n1\r\n--bb\r\n" END,
	    "--b\r\n" FIELD("a") "1\r\n" END,
	    "--b\r\n" FIELD("a") FIELD("a") "\r\n1\r\n" END, PART("", "1") END,
	    PART("\"\"", "1") END, PART("\"a", "1") END,
	    PART("a; name=b", "1") END, PART("a;", "1") END,
	    PART("a; filename=x; filename=y", "1") END, PART("a b", "1") END,
	    PART("a", "\xff") END, PART("\"\xff\"", "1") END,
	    PART("\"\1\"", "1") END,
	    "--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n" END,
	    "--b\r\nContent-Type: text/plain\r\n\r\n1\r\n" END,
	    "--b\r\n" FIELD("a") "Content-Transfer-Encoding: base64\r\n"
				 "\r\n1\r\n" END,
	    "--b\r\n" FIELD("a") "Content-Type: a/b\r\nContent-Type: a/b\r\n"
				 "\r\n1\r\n" END,
	    "--b\r\n" FIELD("a") "no header\r\n\r\n1\r\n" END,
	    "--b\r\n" FIELD("a") " folded: 1\r\n\r\n1\r\n" END,
	    "--b\r\n" FIELD("a") "X : 1\r\n\r\n1\r\n" END};

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		if (i == 1)
			/* An empty form: browsers send it for no inputs. */
			continue;
		refuses(TYPE, str_of(bodies[i]));
	}
	refuses(TYPE, STR(PART("a", "1\0") END));
}

Test(upload, an_empty_form_is_one)
{
	takes(STR(END));
	cr_assert_eq(upload.fields.count, 0);
}

Test(upload, counts_parts_and_headers)
{
	struct buf body = buf_new(pool, 1 << 16);

	for (int i = 0; i < UPLOAD_PARTS; i++)
		buf_add_text(&body, PART("a", "1"));
	takes(pool_printf(pool, "%.*s" END, PSTR(buf_str(&body))));
	cr_assert_eq(upload.fields.count, UPLOAD_PARTS);
	buf_add_text(&body, PART("a", "1") END);
	refuses(TYPE, buf_str(&body));

	body = buf_new(pool, 1 << 12);
	buf_add_text(&body, "--b\r\n" FIELD("a"));
	for (int i = 0; i < 8; i++)
		buf_printf(&body, "X-%d: 1\r\n", i);
	buf_add_text(&body, "\r\n1\r\n" END);
	refuses(TYPE, buf_str(&body));

	body = buf_new(pool, 1 << 12);
	buf_add_text(&body, "--b\r\n" FIELD("a") "X: ");
	for (int i = 0; i < UPLOAD_HEAD; i++)
		buf_add_char(&body, 'x');
	buf_add_text(&body, "\r\n\r\n1\r\n" END);
	refuses(TYPE, buf_str(&body));
}

Test(upload, a_name_is_short)
{
	struct buf name = buf_new(pool, 512);

	for (int i = 0; i < UPLOAD_NAME; i++)
		buf_add_char(&name, 'n');
	takes(pool_printf(pool, "--b\r\n" FIELD("%s") "\r\n1\r\n" END, name.p));
	buf_add_char(&name, 'n');
	refuses(TYPE,
	    pool_printf(pool, "--b\r\n" FIELD("%s") "\r\n1\r\n" END, name.p));
}
