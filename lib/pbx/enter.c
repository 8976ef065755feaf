#include "router.h"

static struct str
node_name(struct router *r, struct node node)
{
	return pool_printf(r->pool, "%s %llu", target_type_name(node.type),
	    (unsigned long long)node.id);
}

void
digit_pressed(struct router *r)
{
	r->cursor->trail_count = 0;
	r->cursor->mailbox = 0;
	r->cursor->forwarder = 0;
	r->decided = 0;
}

/* Why entering this node would be a loop; NULL when it would not. */
static const char *
loop_of(const struct router *r, struct node node)
{
	const struct cursor *cursor = r->cursor;

	for (size_t i = 0; i < cursor->trail_count; i++) {
		if (cursor->trail[i].type != node.type ||
		    cursor->trail[i].id != node.id)
			continue;
		if (i >= r->decided || node.type == TARGET_RING_GROUP ||
		    node.type == TARGET_BUSINESS_HOURS)
			return "entered again";
	}
	if (cursor->trail_count == TRAIL)
		return "the 17th target without a digit";
	if (cursor->entered >= ENTERED)
		return "the 65th target of the call";
	return NULL;
}

/*
 * Counts a target and leaves it on the trail, with nothing walked in it yet;
 * false when it is a loop.
 */
static bool
arrive(struct router *r, enum target_type type, uint64_t id)
{
	struct node node = {type, id};
	const char *loop = loop_of(r, node);

	if (loop != NULL) {
		r->decision->loop = pool_printf(
		    r->pool, "%.*s: %s", PSTR(node_name(r, node)), loop);
		note(r, node, "a loop: %s", loop);
		routed(r, "loop", node_name(r, node));
		say_and_hang_up(
		    r, STR("This call cannot be completed. Goodbye."));
		return false;
	}
	r->cursor->trail[r->cursor->trail_count++] = node;
	r->cursor->entered++;
	r->cursor->position = 0;
	r->cursor->start = 0;
	r->cursor->external = NO_STR;
	return true;
}

/* A mailbox takes a message; the caller has heard nothing of it yet. */
static void
record_message(struct router *r, const struct extension *extension)
{
	struct verb *record;

	note(r, (struct node){TARGET_VOICEMAIL, extension->id},
	    "mailbox of %.*s", PSTR(extension->number));
	routed(r, "voicemail", extension->number);
	play_prompt(r, &extension->greeting,
	    STR("Please leave a message after the tone."));
	record = verb(r, VERB_RECORD);
	record->back = true;
	record->max_length = 180;
	hang_up(r);
	come_back(r, STAGE_RECORDED, extension->id);
}

void
unanswered(struct router *r)
{
	const struct extension *mailbox =
	    r->cursor->mailbox != 0
		? r->look->extension(r->look->self, r->cursor->mailbox)
		: NULL;

	if (mailbox != NULL && mailbox->active && mailbox->voicemail) {
		record_message(r, mailbox);
		return;
	}
	note(r, NOWHERE, "nobody is left to take the call");
	if (str_is(str_of(r->decision->type), "none"))
		routed(r, "unanswered", r->call->to);
	say_and_hang_up(
	    r, STR("The person you are calling is not available. Goodbye."));
}

void
enter_voicemail(struct router *r, uint64_t id)
{
	const struct extension *extension;

	if (!arrive(r, TARGET_VOICEMAIL, id))
		return;
	extension = r->look->extension(r->look->self, id);
	if (extension != NULL && extension->active && extension->voicemail) {
		record_message(r, extension);
	} else {
		note(r, (struct node){TARGET_VOICEMAIL, id},
		    "there is no such mailbox");
		unanswered(r);
	}
}

void
enter_did(struct router *r, const struct did *did)
{
	if (!arrive(r, TARGET_EXTERNAL, did->id))
		return;
	note(r, (struct node){TARGET_EXTERNAL, did->id}, "own number %.*s",
	    PSTR(did->number));
	r->cursor->did = did->number;
	if (target_lives(r, &did->target)) {
		enter(r, &did->target);
	} else {
		note(r, NOWHERE, "what %.*s led to is gone", PSTR(did->number));
		default_target(r);
	}
}

static void
enter_user(struct router *r, const struct extension *extension)
{
	struct node node = {TARGET_EXTENSION, extension->id};
	struct str *number;
	struct dial *ring;

	if (extension->always.type != TARGET_NONE) {
		note(r, node, "%.*s forwards all calls",
		    PSTR(extension->number));
		r->cursor->forwarder = extension->id;
		enter(r, &extension->always);
		return;
	}
	if (extension->do_not_disturb) {
		note(r, node, "%.*s does not want to be disturbed",
		    PSTR(extension->number));
		if (extension->busy.type == TARGET_NONE) {
			unanswered(r);
			return;
		}
		r->cursor->forwarder = extension->id;
		enter(r, &extension->busy);
		return;
	}
	note(r, node, "ring %.*s", PSTR(extension->number));
	routed(r, "extension", extension->number);
	ring = dial(r, true);
	number = NEW(r->pool, struct str);
	*number = extension->number;
	ring->numbers = number;
	ring->number_count = 1;
	ring->timeout = extension->ring_timeout != 0 ? extension->ring_timeout
						     : r->org->ring_timeout;
	come_back(r, STAGE_EXTENSION, extension->id);
}

