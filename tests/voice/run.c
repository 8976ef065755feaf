/*
 * Runs tests/voice/NAME.call and compares what the router and the dialect
 * make of it with NAME.cxml.  A .call file is a list of lines:
 *
 *	at 2026-11-23T10:00:00-05:00
 *	change extensions 1001 {"do_not_disturb": true}
 *	break ring_groups
 *	lock conference_room Board
 *	call inbound from +12025550199 to +12125550101
 *	dial no-answer
 *	status Busy
 *	digits 1
 *	silence
 *	recorded
 *	repeat
 *
 * The tenant is tests/voice/tenant.json.  `at` stops the clock.  `call` is a
 * new call (key=TEXT keeps one; diverted=TEXT, limit=rate|calls, and last
 * name=TEXT); "_" stands for a space in From and To, "-" for an empty text.
 * TEXT may be a JSON string, for bytes that a line cannot hold.  The lines
 * after it are the carrier's callbacks with the cursor of the last document:
 * `dial` with DialCallStatus (alone: without), `status` with CallStatus only;
 * `repeat` sends the last request again.  Each request yields its line, the
 * steps, the effects and the document, and is decided twice: the second
 * document must be the first.
 *
 * usage: run [--accept] FOLDER [NAME]...
 */
#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "dialect.h"
#include "show.h"

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

/* Asks the router and writes its document. */
static struct str
decide(struct run *run, struct decision *decision)
{
	struct lookups look = tenant_lookups(run->tenant, run->call.key);
	const struct show show = {run->pool, run->tenant};
	struct dialect_urls urls = {
	    STR(""), STR("https://pbx.example.com/cgi-bin/webhook/recording")};

	route(run->pool, &run->call, &look, decision);
	if (decision->cursor.stage != STAGE_START)
		urls.back = pool_printf(run->pool,
		    "https://pbx.example.com/cgi-bin/voice?cursor=%.*s",
		    PSTR(show_cursor(&show, &decision->cursor)));
	return dialect_cloudonix(run->pool, decision, &urls);
}

static void
request(struct run *run)
{
	const struct show show = {run->pool, run->tenant};
	struct decision decision, again;
	struct str document;

	run->call.now = run->now;
	document = decide(run, &decision);
	if (run->call.key.n > 0)
		assert(str_equal(document, decide(run, &again)));
	show_decision(&show, &run->out, &decision);
	show_document(&run->out, str_cut(document, 38, SIZE_MAX));
	run->cursor = travel(run, decision.cursor);
}

/* A text as a .call file writes it: "_" for a space, "-" for none. */
static struct str
text_of(struct run *run, struct str word)
{
	struct buf text = buf_new(run->pool, word.n + 1);

	buf_add(&text, STR(""));
	for (size_t i = 0; i < word.n && !str_is(word, "-"); i++) {
		char c = word.p[i];

		if (c == '_')
			c = ' ';
		buf_add_char(&text, c);
	}
	return text.n > 0 ? buf_str(&text) : STR("");
}

/* What a JSON string means; any other text is itself. */
static bool
unquote(struct run *run, struct str *text)
{
	const struct json *json;

	if (!str_starts(*text, STR("\"")))
		return true;
	if (json_parse(run->pool, pool_printf(run->pool, "[%.*s]", PSTR(*text)),
		&json) != NULL)
		return false;
	*text = json_text(json_at(json, 0));
	return true;
}

static bool
options(struct run *run, struct str words)
{
	struct call *call = &run->call;
	struct str name;

	while (words.n > 0) {
		struct str rest = words, value;

		str_next(&rest, '=', &name);
		if (str_is(name, "name")) {
			call->caller_name = rest;
			return unquote(run, &call->caller_name);
		}
		str_next(&words, ' ', &value);
		value = str_cut(value, name.n + 1, value.n);
		if (str_is(name, "key"))
			call->key = str_is(value, "-") ? NO_STR : value;
		else if (str_is(name, "diverted"))
			call->diverted = value;
		else if (str_is(name, "limit"))
			call->limit =
			    str_is(value, "calls") ? LIMIT_CALLS : LIMIT_RATE;
		else
			return false;
	}
	return true;
}

static bool
new_call(struct run *run, struct str words)
{
	struct str direction, from, to;

	run->call = (struct call){0};
	if (!str_next(&words, ' ', &direction) ||
	    !str_next(&words, ' ', &from) || !str_is(from, "from") ||
	    !str_next(&words, ' ', &from) || !str_next(&words, ' ', &to) ||
	    !str_is(to, "to") || !str_next(&words, ' ', &to))
		return false;
	run->call.direction = direction_parse(text_of(run, direction));
	run->call.from = text_of(run, from);
	run->call.to = text_of(run, to);
	run->call.key = pool_printf(run->pool, "call-%d", ++run->calls);
	return options(run, words);
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
	else if (str_is(word, "status"))
		run->call.outcome = outcome_parse(NO_STR, words);
	else if (str_is(word, "digits"))
		return unquote(run, &words) && (run->call.digits = words).n > 0;
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
	if (str_is(word, "lock")) {
		tenant_lock(run->tenant, words);
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
	show_comment(&run->out, line);
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
