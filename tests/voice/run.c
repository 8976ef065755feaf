/*
 * Runs tests/voice/NAME.call and compares what the router and the dialect
 * make of it with NAME.cxml.  A .call file is a list of lines:
 *
 *	at 2026-11-23T10:00:00-05:00
 *	change extensions 1001 {"do_not_disturb": true}
 *	break ring_groups
 *	call inbound from +12025550199 to +12125550101
 *	dial no-answer
 *	digits 1
 *	silence
 *	recorded
 *	repeat
 *
 * The tenant is tests/voice/tenant.json.  `at` stops the clock.  `call` is a
 * new call (key=TEXT keeps one; name=TEXT, diverted=TEXT, limit=rate|calls);
 * the lines after it are the carrier's callbacks with the cursor of the last
 * document; `repeat` sends the last request again.  Each request yields its
 * line, the steps, the effects and the document.
 *
 * usage: run [--accept] FOLDER [NAME]...
 */
#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "dialect.h"
#include "tenant.h"

enum { NAMES = 1000 };

struct run {
	struct pool *pool;
	struct tenant *tenant;
	struct buf out;
	int64_t now;
	int calls;
	struct call call;     /* the last request */
	struct cursor cursor; /* of the last document */
};

static struct str
read_file(struct pool *pool, struct str path)
{
	struct buf text = buf_new(pool, 4096);
	FILE *file = fopen(path.p, "r");
	char piece[4096];
	size_t n;

	if (file == NULL)
		return NO_STR;
	buf_add(&text, STR(""));
	while ((n = fread(piece, 1, sizeof piece, file)) > 0)
		buf_add(&text, (struct str){piece, n});
	fclose(file);
	return (struct str){text.n > 0 ? text.p : "", text.n};
}

/* A comment may not hold "--". */
static void
comment(struct run *run, struct str text)
{
	buf_add_text(&run->out, "<!-- ");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '-' && i > 0 && text.p[i - 1] == '-')
			buf_add_char(&run->out, ' ');
		buf_add_char(&run->out, text.p[i]);
	}
	buf_add_text(&run->out, " -->\n");
}

/* One element a line, indented; texts stay on the line of their element. */
static void
add_pretty(struct buf *out, struct str document)
{
	int depth = 1;

	for (size_t i = 0; i < document.n; i++) {
		bool tag = document.p[i] == '<';
		bool end =
		    tag && i + 1 < document.n && document.p[i + 1] == '/';

		if (end)
			depth--;
		if (tag && i > 0 && document.p[i - 1] == '>')
			buf_printf(out, "\n%*s", depth * 2, "");
		else if (tag && i == 0)
			buf_printf(out, "%*s", depth * 2, "");
		buf_add_char(out, document.p[i]);
		if (tag && !end)
			depth++;
		if (document.p[i] == '>' && i > 0 && document.p[i - 1] == '/')
			depth--;
	}
	buf_add_char(out, '\n');
}

/* What a cursor says, in words instead of its seal. */
static struct str
cursor_words(struct run *run, const struct cursor *cursor)
{
	static const struct {
		const char *name;
		enum target_type type;
	} stages[] = {
	    [STAGE_START] = {"start", TARGET_NONE},
	    [STAGE_EXTENSION] = {"rang", TARGET_EXTENSION},
	    [STAGE_GROUP] = {"rang", TARGET_RING_GROUP},
	    [STAGE_MENU] = {"played", TARGET_IVR_MENU},
	    [STAGE_ROOM_PIN] = {"pin", TARGET_CONFERENCE_ROOM},
	    [STAGE_SERVICE] = {"called", TARGET_EXTENSION},
	    [STAGE_TRUNK] = {"trunk", TARGET_EXTENSION},
	    [STAGE_RECORDED] = {"recorded", TARGET_VOICEMAIL},
	    [STAGE_MAILBOX_PIN] = {"pin", TARGET_VOICEMAIL},
	    [STAGE_MAILBOX] = {"message", TARGET_VOICEMAIL},
	};
	struct buf text = buf_new(run->pool, 128);

	buf_printf(&text, "%s %.*s", stages[cursor->stage].name,
	    PSTR(tenant_name(
		run->tenant, stages[cursor->stage].type, cursor->node)));
	if (cursor->position != 0)
		buf_printf(&text, ", position %d", cursor->position);
	if (cursor->start != 0)
		buf_printf(&text, ", start %d", cursor->start);
	if (cursor->mailbox != 0)
		buf_printf(&text, ", mailbox %.*s",
		    PSTR(tenant_name(
			run->tenant, TARGET_EXTENSION, cursor->mailbox)));
	if (cursor->forwarder != 0)
		buf_printf(&text, ", forwarder %.*s",
		    PSTR(tenant_name(
			run->tenant, TARGET_EXTENSION, cursor->forwarder)));
	if (cursor->external.n > 0)
		buf_printf(&text, ", external %.*s", PSTR(cursor->external));
	return buf_str(&text);
}

