#include "trial_private.h"

#include "clock.h"
#include "crypto.h"
#include "json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { SECOND = 1000, PATIENCE = 60 };

struct str
trial_word(struct str list, size_t number)
{
	struct str word = NO_STR;

	for (size_t i = 0; i <= number; i++)
		if (list.n == 0 || !str_next(&list, ',', &word))
			return NO_STR;
	return str_trim(word);
}

void
trial_say(struct trial *trial, const char *format, ...)
{
	struct trial_work *work = trial->work;
	char text[512];
	va_list args;
	int n;

	if (work->step_count == TRIAL_STEPS)
		return;
	va_start(args, format);
	n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	assert(n >= 0);
	work->steps[work->step_count++] = pool_copy(work->pool, str_of(text));
}

bool
trial_step(struct trial *trial, struct str *text)
{
	struct trial_work *work = trial->work;

	if (work->shown == work->step_count)
		return false;
	*text = work->steps[work->shown++];
	return true;
}

struct trial *
trial_new(struct pool *pool, const struct trial_plan *plan)
{
	struct trial *trial = NEW(pool, struct trial);
	struct trial_work *work = trial->work = NEW(pool, struct trial_work);

	work->pool = pool;
	work->plan = *plan;
	if (work->plan.repeat < 1)
		work->plan.repeat = 1;
	if (work->plan.patience < 1)
		work->plan.patience = PATIENCE;
	work->chance = plan->shuffle;
	work->ask.url =
	    pool_printf(pool, "%.*s/cgi-bin/voice", PSTR(plan->base));
	trial_tell_begin(trial);
	return trial;
}

/* -- Asking `voice` ------------------------------------------------------- */

static struct str
json_of(struct pool *pool, const struct trial_plan *plan,
    const struct trial_ask *ask)
{
	struct buf text = buf_new(pool, 1024);
	struct json_out out = {&text, false};
	struct str status = str_is(ask->name, "DialCallStatus")
				? ask->value
				: STR("in-progress");

	json_open(&out, NULL, '{');
	json_put_text(&out, "CallSid", plan->session);
	json_put_text(&out, "Session", plan->session);
	json_put_text(&out, "Domain", plan->domain);
	json_put_text(&out, "AccountSid", plan->domain);
	json_put_text(&out, "ApiVersion", STR("1"));
	json_put_text(&out, "From", plan->from);
	json_put_text(&out, "To", plan->to);
	json_put_text(&out, "Direction", plan->direction);
	if (plan->caller_name.n > 0)
		json_put_text(&out, "CallerName", plan->caller_name);
	json_put_text(&out, "CallStatus", status);
	if (ask->name.n > 0)
		json_put_text(&out, ask->name.p, ask->value);
	if (ask->also.n > 0)
		json_put_text(&out, ask->also.p, ask->with);
	json_open(&out, "SessionData", '{');
	json_put_text(&out, "token", plan->session);
	json_put_text(&out, "callerId", plan->from);
	json_put_text(&out, "destination", plan->to);
	json_put_int(&out, "callStartTime", plan->began);
	json_put_text(&out, "status", STR("NEW"));
	json_put_text(&out, "domainNameOrId", plan->domain);
	json_close(&out, '}');
	json_close(&out, '}');
	return buf_str(&text);
}

static void
add_param(struct buf *out, const char *name, struct str value)
{
	if (out->n > 0)
		buf_add_char(out, '&');
	buf_add_text(out, name);
	buf_add_char(out, '=');
	buf_add_url(out, value);
}

static struct str
form_of(struct pool *pool, const struct trial_plan *plan,
    const struct trial_ask *ask)
{
	struct buf out = buf_new(pool, 512);

	add_param(&out, "CallSid", plan->session);
	add_param(&out, "Session", plan->session);
	add_param(&out, "Domain", plan->domain);
	add_param(&out, "From", plan->from);
	add_param(&out, "To", plan->to);
	add_param(&out, "Direction", plan->direction);
	if (plan->caller_name.n > 0)
		add_param(&out, "CallerName", plan->caller_name);
	add_param(&out, "CallStatus", STR("in-progress"));
	if (ask->name.n > 0)
		add_param(&out, ask->name.p, ask->value);
	if (ask->also.n > 0)
		add_param(&out, ask->also.p, ask->with);
	return buf_str(&out);
}

static void
ask_voice(struct trial *trial, int64_t now, struct trial_request *request)
{
	struct trial_work *work = trial->work;
	const struct trial_plan *plan = &work->plan;
	const struct trial_ask *ask = &work->ask;
	struct trial_leg *leg = &trial->legs[trial->leg_count++];

	work->asked = NULL;
	leg->asked = request->due = ask->due > now ? ask->due : now;
	leg->sent = ask->name.n > 0 ? pool_printf(work->pool, "%.*s=%.*s",
					  PSTR(ask->name), PSTR(ask->value))
				    : NO_STR;
	request->url = ask->url;
	if (ask->get) {
		request->url = pool_printf(work->pool, "%.*s%c%.*s",
		    PSTR(ask->url), str_find(ask->url, '?') < 0 ? '?' : '&',
		    PSTR(form_of(work->pool, plan, ask)));
		return;
	}
	request->type = plan->form ? STR("application/x-www-form-urlencoded")
				   : STR("application/json");
	request->body = plan->form ? form_of(work->pool, plan, ask)
				   : json_of(work->pool, plan, ask);
}

