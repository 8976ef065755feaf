#include "presence.h"

const char *const presence_names[] = {[PRESENCE_NONE] = "none",
    [PRESENCE_IDLE] = "idle",
    [PRESENCE_RINGING] = "ringing",
    [PRESENCE_TALKING] = "talking",
    [PRESENCE_DO_NOT_DISTURB] = "do_not_disturb",
    NULL};

static void
add(uint64_t *ids, size_t *count, uint64_t id)
{
	if (id == 0)
		return;
	for (size_t i = 0; i < *count; i++)
		if (ids[i] == id)
			return;
	if (*count < PRESENCE_SIDES)
		ids[(*count)++] = id;
}

/* Did it have its turn, so that the call went on without it? */
static bool
is_past(const struct json *legs, uint64_t extension)
{
	bool past = false;

	for (size_t i = 0; i < json_count(legs); i++) {
		const struct json *leg = json_at(legs, i);
		struct str said = json_text(json_get(leg, "state"));

		if ((uint64_t)json_int(json_get(leg, "extension_id")) ==
		    extension)
			past = call_state_is_end(call_state_parse(said));
	}
	return past;
}

/*
 * Who calls is on the telephone from the beginning.  Of several that rang and
 * of which nobody said yet who answered, the call's own extension is it.
 */
void
presence_of_call(enum call_state state, uint64_t from_extension,
    uint64_t extension, const struct json *legs, struct presence_sides *out)
{
	bool rings = false;

	*out = (struct presence_sides){0};
	if (call_state_is_end(state))
		return;
	add(out->talking, &out->talking_count, from_extension);
	for (size_t i = 0; i < json_count(legs); i++) {
		const struct json *leg = json_at(legs, i);
		struct str said = json_text(json_get(leg, "state"));
		uint64_t id = (uint64_t)json_int(json_get(leg, "extension_id"));

		if (str_is(said, "answered"))
			add(out->talking, &out->talking_count, id);
		else if (str_is(said, "ringing") && state != CALL_ANSWERED) {
			add(out->ringing, &out->ringing_count, id);
			rings = true;
		}
	}
	if (state == CALL_ANSWERED && !is_past(legs, extension))
		add(out->talking, &out->talking_count, extension);
	else if (state == CALL_RINGING && !rings)
		add(out->ringing, &out->ringing_count, extension);
}

static void
put_ids(struct json_out *out, const char *name, const uint64_t *ids, size_t n)
{
	json_open(out, name, '[');
	for (size_t i = 0; i < n; i++)
		json_put_int(out, NULL, (int64_t)ids[i]);
	json_close(out, ']');
}

void
presence_put(struct json_out *out, const struct presence_sides *sides)
{
	put_ids(out, "ringing", sides->ringing, sides->ringing_count);
	put_ids(out, "talking", sides->talking, sides->talking_count);
}
