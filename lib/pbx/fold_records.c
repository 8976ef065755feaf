#include "clock.h"
#include "crypto.h"
#include "fold_private.h"
#include "json.h"

enum {
	RECORD_KEY = 128, /* bytes */
	STEPS_ROOM = 8192,
};

/* -- Records of the carrier ------------------------------------------------ */

static struct str
record_key(const struct fold *fold, const struct evidence *e)
{
	unsigned char hash[CRYPTO_HASH];

	if (e->record.n > 0 && e->record.n <= RECORD_KEY)
		return e->record;
	crypto_sha256(e->document, hash);
	return crypto_hex(fold->pool, hash, sizeof hash);
}

static void
add_cdr(
    const struct fold *fold, const struct evidence *e, struct folded_call *out)
{
	struct folded_cdr *cdr = &out->cdrs[out->cdr_count];
	struct str key = record_key(fold, e);

	for (size_t i = 0; i < out->cdr_count; i++)
		if (str_equal(out->cdrs[i].key, key))
			return;
	out->cdr_count++;
	*cdr = (struct folded_cdr){
	    .key = key,
	    .disposition =
		str_of(e->state == CALL_COMPLETED ? "answered"
						  : call_state_name(e->state)),
	    .from_number = fold_number(fold, e->from),
	    .to_number = fold_number(fold, e->to),
	    .started = e->start != 0         ? e->start
		       : e->maybe_start != 0 ? e->maybe_start
					     : e->at,
	    .answered = e->answer,
	    .ended = e->end != 0 ? e->end : e->maybe_end,
	    .duration = e->duration,
	    .billed = e->billed,
	    .evidence = e,
	};
	if (cdr->duration < 0 && cdr->ended > cdr->started)
		cdr->duration = (int)((cdr->ended - cdr->started) / 1000);
	if (cdr->duration < 0)
		cdr->duration = 0;
	if (cdr->billed < 0)
		cdr->billed = cdr->answered != 0 && cdr->ended > cdr->answered
				  ? (int)((cdr->ended - cdr->answered) / 1000)
				  : 0;
}

/* -- Recordings and messages ----------------------------------------------- */

/* The address without what may be signed anew each time. */
static struct str
file_of(struct str url)
{
	ptrdiff_t end = str_find(url, '#');

	if (end >= 0)
		url = str_cut(url, 0, (size_t)end);
	end = str_find(url, '?');
	return end >= 0 ? str_cut(url, 0, (size_t)end) : url;
}

bool
fold_same_file(struct str a, struct str b)
{
	return str_equal(file_of(a), file_of(b));
}

/* What the documents of the call had recorded. */
struct recorded {
	uint64_t mailbox; /* the first that was to take a message */
	bool talked;      /* somebody took the call, and may be recorded */
};

static bool
is_message(const struct fold *fold, const struct evidence *e,
    const struct recorded *recorded)
{
	if (e->message || (recorded->mailbox != 0 && !recorded->talked))
		return true;
	for (const struct evidence *other = NULL;
	     (other = fold_next(fold, other)) != NULL;)
		if (other->message &&
		    str_equal(file_of(other->recording), file_of(e->recording)))
			return true;
	return false;
}

/* The carrier's own word on a message counts more than an action's. */
static void
add_message(const struct fold *fold, const struct evidence *e, uint64_t mailbox,
    struct folded_call *out)
{
	struct folded_recording *message = out->message;

	if (e->mailbox != 0)
		mailbox = e->mailbox;
	if (mailbox == 0)
		return;
	if (message != NULL) {
		if (message->seconds < 0)
			message->seconds = e->seconds;
		return;
	}
	out->message = message = NEW(fold->pool, struct folded_recording);
	*message = (struct folded_recording){
	    .leg = STR(""),
	    .url = e->recording,
	    .seconds = e->seconds,
	    .at = e->at,
	    .mailbox = mailbox,
	};
}

static void
add_recording(
    const struct fold *fold, const struct evidence *e, struct folded_call *out)
{
	struct str file = file_of(e->recording);
	struct folded_recording *recording;

	for (size_t i = 0; i < out->recording_count; i++) {
		recording = &out->recordings[i];
		if (!fold_same_file(recording->url, file))
			continue;
		if (recording->seconds < 0)
			recording->seconds = e->seconds;
		return;
	}
	out->recordings[out->recording_count++] = (struct folded_recording){
	    .leg = pool_printf(
		fold->pool, "%016llx", (unsigned long long)str_hash(file)),
	    .url = e->recording,
	    .seconds = e->seconds,
	    .at = e->at,
	};
}

static void
find_recordings(const struct fold *fold, struct folded_call *out)
{
	struct recorded recorded = {0};

	for (const struct evidence *e = NULL;
	     (e = fold_next(fold, e)) != NULL;) {
		if (e->voice == NULL)
			continue;
		if (recorded.mailbox == 0)
			recorded.mailbox = e->voice->mailbox;
		if (e->voice->outcome == CALL_ANSWERED)
			recorded.talked = true;
	}
	/* Those of the carrier first: what `voice` was told may come early. */
	for (int ours = 0; ours < 2; ours++)
		for (const struct evidence *e = NULL;
		     (e = fold_next(fold, e)) != NULL;) {
			if (e->recording.n == 0 ||
			    (e->voice != NULL) != (ours == 1))
				continue;
			if (is_message(fold, e, &recorded))
				add_message(fold, e, recorded.mailbox, out);
			else
				add_recording(fold, e, out);
		}
}

void
fold_records(const struct fold *fold, struct folded_call *out)
{
	out->cdrs = NEW_ARRAY(fold->pool, struct folded_cdr, fold->count + 1);
	out->recordings =
	    NEW_ARRAY(fold->pool, struct folded_recording, fold->count + 1);
	for (const struct evidence *e = NULL; (e = fold_next(fold, e)) != NULL;)
		if (e->kind == EVIDENCE_CDR)
			add_cdr(fold, e, out);
	find_recordings(fold, out);
}

/* -- Why it went so -------------------------------------------------------- */

static struct str
write_step(const struct fold *fold, const struct evidence *e,
    const struct voice_step *step)
{
	struct buf text = buf_new(fold->pool, 160);
	struct json_out out = {&text, false};
	char time[CLOCK_TEXT];

	json_open(&out, NULL, '{');
	json_put_text(&out, "at", (struct str){time, clock_write(e->at, time)});
	json_put_text(&out, "text", step->text);
	if (step->type.n > 0)
		json_put_text(&out, "type", step->type);
	if (step->id != 0)
		json_put_int(&out, "id", (int64_t)step->id);
	json_close(&out, '}');
	return buf_str(&text);
}

void
fold_steps(const struct fold *fold, struct folded_call *out)
{
	struct buf text = buf_new(fold->pool, 512);
	bool full = false;

	buf_add_char(&text, '[');
	for (const struct evidence *e = NULL; (e = fold_next(fold, e)) != NULL;)
		for (size_t i = 0;
		     e->voice != NULL && !full && i < e->voice->step_count;
		     i++) {
			struct str step =
			    write_step(fold, e, &e->voice->steps[i]);

			full = text.n + step.n + 2 > STEPS_ROOM;
			if (full)
				break;
			if (text.n > 1)
				buf_add_char(&text, ',');
			buf_add(&text, step);
		}
	buf_add_char(&text, ']');
	out->steps = buf_str(&text);
}
