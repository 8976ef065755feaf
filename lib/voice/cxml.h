/*
 * XML documents for carriers, on Mini-XML; only cxml.c knows it.
 *
 * Texts and attributes are escaped once, here.  Characters that XML 1.0 does
 * not allow are dropped.  A document is released with its pool.
 */
#ifndef VOICE_CXML_H
#define VOICE_CXML_H

#include "err.h"

struct cxml; /* one element */

/* A new document; the root element is returned. */
struct cxml *cxml_new(struct pool *pool, const char *root);
struct cxml *cxml_add(struct cxml *parent, const char *name);
/* An absent text sets no attribute. */
void cxml_attribute(struct cxml *element, const char *name, struct str text);
/* The same where the name is configuration: an XML name, as dialect.c asks. */
void cxml_parameter(struct cxml *element, struct str name, struct str text);
void cxml_number(struct cxml *element, const char *name, int number);
void cxml_truth(struct cxml *element, const char *name, bool value);
void cxml_text(struct cxml *element, struct str text);
/* The document with its declaration, on one line, without a line's end. */
struct str cxml_print(const struct cxml *root);

/*
 * Reading one, for who stands in for a carrier: the root, or BAD_REQUEST.  An
 * attribute that is not there is absent; text is what stands right inside,
 * without white space at its ends.
 */
struct err *cxml_parse(struct pool *pool, struct str text, struct cxml **root);
/* The first element inside and the next one beside it; NULL: none. */
struct cxml *cxml_first(const struct cxml *element);
struct cxml *cxml_next(const struct cxml *element);
struct str cxml_name(const struct cxml *element);
struct str cxml_get(const struct cxml *element, const char *attribute);
struct str cxml_content(const struct cxml *element);

#endif
