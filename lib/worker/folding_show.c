/* A call as Redis holds it and tells it: as GET /calls shows it. */
#include "clock.h"
#include "folding_private.h"
#include "instant.h"
#include "presence.h"

/* As FOLDING_SHOWN has them. */
enum {
	ID,
	KEY,
	DIRECTION,
	STATE,
	FROM,
	TO,
	FROM_NUMBER,
	TO_NUMBER,
	NAME,
	DID,
	DID_NUMBER,
	FROM_EXTENSION,
	EXTENSION,
	TARGET_TYPE,
	TARGET_ID,
	TARGET_NUMBER,
	EMERGENCY,
	MISSED,
	STARTED,
	RINGING,
	ANSWERED,
	ENDED,
	DURATION,
	BILLED,
	VERSION,
	UPDATED,
	LEGS,
};
_Static_assert((int)KEY == (int)FOLDING_SHOWN_KEY, "it is another column");

static void
put_id(struct json_out *out, const char *name, const struct rows *rows,
    size_t row, size_t column)
{
	if (rows_text(rows, row, column).p != NULL)
		json_put_int(out, name, rows_int(rows, row, column));
	else
		json_put_null(out, name);
}

static void
put_text(struct json_out *out, const char *name, struct str text)
{
	if (text.p != NULL)
		json_put_text(out, name, text);
	else
		json_put_null(out, name);
}

static void
put_time(struct json_out *out, const char *name, struct str cell)
{
	char text[CLOCK_TEXT];

	if (cell.p == NULL)
		json_put_null(out, name);
	else
		json_put_text(out, name,
		    (struct str){text, clock_write(instant_of(cell), text)});
}

static void
put_target(struct json_out *out, const struct rows *rows, size_t i)
{
	if (rows_text(rows, i, TARGET_TYPE).n == 0) {
		json_put_null(out, "target");
		return;
	}
	json_open(out, "target", '{');
	json_put_text(out, "type", rows_text(rows, i, TARGET_TYPE));
	if (rows_text(rows, i, TARGET_ID).p != NULL)
		put_id(out, "id", rows, i, TARGET_ID);
	if (rows_text(rows, i, TARGET_NUMBER).p != NULL)
		json_put_text(out, "number", rows_text(rows, i, TARGET_NUMBER));
	json_close(out, '}');
}

/* For presence: whom it rings, and who talks in it; whose it ever was. */
static void
put_sides(struct json_out *out, const struct rows *rows, size_t i)
{
	struct presence_sides sides = {0};
	const struct json *legs = NULL;

	if (json_parse(out->buf->pool, rows_text(rows, i, LEGS), &legs) == NULL)
		presence_of_call(call_state_parse(rows_text(rows, i, STATE)),
		    (uint64_t)rows_int(rows, i, FROM_EXTENSION),
		    (uint64_t)rows_int(rows, i, EXTENSION), legs, &sides);
	presence_put(out, &sides);
	json_open(out, "extensions", '[');
	for (size_t k = 0; k < json_count(legs); k++) {
		int64_t id =
		    json_int(json_get(json_at(legs, k), "extension_id"));

		if (id != 0)
			json_put_int(out, NULL, id);
	}
	json_close(out, ']');
}

/* A call as GET /calls shows it; in front what the feed says it is. */
static struct str
describe(struct pool *pool, const struct rows *rows, size_t i)
{
	static const struct {
		const char *name;
		size_t column;
	} texts[] = {{"call_key", KEY}, {"direction", DIRECTION},
	    {"state", STATE}, {"from", FROM}, {"to", TO},
	    {"from_number", FROM_NUMBER}, {"to_number", TO_NUMBER},
	    {"caller_name", NAME}},
	  times[] = {{"started_at", STARTED}, {"ringing_at", RINGING},
	      {"answered_at", ANSWERED}, {"ended_at", ENDED},
	      {"updated_at", UPDATED}};
	struct buf text = buf_new(pool, 768);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	json_put_text(&out, "type", STR("call"));
	put_id(&out, "id", rows, i, ID);
	for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
		put_text(
		    &out, texts[k].name, rows_text(rows, i, texts[k].column));
	json_open(&out, "did", '{');
	put_id(&out, "id", rows, i, DID);
	put_text(&out, "number", rows_text(rows, i, DID_NUMBER));
	json_close(&out, '}');
	put_id(&out, "from_extension_id", rows, i, FROM_EXTENSION);
	put_id(&out, "extension_id", rows, i, EXTENSION);
	put_target(&out, rows, i);
	json_put_bool(&out, "emergency", rows_int(rows, i, EMERGENCY) != 0);
	json_put_bool(&out, "missed", rows_int(rows, i, MISSED) != 0);
	for (size_t k = 0; k < sizeof times / sizeof *times; k++)
		put_time(
		    &out, times[k].name, rows_text(rows, i, times[k].column));
	put_id(&out, "duration", rows, i, DURATION);
	put_id(&out, "billed", rows, i, BILLED);
	put_sides(&out, rows, i);
	json_close(&out, '}');
	return buf_str(&text);
}

static bool
lives(const struct rows *rows, size_t i, int64_t now)
{
	enum call_state state = call_state_parse(rows_text(rows, i, STATE));

	return !call_state_is_end(state) &&
	       now - instant_of(rows_text(rows, i, STARTED)) <
		   (int64_t)FOLD_LIVE_SECONDS * 1000;
}

void
folding_telling(struct pool *pool, const struct rows *rows, size_t i,
    struct telling *telling)
{
	*telling = (struct telling){
	    .key = rows_text(rows, i, KEY),
	    .version = rows_text(rows, i, VERSION),
	    .text = describe(pool, rows, i),
	    .lives = lives(rows, i, clock_now()),
	};
}
