/*
 * What holds for every decision of the router: its document, its verbs, and
 * whom it calls.
 */
#ifndef TESTS_UNIT_HOLDS_H
#define TESTS_UNIT_HOLDS_H

#include <criterion/criterion.h>

#include "dialect.h"
#include "world.h"

/* The document, its cursor spelled out byte by byte. */
static struct str
document_of(struct decision *decision)
{
	struct dialect_urls urls = {STR(""), STR("https://x/recording")};
	struct buf packed = buf_new(random_.pool, 128);
	struct buf url = buf_new(random_.pool, 256);
	struct pack pack = pack_writer(&packed);

	cursor_pack(&pack, &decision->cursor);
	cr_assert_not(pack.bad);
	buf_add_text(&url, "https://x/voice?cursor=");
	for (size_t i = 0; i < packed.n; i++)
		buf_printf(&url, "%02x", (unsigned char)packed.p[i]);
	urls.back = buf_str(&url);
	return dialect_cloudonix(random_.pool, decision, &urls);
}

static void
check_document(struct str document)
{
	cr_assert(str_starts(document, STR("<?xml version=\"1.0\"")));
	cr_assert(str_ends(document, STR("</Response>")));
	cr_assert(str_is_utf8(document));
	for (size_t i = 0; i < document.n; i++)
		cr_assert((unsigned char)document.p[i] >= ' ' ||
			  strchr("\t\n\r", document.p[i]) != NULL);
}

static bool
has_effect(const struct decision *decision, enum effect_kind kind)
{
	for (const struct effect *e = decision->effects; e != NULL; e = e->next)
		if (e->kind == kind)
			return true;
	return false;
}

/* Some rule with this trunk lets the number out. */
static bool
is_allowed(const struct dial *dial)
{
	struct number number;

	if (!number_e164(dial->numbers[0], &number))
		return false;
	for (size_t i = 0; i < world.rules.count; i++)
		for (uint64_t x = 0; x <= EXTENSIONS; x++)
			if (str_equal(
				world.rules.rules[i].trunk, dial->trunk) &&
			    outbound_match(&world.rules.rules[i], &number, x) >=
				0)
				return true;
	return false;
}

static void
check_dial(const struct decision *decision, const struct dial *dial)
{
	const struct organization *org = &world.organization;

	if (has_effect(decision, EFFECT_EMERGENCY))
		return;
	if (dial->sip.n > 0)
		cr_assert(outbound_sip_allowed(
		    dial->sip, org->sip_hosts, org->sip_host_count));
	if (dial->trunk.n > 0) {
		cr_assert_eq(dial->number_count, 1);
		cr_assert(is_allowed(dial), "%.*s", PSTR(dial->numbers[0]));
		cr_assert_gt(dial->caller_id.n, 0);
		for (int i = 0; i < DIDS; i++)
			cr_assert_not(world.dids[i].active &&
					  world.dids[i].proved &&
					  str_equal(world.dids[i].number,
					      dial->numbers[0]),
			    "an own number over a trunk");
		return;
	}
	/* Without a trunk only own extensions are called. */
	for (size_t i = 0; i < dial->number_count; i++)
		cr_assert_not_null(find_number(NULL, dial->numbers[i]));
	world.failed = false;
}

static void
check_verbs(const struct decision *decision)
{
	const struct verb *last = NULL;
	bool back = false;

	cr_assert_not_null(decision->verbs);
	for (const struct verb *v = decision->verbs; v != NULL; v = v->next) {
		last = v;
		back = back || v->back;
		if (v->kind == VERB_GATHER)
			cr_assert(v->next != NULL &&
				  v->next->kind == VERB_REDIRECT &&
				  v->next->back);
		if (v->kind == VERB_RECORD)
			cr_assert(
			    v->next != NULL && v->next->kind == VERB_HANGUP);
		if (v->kind == VERB_DIAL)
			check_dial(decision, v->dial);
		else if (v->kind != VERB_SAY && v->kind != VERB_PLAY &&
			 v->kind != VERB_GATHER && v->kind != VERB_RECORD)
			cr_assert_null(v->next, "nothing behind the end");
	}
	if (last == NULL)
		return;
	cr_assert(last->kind == VERB_HANGUP || last->kind == VERB_REJECT ||
		  last->kind == VERB_REDIRECT || last->kind == VERB_DIAL);
	cr_assert_eq(back, decision->cursor.stage != STAGE_START);
}

#endif
