#include "pace.h"

#include <fcntl.h>
#include <unistd.h>

enum {
	GATHER_MS = 20,
	FEW = 128, /* events of a round that was too small */
	TIMES = 3, /* as long as the round took, while nothing is late */
	MOST_MS = 1000,
	TICKS = 4, /* too few to tell from */
	PART = 8,  /* one of so many is idle: not busy */
};

void
pace_look(struct pace *pace, struct str stat)
{
	/* user, nice, system, idle, iowait, irq, softirq, steal */
	enum { IDLE = 3, WAITING = 4, FIELDS = 8 };
	int64_t idle = 0, all = 0, ticks;
	struct str line, word;
	int n = 0;

	if (!str_next(&stat, '\n', &line) || !str_starts(line, STR("cpu ")))
		return;
	line = str_cut(line, sizeof "cpu " - 1, line.n);
	while (n < FIELDS && str_next(&line, ' ', &word)) {
		if (word.n == 0)
			continue;
		if (!str_to_int(word, 0, INT64_MAX / FIELDS, &ticks))
			return;
		idle += n == IDLE || n == WAITING ? ticks : 0;
		all += ticks;
		n++;
	}
	if (n <= IDLE || all - pace->all < TICKS)
		return;
	pace->busy = (idle - pace->idle) * PART < all - pace->all;
	pace->idle = idle;
	pace->all = all;
}

int
pace_rest(const struct pace *pace, size_t done, int64_t took, int64_t age)
{
	int times = age > PACE_LATE_MS ? 1 : TIMES;

	if (done == 0)
		return 0;
	if (done < FEW)
		return GATHER_MS;
	if (!pace->busy || age > PACE_OVERDUE_MS)
		return 0;
	return took < MOST_MS / times ? (int)took * times : MOST_MS;
}

int
pace_rest_now(struct pace *pace, size_t done, int64_t took, int64_t age)
{
	char text[512];
	int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;

	if (fd >= 0)
		close(fd);
	if (n > 0)
		pace_look(pace, (struct str){text, (size_t)n});
	return pace_rest(pace, done, took, age);
}
