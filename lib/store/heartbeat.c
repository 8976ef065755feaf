#include "heartbeat.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct str prefix = {"worker.", 7};

static struct str
folder_of(struct pool *pool, const struct conf *conf)
{
	return conf_path(pool, conf, "run_dir", "/run/opbx");
}

struct str
heartbeat_path(struct pool *process, const struct conf *conf, const char *name)
{
	return pool_printf(process, "%.*s/%.*s%s",
	    PSTR(folder_of(process, conf)), PSTR(prefix), name);
}

void
heartbeat(struct str path)
{
	int fd =
	    open(path.p, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	/* Where there is no folder, nobody looks. */
	if (fd < 0)
		return;
	futimens(fd, NULL);
	close(fd);
}

struct str
heartbeat_lost(struct pool *pool, const struct conf *conf)
{
	DIR *folder = opendir(folder_of(pool, conf).p);
	time_t oldest = time(NULL) - HEARTBEAT_SECONDS;
	struct str lost = NO_STR;
	struct dirent *entry;
	struct stat status;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		struct str name = str_of(entry->d_name);

		if (!str_starts(name, prefix) ||
		    fstatat(dirfd(folder), name.p, &status,
			AT_SYMLINK_NOFOLLOW) != 0 ||
		    status.st_mtime >= oldest)
			continue;
		oldest = status.st_mtime;
		lost = pool_copy(pool, str_cut(name, prefix.n, name.n));
	}
	if (folder != NULL)
		closedir(folder);
	return lost;
}
