/*
 * opbxctl route: what would happen to a call, without one.
 *
 * The same route() and the same document as `voice`; nothing is written.
 */
#include <stdio.h>

#include "clock.h"
#include "ctl.h"
#include "cursor.h"
#include "dialect.h"
#include "directory.h"

enum { FROM, TO, AT, DIRECTION, ORG, THEN };

struct simulation {
	struct ctl *ctl;
	struct directory *directory;
	struct crypto_key cursor_key;
	uint64_t organization;
	struct call call;
};

static void
print_decision(
    struct simulation *s, const struct lookups *look, struct decision *decision)
{
	struct pool *pool = s->ctl->pool;
	struct str base = look->organization->base_url;
	struct dialect_urls urls = {
	    .recordings = pool_printf(
		pool, "%.*s/cgi-bin/webhook/recording", PSTR(base))};

	for (const struct step *step = decision->steps; step != NULL;
	     step = step->next) {
		if (step->node.type == TARGET_NONE)
			printf("  %.*s\n", PSTR(step->text));
		else
			printf("  %.*s  [%s %llu]\n", PSTR(step->text),
			    target_type_name(step->node.type),
			    (unsigned long long)step->node.id);
	}
	if (decision->loop.n > 0)
		printf("  loop: %.*s\n", PSTR(decision->loop));
	if (decision->cursor.stage != STAGE_START)
		urls.back = pool_printf(pool, "%.*s/cgi-bin/voice?cursor=%.*s",
		    PSTR(base),
		    PSTR(cursor_seal(pool, &s->cursor_key, look->organization,
			&s->call, &decision->cursor)));
	printf("%.*s\n", PSTR(dialect_cloudonix(pool, decision, &urls)));
}

static struct err *
decide(struct simulation *s, struct decision *decision)
{
	struct lookups look;

	TRY(directory_open(
	    s->directory, s->ctl->pool, s->organization, s->call.key, &look));
	directory_imagine(&look);
	route(s->ctl->pool, &s->call, &look, decision);
	print_decision(s, &look, decision);
	directory_close(s->directory);
	return NULL;
}

/* "busy", "no-answer", "digits=1", "silence": one callback each. */
static bool
callback(struct simulation *s, struct str word, const struct decision *decision)
{
	s->call.cursor = decision->cursor;
	s->call.digits = NO_STR;
	s->call.outcome = OUTCOME_NONE;
	if (str_starts(word, STR("digits=")))
		s->call.digits = str_cut(word, 7, word.n);
	else if (!str_is(word, "silence") && !str_is(word, "recorded")) {
		s->call.outcome = outcome_parse(word, NO_STR);
		return s->call.outcome != OUTCOME_NONE;
	}
	return true;
}

static struct err *
simulate(struct simulation *s, struct str then)
{
	struct decision decision;
	struct str word;

	TRY(decide(s, &decision));
	while (then.n > 0 && str_next(&then, ',', &word)) {
		if (decision.cursor.stage == STAGE_START)
			return err_new(s->ctl->pool, BAD_REQUEST,
			    "The call does not come back for \"%.*s\".",
			    PSTR(word));
		if (!callback(s, str_trim(word), &decision))
			return err_new(s->ctl->pool, BAD_REQUEST,
			    "\"%.*s\" is none of busy, no-answer, failed, "
			    "completed, canceled, digits=D, silence, "
			    "recorded.",
			    PSTR(word));
		printf("%.*s\n", PSTR(str_trim(word)));
		TRY(decide(s, &decision));
	}
	return NULL;
}

/* "…Z" and "…+01:00" say which clock; "2026-12-25T10:00" does not. */
static bool
has_offset(struct str at)
{
	struct str time = str_cut(at, 10, at.n);

	return str_ends(at, STR("Z")) || str_ends(at, STR("z")) ||
	       str_find(time, '+') >= 0 || str_find(time, '-') >= 0;
}

/* What nobody said: the direction by who calls, the clock by the tenant. */
static struct err *
settle(struct simulation *s, struct str direction, struct str at)
{
	const struct extension *caller;
	struct local_time local;
	const struct zone *zone;
	struct lookups look;

	TRY(directory_open(
	    s->directory, s->ctl->pool, s->organization, s->call.key, &look));
	caller = look.number(look.self, s->call.from);
	s->call.direction = direction.n > 0  ? direction_parse(direction)
			    : caller != NULL ? DIRECTION_SUBSCRIBER
					     : DIRECTION_INBOUND;
	printf("  direction %s\n", direction_name(s->call.direction));
	zone = zone_load(look.organization->timezone);
	if (at.n > 0 && !has_offset(at) && zone != NULL) {
		local = zone_local(zone_load(STR("UTC")), s->call.now);
		s->call.now = zone_instant(zone, &local);
	}
	directory_close(s->directory);
	return NULL;
}

int
ctl_route(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_option options[] = {
	    [FROM] = {"from", .required = true},
	    [TO] = {"to", .required = true},
	    [AT] = {"at", .required = false},
	    [DIRECTION] = {"direction", .required = false},
	    [ORG] = {"org", .required = false},
	    [THEN] = {"then", .required = false},
	    {NULL, NO_STR, false},
	};
	struct simulation s = {.ctl = ctl};
	struct err *err;

	if (!ctl_options(argc, argv, options)) {
		fprintf(stderr,
		    "usage: opbxctl route --from NUMBER --to NUMBER "
		    "[--direction inbound|subscriber|…]\n"
		    "\t[--at 2026-12-25T10:00] "
		    "[--then busy,digits=1,silence,…] [--org SLUG]\n");
		return 2;
	}
	s.call.from = options[FROM].value;
	s.call.to = options[TO].value;
	s.call.key = crypto_token(ctl->pool, 12);
	s.call.now = clock_now();
	if (options[AT].value.n > 0 &&
	    !clock_parse(options[AT].value, &s.call.now)) {
		fprintf(stderr,
		    "opbxctl: --at is 2026-12-25T10:00 on the organization's "
		    "clock, or 2026-12-25T10:00:00-05:00\n");
		return 2;
	}
	err = ctl_organization(ctl, options[ORG].value, &s.organization);
	if (err == NULL) {
		s.cursor_key = crypto_derive(&ctl->master, "cursor");
		s.directory = directory_new(ctl->pool, ctl->conf, ctl->db,
		    ctl->redis, ctl->generations, &ctl->master);
		err = settle(&s, options[DIRECTION].value, options[AT].value);
	}
	if (err == NULL)
		err = simulate(&s, options[THEN].value);
	if (err != NULL)
		return ctl_fail(err);
	return 0;
}
