#include "cxml.h"

#include <assert.h>
#include <mxml.h>
#include <stdio.h>

struct cxml {
	struct pool *pool;
	mxml_node_t *document;
	mxml_node_t *node;
};

static void
destroy(void *document)
{
	mxmlDelete(document);
}

struct cxml *
cxml_new(struct pool *pool, const char *root)
{
	struct cxml *element = NEW(pool, struct cxml);

	/* mxmlNewXML() would write the encoding in lower case. */
	element->pool = pool;
	element->document =
	    mxmlNewElement(NULL, "?xml version=\"1.0\" encoding=\"UTF-8\"?");
	element->node = mxmlNewElement(element->document, root);
	pool_own(pool, destroy, element->document);
	return element;
}

struct cxml *
cxml_add(struct cxml *parent, const char *name)
{
	struct cxml *element = NEW(parent->pool, struct cxml);

	element->pool = parent->pool;
	element->document = parent->document;
	element->node = mxmlNewElement(parent->node, name);
	return element;
}

/* Length of a sequence that XML 1.0 forbids at p, else 0. */
static size_t
forbidden(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[0];

	if (c < 0x20)
		return c != '\t' && c != '\n' && c != '\r';
	/* U+FFFE and U+FFFF. */
	if (c == 0xef && n >= 3 && (unsigned char)p[1] == 0xbf &&
	    (unsigned char)p[2] >= 0xbe)
		return 3;
	return 0;
}

/* A C string of what may stand in a document. */
static const char *
clean(struct pool *pool, struct str text)
{
	char *out = pool_alloc(pool, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n;) {
		size_t skip = forbidden(text.p + i, text.n - i);

		if (skip == 0)
			out[n++] = text.p[i++];
		i += skip;
	}
	return out;
}

void
cxml_attribute(struct cxml *element, const char *name, struct str text)
{
	if (text.p != NULL)
		mxmlElementSetAttr(
		    element->node, name, clean(element->pool, text));
}

void
cxml_parameter(struct cxml *element, struct str name, struct str text)
{
	/* Out of the cache a name has no NUL behind it. */
	cxml_attribute(element, pool_copy(element->pool, name).p, text);
}

void
cxml_number(struct cxml *element, const char *name, int number)
{
	char text[16];

	snprintf(text, sizeof text, "%d", number);
	mxmlElementSetAttr(element->node, name, text);
}

void
cxml_truth(struct cxml *element, const char *name, bool value)
{
	mxmlElementSetAttr(element->node, name, value ? "true" : "false");
}

void
cxml_text(struct cxml *element, struct str text)
{
	mxmlNewOpaque(element->node, clean(element->pool, text));
}

/* Mini-XML writes "<a />"; no text holds that, because '>' is escaped. */
static struct str
tight(char *text, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++)
		if (n - i < 3 || memcmp(text + i, " />", 3) != 0)
			text[out++] = text[i];
	text[out] = '\0';
	return (struct str){text, out};
}

struct str
cxml_print(const struct cxml *root)
{
	enum { USUAL = 2048 };
	char *text = pool_alloc(root->pool, USUAL);
	int n;

	mxmlSetWrapMargin(0);
	n = mxmlSaveString(root->document, text, USUAL, MXML_NO_CALLBACK);
	assert(n >= 0);
	if (n >= USUAL) {
		text = pool_alloc(root->pool, (size_t)n + 1);
		n = mxmlSaveString(
		    root->document, text, n + 1, MXML_NO_CALLBACK);
	}
	while (n > 0 && text[n - 1] == '\n')
		n--;
	return tight(text, (size_t)n);
}

/* -- Reading -------------------------------------------------------------- */

/* Mini-XML would tell standard error; who asked is told. */
static void
keep_silent(const char *message)
{
	(void)message;
}

/* The node itself or the first element behind it, as one of ours. */
static struct cxml *
element_from(struct pool *pool, mxml_node_t *document, mxml_node_t *node)
{
	struct cxml *element;

	while (node != NULL && (mxmlGetType(node) != MXML_ELEMENT ||
				   mxmlGetElement(node)[0] == '?' ||
				   mxmlGetElement(node)[0] == '!'))
		node = mxmlGetNextSibling(node);
	if (node == NULL)
		return NULL;
	element = NEW(pool, struct cxml);
	*element = (struct cxml){pool, document, node};
	return element;
}

struct err *
cxml_parse(struct pool *pool, struct str text, struct cxml **root)
{
	mxml_node_t *document = mxmlNewXML("1.0");
	struct cxml *found = NULL;

	/* Ours from the beginning: Mini-XML leaves behind what it gives up. */
	pool_own(pool, destroy, document);
	/* It forgives a tag that is cut off at the end. */
	if (!str_ends(str_trim(text), STR(">")))
		return err_new(pool, BAD_REQUEST, "This is not valid XML.");
	mxmlSetErrorCallback(keep_silent);
	if (mxmlLoadString(document, pool_copy(pool, text).p,
		MXML_OPAQUE_CALLBACK) != NULL)
		found =
		    element_from(pool, document, mxmlGetFirstChild(document));
	if (found == NULL)
		return err_new(pool, BAD_REQUEST, "This is not valid XML.");
	*root = found;
	return NULL;
}

struct cxml *
cxml_first(const struct cxml *element)
{
	return element_from(
	    element->pool, element->document, mxmlGetFirstChild(element->node));
}

struct cxml *
cxml_next(const struct cxml *element)
{
	return element_from(element->pool, element->document,
	    mxmlGetNextSibling(element->node));
}

struct str
cxml_name(const struct cxml *element)
{
	return str_of(mxmlGetElement(element->node));
}

struct str
cxml_get(const struct cxml *element, const char *attribute)
{
	return str_of(mxmlElementGetAttr(element->node, attribute));
}

struct str
cxml_content(const struct cxml *element)
{
	struct str all = STR("");

	for (mxml_node_t *node = mxmlGetFirstChild(element->node); node != NULL;
	     node = mxmlGetNextSibling(node)) {
		const char *text = mxmlGetOpaque(node);

		if (mxmlGetType(node) == MXML_OPAQUE && text != NULL)
			all = pool_printf(
			    element->pool, "%.*s%s", PSTR(all), text);
	}
	return str_trim(all);
}
