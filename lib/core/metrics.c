#include "metrics.h"

#include "id.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	RESPONDERS = 48,
	NAME = 24,
	LOCK_TRIES = 50,
	LOCK_PAUSE = 2000,    /* microseconds */
	BREAKER_PAUSE = 2000, /* milliseconds: nobody has tried again since */
};

/* Statuses that are answered; the last stands for any other. */
static const int statuses[] = {200, 201, 204, 206, 303, 304, 400, 401, 403, 404,
    405, 409, 412, 413, 415, 422, 429, 500, 503, 0};
enum { STATUSES = sizeof statuses / sizeof statuses[0] };

/* Upper bounds in microseconds; what is longer than the last is counted, too.
 */
static const int64_t bounds[] = {100, 250, 500, 1000, 2500, 5000, 10000, 25000,
    50000, 100000, 250000, 500000, 1000000, 2500000, 5000000};
enum { BOUNDS = sizeof bounds / sizeof bounds[0] };

/* Of different responders, so that they do not share a cache line. */
struct responder {
	_Atomic uint64_t key; /* hash of the name; 0: free */
	char name[NAME];      /* written once, by who took the place */
	_Atomic uint64_t named;
	_Atomic uint64_t status[STATUSES];
	_Atomic uint64_t time[BOUNDS + 1];
	_Atomic uint64_t microseconds;
	uint64_t unused[6];
};

struct breaker_line {
	_Atomic uint64_t opened;                  /* how often */
	_Atomic int64_t last_opened, last_closed; /* clock_monotonic() */
	uint64_t unused[5];
};

struct file {
	uint64_t magic;
	uint64_t boot; /* the clock of another boot says nothing */
	uint64_t unused[6];
	_Atomic uint64_t counters[METRICS + (8 - METRICS % 8) % 8];
	struct breaker_line breakers[DEPENDENCIES];
	struct responder responders[RESPONDERS];
};

_Static_assert(sizeof(struct responder) % 64 == 0, "whole cache lines");
_Static_assert(sizeof(struct breaker_line) == 64, "a cache line");

/* Up with every change of the layout or of what a number means. */
static const uint64_t magic = 0x3130544d58504200; /* "\0BPXMT01" */

/* Until a file is open, and where none can be. */
static struct file own;
static struct file *file = &own;
static struct responder *mine = &own.responders[0];

/* -- The file ---------------------------------------------------------------
 */

