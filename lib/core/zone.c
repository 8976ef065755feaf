#include "zone.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "zone_rule.h"

#define FOLDER "/usr/share/zoneinfo/"

enum {
	HEAD_SIZE = 44,
	TYPE_SIZE = 6,
	NAME_MOST = 64,
	FILE_MOST = 64 * 1024, /* the largest real one has under 4 KiB */
	SLOTS = 2048,          /* a power of two */
	SLOTS_USED_MOST = 1536,
};

/*
 * Transition i at at[i] begins offset[i] and is ordered by time; before the
 * first one `before` is in force.
 */
struct zone {
	size_t count;
	int64_t *at; /* seconds since 1970 */
	int32_t *offset;
	int before;
	bool has_rule;
	struct zone_rule rule;
};

/* The counts in the head of a TZif block. */
struct head {
	unsigned char version;
	size_t utc, standard, leap, time, type, name;
};

/* Table: bytes to transitions */

static uint32_t
big32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

static int64_t
big64(const char *p)
{
	return (int64_t)((uint64_t)big32(p) << 32 | big32(p + 4));
}

static bool
take(struct str *rest, size_t n, struct str *piece)
{
	if (rest->n < n)
		return false;
	*piece = str_cut(*rest, 0, n);
	*rest = str_cut(*rest, n, rest->n);
	return true;
}

static bool
take_head(struct str *rest, struct head *head)
{
	struct str bytes;

	if (!take(rest, HEAD_SIZE, &bytes) || !str_starts(bytes, STR("TZif")))
		return false;
	head->version = (unsigned char)bytes.p[4];
	head->utc = big32(bytes.p + 20);
	head->standard = big32(bytes.p + 24);
	head->leap = big32(bytes.p + 28);
	head->time = big32(bytes.p + 32);
	head->type = big32(bytes.p + 36);
	head->name = big32(bytes.p + 40);
	return true;
}

/* Counts have 32 bits, so the sum cannot overflow 64. */
static size_t
block_size(const struct head *head, size_t time_size)
{
	return head->time * (time_size + 1) + head->type * TYPE_SIZE +
	       head->name + head->leap * (time_size + 4) + head->standard +
	       head->utc;
}

static bool
read_type(struct str types, size_t i, int *offset)
{
	const char *p = types.p + i * TYPE_SIZE;

	*offset = (int32_t)big32(p);
	return *offset >= OFFSET_MIN && *offset <= OFFSET_MAX;
}

/* What is wrong, or NULL. */
static const char *
read_table(
    struct zone *zone, struct str times, struct str indices, struct str types)
{
	if (types.n == 0 || !read_type(types, 0, &zone->before))
		return "no first offset";
	for (size_t i = 0; i < zone->count; i++) {
		size_t type = (unsigned char)indices.p[i];
		int offset;

		if (type >= types.n / TYPE_SIZE)
			return "a transition to an unknown offset";
		if (!read_type(types, type, &offset))
			return "an offset of more than a day";
		zone->at[i] = big64(times.p + i * sizeof *zone->at);
		zone->offset[i] = offset;
		if (i > 0 && zone->at[i] <= zone->at[i - 1])
			return "transitions out of order";
	}
	return NULL;
}

static const char *
read_footer(struct zone *zone, struct str footer)
{
	ptrdiff_t end;

	if (!str_starts(footer, STR("\n")))
		return "no footer";
	footer = str_cut(footer, 1, footer.n);
	end = str_find(footer, '\n');
	if (end < 0)
		return "no footer";
	zone->has_rule = end > 0;
	if (zone->has_rule &&
	    !zone_rule_parse(str_cut(footer, 0, (size_t)end), &zone->rule))
		return "a footer that is no rule";
	return NULL;
}

struct err *
zone_parse(struct pool *pool, struct str bytes, const struct zone **out)
{
	struct zone *zone = NEW(pool, struct zone);
	struct str old, times, indices, types, others;
	const char *wrong;
	struct head head;

	*out = NULL;
	if (!take_head(&bytes, &head) || head.version < '2' ||
	    !take(&bytes, block_size(&head, 4), &old) ||
	    !take_head(&bytes, &head))
		return err_internal(pool, "zone: not TZif version 2 or later");
	/* Instants of OpBX count no leap seconds. */
	if (head.leap != 0)
		return err_internal(pool, "zone: with leap seconds");
	if (!take(&bytes, head.time * 8, &times) ||
	    !take(&bytes, head.time, &indices) ||
	    !take(&bytes, head.type * TYPE_SIZE, &types) ||
	    !take(&bytes, head.name + head.standard + head.utc, &others))
		return err_internal(pool, "zone: cut short");
	zone->count = head.time;
	zone->at = NEW_ARRAY(pool, int64_t, head.time);
	zone->offset = NEW_ARRAY(pool, int32_t, head.time);
	wrong = read_table(zone, times, indices, types);
	if (wrong == NULL)
		wrong = read_footer(zone, bytes);
	if (wrong != NULL)
		return err_internal(pool, "zone: %s", wrong);
	*out = zone;
	return NULL;
}

/* Looking up */

