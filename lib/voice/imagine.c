#include "imagine.h"

/* Own numbers are named by id in steps, and looked up by number. */
struct heard_did {
	struct heard_did *next;
	const struct did *did;
};

/* An id that an effect of an earlier decision was about. */
struct affected {
	struct affected *next;
	enum effect_kind kind;
	uint64_t id;
};

static struct imagined *
of(void *self)
{
	return self;
}

#define FORWARD(type, name, argument)                               \
	static const struct type *find_##name(void *self, argument) \
	{                                                           \
		const struct lookups *real = &of(self)->real;       \
                                                                    \
		return real->name(real->self, key);                 \
	}
FORWARD(ring_group, ring_group, uint64_t key)
FORWARD(ivr_menu, ivr_menu, uint64_t key)
FORWARD(business_hours, business_hours, uint64_t key)
FORWARD(conference_room, conference_room, uint64_t key)
FORWARD(zone, zone, struct str key)

/* The token of an assistant stands in the document. */
static const struct extension *
shown(struct imagined *i, const struct extension *x)
{
	struct extension *masked;

	if (i->secrets || x == NULL || x->service_token.n == 0)
		return x;
	masked = NEW(i->pool, struct extension);
	*masked = *x;
	masked->service_token = STR("***");
	return masked;
}

static const struct extension *
find_extension(void *self, uint64_t id)
{
	const struct lookups *real = &of(self)->real;

	return shown(of(self), real->extension(real->self, id));
}

static const struct extension *
find_number(void *self, struct str number)
{
	const struct lookups *real = &of(self)->real;

	return shown(of(self), real->number(real->self, number));
}

static bool
is_affected(const struct imagined *i, enum effect_kind kind, uint64_t id)
{
	for (const struct affected *a = i->affected; a != NULL; a = a->next)
		if (a->kind == kind && a->id == id)
			return true;
	return false;
}

static const struct did *
find_did(void *self, struct str e164)
{
	struct imagined *i = self;
	const struct did *did = i->real.did(i->real.self, e164);
	struct heard_did *heard;
	struct did *proved;

	if (did == NULL)
		return NULL;
	if (is_affected(i, EFFECT_PROVE_DID, did->id)) {
		proved = NEW(i->pool, struct did);
		*proved = *did;
		proved->proved = true;
		did = proved;
	}
	heard = NEW(i->pool, struct heard_did);
	*heard = (struct heard_did){i->dids, did};
	i->dids = heard;
	return did;
}

static const struct outbound_rules *
find_outbound_rules(void *self)
{
	const struct lookups *real = &of(self)->real;

	return real->outbound_rules(real->self);
}

static const struct blocked_callers *
find_blocked_callers(void *self)
{
	const struct lookups *real = &of(self)->real;

	return real->blocked_callers(real->self);
}

static const struct messages *
find_messages(void *self, uint64_t extension)
{
	struct imagined *i = self;
	const struct messages *all = i->real.messages(i->real.self, extension);
	struct messages *left;

	if (all == NULL || i->affected == NULL)
		return all;
	left = NEW(i->pool, struct messages);
	left->list = NEW_ARRAY(i->pool, struct message, all->count + 1);
	for (size_t n = 0; n < all->count; n++)
		if (!is_affected(i, EFFECT_MESSAGE_DELETED, all->list[n].id))
			left->list[left->count++] = all->list[n];
	return left;
}

static uint64_t
group_calls(void *self, uint64_t ring_group)
{
	const struct lookups *real = &of(self)->real;

	return real->group_calls(real->self, ring_group);
}

static bool
is_locked(void *self, struct node node)
{
	const struct lookups *real = &of(self)->real;

	return real->locked(real->self, node);
}

static bool
matches_pin(void *self, struct node node, struct str sealed, struct str digits,
    const char *which)
{
	const struct lookups *real = &of(self)->real;

	return real->pin_matches(real->self, node, sealed, digits, which);
}

void
imagine(struct imagined *i, const struct lookups *lookups)
{
	i->real = *lookups;
	directory_imagine(&i->real);
	i->dids = NULL;
	i->look = (struct lookups){
	    .self = i,
	    .failed = lookups->failed,
	    .organization = lookups->organization,
	    .extension = find_extension,
	    .number = find_number,
	    .did = find_did,
	    .ring_group = find_ring_group,
	    .ivr_menu = find_ivr_menu,
	    .business_hours = find_business_hours,
	    .conference_room = find_conference_room,
	    .outbound_rules = find_outbound_rules,
	    .blocked_callers = find_blocked_callers,
	    .messages = find_messages,
	    .zone = find_zone,
	    .group_calls = group_calls,
	    .locked = is_locked,
	    .pin_matches = matches_pin,
	};
}

void
imagine_effects(struct imagined *i, const struct decision *decision)
{
	struct affected *one;

	for (const struct effect *e = decision->effects; e != NULL;
	     e = e->next) {
		if (e->kind != EFFECT_MESSAGE_DELETED &&
		    e->kind != EFFECT_PROVE_DID)
			continue;
		one = NEW(i->pool, struct affected);
		*one = (struct affected){i->affected, e->kind, e->id};
		i->affected = one;
	}
}

#define NAME_OF(kind, member)                                           \
	do {                                                            \
		const struct kind *x = look->kind(look->self, node.id); \
                                                                        \
		*name = x != NULL ? x->member : NO_STR;                 \
	} while (0)

const char *
imagine_name(struct imagined *i, struct node node, struct str *name)
{
	const struct lookups *look = &i->look;

	*name = NO_STR;
	switch (node.type) {
	case TARGET_NONE:
	case TARGET_HANGUP:
		break;
	case TARGET_EXTENSION:
	case TARGET_VOICEMAIL:
		NAME_OF(extension, number);
		break;
	case TARGET_RING_GROUP:
		NAME_OF(ring_group, name);
		break;
	case TARGET_IVR_MENU:
		NAME_OF(ivr_menu, name);
		break;
	case TARGET_BUSINESS_HOURS:
		NAME_OF(business_hours, name);
		break;
	case TARGET_CONFERENCE_ROOM:
		NAME_OF(conference_room, name);
		break;
	case TARGET_EXTERNAL:
		for (const struct heard_did *h = i->dids; h != NULL;
		     h = h->next)
			if (h->did->id == node.id)
				*name = h->did->number;
		return "did";
	}
	return target_type_name(node.type);
}
