#include "dialect.h"

#include "cxml.h"

static void
write_conference(struct cxml *dial, const struct conference *conference,
    const struct dialect_urls *urls)
{
	struct cxml *noun = cxml_add(dial, "Conference");

	cxml_truth(noun, "startConferenceOnEnter", conference->starts);
	cxml_truth(noun, "endConferenceOnExit", conference->ends);
	if (conference->max_participants > 0)
		cxml_number(
		    noun, "maxParticipants", conference->max_participants);
	cxml_truth(noun, "muted", conference->muted);
	cxml_truth(noun, "beep", conference->beep);
	cxml_attribute(noun, "record",
	    conference->record ? STR("record-from-start")
			       : STR("do-not-record"));
	if (conference->record) {
		cxml_attribute(
		    noun, "recordingStatusCallback", urls->recordings);
		cxml_attribute(
		    noun, "recordingStatusCallbackMethod", STR("POST"));
	}
	cxml_text(noun, conference->name);
}

/* A name that XML allows and that is none of the noun's own. */
static bool
is_parameter(struct str name)
{
	bool first = true;

	for (size_t i = 0; i < name.n; i++, first = false) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') ||
			      (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (first || !((c >= '0' && c <= '9') || c == '-' ||
					     c == '.')))
			return false;
	}
	return name.n > 0 && !str_is(name, "provider") &&
	       !str_is(name, "token") &&
	       !str_equal_nocase(str_cut(name, 0, 3), STR("xml"));
}

static void
write_service(struct cxml *dial, const struct assistant *assistant)
{
	struct cxml *noun = cxml_add(dial, "Service");

	if (assistant->provider.n > 0)
		cxml_attribute(noun, "provider", assistant->provider);
	if (assistant->token.n > 0)
		cxml_attribute(noun, "token", assistant->token);
	for (size_t i = 0; i < assistant->param_count; i++)
		if (is_parameter(assistant->params[i].name))
			cxml_parameter(noun, assistant->params[i].name,
			    assistant->params[i].value);
	cxml_text(noun, assistant->address);
}

static void
write_dial(struct cxml *response, const struct verb *verb,
    const struct dialect_urls *urls)
{
	const struct dial *dial = verb->dial;
	struct cxml *out = cxml_add(response, "Dial");

	if (verb->back) {
		cxml_attribute(out, "action", urls->back);
		cxml_attribute(out, "method", STR("POST"));
	}
	if (dial->timeout > 0)
		cxml_number(out, "timeout", dial->timeout);
	if (dial->trunk.n > 0)
		cxml_attribute(out, "trunks", dial->trunk);
	if (dial->caller_id.n > 0)
		cxml_attribute(out, "callerId", dial->caller_id);
	if (dial->caller_name.n > 0)
		cxml_attribute(out, "callerName", dial->caller_name);
	if (dial->time_limit > 0)
		cxml_number(out, "timeLimit", dial->time_limit);
	if (dial->record) {
		cxml_attribute(out, "record", STR("record-from-answer"));
		cxml_attribute(
		    out, "recordingStatusCallback", urls->recordings);
		cxml_attribute(
		    out, "recordingStatusCallbackMethod", STR("POST"));
	}
	for (size_t i = 0; i < dial->number_count; i++)
		cxml_text(cxml_add(out, "Number"), dial->numbers[i]);
	if (dial->sip.n > 0)
		cxml_text(cxml_add(out, "Sip"), dial->sip);
	if (dial->conference != NULL)
		write_conference(out, dial->conference, urls);
	if (dial->assistant != NULL)
		write_service(out, dial->assistant);
}

static void write_verbs(struct cxml *parent, const struct verb *verbs,
    const struct dialect_urls *urls);

static void
write_gather(struct cxml *response, const struct verb *verb,
    const struct dialect_urls *urls)
{
	const struct gather *gather = verb->gather;
	struct cxml *out = cxml_add(response, "Gather");

	cxml_attribute(out, "action", urls->back);
	cxml_attribute(out, "method", STR("POST"));
	cxml_attribute(out, "input", STR("dtmf"));
	cxml_attribute(out, "finishOnKey", str_of(gather->finish_key));
	if (gather->digits > 0)
		cxml_number(out, "numDigits", gather->digits);
	cxml_number(out, "timeout", gather->digit_timeout);
	cxml_number(out, "maxTimeout", gather->first_timeout);
	cxml_attribute(out, "actionOnEmptyResult", STR("true"));
	write_verbs(out, gather->prompts, urls);
}

static void
write_say(struct cxml *parent, const struct verb *verb)
{
	struct cxml *out = cxml_add(parent, "Say");

	if (verb->voice.n > 0)
		cxml_attribute(out, "voice", verb->voice);
	if (verb->language.n > 0)
		cxml_attribute(out, "language", verb->language);
	cxml_text(out, verb->text);
}

static void
write_record(struct cxml *response, const struct verb *verb,
    const struct dialect_urls *urls)
{
	struct cxml *out = cxml_add(response, "Record");

	cxml_attribute(out, "action", urls->back);
	cxml_attribute(out, "method", STR("POST"));
	cxml_number(out, "maxLength", verb->max_length);
	cxml_truth(out, "playBeep", true);
	cxml_attribute(out, "recordingStatusCallback", urls->recordings);
	cxml_attribute(out, "recordingStatusCallbackMethod", STR("POST"));
}

static void
write_redirect(struct cxml *response, const struct verb *verb,
    const struct dialect_urls *urls)
{
	struct cxml *out = cxml_add(response, "Redirect");

	cxml_attribute(out, "method", STR("POST"));
	cxml_text(out, verb->back ? urls->back : verb->text);
}

static void
write_verbs(struct cxml *parent, const struct verb *verbs,
    const struct dialect_urls *urls)
{
	for (const struct verb *verb = verbs; verb != NULL; verb = verb->next) {
		switch (verb->kind) {
		case VERB_SAY:
			write_say(parent, verb);
			break;
		case VERB_PLAY:
			cxml_text(cxml_add(parent, "Play"), verb->text);
			break;
		case VERB_GATHER:
			write_gather(parent, verb, urls);
			break;
		case VERB_RECORD:
			write_record(parent, verb, urls);
			break;
		case VERB_DIAL:
			write_dial(parent, verb, urls);
			break;
		case VERB_REDIRECT:
			write_redirect(parent, verb, urls);
			break;
		case VERB_REJECT:
			/* "rejected" is the carrier's own default. */
			if (str_is(verb->text, "busy"))
				cxml_attribute(cxml_add(parent, "Reject"),
				    "reason", verb->text);
			else
				cxml_add(parent, "Reject");
			break;
		case VERB_HANGUP:
			cxml_add(parent, "Hangup");
			break;
		}
	}
}

struct str
dialect_cloudonix(struct pool *pool, const struct decision *decision,
    const struct dialect_urls *urls)
{
	struct cxml *response = cxml_new(pool, "Response");

	write_verbs(response, decision->verbs, urls);
	return cxml_print(response);
}
