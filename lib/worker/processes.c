#include "processes.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESTART_SECONDS = 1 };

struct running {
	const struct processes *all;
	sigset_t waited;
	pid_t pids[PROCESSES_MOST];
};

static pid_t
start_one(struct running *running, size_t i)
{
	const struct processes *all = running->all;
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		log_write(all->log, LOG_ERROR_, "cannot start %s",
		    all->name(all->context, i));
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &running->waited, NULL);
	if (getppid() != parent)
		_exit(0);
	log_text(all->log, "job", str_of(all->name(all->context, i)));
	all->run(all->context, i);
	_exit(0);
}

/* Takes note of those that died; true when one did. */
static bool
reap(struct running *running)
{
	const struct processes *all = running->all;
	bool died = false;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < all->count; i++) {
			if (running->pids[i] != pid)
				continue;
			running->pids[i] = 0;
			died = true;
			log_write(all->log, LOG_ERROR_,
			    "%s ended by %s %d and is started again",
			    all->name(all->context, i),
			    WIFSIGNALED(status) ? "signal" : "itself with",
			    WIFSIGNALED(status) ? WTERMSIG(status)
						: WEXITSTATUS(status));
		}
	}
	return died;
}

/* True when all run. */
static bool
start_missing(struct running *running)
{
	bool all = true;

	for (size_t i = 0; i < running->all->count; i++) {
		if (running->pids[i] <= 0)
			running->pids[i] = start_one(running, i);
		all = all && running->pids[i] > 0;
	}
	return all;
}

void
processes_run(const struct processes *processes)
{
	const struct timespec again = {RESTART_SECONDS, 0};
	struct running running = {.all = processes};
	sigset_t ending;
	int number;

	assert(processes->count <= PROCESSES_MOST);
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	running.waited = ending;
	sigaddset(&running.waited, SIGCHLD);
	sigprocmask(SIG_BLOCK, &running.waited, NULL);
	do {
		if (start_missing(&running))
			number = sigwaitinfo(&running.waited, NULL);
		else
			number = sigtimedwait(&running.waited, NULL, &again);
		/* Not at once: it may die again. */
		if (number == SIGCHLD && reap(&running))
			number = sigtimedwait(&ending, NULL, &again);
	} while (number != SIGTERM && number != SIGINT);
	for (size_t i = 0; i < processes->count; i++)
		if (running.pids[i] > 0)
			kill(running.pids[i], SIGTERM);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}
