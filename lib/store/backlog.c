#include "backlog.h"

#include <dirent.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "clock.h"
#include "spool.h"

/* What routines.sql calls a kind, and its metrics; name is that of a label. */
static const struct kind {
	const char *kind, *metric, *label, *help;
	bool ages;
} kinds[] = {
    {"call", "calls", "state", "Calls that have not ended", false},
    {"event", "events_unfolded", NULL,
	"Events in MariaDB that are not in their calls yet", true},
    {"delivery", "deliveries_waiting", "kind",
	"Mail and https requests that wait to be sent", true},
    {"parked", "jobs_parked", "queue", "Jobs that failed for good", true},
};

static void
head(struct buf *out, const char *metric, const char *more, const char *help)
{
	buf_printf(out, "# HELP opbx_%s%s %s.\n# TYPE opbx_%s%s gauge\n",
	    metric, more, help, metric, more);
}

static void
sample(struct buf *out, const struct kind *kind, const char *more,
    struct str name, int64_t number)
{
	buf_printf(out, "opbx_%s%s", kind->metric, more);
	if (kind->label != NULL)
		buf_printf(out, "{%s=\"%.*s\"}", kind->label, PSTR(name));
	buf_printf(out, " %" PRId64 "\n", number);
}

/* Columns: kind, name, how many, how old the oldest is in seconds. */
static void
print_kind(struct buf *out, const struct kind *kind, const struct rows *rows,
    const char *more, size_t column)
{
	head(out, kind->metric, more,
	    column == 2 ? kind->help : "How old the oldest of them is");
	for (size_t i = 0; i < rows->count; i++)
		if (str_is(rows_text(rows, i, 0), kind->kind))
			sample(out, kind, more, rows_text(rows, i, 1),
			    rows_int(rows, i, column));
}

static void
print_database(struct buf *out, struct db *db, struct pool *pool)
{
	struct rows *rows;
	struct err *err = db_begin(db, pool, DB_READ, 0);

	if (err == NULL)
		err = db_query(db, "CALL backlog()", NULL, 0, &rows);
	db_rollback(db);
	if (err != NULL)
		return;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		print_kind(out, &kinds[i], rows, "", 2);
		if (kinds[i].ages)
			print_kind(out, &kinds[i], rows, "_age_seconds", 3);
	}
}

struct found {
	int64_t files, bytes, age; /* age: of the oldest, in seconds */
	int64_t bad;               /* files that were put aside */
};

static struct found
look_into(DIR *dir)
{
	struct found found = {0};
	int64_t now = clock_now() / 1000;
	const struct dirent *entry;
	struct stat is;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (str_ends(str_of(entry->d_name), STR(".spool.bad")))
			found.bad++;
		if (!spool_waits(entry->d_name) ||
		    fstatat(dirfd(dir), entry->d_name, &is, 0) != 0)
			continue;
		found.files++;
		found.bytes += is.st_size;
		if (now - is.st_mtime > found.age)
			found.age = now - is.st_mtime;
	}
	return found;
}

static void
gauge(struct buf *out, const char *metric, const char *help, int64_t number)
{
	head(out, metric, "", help);
	buf_printf(out, "opbx_%s %" PRId64 "\n", metric, number);
}

static void
print_spool(struct buf *out, const struct conf *conf, struct pool *pool)
{
	struct str path = pool_printf(pool, "%.*s/spool",
	    PSTR(conf_path(pool, conf, "var_dir", "/var/lib/opbx")));
	DIR *dir = opendir(path.p);
	struct found found = look_into(dir);

	if (dir != NULL)
		closedir(dir);
	gauge(out, "spool_files", "Files of events of this node", found.files);
	gauge(out, "spool_bytes", "Bytes that they have", found.bytes);
	gauge(out, "spool_age_seconds", "How old the oldest of them is",
	    found.age);
	gauge(out, "spool_bad_files",
	    "Files of events that cannot be read and wait for people",
	    found.bad);
}

void
backlog_print(
    struct buf *out, struct db *db, const struct conf *conf, struct pool *pool)
{
	print_database(out, db, pool);
	print_spool(out, conf, pool);
}
