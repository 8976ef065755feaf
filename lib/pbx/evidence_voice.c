#include "evidence_read.h"
#include "scan.h"

enum { NUMBER_MOST = 64, NAME_MOST = 255, TYPE_MOST = 32 };

struct reading {
	struct evidence *out;
	struct voice_evidence *voice;
};

static uint64_t
id_of(struct str text)
{
	int64_t id;

	return str_to_int(text, 1, INT64_MAX, &id) ? (uint64_t)id : 0;
}

/* The index behind "dial." or "steps."; false when it is too large. */
static bool
index_of(struct str *rest, size_t most, size_t *index)
{
	struct str digits;
	int64_t i;

	if (!str_next(rest, '.', &digits) ||
	    !str_to_int(digits, 0, (int64_t)most - 1, &i))
		return false;
	*index = (size_t)i;
	return true;
}

static void
found_dialled(struct voice_evidence *voice, struct str rest, struct str value)
{
	size_t i;

	/* In their order, so without gaps. */
	if (index_of(&rest, DIALLED_MOST, &i) && i == voice->dialled_count)
		voice->dialled[voice->dialled_count++] =
		    str_head(value, NUMBER_MOST);
}

static void
found_step(struct voice_evidence *voice, struct str rest, struct str value)
{
	struct voice_step *step;
	size_t i;

	if (!index_of(&rest, STEPS_MOST, &i) || i > voice->step_count)
		return;
	if (i == voice->step_count)
		voice->step_count++;
	step = &voice->steps[i];
	if (str_is(rest, "text"))
		step->text = value;
	else if (str_is(rest, "type"))
		step->type = str_head(value, TYPE_MOST);
	else if (str_is(rest, "id"))
		step->id = id_of(value);
}

static void
found_target(struct voice_evidence *voice, struct str name, struct str value)
{
	if (str_is(name, "type") &&
	    !target_type_parse(value, &voice->target.type))
		voice->target.type = TARGET_NONE;
	else if (str_is(name, "id"))
		voice->target.id = id_of(value);
	else if (str_is(name, "number"))
		voice->target.number = str_head(value, NAME_MOST);
}

static bool
found_party(struct evidence *out, struct str path, struct str value)
{
	if (str_is(path, "at"))
		out->at = evidence_time(value);
	else if (str_is(path, "from"))
		out->from = str_head(value, NAME_MOST);
	else if (str_is(path, "to"))
		out->to = str_head(value, NAME_MOST);
	else if (str_is(path, "name"))
		out->name = str_head(value, NAME_MOST);
	else if (str_is(path, "direction"))
		out->direction = value;
	else if (str_is(path, "recording"))
		out->recording = value;
	else if (str_is(path, "seconds"))
		out->seconds = evidence_seconds(value);
	else
		return false;
	return true;
}

static void
found_decision(struct voice_evidence *voice, struct str path, struct str value)
{
	if (str_is(path, "first"))
		voice->first = str_is(value, "true");
	else if (str_is(path, "did"))
		voice->did = id_of(value);
	else if (str_is(path, "extension"))
		voice->caller = id_of(value);
	else if (str_is(path, "decision"))
		voice->decision = str_head(value, TYPE_MOST);
	else if (str_is(path, "outside"))
		voice->outside = str_is(value, "true");
	else if (str_is(path, "mailbox"))
		voice->mailbox = id_of(value);
	else if (str_is(path, "outcome"))
		voice->outcome = call_state_parse(value);
	else if (str_is(path, "ends"))
		voice->ends = call_state_parse(value);
	else if (str_is(path, "emergency"))
		voice->emergency = str_is(value, "true");
	else if (str_is(path, "unaudited"))
		voice->unaudited = str_is(value, "true");
	else if (str_is(path, "missed"))
		voice->missed = str_is(value, "true");
}

static void
found(void *context, struct str path, struct str value)
{
	const struct reading *reading = context;
	struct str rest = path, first;

	if (value.p == NULL)
		return;
	if (found_party(reading->out, path, value))
		return;
	str_next(&rest, '.', &first);
	if (rest.p == NULL)
		found_decision(reading->voice, path, value);
	else if (str_is(first, "dial"))
		found_dialled(reading->voice, rest, value);
	else if (str_is(first, "steps"))
		found_step(reading->voice, rest, value);
	else if (str_is(first, "target"))
		found_target(reading->voice, rest, value);
}

/* A target that SQL would refuse is none. */
static void
check_target(struct target *target)
{
	bool whole = true;

	switch (target->type) {
	case TARGET_NONE:
	case TARGET_HANGUP:
		target->id = 0;
		target->number = NO_STR;
		break;
	case TARGET_EXTERNAL:
		whole = target->number.n > 0;
		target->id = 0;
		break;
	case TARGET_EXTENSION:
	case TARGET_RING_GROUP:
	case TARGET_IVR_MENU:
	case TARGET_BUSINESS_HOURS:
	case TARGET_CONFERENCE_ROOM:
	case TARGET_VOICEMAIL:
		whole = target->id != 0;
		target->number = NO_STR;
		break;
	}
	if (!whole)
		*target = (struct target){.type = TARGET_NONE};
}

bool
evidence_voice(struct pool *pool, struct str body, struct evidence *out)
{
	struct voice_evidence *voice = NEW(pool, struct voice_evidence);
	struct reading reading = {out, voice};

	if (scan_object(pool, body, found, &reading) != NULL)
		return false;
	check_target(&voice->target);
	/* completed, of a Dial, is answered and over. */
	if (voice->outcome == CALL_COMPLETED)
		voice->outcome = CALL_ANSWERED;
	if (!call_state_is_end(voice->ends))
		voice->ends = CALL_UNKNOWN;
	if (!str_is(out->direction, "inbound") &&
	    !str_is(out->direction, "outbound") &&
	    !str_is(out->direction, "internal"))
		out->direction = NO_STR;
	out->message = out->recording.n > 0;
	out->state = CALL_INITIATED;
	if (voice->first)
		out->start = out->at;
	out->voice = voice;
	return true;
}
