#include "router.h"

static void
gave_up(struct router *r, struct node node)
{
	struct effect *missed;

	note(r, node, "the caller gave up");
	/* Nobody here missed what a subscriber himself dialled outside. */
	if (node.type == TARGET_NONE)
		return;
	missed = effect(r, EFFECT_MISSED_CALL);
	missed->node = node;
	missed->id = node.id;
}

/* Who forwards outside; nobody when it was dialled. */
static struct node
forwarder(const struct router *r)
{
	struct node node = {TARGET_EXTENSION, r->cursor->node};

	return node.id != 0 && r->cursor->entered > 0 ? node : NOWHERE;
}

/*
 * True when the Dial ended the call: somebody answered, or gave up.  Needs no
 * configuration.  node: whose call it was.
 */
static bool
ended(struct router *r, struct node node)
{
	if (r->call->outcome == OUTCOME_ANSWERED)
		note(r, node, "was answered");
	else if (r->call->outcome == OUTCOME_CANCELED)
		gave_up(r, node);
	else
		return false;
	routed(r, "hangup", NO_STR);
	hang_up(r);
	return true;
}

static void
after_extension(struct router *r)
{
	struct node node = {TARGET_EXTENSION, r->cursor->node};
	bool busy = r->call->outcome == OUTCOME_BUSY;
	const struct extension *extension;
	const struct target *target;

	if (ended(r, node))
		return;
	extension = r->look->extension(r->look->self, node.id);
	if (extension == NULL) {
		unanswered(r);
		return;
	}
	note(r, node, "%.*s %s", PSTR(extension->number),
	    busy ? "is busy" : "does not answer");
	target = busy ? &extension->busy : &extension->no_answer;
	if (target->type == TARGET_NONE) {
		unanswered(r);
		return;
	}
	r->cursor->forwarder = extension->id;
	enter(r, target);
}

static void
fall_back(struct router *r, const struct ring_group *group)
{
	note(r, (struct node){TARGET_RING_GROUP, group->id},
	    "nobody in \"%.*s\" answers", PSTR(group->name));
	if (group->fallback.type == TARGET_NONE)
		unanswered(r);
	else
		enter(r, &group->fallback);
}

static void
ring_all(struct router *r, const struct ring_group *group)
{
	struct str *numbers =
	    NEW_ARRAY(r->pool, struct str, group->member_count);
	struct dial *ring;
	size_t count = 0;

	for (size_t i = 0; i < group->member_count; i++)
		if (group->members[i].accepting)
			numbers[count++] = group->members[i].number;
	note(r, (struct node){TARGET_RING_GROUP, group->id},
	    "ring all %zu members of \"%.*s\"", count, PSTR(group->name));
	ring = dial(r, true);
	ring->numbers = numbers;
	ring->number_count = count;
	ring->timeout = group->ring_timeout;
}

void
ring_members(struct router *r, const struct ring_group *group)
{
	const struct member *member;
	struct str *number;
	struct dial *ring;

	if (group->strategy == STRATEGY_SIMULTANEOUS) {
		if (r->cursor->position > 0) {
			fall_back(r, group);
			return;
		}
		ring_all(r, group);
	} else {
		member =
		    hunt_next(group, r->cursor->start, &r->cursor->position);
		if (member == NULL) {
			fall_back(r, group);
			return;
		}
		note(r, (struct node){TARGET_RING_GROUP, group->id},
		    "ring %.*s of \"%.*s\"", PSTR(member->number),
		    PSTR(group->name));
		number = NEW(r->pool, struct str);
		*number = member->number;
		ring = dial(r, true);
		ring->numbers = number;
		ring->number_count = 1;
		ring->timeout = group->ring_timeout;
	}
	r->cursor->position++;
	routed(r, "ring_group", group->name);
	come_back(r, STAGE_GROUP, group->id);
}

static void
after_group(struct router *r)
{
	struct node node = {TARGET_RING_GROUP, r->cursor->node};
	const struct ring_group *group;

	if (ended(r, node))
		return;
	group = r->look->ring_group(r->look->self, node.id);
	if (group == NULL)
		unanswered(r);
	else if (group->active)
		ring_members(r, group);
	else
		fall_back(r, group);
}

static void
after_trunk(struct router *r)
{
	struct number number;

	if (ended(r, forwarder(r)))
		return;
	if (r->call->outcome == OUTCOME_FAILED &&
	    number_e164(r->cursor->external, &number)) {
		note(r, NOWHERE, "the trunk failed");
		r->cursor->position++;
		/* Who dialled outside himself entered no target before. */
		call_out(r, &number, r->cursor->node, r->cursor->entered > 0);
		return;
	}
	note(r, NOWHERE, "%.*s does not answer", PSTR(r->cursor->external));
	unanswered(r);
}

void
resume(struct router *r)
{
	switch (r->cursor->stage) {
	case STAGE_START:
		break;
	case STAGE_EXTENSION:
		after_extension(r);
		break;
	case STAGE_GROUP:
		after_group(r);
		break;
	case STAGE_MENU:
		menu_input(r);
		break;
	case STAGE_ROOM_PIN:
		room_pin(r);
		break;
	case STAGE_SERVICE:
		if (!ended(r, forwarder(r)))
			unanswered(r);
		break;
	case STAGE_TRUNK:
		after_trunk(r);
		break;
	case STAGE_RECORDED:
		note(r, (struct node){TARGET_VOICEMAIL, r->cursor->node},
		    "the message was taken");
		routed(r, "hangup", NO_STR);
		hang_up(r);
		break;
	case STAGE_MAILBOX_PIN:
		mailbox_pin(r);
		break;
	case STAGE_MAILBOX:
		mailbox(r);
		break;
	}
}
