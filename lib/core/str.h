/*
 * Slices of text, passed by value.
 *
 * A struct str never owns its bytes: they live in a pool or in the program.
 * Every slice made by pool_copy(), pool_printf() and buf_str() has a NUL
 * behind its last byte; a slice cut out of another one need not.  p is NULL
 * only for "absent"; an empty text has p != NULL and n == 0.
 */
#ifndef CORE_STR_H
#define CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
#define NO_STR ((struct str){NULL, 0})
/* The two arguments of "%.*s". */
#define PSTR(s) (int)(s).n, (s).p != NULL ? (s).p : ""

/* The slice over a C string; absent for NULL. */
struct str str_of(const char *text);

/* Bytes compare exactly; an absent text equals an empty one. */
bool str_equal(struct str a, struct str b);
bool str_is(struct str s, const char *text);
/* ASCII letters compare without regard to case. */
bool str_equal_nocase(struct str a, struct str b);
bool str_is_nocase(struct str s, const char *text);
int str_compare(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* ASCII letters become small; other bytes stay. */
char str_lower(char byte);
/* Position of a byte, or -1. */
ptrdiff_t str_find(struct str s, char byte);
/* Bytes [from, to); both are clamped to the length. */
struct str str_cut(struct str s, size_t from, size_t to);
/* At most n bytes, and no code point cut in two. */
struct str str_head(struct str s, size_t n);
/* Without ASCII white space at either end. */
struct str str_trim(struct str s);
/*
 * Takes the next piece up to `at` off the front of *rest.  False when *rest
 * is absent; after the last piece *rest becomes absent.
 */
bool str_next(struct str *rest, char at, struct str *piece);

/* A whole decimal number within [min, max]; false for anything else. */
bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *out);
/* Well-formed UTF-8 (RFC 3629) without U+0000. */
bool str_is_utf8(struct str s);
/*
 * Length of the well-formed UTF-8 sequence that s begins with; 0 for none,
 * and for U+0000.
 */
size_t str_sequence(struct str s);
/* Number of code points of well-formed UTF-8. */
size_t str_length(struct str s);
/* Only bytes '0'..'9', and at least one. */
bool str_is_digits(struct str s);
uint64_t str_hash(struct str s);

#endif
