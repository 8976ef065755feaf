/* What the tests of the fold share: events, and the six of one call. */
#ifndef TESTS_UNIT_FOLD_SETUP_H
#define TESTS_UNIT_FOLD_SETUP_H

#include "fold.h"

#include "buf.h"
#include "json.h"

#include <criterion/criterion.h>

static struct pool *pool;

static void
begin(void)
{
	pool = pool_new();
}

static void
end(void)
{
	pool_free(pool);
}

TestSuite(fold, .init = begin, .fini = end);

static uint64_t
did(void *self, struct str e164)
{
	(void)self;
	return str_is(e164, "+12125550100") ? 5 : 0;
}

static uint64_t
extension(void *self, struct str number)
{
	int64_t n;

	(void)self;
	return str_to_int(number, 1001, 1009, &n) ? (uint64_t)n - 1000 : 0;
}

static const struct fold_facts facts = {
    .country = {"US"}, .did = did, .extension = extension};

#define T0 INT64_C(1768089515000)

struct said {
	const char *kind, *body;
};

static struct call_event
event(struct said said, int64_t received)
{
	return (struct call_event){
	    .kind = str_of(said.kind),
	    .call_key = STR("token"),
	    .hash = pool_printf(pool, "%s\n%s", said.kind, said.body),
	    .received = received,
	    .body = str_of(said.body),
	};
}

/* All that a row has, as one text. */
static struct str
text_of(const struct folded_call *call)
{
	struct buf text = buf_new(pool, 1024);

	buf_printf(&text,
	    "%d %.*s %s from=%.*s %.*s to=%.*s %.*s name=%.*s did=%llu"
	    " from_extension=%llu extension=%llu target=%s %llu %.*s%s%s\n",
	    call->exists, PSTR(call->direction), call_state_name(call->state),
	    PSTR(call->from_raw), PSTR(call->from_number), PSTR(call->to_raw),
	    PSTR(call->to_number), PSTR(call->caller_name),
	    (unsigned long long)call->did,
	    (unsigned long long)call->from_extension,
	    (unsigned long long)call->extension,
	    target_type_name(call->target.type),
	    (unsigned long long)call->target.id, PSTR(call->target.number),
	    call->emergency ? " emergency" : "", call->missed ? " missed" : "");
	buf_printf(&text, "%lld %lld %lld %lld %d %d\n%.*s\n%.*s\n",
	    (long long)call->started, (long long)call->ringing,
	    (long long)call->answered, (long long)call->ended, call->duration,
	    call->billed, PSTR(call->legs), PSTR(call->steps));
	for (size_t i = 0; i < call->cdr_count; i++)
		buf_printf(&text, "cdr %.*s %.*s %lld %d %d %.*s\n",
		    PSTR(call->cdrs[i].key), PSTR(call->cdrs[i].disposition),
		    (long long)call->cdrs[i].started, call->cdrs[i].duration,
		    call->cdrs[i].billed,
		    PSTR(call->cdrs[i].evidence->document));
	for (size_t i = 0; i < call->recording_count; i++)
		buf_printf(&text, "recording %.*s %.*s %d\n",
		    PSTR(call->recordings[i].leg),
		    PSTR(call->recordings[i].url), call->recordings[i].seconds);
	if (call->message != NULL)
		buf_printf(&text, "message %llu %.*s %d\n",
		    (unsigned long long)call->message->mailbox,
		    PSTR(call->message->url), call->message->seconds);
	return buf_str(&text);
}

static struct folded_call
fold_of(const struct said *said, size_t count)
{
	struct fold *fold = fold_new(pool, &facts);
	struct folded_call call;

	for (size_t i = 0; i < count; i++) {
		struct call_event one = event(said[i], T0 + (int64_t)i * 1000);

		fold_add(fold, &one);
	}
	fold_result(fold, &call);
	return call;
}
#define FOLD(...)                                   \
	fold_of((const struct said[]){__VA_ARGS__}, \
	    sizeof((const struct said[]){__VA_ARGS__}) / sizeof(struct said))