static struct file *
map(int fd)
{
	struct stat about;
	struct file *mapped;

	if (fstat(fd, &about) != 0 || about.st_size != sizeof *mapped)
		return NULL;
	mapped = mmap(
	    NULL, sizeof *mapped, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		return NULL;
	if (mapped->magic == magic && mapped->boot == id_of_boot())
		return mapped;
	munmap(mapped, sizeof *mapped);
	return NULL;
}

static struct file *
map_existing(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct file *mapped = fd >= 0 ? map(fd) : NULL;

	if (fd >= 0)
		close(fd);
	return mapped;
}

/* Writes a whole new file, then puts it in its place. */
static struct file *
map_new(const char *draft, const char *path)
{
	uint64_t head[2] = {magic, id_of_boot()};
	int fd = open(
	    draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0660);
	struct file *mapped = NULL;

	if (fd < 0)
		return NULL;
	/* Reserved whole: a full disk must not show as SIGBUS later. */
	if (fchmod(fd, 0660) == 0 &&
	    posix_fallocate(fd, 0, sizeof *mapped) == 0 &&
	    pwrite(fd, head, sizeof head, 0) == (ssize_t)sizeof head)
		mapped = map(fd);
	close(fd);
	if (mapped != NULL && rename(draft, path) != 0) {
		munmap(mapped, sizeof *mapped);
		mapped = NULL;
	}
	return mapped;
}

/* One process at a time makes a new file. */
static struct file *
map_any(struct pool *pool, struct str folder)
{
	struct str path = pool_printf(pool, "%.*s/metrics", PSTR(folder));
	struct str draft = pool_printf(pool, "%.*s.new", PSTR(path));
	struct file *mapped = map_existing(path.p);
	int lock;

	if (mapped != NULL)
		return mapped;
	lock =
	    open(pool_copy(pool, folder).p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return NULL;
	for (int i = 0; flock(lock, LOCK_EX | LOCK_NB) != 0; i++) {
		if (i == LOCK_TRIES) {
			close(lock);
			return NULL;
		}
		usleep(LOCK_PAUSE);
	}
	mapped = map_existing(path.p);
	if (mapped == NULL)
		mapped = map_new(draft.p, path.p);
	close(lock);
	return mapped;
}

/* The responder's place; the last one is for all who find none. */
static struct responder *
place_of(struct file *in, struct str name)
{
	uint64_t key = str_hash(name) | 1;

	for (size_t i = 0; i < RESPONDERS - 1; i++) {
		struct responder *one = &in->responders[i];
		uint64_t found = 0;

		if (!atomic_compare_exchange_strong(&one->key, &found, key) &&
		    found != key)
			continue;
		if (found == 0) {
			memcpy(one->name, name.p,
			    name.n < NAME ? name.n : NAME - 1);
			atomic_store(&one->named, 1);
		}
		return one;
	}
	return &in->responders[RESPONDERS - 1];
}

static void
close_file(void *mapped)
{
	file = &own;
	mine = &own.responders[0];
	munmap(mapped, sizeof *file);
}

void
metrics_open(struct pool *process, struct str folder, const char *responder)
{
	struct file *mapped = folder.n > 0 ? map_any(process, folder) : NULL;

	if (mapped == NULL) {
		mine = place_of(&own, str_of(responder));
		return;
	}
	file = mapped;
	mine = place_of(mapped, str_of(responder));
	pool_own(process, close_file, mapped);
}

/* -- Counting ---------------------------------------------------------------
 */

static void
add(_Atomic uint64_t *number, uint64_t n)
{
	atomic_fetch_add_explicit(number, n, memory_order_relaxed);
}

void
metrics_add(enum metric metric, uint64_t n)
{
	if (n > 0)
		add(&file->counters[metric], n);
}

void
metrics_request(int status, int64_t microseconds)
{
	size_t s = 0, b = 0;

	while (s < STATUSES - 1 && statuses[s] != status)
		s++;
	while (b < BOUNDS && microseconds > bounds[b])
		b++;
	add(&mine->microseconds, microseconds > 0 ? (uint64_t)microseconds : 0);
	add(&mine->time[b], 1);
	/* The last: whoever reads it finds the others, too. */
	atomic_fetch_add_explicit(&mine->status[s], 1, memory_order_release);
}

void
metrics_opened(enum dependency dependency, int64_t now, bool anew)
{
	struct breaker_line *line = &file->breakers[dependency];

	if (anew)
		add(&line->opened, 1);
	atomic_store(&line->last_opened, now);
}

void
metrics_closed(enum dependency dependency, int64_t now)
{
	atomic_store(&file->breakers[dependency].last_closed, now);
}

/* -- Printing ---------------------------------------------------------------
 */

static uint64_t
value(const _Atomic uint64_t *number)
{
	return atomic_load_explicit(number, memory_order_acquire);
}

static void
head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
print_number(struct buf *out, uint64_t number)
{
	buf_printf(out, "%llu\n", (unsigned long long)number);
}

/* "0.00025" */
static void
print_seconds(struct buf *out, uint64_t microseconds)
{
	buf_printf(out, "%llu.%06llu",
	    (unsigned long long)(microseconds / 1000000),
	    (unsigned long long)(microseconds % 1000000));
}

static bool
is_there(const struct responder *one)
{
	return atomic_load(&one->named) != 0;
}

static void
print_requests(struct buf *out)
{
	head(out, "opbx_requests_total", "counter",
	    "Requests by responder and status.");
	for (size_t i = 0; i < RESPONDERS; i++) {
		const struct responder *one = &file->responders[i];

		for (size_t s = 0; is_there(one) && s < STATUSES; s++) {
			uint64_t n = value(&one->status[s]);

			if (n == 0)
				continue;
			buf_printf(out,
			    "opbx_requests_total{responder=\"%s\",status=\"",
			    one->name);
			if (statuses[s] != 0)
				buf_printf(out, "%d\"} ", statuses[s]);
			else
				buf_add_text(out, "other\"} ");
			print_number(out, n);
		}
	}
}

static void
print_times_of(struct buf *out, const struct responder *one)
{
	uint64_t all = 0;

	for (size_t b = 0; b <= BOUNDS; b++)
		all += value(&one->time[b]);
	if (all == 0)
		return;
	all = 0;
	for (size_t b = 0; b <= BOUNDS; b++) {
		all += value(&one->time[b]);
		buf_printf(out,
		    "opbx_request_seconds_bucket{responder=\"%s\",le=\"",
		    one->name);
		if (b < BOUNDS)
			print_seconds(out, (uint64_t)bounds[b]);
		else
			buf_add_text(out, "+Inf");
		buf_add_text(out, "\"} ");
		print_number(out, all);
	}
	buf_printf(
	    out, "opbx_request_seconds_sum{responder=\"%s\"} ", one->name);
	print_seconds(out, value(&one->microseconds));
	buf_printf(
	    out, "\nopbx_request_seconds_count{responder=\"%s\"} ", one->name);
	print_number(out, all);
}

static void
print_counters(struct buf *out)
{
	static const char *const levels[] = {
	    [METRIC_CACHE_MEMORY] = "memory",
	    [METRIC_CACHE_REDIS] = "redis",
	    [METRIC_CACHE_DATABASE] = "database",
	    [METRIC_CACHE_STALE] = "stale",
	};

	head(out, "opbx_lookups_total", "counter",
	    "Configuration that calls looked up, by what answered.");
	for (int i = METRIC_CACHE_MEMORY; i <= METRIC_CACHE_STALE; i++) {
		buf_printf(out, "opbx_lookups_total{level=\"%s\"} ", levels[i]);
		print_number(out, value(&file->counters[i]));
	}
	head(out, "opbx_stale_answers_total", "counter",
	    "Calls answered by what was known last.");
	buf_add_text(out, "opbx_stale_answers_total ");
	print_number(out, value(&file->counters[METRIC_STALE_ANSWERS]));
}

static const char *
state_of(const struct breaker_line *line, int64_t now)
{
	int64_t opened = atomic_load(&line->last_opened);

	if (opened == 0 || atomic_load(&line->last_closed) >= opened)
		return "closed";
	return now - opened < (int64_t)BREAKER_PAUSE * 1000 ? "open"
							    : "half_open";
}

static void
print_breakers(struct buf *out, int64_t now)
{
	static const char *const names[] = {"", "mariadb", "redis", "carrier"};
	static const char *const states[] = {"closed", "open", "half_open"};

	head(out, "opbx_breaker_state", "gauge",
	    "1 for the state that a process saw last.");
	for (size_t i = 1; i < DEPENDENCIES; i++)
		for (size_t s = 0; s < 3; s++)
			buf_printf(out,
			    "opbx_breaker_state{dependency=\"%s\",state=\"%s\""
			    "} %d\n",
			    names[i], states[s],
			    strcmp(states[s],
				state_of(&file->breakers[i], now)) == 0);
	head(out, "opbx_breaker_opened_total", "counter",
	    "How often a process stopped waiting.");
	for (size_t i = 1; i < DEPENDENCIES; i++) {
		buf_printf(out, "opbx_breaker_opened_total{dependency=\"%s\"} ",
		    names[i]);
		print_number(out, value(&file->breakers[i].opened));
	}
}

void
metrics_print(struct buf *out, int64_t now)
{
	print_requests(out);
	head(out, "opbx_request_seconds", "histogram",
	    "From accepting a request to its answer, by responder.");
	for (size_t i = 0; i < RESPONDERS; i++)
		if (is_there(&file->responders[i]))
			print_times_of(out, &file->responders[i]);
	print_counters(out);
	print_breakers(out, now);
}
