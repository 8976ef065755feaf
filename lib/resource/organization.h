/*
 * Tenants.  The operator makes, changes, suspends and deletes them; a tenant's
 * own owner changes of it what is the tenant's business.
 *
 * A tenant begins with its settings, its first voice key, its webhook secret
 * and its owner, in one transaction.
 */
#ifndef RESOURCE_ORGANIZATION_H
#define RESOURCE_ORGANIZATION_H

#include "resource.h"

enum organization_status { ORGANIZATION_ACTIVE, ORGANIZATION_SUSPENDED };

struct organization_record {
	struct row row;
	struct str name, slug;
	struct str country;             /* ISO 3166 */
	struct str timezone;            /* IANA */
	struct str domain, domain_uuid; /* the carrier's; absent: none yet */
	struct own_did caller_id;       /* what calls outside show */
	struct str emergency_trunk;
	struct own_did emergency; /* what emergency calls show */
	enum organization_status status;
	/* 0: no limit */
	int limit_extensions, limit_dids, limit_concurrent_calls;
	int limit_storage_mb;
	struct document settings;
};

/* change->organization is the tenant itself, whoever asks. */
extern const struct resource organizations;
/* What its own people may change of it; ends in NULL. */
extern const char *const organization_own[];

/* What a new one is made of: the same, and who owns it. */
struct new_organization {
	struct organization_record organization;
	struct str owner_name, owner_email;
};
extern const struct record new_organization_record;

/* Secrets are shown this once: what is stored cannot be shown as text. */
struct made_organization {
	struct organization_record organization;
	uint64_t owner;
	struct str voice_key, webhook_secret;
	struct str owner_link; /* for whoever shows the rest to fill in */
	struct str link_token; /* sets the owner's password, valid 1 h */
};
extern const struct record made_organization_record;

/*
 * body: of new_organization_record.  Without a password the owner gets in by
 * a link.  VALIDATION_ERROR with every complaint at once.  Needs no
 * change->organization; afterwards it is the new one.
 */
struct err *organization_create(struct change *change, const struct json *body,
    struct str owner_password, struct made_organization *made);

/*
 * A new voice key and webhook secret; the old ones are good no more.  Inside
 * a change.
 */
struct err *organization_renew(
    struct change *change, struct str *key, struct str *secret);

/*
 * The rest are changes of their own.
 *
 * Suspended: inbound calls are rejected, subscribers reach emergency numbers
 * only, sign-in and tokens are refused.  CONFLICT when it is so already.
 */
struct err *organization_suspend(struct change *change, bool suspended);
/*
 * Deleted: its domain and keys name nobody, its sessions are over, its
 * numbers are proved no more and free for others.
 */
struct err *organization_delete(struct change *change);
/* VALIDATION_ERROR when its slug or domain is another's by now. */
struct err *organization_restore(struct change *change);

/* Which own number outside calls show; inside a change. */
struct err *organization_set_caller_id(struct change *change, uint64_t did);

/* A page of all organizations; in transactions of its own. */
struct err *organizations_read(
    struct change *change, const struct list *list, struct page *page);
/* Rules of what a table cannot say; no SQL.  Texts get their one form. */
void organization_check(struct change *change, struct organization_record *x);

#endif
