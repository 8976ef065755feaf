#include "sql_file.h"

#include "crypto.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MOST = 1000 };

struct str
sql_checksum(struct pool *pool, struct str text)
{
	unsigned char hash[CRYPTO_HASH];

	crypto_sha256(text, hash);
	return crypto_hex(pool, hash, sizeof hash);
}

bool
sql_is_migration(struct str name)
{
	return name.n > 9 && str_is_digits(str_cut(name, 0, 4)) &&
	       name.p[4] == '-' && str_ends(name, STR(".sql"));
}

struct err *
sql_file_read(
    struct pool *pool, struct str folder, struct str name, struct sql_file *out)
{
	struct str path =
	    pool_printf(pool, "%.*s/%.*s", PSTR(folder), PSTR(name));
	int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	ssize_t n = -1;
	char *text = NULL;

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		text = pool_alloc(pool, (size_t)status.st_size + 1);
		n = read(fd, text, (size_t)status.st_size);
		if (n != status.st_size)
			n = -1;
	}
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return err_internal(pool, "%s cannot be read", path.p);
	out->name = pool_copy(pool, name);
	out->text = (struct str){text, (size_t)n};
	out->checksum = sql_checksum(pool, out->text);
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	return str_compare(((const struct sql_file *)a)->name,
	    ((const struct sql_file *)b)->name);
}

struct err *
sql_migrations(struct pool *pool, struct str folder, struct sql_file **files,
    size_t *count)
{
	DIR *dir = opendir(folder.p);
	const struct dirent *entry;
	struct sql_file *list = NEW_ARRAY(pool, struct sql_file, FILES_MOST);
	struct err *err = NULL;
	size_t n = 0;

	if (dir == NULL)
		return err_internal(
		    pool, "sql_dir: the folder %s cannot be read", folder.p);
	while (err == NULL && n < FILES_MOST && (entry = readdir(dir)) != NULL)
		if (sql_is_migration(str_of(entry->d_name)))
			err = sql_file_read(
			    pool, folder, str_of(entry->d_name), &list[n++]);
	closedir(dir);
	TRY(err);
	if (n == 0)
		return err_internal(
		    pool, "sql_dir: there are no migrations in %s", folder.p);
	qsort(list, n, sizeof *list, by_name);
	for (size_t i = 1; i < n; i++)
		if (memcmp(list[i].name.p, list[i - 1].name.p, 4) == 0)
			return err_internal(pool,
			    "%s and %s have the same number",
			    list[i - 1].name.p, list[i].name.p);
	*files = list;
	*count = n;
	return NULL;
}
