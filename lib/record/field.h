/*
 * What one field of a record is: its name, its place in the struct, and the
 * bounds of its value.
 *
 * A table of these describes data and nothing else: there is no function in
 * it, and no flag changes when something happens.  The kind is inferred from
 * the member's C type, so that table and struct cannot disagree.
 */
#ifndef RECORD_FIELD_H
#define RECORD_FIELD_H

#include "target.h"

/* An instant as clock.h has it; 0 is none. */
struct instant {
	int64_t at;
};

/* A JSON object as text; absent is none. */
struct document {
	struct str text;
};

/* Rows of a record of their own, in their order. */
struct children {
	size_t count;
	void *rows;
};

/* One of the tenant's numbers: in JSON "+12125550100", in SQL the DID's id. */
struct own_did {
	struct str number; /* absent is none */
	uint64_t id;       /* found by check_own_did() */
};

enum field_kind {
	FIELD_TEXT,    /* struct str; absent is none */
	FIELD_INT,     /* int; 0 below the least value is none */
	FIELD_SUM,     /* int64_t, of what was counted: nobody sets it */
	FIELD_BOOL,    /* bool */
	FIELD_CHOICE,  /* an enumeration, in JSON one of the choices */
	FIELD_ID,      /* uint64_t, another object's id; 0 is none */
	FIELD_TARGET,  /* struct target; columns NAME_type, _id and _number */
	FIELD_DID,     /* struct own_did; column NAME_did_id */
	FIELD_INSTANT, /* struct instant */
	FIELD_JSON,    /* struct document */
	FIELD_LIST,    /* struct children, of the record in .of */
};

enum field_flag {
	REQUIRED = 1,  /* must not be none */
	SECRET = 2,    /* column NAME_sealed; shown to owner and admin alone */
	READONLY = 4,  /* set by the server */
	FILTER = 8,    /* ?name=value */
	SORT = 16,     /* ?sort=name */
	SEARCH = 32,   /* looked at by ?q= */
	UNLISTED = 64, /* not a column of the HTML list */
	/* Taken and never shown, a column of nothing: a new password. */
	WRITEONLY = 128,
	/* With READONLY: others write its column, here it is only read. */
	ELSEWHERE = 256,
};

enum text_format {
	TEXT_LINE,   /* no control characters */
	TEXT_LINES,  /* line breaks and tabs besides */
	TEXT_DIGITS, /* 0-9 */
	TEXT_E164,   /* "+12125550100" */
	TEXT_EMAIL,
	TEXT_HTTPS, /* an https URL */
	TEXT_FILE,  /* with WRITEONLY: a file of a form, never a text */
};

struct record;

struct field {
	const char *name;   /* path in JSON: "voicemail.pin" */
	const char *column; /* in SQL: the member's name */
	size_t offset;
	enum field_kind kind;
	unsigned flags;
	enum text_format format;
	int64_t min, max; /* characters, value or rows */
	const char *def;  /* what it is when nobody says; "": never NULL */
	const char *const *choices; /* in the order of the enumeration, NULL */
	unsigned targets;           /* set of 1 << enum target_type */
	const char *refers;         /* responder of what an id names */
	const struct record *of;    /* rows of a list */
	/* What people call the values of a number, from .min on, or what a
	   text may be; NULL: anything. For forms and pages alone. */
	const char *const *words;
	const char *help; /* one line for people */
};

#define FIELD_IN(type, member, path, in)                        \
	.name = (path), .column = (in),                         \
	.offset = offsetof(struct type, member),                \
	.kind = _Generic(((struct type *)0)->member, struct str \
			 : FIELD_TEXT, int                      \
			 : FIELD_INT, int64_t                   \
			 : FIELD_SUM, bool                      \
			 : FIELD_BOOL, unsigned                 \
			 : FIELD_CHOICE, uint64_t               \
			 : FIELD_ID, struct target              \
			 : FIELD_TARGET, struct own_did         \
			 : FIELD_DID, struct instant            \
			 : FIELD_INSTANT, struct document       \
			 : FIELD_JSON, struct children          \
			 : FIELD_LIST)
#define FIELD_AS(type, member, path) FIELD_IN(type, member, path, #member)
#define FIELD(type, member) FIELD_AS(type, member, #member)

#define TARGET_BIT(type) (1U << (unsigned)(type))
/* Everything a call can be sent to. */
#define ANY_TARGET (TARGET_BIT(TARGET_HANGUP + 1) - 1 - TARGET_BIT(TARGET_NONE))

#endif
