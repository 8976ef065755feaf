#include "children.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum {
	YOUNG = 1000 * 1000,      /* microseconds: died at once */
	PAUSE_FIRST = 100 * 1000, /* microseconds */
	PAUSE_MOST = 5 * 1000 * 1000,
};

/* One place that is to be filled by a living child. */
struct place {
	pid_t pid;     /* 0: empty */
	int64_t began; /* of the child that is or was here */
	int64_t due;   /* when an empty place may be filled again */
	int64_t pause;
};

static volatile sig_atomic_t told;

static void
note(int number)
{
	(void)number;
	told = 1;
}

static void
ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGUSR1);
}

void
children_block(void)
{
	struct sigaction action = {.sa_handler = note};
	sigset_t set;

	ending_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	/* A file that may not grow is a write that fails, not our end. */
	sigaction(SIGXFSZ, &action, NULL);
}

bool
children_told_to_end(void)
{
	sigset_t pending;

	if (told == 0 && sigpending(&pending) == 0 &&
	    (sigismember(&pending, SIGTERM) == 1 ||
		sigismember(&pending, SIGINT) == 1 ||
		sigismember(&pending, SIGUSR1) == 1))
		told = 1;
	return told != 0;
}

/* EPOLLEXCLUSIVE is what poll() lacks: one connection wakes one process. */
static int
watch(int listener)
{
	static int watching = -1;
	struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};

	if (watching >= 0)
		return watching;
	watching = epoll_create1(EPOLL_CLOEXEC);
	if (watching >= 0)
		epoll_ctl(watching, EPOLL_CTL_ADD, listener, &event);
	return watching;
}

void
children_wait(int listener, int most)
{
	struct epoll_event event;
	sigset_t open;

	sigemptyset(&open);
	epoll_pwait(watch(listener), &event, 1, most, &open);
}

static void
fill(const struct children *children, struct place *place)
{
	pid_t keeper = getpid();
	sigset_t child;

	place->began = clock_monotonic();
	place->pid = fork();
	if (place->pid > 0)
		return;
	if (place->pid < 0) {
		log_write(children->log, LOG_ERROR_, "cannot fork: %s",
		    strerror(errno));
		place->pid = 0;
		place->due = place->began + PAUSE_MOST;
		return;
	}
	/* A keeper that is killed leaves nobody behind. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != keeper)
		exit(EXIT_FAILURE);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &child, NULL);
	exit(children->work(children->context));
}

static void
note_death(const struct children *children, struct place *place, int status)
{
	int64_t now = clock_monotonic();
	bool young = now - place->began < YOUNG;

	if (WIFSIGNALED(status))
		log_write(children->log, LOG_ERROR_,
		    "child %d was ended by signal %d", (int)place->pid,
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_write(children->log, LOG_ERROR_,
		    "child %d ended with status %d", (int)place->pid,
		    WEXITSTATUS(status));
	place->pid = 0;
	if (!young)
		place->pause = 0;
	else if (place->pause == 0)
		place->pause = PAUSE_FIRST;
	else if (place->pause < PAUSE_MOST)
		place->pause *= 2;
	place->due = now + place->pause;
}

/* Notes all that died; returns how many children live. */
static size_t
reap(const struct children *children, struct place *places)
{
	size_t living = 0;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < children->count; i++)
			if (places[i].pid == pid)
				note_death(children, &places[i], status);
	for (size_t i = 0; i < children->count; i++)
		living += places[i].pid != 0 ? 1 : 0;
	return living;
}

/* Fills what is due; microseconds until the next place is, or -1. */
static int64_t
fill_places(const struct children *children, struct place *places)
{
	int64_t next = -1, now = clock_monotonic();

	for (size_t i = 0; i < children->count; i++) {
		struct place *place = &places[i];

		if (place->pid == 0 && place->due <= now)
			fill(children, place);
		if (place->pid == 0 && (next < 0 || place->due - now < next))
			next = place->due > now ? place->due - now : 0;
	}
	return next;
}

/* Sleeps for a signal of the set; its number, 0 when the time was over. */
static int
next_signal(const sigset_t *set, int64_t microseconds)
{
	struct timespec most = {
	    microseconds / 1000000, microseconds % 1000000 * 1000};
	int number;

	do {
		number = microseconds < 0 ? sigwaitinfo(set, NULL)
					  : sigtimedwait(set, NULL, &most);
	} while (number < 0 && errno == EINTR);
	return number < 0 ? 0 : number;
}

static void
signal_all(
    const struct children *children, const struct place *places, int number)
{
	for (size_t i = 0; i < children->count; i++)
		if (places[i].pid > 0)
			kill(places[i].pid, number);
}

static void
end_all(
    const struct children *children, struct place *places, const sigset_t *set)
{
	int64_t until =
	    clock_monotonic() + (int64_t)CHILDREN_GRACE * 1000 * 1000;
	bool killed = false;

	children->ending(children->context);
	signal_all(children, places, SIGTERM);
	while (reap(children, places) > 0) {
		int64_t left = until - clock_monotonic();

		if (left > 0) {
			next_signal(set, left);
			continue;
		}
		if (!killed)
			signal_all(children, places, SIGKILL);
		killed = true;
		next_signal(set, PAUSE_FIRST);
	}
}

size_t
children_count(const struct conf *conf)
{
	const char *wanted = getenv("OPBX_CHILDREN");
	int64_t count;
	long cores;

	if (wanted == NULL ||
	    !str_to_int(str_of(wanted), 0, CHILDREN_MOST, &count))
		count = conf_int(conf, "children", 0, 0, CHILDREN_MOST);
	if (count > 0)
		return (size_t)count;
	cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (cores < 1)
		return 1;
	return cores > CHILDREN_MOST ? CHILDREN_MOST : (size_t)cores;
}

int
children_keep(const struct children *children)
{
	static struct place places[CHILDREN_MOST];
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t set, child;
	int number;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	/* A server that ignores its dead hands that on to its programs. */
	sigaction(SIGCHLD, &action, NULL);
	ending_signals(&set);
	sigaddset(&set, SIGCHLD);
	do {
		reap(children, places);
		number = next_signal(&set, fill_places(children, places));
	} while (number == 0 || number == SIGCHLD);
	end_all(children, places, &set);
	return EXIT_SUCCESS;
}
