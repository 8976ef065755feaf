/*
 * The words that SQL and JSON have where a tenant's configuration has an enum.
 */
#ifndef PBX_TENANT_WORDS_H
#define PBX_TENANT_WORDS_H

#include "tenant.h"

/* Each by its enum, then NULL. */
extern const char *const tenant_extension_types[]; /* enum extension_type */
extern const char *const tenant_strategies[];      /* enum strategy */
extern const char *const tenant_overrides[];       /* enum override */
extern const char *const tenant_block_actions[];   /* enum block_action */

/* Which of them it is; 0, the usual one, when it is none of them. */
size_t tenant_word_place(const char *const *words, struct str word);

#endif
