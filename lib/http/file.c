#include "file.h"
#include "etag.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum range { RANGE_WHOLE, RANGE_PART, RANGE_NONE };

struct descriptor {
	int fd;
};

static void
close_descriptor(void *descriptor)
{
	close(((struct descriptor *)descriptor)->fd);
}

/* "0-499", "500-", "-500": the first byte and how many. */
static enum range
read_range(struct str spec, int64_t size, int64_t *from, int64_t *length)
{
	ptrdiff_t dash = str_find(spec, '-');
	struct str first, last;
	int64_t end = size - 1;

	if (dash < 0)
		return RANGE_WHOLE;
	first = str_trim(str_cut(spec, 0, (size_t)dash));
	last = str_trim(str_cut(spec, (size_t)dash + 1, spec.n));
	if (first.n == 0) {
		if (!str_to_int(last, 0, INT64_MAX, length))
			return RANGE_WHOLE;
		if (*length > size)
			*length = size;
		*from = size - *length;
		return *length > 0 ? RANGE_PART : RANGE_NONE;
	}
	if (!str_to_int(first, 0, INT64_MAX, from) ||
	    (last.n > 0 && !str_to_int(last, *from, INT64_MAX, &end)))
		return RANGE_WHOLE;
	if (*from >= size)
		return RANGE_NONE;
	if (end > size - 1)
		end = size - 1;
	*length = end - *from + 1;
	return RANGE_PART;
}

/* Which part is asked for; of HEAD there are none. */
static enum range
find_range(struct req *req, const struct file *file, int64_t size,
    int64_t *from, int64_t *length)
{
	bool repeated;
	struct str range = req_header(req, "Range", &repeated), unit;
	struct str if_range = req_header(req, "If-Range", NULL);

	if (range.p == NULL || repeated || req->bodiless ||
	    str_find(range, ',') >= 0)
		return RANGE_WHOLE;
	/* A date never matches: there is no Last-Modified. */
	if (if_range.p != NULL && !str_equal(str_trim(if_range), file->etag))
		return RANGE_WHOLE;
	if (!str_next(&range, '=', &unit) ||
	    !str_is_nocase(str_trim(unit), "bytes") || range.p == NULL)
		return RANGE_WHOLE;
	return read_range(str_trim(range), size, from, length);
}

static struct err *
open_file(struct req *req, const struct file *file, int64_t *size)
{
	struct descriptor *descriptor = NEW(req->pool, struct descriptor);
	struct stat stat;
	struct err *err;

	descriptor->fd = open(file->path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (descriptor->fd < 0 && errno == ENOENT) {
		err = err_new(
		    req->pool, NOT_FOUND, "The file is not there any more.");
		err->cause =
		    pool_printf(req->pool, "no file %.*s", PSTR(file->path));
		return err;
	}
	if (descriptor->fd < 0)
		return err_internal(req->pool, "cannot open %.*s: %s",
		    PSTR(file->path), strerror(errno));
	pool_own(req->pool, close_descriptor, descriptor);
	if (fstat(descriptor->fd, &stat) != 0 || !S_ISREG(stat.st_mode))
		return err_internal(
		    req->pool, "%.*s is no file", PSTR(file->path));
	req->file.fd = descriptor->fd;
	*size = stat.st_size;
	return NULL;
}

static void
add_headers(struct req *req, const struct file *file)
{
	answer_header(req, "ETag", file->etag);
	answer_header(req, "Cache-Control", str_of(file->cache));
	answer_header(req, "Accept-Ranges", STR("bytes"));
	/* Should anybody open it as a page, it may do nothing. */
	answer_header(req, "Content-Security-Policy",
	    STR("default-src 'none'; media-src 'self'; sandbox"));
	answer_header(req, "Content-Disposition",
	    file->name.p == NULL
		? STR("inline")
		: pool_printf(req->pool, "attachment; filename=\"%.*s\"",
		      PSTR(file->name)));
}

struct err *
file_answer(struct req *req, const struct file *file)
{
	struct str match = req_header(req, "If-Match", NULL);
	struct str none = req_header(req, "If-None-Match", NULL);
	int64_t size = 0, from = 0, length = 0;
	enum range range;

	TRY(open_file(req, file, &size));
	if (match.p != NULL && !etag_in(match, file->etag, false))
		return err_new(req->pool, PRECONDITION_FAILED,
		    "The file is another than the one that was read.");
	add_headers(req, file);
	if (none.p != NULL && etag_in(none, file->etag, true)) {
		answer(req, 304, file->type);
		return NULL;
	}
	range = find_range(req, file, size, &from, &length);
	if (range == RANGE_NONE) {
		req->file.length = 0;
		answer_problem(
		    req, err_new(req->pool, RANGE_NOT_SATISFIABLE,
			     "The file has %lld bytes: there is no such part.",
			     (long long)size));
		answer_header(req, "Content-Range",
		    pool_printf(req->pool, "bytes */%lld", (long long)size));
		return NULL;
	}
	answer(req, range == RANGE_PART ? 206 : 200, file->type);
	req->file.from = range == RANGE_PART ? from : 0;
	req->file.length = range == RANGE_PART ? length : size;
	if (range == RANGE_PART)
		answer_header(req, "Content-Range",
		    pool_printf(req->pool, "bytes %lld-%lld/%lld",
			(long long)from, (long long)(from + length - 1),
			(long long)size));
	return NULL;
}
