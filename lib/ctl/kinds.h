/*
 * What a tenant's configuration is made of, each object by a key that people
 * know it by: an extension by its number, a group by its name.
 *
 * Ids differ from installation to installation, keys do not: what an object
 * refers to is written by key.  A target is "ring_group:Sales",
 * "external:+12125550199" or "hangup".
 */
#ifndef CTL_KINDS_H
#define CTL_KINDS_H

#include "config_file.h"
#include "resource.h"

struct kind {
	const struct resource *resource;
	const char *key;  /* the path of the field it is known by */
	const char *star; /* a yes or no that a '*' behind the key says */
	const char *sql;  /* (id, key) of the living; NULL: there is one */
	/* Fields that belong to the installation, NULL-terminated; or NULL. */
	const char *const *apart;
	bool stays; /* an import takes none away */
};

/* In the order in which they can be made; resource is NULL behind the last. */
extern const struct kind kinds[];

/* NULL: there is no such type. */
const struct kind *kind_of(struct str type);
const struct kind *kind_of_responder(const char *responder);

/* Which key is which id, of one tenant. */
struct names;

/* Inside a transaction. */
struct err *names_load(struct change *change, struct names **names);
/* Of objects that are being made. */
void names_add(
    struct names *names, const struct kind *kind, struct str key, uint64_t id);
uint64_t names_id(
    const struct names *names, const struct kind *kind, struct str key);
/* A number that is not to be had: who shows it shows none. */
void names_leave_out(struct names *names, struct str number);
bool names_is_left_out(const struct names *names, struct str number);
void names_forget(struct names *names, const struct kind *kind, size_t i);
/* Absent when there is none of that id. */
struct str names_key(
    const struct names *names, const struct kind *kind, uint64_t id);
/* The i-th in the kind's order, id 0 once forgotten; false behind the last. */
bool names_at(const struct names *names, const struct kind *kind, size_t i,
    struct str *key, uint64_t *id);

/* Is the field said by the section's key? */
bool is_key(const struct kind *kind, const struct field *field);
/* Is the field a part of the configuration, as opposed to what happens? */
bool is_configured(const struct kind *kind, const struct field *field);
/*
 * The field of an object as JSON with keys in place of ids; absent for none.
 * json: the whole object as record_print() writes it, secrets shown.
 */
struct str field_export(const struct names *names, struct pool *pool,
    const struct field *field, const struct json *json);
/*
 * The way back: JSON for record_take().  A key that names nothing is
 * complained of.
 */
struct str field_import(const struct names *names, struct complaints *all,
    const struct field *field, const struct json *value, struct str path);

#endif