static struct span
zone_span(const struct zone *zone, int64_t second)
{
	size_t low = 0, high = zone->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->at[middle] <= second)
			low = middle + 1;
		else
			high = middle;
	}
	/* low is now the number of transitions up to this second. */
	if (low == zone->count && zone->has_rule)
		return zone_rule_span(&zone->rule, second);
	return (struct span){low > 0 ? zone->offset[low - 1] : zone->before,
	    low < zone->count ? zone->at[low] : INT64_MAX};
}

static int64_t
second_of(int64_t instant)
{
	return instant / 1000 - (instant % 1000 < 0);
}

struct local_time
zone_local(const struct zone *zone, int64_t instant)
{
	int64_t second = second_of(instant);
	int offset = zone_span(zone, second).offset;
	int64_t days = zone_day(second + offset);
	int of_day = (int)(second + offset - days * DAY_SECONDS);
	struct local_time local = {.weekday = zone_weekday(days),
	    .hour = of_day / 3600,
	    .minute = of_day / 60 % 60,
	    .second = of_day % 60,
	    .offset = offset};

	clock_date(days, &local.year, &local.month, &local.day);
	return local;
}

/*
 * Walks the offsets in the order of time, over all instants at which a wall
 * could show the local time.  A wall that was put forward past it may be put
 * back before it, so a skip counts only when nothing better is found.
 */
int64_t
zone_instant(const struct zone *zone, const struct local_time *local)
{
	int64_t wall, second, skipped = INT64_MAX;
	struct span span;

	assert(local->year >= -9999 && local->year <= 9999);
	wall = (clock_days(local->year, local->month, 1) + local->day - 1) *
		   DAY_SECONDS +
	       (int64_t)local->hour * 3600 + (int64_t)local->minute * 60 +
	       local->second;
	for (second = wall - OFFSET_MAX; second <= wall + OFFSET_MAX;
	     second = span.end) {
		span = zone_span(zone, second);
		if (wall - span.offset < second && skipped == INT64_MAX)
			skipped = second;
		if (wall - span.offset >= second &&
		    wall - span.offset < span.end)
			return (wall - span.offset) * 1000;
	}
	return skipped * 1000;
}

int64_t
zone_next_change(const struct zone *zone, int64_t instant)
{
	int64_t end = zone_span(zone, second_of(instant)).end;

	return end > INT64_MAX / 1000 ? INT64_MAX : end * 1000;
}

/* The zones of this process */

/*
 * Both what was found to be a zone and what was not, so that a bad file takes
 * memory only once.  Names without a file are not kept.
 */
static struct {
	struct pool *pool;
	size_t used;
	struct slot {
		struct str name;
		const struct zone *zone;
	} slots[SLOTS];
} zones;

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
}

static bool
is_name(struct str name)
{
	char last = '/';

	if (name.n == 0 || name.n > NAME_MOST || name.p[0] < 'A' ||
	    name.p[0] > 'Z')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!is_name_byte(c) && (c != '/' || last == '/'))
			return false;
		last = c;
	}
	return last != '/';
}

static bool
read_file(const char *path, char *bytes, size_t room, size_t *n)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (file < 0)
		return false;
	for (*n = 0; *n < room; *n += (size_t)got)
		if ((got = read(file, bytes + *n, room - *n)) <= 0)
			break;
	close(file);
	return got == 0;
}

const struct zone *
zone_load(struct str name)
{
	char path[sizeof FOLDER + NAME_MOST], bytes[FILE_MOST];
	struct slot *slot;
	size_t i, n;

	if (!is_name(name))
		return NULL;
	i = (size_t)str_hash(name) & (SLOTS - 1);
	while (zones.slots[i].name.p != NULL &&
	       !str_equal(zones.slots[i].name, name))
		i = (i + 1) & (SLOTS - 1);
	slot = &zones.slots[i];
	if (slot->name.p != NULL || zones.used == SLOTS_USED_MOST)
		return slot->zone;
	snprintf(path, sizeof path, FOLDER "%.*s", PSTR(name));
	if (!read_file(path, bytes, sizeof bytes, &n))
		return NULL;
	if (zones.pool == NULL)
		zones.pool = pool_new();
	slot->name = pool_copy(zones.pool, name);
	zones.used++;
	if (zone_parse(zones.pool, (struct str){bytes, n}, &slot->zone) != NULL)
		slot->zone = NULL;
	return slot->zone;
}

/* "…Z" and "…+01:00" say which clock; "2026-12-25T10:00" does not. */
static bool
has_offset(struct str at)
{
	struct str time = str_cut(at, 10, at.n);

	return str_ends(at, STR("Z")) || str_ends(at, STR("z")) ||
	       str_find(time, '+') >= 0 || str_find(time, '-') >= 0;
}

bool
zone_parse_instant(const struct zone *zone, struct str text, int64_t *instant)
{
	struct local_time local;

	if (!clock_parse(text, instant))
		return false;
	if (has_offset(text) || zone == NULL)
		return true;
	local = zone_local(zone_load(STR("UTC")), *instant);
	*instant = zone_instant(zone, &local);
	return true;
}