/* -- Telling `webhook` ---------------------------------------------------- */

static void
sign(const struct trial_work *work, int64_t now, struct trial_request *request)
{
	struct pool *pool = work->pool;
	unsigned char mac[CRYPTO_MAC];

	if (work->plan.secret.n == 0)
		return;
	request->timestamp = pool_printf(pool, "%lld", (long long)now / SECOND);
	crypto_hmac_text(work->plan.secret,
	    pool_printf(pool, "%.*s.%.*s", PSTR(request->timestamp),
		PSTR(request->body)),
	    mac);
	request->signature = crypto_hex(pool, mac, sizeof mac);
}

/* The place in the queue of what is due first; the queue is not empty. */
static size_t
first_due(const struct trial_work *work)
{
	size_t first = 0;

	for (size_t i = 1; i < work->queued; i++)
		if (work->queue[i].due < work->queue[first].due)
			first = i;
	return first;
}

static void
tell_webhook(struct trial *trial, size_t place, struct trial_request *request)
{
	struct trial_work *work = trial->work;
	struct trial_event *event = work->queue[place].event;

	work->asked = request->event = event;
	request->due = work->queue[place].due;
	request->url = pool_printf(work->pool, "%.*s/cgi-bin/webhook/%.*s",
	    PSTR(work->plan.base), PSTR(event->kind));
	request->type = STR("application/json");
	request->body = event->body;
	event->sent++;
	/* The others keep their order. */
	work->queued--;
	memmove(&work->queue[place], &work->queue[place + 1],
	    (work->queued - place) * sizeof *work->queue);
}

bool
trial_next(struct trial *trial, int64_t now, struct trial_request *request)
{
	struct trial_work *work = trial->work;
	bool asking = work->ask.url.n > 0;
	bool held = asking && work->plan.shuffle != 0;
	size_t place = work->queued > 0 ? first_due(work) : 0;

	*request = (struct trial_request){.due = now};
	request->authorization =
	    pool_printf(work->pool, "Bearer %.*s", PSTR(work->plan.key));
	/* Who calls waits for no event that was put off. */
	if (work->queued > 0 && !held &&
	    (!asking || work->queue[place].due <= now))
		tell_webhook(trial, place, request);
	else if (asking)
		ask_voice(trial, now, request);
	else
		return false;
	if (request->event != NULL)
		sign(work, request->due > now ? request->due : now, request);
	return true;
}

/* -- What was answered ---------------------------------------------------- */

static bool
comes_again(int status)
{
	return status == 0 || status == 429 || status >= 500;
}

static void
event_told(struct trial *trial, int64_t now, int status, int retry_after)
{
	struct trial_work *work = trial->work;
	struct trial_event *event = work->asked;
	int wait = retry_after > 0 ? retry_after : 1;

	event->status = status;
	if (status >= 200 && status < 300)
		event->taken++;
	trial_say(trial, "told %.*s: %d", PSTR(event->kind), status);
	if (!comes_again(status) || event->sent >= work->plan.patience ||
	    work->queued == TRIAL_QUEUE)
		return;
	trial_say(trial, "  comes again in %d s", wait);
	work->queue[work->queued].event = event;
	work->queue[work->queued++].due = now + (int64_t)wait * SECOND;
}

void
trial_told(struct trial *trial, int64_t now, int status, int retry_after,
    struct str body)
{
	struct trial_work *work = trial->work;
	struct trial_leg *leg;

	work->now = now;
	if (work->asked != NULL) {
		event_told(trial, now, status, retry_after);
		return;
	}
	leg = &trial->legs[trial->leg_count - 1];
	leg->status = status;
	leg->ms = (int)(now - leg->asked);
	leg->document = pool_copy(work->pool, body);
	trial_say(trial, "asked%s%.*s: %d", leg->sent.n > 0 ? " with " : "",
	    PSTR(leg->sent), status);
	work->ask = (struct trial_ask){.url = NO_STR};
	if (status == 0)
		trial_end(trial, "no answer");
	else
		trial_follow(trial, leg);
	if (work->ask.url.n > 0 && trial->leg_count == TRIAL_LEGS) {
		work->ask.url = NO_STR;
		trial_end(trial, "it goes round in circles");
	}
	if (work->ask.url.n == 0 && !work->signing_off) {
		work->signing_off = true;
		trial_tell_end(trial);
	}
}
