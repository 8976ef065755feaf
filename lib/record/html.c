/* The frame of every page: where one is, where one can go, what went wrong. */
#include "html.h"
#include "words.h"

static const char policy[] = "default-src 'none'; style-src 'self'; "
			     "img-src 'self'; media-src 'self'; "
			     "form-action 'self'; "
			     "base-uri 'none'; frame-ancestors 'none'";

static struct buf *
out_of(const struct html *html)
{
	return &html->req->out;
}

/* The responder's name, behind "/cgi-bin/". */
static struct str
name_of(const struct html *html)
{
	return str_cut(html->base, 9, html->base.n);
}

void
html_link(const struct html *html, struct str href, struct str text)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<a href=\"");
	buf_add_html(out, href);
	buf_add_text(out, "\">");
	buf_add_html(out, text);
	buf_add_text(out, "</a>");
}

bool
html_leads(const struct html *html, const char *responder)
{
	for (size_t i = 0; i < html->place_count; i++)
		if (responder != NULL &&
		    strcmp(html->places[i].responder, responder) == 0)
			return true;
	return false;
}

/* Who is signed in, and the way out. */
static void
add_who(const struct html *html)
{
	struct buf *out = out_of(html);

	if (html->who.p == NULL)
		return;
	buf_add_text(out, "<span class=\"who\">Signed in as ");
	html_link(html, STR("/cgi-bin/session"), html->who);
	buf_add_text(out, "</span>\n");
	if (html->csrf.n == 0)
		return;
	buf_add_text(out, "<form method=\"post\" "
			  "action=\"/cgi-bin/session/end\">"
			  "<input type=\"hidden\" name=\"_csrf\" value=\"");
	buf_add_html(out, html->csrf);
	buf_add_text(out, "\"><button>Sign out</button></form>\n");
}

static void
add_places(const struct html *html)
{
	struct buf *out = out_of(html);

	if (html->place_count == 0)
		return;
	buf_add_text(out, "<nav aria-label=\"Pages\">\n<ul>\n");
	for (size_t i = 0; i < html->place_count; i++) {
		const struct html_place *place = &html->places[i];
		struct str rest = name_of(html);

		buf_printf(out, "<li><a href=\"%.*s\"%s>", PSTR(place->href),
		    str_is(rest, place->responder) ? " aria-current=\"true\""
						   : "");
		buf_add_html(out, place->text);
		buf_add_text(out, "</a></li>\n");
	}
	buf_add_text(out, "</ul>\n</nav>\n");
}

void
html_open(const struct html *html, int status, struct str heading)
{
	struct buf *out = out_of(html);

	answer(html->req, status, "text/html; charset=utf-8");
	answer_header(html->req, "Content-Security-Policy", str_of(policy));
	buf_add_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
			  "<meta charset=\"utf-8\">\n"
			  "<meta name=\"viewport\" content=\""
			  "width=device-width, initial-scale=1\">\n<title>");
	buf_add_html(out, heading);
	buf_add_text(out, " - OpBX</title>\n"
			  "<link rel=\"stylesheet\" href=\"/style.css\">\n"
			  "</head>\n<body>\n<a class=\"skip\" href=\"#main\">"
			  "Skip to the content</a>\n<header>\n"
			  "<div class=\"top\"><a class=\"home\" href=\"");
	buf_add_text(out, html->who.p != NULL ? "/cgi-bin/session" : "/");
	buf_add_text(out, "\">OpBX</a>\n");
	add_who(html);
	buf_add_text(out, "</div>\n");
	add_places(html);
	buf_add_text(out, "</header>\n<main id=\"main\">\n");
	if (html->title.p != NULL && html->listed && !html->single &&
	    !str_equal(html->title, heading)) {
		buf_add_text(out, "<p class=\"trail\">");
		html_link(html, html->base, html->title);
		buf_add_text(out, "</p>\n");
	}
	buf_add_text(out, "<h1>");
	buf_add_html(out, heading);
	buf_add_text(out, "</h1>\n");
	if (html->question != NULL) {
		buf_add_text(out, "<p class=\"asks\">");
		html_link(html,
		    pool_printf(
			out->pool, "/docs/%.*s.html", PSTR(name_of(html))),
		    str_of(html->question));
		buf_add_text(out, "</p>\n");
	}
}

void
html_close(const struct html *html)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "</main>\n");
	if (html->zone != NULL) {
		buf_add_text(out, "<footer><p>Times are those of ");
		buf_add_html(out, html->zone_name);
		buf_add_text(out, ".</p></footer>\n");
	}
	buf_add_text(out, "</body>\n</html>\n");
}

/* What still uses an object, with the way there. */
static void
add_reference(const struct html *html, const struct reference *r)
{
	struct buf *out = out_of(html);
	struct buf path = buf_new(out->pool, 32);
	struct str name;

	/* "ring_group" lies below "ring-groups". */
	for (size_t i = 0; i < r->type.n; i++)
		if (r->type.p[i] == '_')
			buf_add_char(&path, '-');
		else
			buf_add_char(&path, r->type.p[i]);
	if (!str_ends(r->type, STR("s")))
		buf_add_char(&path, 's');
	name = pool_printf(out->pool, "%.*s %.*s",
	    PSTR(words_of(out->pool, r->type)), PSTR(r->name));
	buf_add_text(out, "<li>");
	if (!html_leads(html, buf_str(&path).p))
		buf_add_html(out, name);
	else if (r->id == 0)
		html_link(html,
		    pool_printf(
			out->pool, "/cgi-bin/%.*s", PSTR(buf_str(&path))),
		    name);
	else
		html_link(html,
		    pool_printf(out->pool, "/cgi-bin/%.*s/%llu",
			PSTR(buf_str(&path)), (unsigned long long)r->id),
		    name);
	buf_add_text(out, "</li>\n");
}

void
html_references(const struct html *html, const struct reference *first)
{
	struct buf *out = out_of(html);

	if (first == NULL)
		return;
	buf_add_text(out, "<p>Still used by:</p>\n"
			  "<ul class=\"references\">\n");
	for (const struct reference *r = first; r != NULL; r = r->next)
		add_reference(html, r);
	buf_add_text(out, "</ul>\n");
}

void
html_problem(const struct html *html, const struct err *err)
{
	struct buf *out = out_of(html);

	buf_add_text(out, "<p class=\"problem\" role=\"alert\">");
	buf_add_html(out, err->message);
	buf_add_text(out, "</p>\n");
	if (err->complaints != NULL) {
		buf_add_text(out, "<ul class=\"complaints\">\n");
		for (const struct complaint *c = err->complaints; c != NULL;
		     c = c->next) {
			buf_add_text(out, "<li>");
			buf_add_html(out, heading_of(out->pool, c->field));
			buf_add_text(out, " ");
			buf_add_html(out, c->text);
			buf_add_text(out, "</li>\n");
		}
		buf_add_text(out, "</ul>\n");
	}
	html_references(html, err->references);
}
