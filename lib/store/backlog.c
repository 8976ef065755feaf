#include "backlog.h"

#include <dirent.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>

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

static void
print_spool(struct buf *out, const struct conf *conf, struct pool *pool)
{
	struct str path = pool_printf(pool, "%.*s/spool",
	    PSTR(conf_path(pool, conf, "var_dir", "/var/lib/opbx")));
	int64_t files = 0, bytes = 0, age = 0, now = (int64_t)time(NULL);
	DIR *dir = opendir(path.p);
	const struct dirent *entry;
	struct stat is;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(dir), entry->d_name, &is, 0) != 0)
			continue;
		files++;
		bytes += is.st_size;
		if (now - is.st_mtime > age)
			age = now - is.st_mtime;
	}
	if (dir != NULL)
		closedir(dir);
	head(out, "spool_files", "", "Files of events of this node");
	buf_printf(out, "opbx_spool_files %" PRId64 "\n", files);
	head(out, "spool_bytes", "", "Bytes that they have");
	buf_printf(out, "opbx_spool_bytes %" PRId64 "\n", bytes);
	head(out, "spool_age_seconds", "", "How old the oldest of them is");
	buf_printf(out, "opbx_spool_age_seconds %" PRId64 "\n", age);
}

void
backlog_print(
    struct buf *out, struct db *db, const struct conf *conf, struct pool *pool)
{
	print_database(out, db, pool);
	print_spool(out, conf, pool);
}