static void
show_effects(struct run *run, const struct decision *decision)
{
	static const char *const names[] = {
	    [EFFECT_EMERGENCY] = "emergency",
	    [EFFECT_MISSED_CALL] = "missed call",
	    [EFFECT_WRONG_PIN] = "wrong PIN",
	    [EFFECT_DO_NOT_DISTURB] = "do-not-disturb",
	    [EFFECT_FORWARD_ALWAYS] = "forward always",
	    [EFFECT_PROVE_DID] = "prove DID",
	    [EFFECT_MESSAGE_HEARD] = "message heard",
	    [EFFECT_MESSAGE_DELETED] = "message deleted",
	};

	for (const struct effect *e = decision->effects; e != NULL;
	     e = e->next) {
		struct buf text = buf_new(run->pool, 64);

		buf_printf(&text, "effect: %s", names[e->kind]);
		if (e->node.type != TARGET_NONE)
			buf_printf(&text, " of %.*s",
			    PSTR(tenant_name(
				run->tenant, e->node.type, e->node.id)));
		if (e->text.n > 0)
			buf_printf(&text, " %.*s", PSTR(e->text));
		if (e->kind == EFFECT_DO_NOT_DISTURB ||
		    e->kind == EFFECT_FORWARD_ALWAYS)
			buf_printf(&text, " %s", e->on ? "on" : "off");
		if (e->target.type != TARGET_NONE)
			buf_printf(&text, " to %.*s",
			    PSTR(e->target.type == TARGET_EXTERNAL
				     ? e->target.number
				     : tenant_name(run->tenant, e->target.type,
					   e->target.id)));
		comment(run, buf_str(&text));
	}
}

/* The cursor as it comes back: through its packed form and nothing else. */
static struct cursor
travel(struct run *run, struct cursor cursor)
{
	struct buf packed = buf_new(run->pool, 128);
	struct pack out = pack_writer(&packed), in;
	struct cursor back = {0};

	cursor_pack(&out, &cursor);
	in = pack_reader(run->pool, buf_str(&packed));
	cursor_pack(&in, &back);
	assert(pack_done(&in));
	return back;
}

static void
request(struct run *run)
{
	struct lookups look = tenant_lookups(run->tenant, run->call.key);
	struct decision decision;
	struct dialect_urls urls = {
	    STR(""), STR("https://pbx.example.com/cgi-bin/webhook/recording")};

	run->call.now = run->now;
	route(run->pool, &run->call, &look, &decision);
	for (const struct step *step = decision.steps; step != NULL;
	     step = step->next)
		comment(run,
		    pool_printf(run->pool, "step: %.*s", PSTR(step->text)));
	show_effects(run, &decision);
	if (decision.loop.n > 0)
		comment(run,
		    pool_printf(run->pool, "loop: %.*s", PSTR(decision.loop)));
	if (decision.outage)
		comment(run, STR("outage"));
	if (decision.cursor.stage != STAGE_START)
		urls.back = pool_printf(run->pool,
		    "https://pbx.example.com/cgi-bin/voice?cursor=%.*s",
		    PSTR(cursor_words(run, &decision.cursor)));
	add_pretty(
	    &run->out, str_cut(dialect_cloudonix(run->pool, &decision, &urls),
			   38, SIZE_MAX));
	run->cursor = travel(run, decision.cursor);
}

static bool
option_of(struct str words, const char *key, struct str *value)
{
	struct str word;

	while (str_next(&words, ' ', &word)) {
		struct str name;

		if (str_find(word, '=') < 0)
			continue;
		str_next(&word, '=', &name);
		if (str_is(name, key)) {
			*value = word;
			return true;
		}
	}
	return false;
}

static bool
new_call(struct run *run, struct str words)
{
	struct str direction, from, to, value;

	run->call = (struct call){0};
	if (!str_next(&words, ' ', &direction) ||
	    !str_next(&words, ' ', &from) || !str_is(from, "from") ||
	    !str_next(&words, ' ', &from) || !str_next(&words, ' ', &to) ||
	    !str_is(to, "to") || !str_next(&words, ' ', &to))
		return false;
	run->call.direction = direction_parse(direction);
	run->call.from = str_is(from, "-") ? STR("") : from;
	/* "*72_1002" stands for a To with a space in it. */
	run->call.to = pool_copy(run->pool, to);
	for (size_t i = 0; i < to.n; i++)
		if (to.p[i] == '_')
			run->call.to = pool_printf(run->pool, "%.*s %.*s",
			    (int)i, to.p, PSTR(str_cut(to, i + 1, to.n)));
	run->call.key = pool_printf(run->pool, "call-%d", ++run->calls);
	if (option_of(words, "key", &value))
		run->call.key = str_is(value, "-") ? NO_STR : value;
	if (option_of(words, "name", &value))
		run->call.caller_name = value;
	if (option_of(words, "diverted", &value))
		run->call.diverted = value;
	if (option_of(words, "limit", &value))
		run->call.limit =
		    str_is(value, "calls") ? LIMIT_CALLS : LIMIT_RATE;
	return true;
}