static void
enter_assistant(struct router *r, const struct extension *extension)
{
	struct assistant *assistant = NEW(r->pool, struct assistant);

	note(r, (struct node){TARGET_EXTENSION, extension->id},
	    "%.*s is an assistant", PSTR(extension->number));
	routed(r, "ai_assistant", extension->number);
	assistant->provider = extension->provider;
	assistant->address = extension->service_number;
	if (extension->service_url.n > 0) {
		assistant->address = extension->service_url;
		assistant->token = extension->service_token;
		assistant->params = extension->params;
		assistant->param_count = extension->param_count;
	}
	dial(r, true)->assistant = assistant;
	come_back(r, STAGE_SERVICE, extension->id);
}

void
enter_extension(struct router *r, const struct extension *extension)
{
	struct node node = {TARGET_EXTENSION, extension->id};
	struct verb *redirect;

	if (!arrive(r, node.type, node.id))
		return;
	if (!extension->active) {
		note(r, node, "%.*s is inactive", PSTR(extension->number));
		unanswered(r);
		return;
	}
	if (r->cursor->mailbox == 0 &&
	    (extension->type == EXTENSION_USER ||
		extension->type == EXTENSION_FORWARD))
		r->cursor->mailbox = extension->id;
	switch (extension->type) {
	case EXTENSION_USER:
		enter_user(r, extension);
		break;
	case EXTENSION_FORWARD:
		r->cursor->forwarder = extension->id;
		__attribute__((fallthrough));
	case EXTENSION_CONFERENCE:
	case EXTENSION_RING_GROUP:
	case EXTENSION_IVR:
		note(r, node, "%.*s leads on", PSTR(extension->number));
		enter(r, &extension->target);
		break;
	case EXTENSION_AI_ASSISTANT:
		enter_assistant(r, extension);
		break;
	case EXTENSION_CUSTOM_LOGIC:
		note(r, node, "%.*s is answered by another application",
		    PSTR(extension->number));
		routed(r, "custom_logic", extension->number);
		redirect = verb(r, VERB_REDIRECT);
		redirect->text = extension->logic_url;
		break;
	}
}

static void
enter_group(struct router *r, const struct ring_group *group)
{
	struct node node = {TARGET_RING_GROUP, group->id};

	if (!group->active || hunt_accepting(group) == 0) {
		note(r, node,
		    group->active ? "no member of \"%.*s\" takes calls"
				  : "\"%.*s\" is inactive",
		    PSTR(group->name));
		if (group->fallback.type == TARGET_NONE)
			unanswered(r);
		else
			enter(r, &group->fallback);
		return;
	}
	if (group->strategy == STRATEGY_ROUND_ROBIN)
		r->cursor->start = hunt_start(
		    group, r->look->group_calls(r->look->self, group->id));
	ring_members(r, group);
}

static void
enter_hours(struct router *r, const struct business_hours *hours)
{
	struct node node = {TARGET_BUSINESS_HOURS, hours->id};
	const struct zone *zone = r->look->zone(r->look->self, hours->timezone);
	const struct target *target = &hours->closed;
	struct hours_answer answer;
	const char *why = "closed";

	if (zone == NULL) {
		note(r, node, "there is no time zone \"%.*s\"",
		    PSTR(hours->timezone));
		answer.state = HOURS_CLOSED;
	} else {
		answer = hours_at(hours, zone, r->call->now);
		if (answer.state == HOURS_OPEN) {
			target = &hours->open;
			why = "open";
		} else if (answer.state == HOURS_EXCEPTION) {
			why = "closed by an exception";
			if (hours->exception.type != TARGET_NONE)
				target = &hours->exception;
		}
		note(r, node, "\"%.*s\" is %s at %02d:%02d on %04d-%02d-%02d%s",
		    PSTR(hours->name), why, answer.local.hour,
		    answer.local.minute, answer.local.year, answer.local.month,
		    answer.local.day, answer.overridden ? " (overridden)" : "");
	}
	enter(r, target);
}

/* The object is not there: its deletion is refused while in use, so rare. */
static void
gone(struct router *r, const struct target *target)
{
	note(r, (struct node){target->type, target->id}, "is gone");
	unanswered(r);
}

#define ENTER(kind, then)                                     \
	do {                                                  \
		const struct kind *object_ =                  \
		    r->look->kind(r->look->self, target->id); \
		if (object_ == NULL)                          \
			gone(r, target);                      \
		else if (arrive(r, target->type, target->id)) \
			then(r, object_);                     \
	} while (0)

void
enter(struct router *r, const struct target *target)
{
	const struct extension *extension;

	switch (target->type) {
	case TARGET_NONE:
		unanswered(r);
		break;
	case TARGET_EXTENSION:
		extension = r->look->extension(r->look->self, target->id);
		if (extension == NULL)
			gone(r, target);
		else
			enter_extension(r, extension);
		break;
	case TARGET_RING_GROUP:
		ENTER(ring_group, enter_group);
		break;
	case TARGET_IVR_MENU:
		ENTER(ivr_menu, enter_menu);
		break;
	case TARGET_BUSINESS_HOURS:
		ENTER(business_hours, enter_hours);
		break;
	case TARGET_CONFERENCE_ROOM:
		ENTER(conference_room, enter_room);
		break;
	case TARGET_VOICEMAIL:
		enter_voicemail(r, target->id);
		break;
	case TARGET_EXTERNAL:
		enter_external(r, target->number);
		break;
	case TARGET_HANGUP:
		note(r, NOWHERE, "hang up");
		routed(r, "hangup", NO_STR);
		hang_up(r);
		break;
	}
}