#define VOICE                                                                \
	{                                                                    \
		"voice", "{\"at\":1768089515600,\"first\":true,\"from\":"    \
			 "\"2025550199\","                                   \
			 "\"to\":\"12125550100\",\"direction\":\"inbound\"," \
			 "\"did\":5,"                                        \
			 "\"name\":\"Ann\",\"target\":{\"type\":"            \
			 "\"extension\",\"id\":1},"                          \
			 "\"decision\":\"extension\",\"dial\":[\"1001\"],"   \
			 "\"steps\":["                                       \
			 "{\"text\":\"own number "                           \
			 "+12125550100\"},{\"text\":\"ring 1001\","          \
			 "\"type\":\"extension\",\"id\":1}]}"                \
	}
#define INITIATED                                                            \
	{                                                                    \
		"call-initiated",                                            \
		    "{\"Session\":\"token\",\"CallStatus\":\"in-progress\"," \
		    "\"From\":\"2025550199\",\"To\":\"12125550100\","        \
		    "\"Direction\":\"inbound\"}"                             \
	}
#define RINGING                                                          \
	{                                                                \
		"call-status",                                           \
		    "{\"CallSid\":\"token\",\"CallStatus\":\"ringing\"," \
		    "\"Timestamp\":\"Sat, 10 Jan 2026 23:58:36 +0000\"}" \
	}
#define CONNECTED                                                             \
	{                                                                     \
		"session-update",                                             \
		    "{\"id\":1,\"token\":\"token\",\"status\":\"connected\"," \
		    "\"direction\":\"incoming\",\"callerId\":\"2025550199\"," \
		    "\"destination\":\"12125550100\",\"callStartTime\":"      \
		    "1768089515449,"                                          \
		    "\"callAnswerTime\":1768089520000,\"callEndTime\":0,"     \
		    "\"modifiedAt\":\"2026-01-10T23:58:40Z\",\"error\":null}" \
	}
#define COMPLETED                                                          \
	{                                                                  \
		"call-status",                                             \
		    "{\"CallSid\":\"token\",\"CallStatus\":\"completed\"," \
		    "\"CallDuration\":\"31\","                             \
		    "\"Timestamp\":\"Sat, 10 Jan 2026 23:59:11 +0000\"}"   \
	}
#define CDR_OF(disposition)                                                   \
	{                                                                     \
		"cdr",                                                        \
		    "{\"timestamp\":1768089548,\"domain\":null,"              \
		    "\"subscriber\":null,"                                    \
		    "\"cx_trunk_id\":7,\"from\":\"2025550199\",\"to\":"       \
		    "\"12125550100\","                                        \
		    "\"duration\":33,\"billsec\":31,\"disposition\":"         \
		    "\"" disposition "\",\"rated_cost\":0.0125,\"session\":{" \
		    "\"id\":1,\"token\":\"token\","                           \
		    "\"callStartTime\":1768089515449,\"callAnswerTime\":"     \
		    "1768089520000,"                                          \
		    "\"callEndTime\":1768089551000}}"                         \
	}
#define CDR CDR_OF("ANSWER")

enum { SIX = 6, TWELVE = 2 * SIX };
static const struct said six[SIX] = {
    VOICE, INITIATED, RINGING, CONNECTED, COMPLETED, CDR};

/* The next order of numbers 0..n-1; false behind the last. */
static inline bool
next_permutation(int *p, int n)
{
	int i = n - 2, j = n - 1;

	while (i >= 0 && p[i] >= p[i + 1])
		i--;
	if (i < 0)
		return false;
	while (p[j] <= p[i])
		j--;
	for (int kept = p[i];; kept = p[i]) {
		p[i] = p[j];
		p[j] = kept;
		break;
	}
	for (i++, j = n - 1; i < j; i++, j--) {
		int kept = p[i];

		p[i] = p[j];
		p[j] = kept;
	}
	return true;
}

static inline struct str
fold_in_order(const int *order, int count, int each)
{
	struct fold *fold = fold_new(pool, &facts);
	struct folded_call call;

	for (int i = 0; i < count * each; i++) {
		int which = order[i % count];
		struct call_event one =
		    event(six[which], T0 + which * INT64_C(1000));

		fold_add(fold, &one);
	}
	fold_result(fold, &call);
	return text_of(&call);
}

#endif
