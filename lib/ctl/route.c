/*
 * opbxctl route: what would happen to a call, without one.
 *
 * The simulator of lib/voice/play.h, printed.
 */
#include <stdio.h>

#include "clock.h"
#include "ctl.h"
#include "play.h"

enum { FROM, TO, AT, DIRECTION, WHEN, ORG, THEN };

static void
print_leg(const struct play_leg *leg)
{
	for (size_t i = 0; i < leg->step_count; i++) {
		const struct play_step *step = &leg->steps[i];

		if (step->type[0] == '\0')
			printf("  %.*s\n", PSTR(step->text));
		else
			printf("  %.*s  [%s %llu]\n", PSTR(step->text),
			    step->type, (unsigned long long)step->id);
	}
	if (leg->loop.n > 0)
		printf("  loop: %.*s\n", PSTR(leg->loop));
	printf("%.*s\n", PSTR(leg->document));
	if (leg->happens.n > 0)
		printf("%.*s\n", PSTR(leg->happens));
}

static size_t
count_of(struct str list)
{
	struct str word;
	size_t count = 0;

	while (list.n > 0 && str_next(&list, ',', &word))
		count++;
	return count;
}

/* "busy,digits=1,silence" */
static void
take_then(struct play *play, struct str list)
{
	struct str *then =
	    NEW_ARRAY(play->pool, struct str, count_of(list) + 1);
	struct str word;

	play->then = then;
	while (list.n > 0 && str_next(&list, ',', &word))
		then[play->then_count++] = str_trim(word);
}

/* "1001=busy,1002=declines" */
static void
take_outcomes(struct play *play, struct str list)
{
	struct play_outcome *all =
	    NEW_ARRAY(play->pool, struct play_outcome, count_of(list) + 1);
	struct str word, number;

	play->outcomes = all;
	while (list.n > 0 && str_next(&list, ',', &word)) {
		str_next(&word, '=', &number);
		all[play->outcome_count].number = str_trim(number);
		all[play->outcome_count++].word = str_trim(word);
	}
}

static struct err *
simulate(struct ctl *ctl, struct play *play)
{
	struct crypto_key cursor_key = crypto_derive(&ctl->master, "cursor");
	struct err *err;

	play->cursor_key = &cursor_key;
	play->directory = directory_new(ctl->pool, ctl->conf, ctl->db,
	    ctl->redis, ctl->generations, &ctl->master);
	err = play_run(play);
	crypto_wipe(&cursor_key, sizeof cursor_key);
	if (play->count > 0)
		printf(
		    "  direction %s\n", direction_name(play->call.direction));
	for (size_t i = 0; i < play->count; i++)
		print_leg(&play->legs[i]);
	return err;
}

int
ctl_route(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_option options[] = {
	    [FROM] = {"from", .required = true},
	    [TO] = {"to", .required = true},
	    [AT] = {"at", .required = false},
	    [DIRECTION] = {"direction", .required = false},
	    [WHEN] = {"when", .required = false},
	    [ORG] = {"org", .required = false},
	    [THEN] = {"then", .required = false},
	    {.name = NULL},
	};
	struct play *play = NEW(ctl->pool, struct play);
	struct err *err;
	int64_t at;

	if (!ctl_options(argc, argv, options))
		return ctl_usage("route");
	if (options[AT].value.n > 0 && !clock_parse(options[AT].value, &at)) {
		fprintf(stderr,
		    "opbxctl: --at is 2026-12-25T10:00 on the organization's "
		    "clock, or 2026-12-25T10:00:00-05:00\n");
		return 2;
	}
	play->pool = ctl->pool;
	play->secrets = true;
	play->from = options[FROM].value;
	play->to = options[TO].value;
	play->at = options[AT].value;
	play->direction = options[DIRECTION].value;
	take_then(play, options[THEN].value);
	take_outcomes(play, options[WHEN].value);
	err = ctl_organization(ctl, options[ORG].value, &play->organization);
	if (err == NULL)
		err = simulate(ctl, play);
	return err != NULL ? ctl_fail(err) : 0;
}
