/*
 * Real servers for unit tests: a private Redis and a private MariaDB on unix
 * sockets, in a folder of their own that goes with them.  They die with the
 * process that started them.
 *
 * A test that disturbs its server starts one of its own.  Others may share
 * one: ReportHook(PRE_ALL) starts it and calls servers_share(), tests (which
 * run in processes of their own) find it by servers_shared().
 */
#ifndef TESTS_SERVERS_H
#define TESTS_SERVERS_H

#include "conf.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SERVER_REDIS, SERVER_MARIADB, SERVERS };

struct servers {
	char folder[64];
	pid_t pids[SERVERS];
};

static const char *const servers_sockets[SERVERS] = {
    "redis.sock", "mariadb.sock"};

static inline void
servers_fail(const char *what, const char *folder)
{
	fprintf(stderr, "servers: %s; see the log in %s\n", what, folder);
	abort();
}

static inline pid_t
servers_run(const char *folder, const char *const argv[])
{
	pid_t pid = fork();
	int log;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* A starting MariaDB sweeps its TMPDIR of others' tables, too. */
	setenv("TMPDIR", folder, 1);
	log = chdir(folder) == 0
		  ? open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
		  : -1;
	if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		_exit(126);
	/* Debian's servers lie where ordinary users do not look. */
	if (execvp(argv[0], (char *const *)(uintptr_t)argv) < 0)
		execv(pool_printf(pool_new(), "/usr/sbin/%s", argv[0]).p,
		    (char *const *)(uintptr_t)argv);
	_exit(127);
}

static inline bool
servers_answers(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	yes = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return yes;
}

static inline void
servers_start(struct servers *servers, int which)
{
	/* The server takes relative paths for its own. */
	char data[100], listen_at[100];
	const char *redis[] = {"redis-server", "--port", "0", "--unixsocket",
	    "redis.sock", "--save", "", "--daemonize", "no", NULL};
	const char *mariadb[] = {"mariadbd", "--no-defaults", data, listen_at,
	    "--skip-networking", "--user=root", "--innodb-log-file-size=8M",
	    "--innodb-buffer-pool-size=16M",
	    "--innodb-flush-log-at-trx-commit=2", "--max-connections=100",
	    "--character-set-server=utf8mb4", NULL};
	char path[100];

	snprintf(data, sizeof data, "--datadir=%s/data", servers->folder);
	snprintf(listen_at, sizeof listen_at, "--socket=%s/mariadb.sock",
	    servers->folder);
	servers->pids[which] = servers_run(
	    servers->folder, which == SERVER_REDIS ? redis : mariadb);
	snprintf(path, sizeof path, "%s/%s", servers->folder,
	    servers_sockets[which]);
	for (int i = 0; !servers_answers(path); i++) {
		if (i == 3000 ||
		    waitpid(servers->pids[which], NULL, WNOHANG) != 0)
			servers_fail(
			    "a server does not start", servers->folder);
		usleep(10000);
	}
}

/* A new folder. */
static inline struct servers
servers_empty(void)
{
	const char *below = getenv("TMPDIR");
	struct servers servers;

	memset(&servers, 0, sizeof servers);
	snprintf(servers.folder, sizeof servers.folder, "%s/opbx-test-XXXXXX",
	    below != NULL ? below : "/tmp");
	if (mkdtemp(servers.folder) == NULL)
		servers_fail("no folder", servers.folder);
	return servers;
}

/* One more server in it, with data of its own. */
static inline void
servers_add(struct servers *servers, int which)
{
	char data[100];
	const char *install[] = {"mariadb-install-db", "--no-defaults", data,
	    "--auth-root-authentication-method=normal", "--skip-test-db",
	    "--user=root", "--innodb-log-file-size=8M", NULL};
	int status = 0;

	snprintf(data, sizeof data, "--datadir=%s/data", servers->folder);
	if (which == SERVER_MARIADB &&
	    (waitpid(servers_run(servers->folder, install), &status, 0) < 0 ||
		status != 0))
		servers_fail("mariadb-install-db", servers->folder);
	servers_start(servers, which);
}

static inline struct servers
servers_new(int which)
{
	struct servers servers = servers_empty();

	servers_add(&servers, which);
	return servers;
}

static inline void
servers_kill(struct servers *servers, int which)
{
	char path[100];

	if (servers->pids[which] == 0)
		return;
	kill(servers->pids[which], SIGKILL);
	waitpid(servers->pids[which], NULL, 0);
	servers->pids[which] = 0;
	snprintf(path, sizeof path, "%s/%s", servers->folder,
	    servers_sockets[which]);
	unlink(path);
}

/* A stopped server still has its connections and takes new ones. */
static inline void
servers_freeze(const struct servers *servers, int which)
{
	kill(servers->pids[which], SIGSTOP);
	waitpid(servers->pids[which], NULL, WUNTRACED);
}

static inline void
servers_thaw(const struct servers *servers, int which)
{
	kill(servers->pids[which], SIGCONT);
}

static inline int
servers_remove(
    const char *path, const struct stat *about, int kind, struct FTW *ftw)
{
	(void)about, (void)kind, (void)ftw;
	return remove(path);
}

static inline void
servers_free(struct servers *servers)
{
	for (int i = 0; i < SERVERS; i++)
		servers_kill(servers, i);
	nftw(servers->folder, servers_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
servers_share(const struct servers *servers)
{
	setenv("OPBX_TEST_SERVERS", servers->folder, 1);
}

static inline struct servers
servers_shared(void)
{
	struct servers servers = {.pids = {0}};

	snprintf(servers.folder, sizeof servers.folder, "%s",
	    getenv("OPBX_TEST_SERVERS"));
	return servers;
}

/*
 * etc/opbx.conf for these servers: the administrator may do all; `more`.
 * The folder is run_dir, too, unless `more` says otherwise.
 */
static inline const struct conf *
servers_conf(struct pool *pool, const struct servers *servers, const char *more)
{
	struct str text = pool_printf(pool,
	    "redis.socket = redis.sock\ndb.socket = mariadb.sock\n"
	    "db.admin_user = root\n%s%s\n",
	    strstr(more, "run_dir") != NULL ? "" : "run_dir = .\n", more);
	const struct conf *conf;
	struct err *err = conf_parse(pool, text,
	    pool_printf(pool, "%s/opbx.conf", servers->folder), &conf);

	if (err != NULL)
		servers_fail(err->message.p, servers->folder);
	return conf;
}

#endif