/* A callback of the carrier; false when the line is not one. */
static bool
callback(struct run *run, struct str word, struct str words)
{
	if (str_is(word, "repeat"))
		return true;
	if (run->cursor.stage == STAGE_START) {
		fprintf(stderr, "the last document does not come back\n");
		return false;
	}
	run->call.cursor = run->cursor;
	run->call.digits = NO_STR;
	run->call.outcome = OUTCOME_NONE;
	if (str_is(word, "dial"))
		run->call.outcome = outcome_parse(words, STR("in-progress"));
	else if (str_is(word, "digits"))
		run->call.digits = words;
	else if (!str_is(word, "silence") && !str_is(word, "recorded"))
		return false;
	return true;
}

static bool
configure(struct run *run, struct str word, struct str words, bool *done)
{
	struct str kind, name;

	*done = true;
	if (str_is(word, "at"))
		return clock_parse(words, &run->now);
	if (str_is(word, "break")) {
		tenant_break(run->tenant, words);
		return true;
	}
	if (str_is(word, "change")) {
		if (!str_next(&words, ' ', &kind))
			return false;
		if (str_is(kind, "organization"))
			name = STR("");
		else if (str_starts(words, STR("\""))) {
			words = str_cut(words, 1, words.n);
			str_next(&words, '"', &name);
		} else if (!str_next(&words, ' ', &name))
			return false;
		return tenant_change(run->tenant, kind, name, words) == NULL;
	}
	*done = false;
	return true;
}

static bool
run_line(struct run *run, struct str line)
{
	struct str words = line, word;
	bool done;

	str_next(&words, ' ', &word);
	if (!configure(run, word, words, &done))
		return false;
	if (done)
		return true;
	if (str_is(word, "call") ? !new_call(run, words)
				 : !callback(run, word, words))
		return false;
	buf_add_char(&run->out, '\n');
	comment(run, line);
	request(run);
	return true;
}

static bool
run_file(struct pool *pool, struct str folder, struct str name, bool accept)
{
	struct str path =
	    pool_printf(pool, "%.*s/%.*s", PSTR(folder), PSTR(name));
	struct str lines =
	    read_file(pool, pool_printf(pool, "%.*s.call", PSTR(path)));
	struct str golden_path = pool_printf(pool, "%.*s.cxml", PSTR(path));
	struct str golden = read_file(pool, golden_path), line;
	struct run run = {.pool = pool, .out = buf_new(pool, 4096)};
	FILE *file;

	run.tenant = tenant_read(
	    pool, read_file(pool,
		      pool_printf(pool, "%.*s/tenant.json", PSTR(folder))));
	assert(run.tenant != NULL);
	clock_parse(STR("2026-11-23T15:00:00Z"), &run.now);
	buf_add_text(&run.out, "<Calls>\n");
	while (str_next(&lines, '\n', &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!run_line(&run, line)) {
			fprintf(stderr, "%.*s.call: \"%.*s\"\n", PSTR(name),
			    PSTR(line));
			return false;
		}
	}
	buf_add_text(&run.out, "\n</Calls>\n");
	if (str_equal(golden, buf_str(&run.out)))
		return true;
	if (!accept) {
		printf("%.*s differs from its golden; it is now:\n%.*s",
		    PSTR(name), PSTR(buf_str(&run.out)));
		return false;
	}
	file = fopen(golden_path.p, "w");
	assert(file != NULL);
	fwrite(run.out.p, 1, run.out.n, file);
	fclose(file);
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static size_t
list_calls(struct pool *pool, const char *folder, struct str *names)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	assert(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		struct str name = str_of(entry->d_name);

		if (str_ends(name, STR(".call")) && count < NAMES)
			names[count++] =
			    pool_copy(pool, str_cut(name, 0, name.n - 5));
	}
	closedir(dir);
	qsort(names, count, sizeof *names, by_name);
	return count;
}

int
main(int argc, char **argv)
{
	static struct str names[NAMES];
	struct pool *all = pool_new(), *pool = pool_new();
	bool accept = argc > 1 && str_is(str_of(argv[1]), "--accept");
	int first = accept ? 2 : 1, passed = 0, failed = 0;
	size_t count = 0;

	if (argc <= first) {
		fprintf(stderr, "usage: run [--accept] FOLDER [NAME]...\n");
		return 2;
	}
	for (int i = first + 1; i < argc; i++)
		names[count++] = str_of(argv[i]);
	if (count == 0)
		count = list_calls(all, argv[first], names);
	for (size_t i = 0; i < count; i++) {
		if (run_file(pool, str_of(argv[first]), names[i], accept))
			passed++;
		else
			failed++;
		pool_clear(pool);
	}
	printf("%d passed, %d failed\n", passed, failed);
	pool_free(pool);
	pool_free(all);
	return failed > 0 || passed == 0;
}
