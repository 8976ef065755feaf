#include "node_map.h"

#include "clock.h"
#include "servers.h"

#include <criterion/criterion.h>
#include <pthread.h>

/* A folder without servers. */
static struct servers servers;
static struct pool *process;
static struct str folder;

static void
start(void)
{
	servers = servers_empty();
	process = pool_new();
	folder = str_of(servers.folder);
}

static void
stop(void)
{
	pool_free(process);
	servers_free(&servers);
}

TestSuite(node_map, .init = start, .fini = stop, .timeout = 60);

static struct node_map *
open_map(void)
{
	return node_map_open(process, folder, 1000);
}

static uint64_t
generation(const struct node_map *map, uint64_t organization)
{
	uint64_t confirmed;

	return node_map_find(map, organization, &confirmed);
}

static uint64_t
confirmed(const struct node_map *map, uint64_t organization)
{
	uint64_t epoch;

	node_map_find(map, organization, &epoch);
	return epoch;
}

static int
file(void)
{
	int fd = open(pool_printf(process, "%s/generations", folder.p).p,
	    O_RDWR | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	return fd;
}

Test(node_map, two_processes_see_the_same)
{
	struct node_map *one = open_map(), *two = open_map();

	node_map_raise(one, 7, 3);
	node_map_confirm(one, 0, 9, node_map_epoch(one));
	cr_assert_eq(generation(two, 7), 3);
	cr_assert_eq(confirmed(two, 7), 0);
	cr_assert_eq(generation(two, 0), 9);
	cr_assert_eq(confirmed(two, 0), node_map_epoch(two));
	cr_assert_eq(generation(two, 8), 0);
}

Test(node_map, is_never_lowered)
{
	struct node_map *map = open_map();

	node_map_raise(map, 7, 3);
	node_map_raise(map, 7, 2);
	node_map_confirm(map, 7, 1, 1);
	cr_assert_eq(generation(map, 7), 3);
	node_map_begin(map);
	node_map_confirm(map, 7, 3, 2);
	node_map_confirm(map, 7, 3, 1);
	cr_assert_eq(confirmed(map, 7), 2);
}

Test(node_map, a_new_epoch_confirms_nothing)
{
	struct node_map *map = open_map();
	uint64_t before = node_map_epoch(map);

	node_map_confirm(map, 7, 3, before);
	node_map_begin(map);
	cr_assert_neq(confirmed(map, 7), node_map_epoch(map));
	/* Who asked before and answers now does not change that. */
	node_map_confirm(map, 7, 3, before);
	cr_assert_neq(confirmed(map, 7), node_map_epoch(map));
}

Test(node_map, is_fresh_for_a_second_after_the_beat)
{
	struct node_map *map = open_map();
	int64_t now = clock_monotonic();

	cr_assert_not(node_map_is_fresh(map, now), "nobody was there yet");
	node_map_beat(map, now);
	cr_assert(node_map_is_fresh(map, now));
	cr_assert(node_map_is_fresh(map, now + 999999));
	cr_assert_not(node_map_is_fresh(map, now + 1000000));
	cr_assert_not(node_map_is_fresh(map, now - 1000000));
}

Test(node_map, a_short_file_is_made_anew)
{
	int fd;

	node_map_raise(open_map(), 7, 3);
	fd = file();
	cr_assert_eq(ftruncate(fd, 100), 0);
	close(fd);
	node_map_raise(open_map(), 7, 1);
	cr_assert_eq(generation(open_map(), 7), 1);
}

Test(node_map, a_damaged_file_is_made_anew)
{
	/* The magic, the boot, the number of slots. */
	for (off_t at = 0; at < 24; at += 8) {
		int fd;

		node_map_raise(open_map(), 7, 3);
		fd = file();
		cr_assert_eq(
		    pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, at), 8);
		close(fd);
		cr_assert_eq(generation(open_map(), 7), 0);
	}
}

Test(node_map, a_draft_that_was_left_behind_does_not_matter)
{
	int fd = open(pool_printf(process, "%s/generations.new", folder.p).p,
	    O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	cr_assert_eq(write(fd, "half", 4), 4);
	close(fd);
	node_map_raise(open_map(), 7, 3);
	cr_assert_eq(generation(open_map(), 7), 3);
}

Test(node_map, notices_that_the_file_was_replaced)
{
	struct node_map *old = open_map(), *new;

	cr_assert_not(node_map_check(old));
	unlink(pool_printf(process, "%s/generations", folder.p).p);
	new = open_map();
	node_map_raise(new, 7, 3);
	cr_assert_eq(generation(old, 7), 0);
	cr_assert(node_map_check(old));
	cr_assert_eq(generation(old, 7), 3);
	cr_assert_not(node_map_check(old));
}

Test(node_map, works_without_a_folder)
{
	struct node_map *maps[] = {node_map_open(process, NO_STR, 100),
	    node_map_open(process, STR("/nonexistent"), 100),
	    node_map_open(process, STR("/proc"), 100)};

	for (size_t i = 0; i < 3; i++) {
		node_map_begin(maps[i]);
		node_map_beat(maps[i], clock_monotonic());
		node_map_claim(maps[i], 7);
		node_map_raise(maps[i], 7, 3);
		node_map_confirm(maps[i], 7, 3, 1);
		cr_assert_eq(generation(maps[i], 7), 0);
		cr_assert_eq(node_map_epoch(maps[i]), 0);
		cr_assert_not(node_map_is_fresh(maps[i], clock_monotonic()));
		cr_assert_not(node_map_check(maps[i]));
	}
}

Test(node_map, a_full_map_keeps_what_it_has)
{
	struct node_map *map = node_map_open(process, folder, 64);
	size_t found = 0;

	for (uint64_t i = 0; i < 1000; i++)
		node_map_raise(map, i, i + 1);
	for (uint64_t i = 0; i < 1000; i++) {
		uint64_t is = generation(map, i);

		cr_assert(is == 0 || is == i + 1);
		found += is != 0;
	}
	cr_assert_eq(found, 64);
}

enum { THREADS = 4, ROUNDS = 20000, ORGANIZATIONS = 50 };

static void *
raise_many(void *argument)
{
	struct node_map *map = argument;

	for (uint64_t i = 1; i <= ROUNDS; i++)
		node_map_raise(map, i % ORGANIZATIONS, i);
	return NULL;
}

Test(node_map, many_at_once_end_at_the_highest)
{
	pthread_t threads[THREADS];
	struct node_map *map = open_map();

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, raise_many, open_map());
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (uint64_t i = 0; i < ORGANIZATIONS; i++)
		cr_assert_eq(generation(map, i),
		    i == 0 ? ROUNDS : ROUNDS - ORGANIZATIONS + i);
}

Test(node_map, many_that_make_it_at_once_make_one)
{
	for (uint64_t round = 1; round <= 20; round++) {
		pid_t pids[8];

		for (uint64_t i = 0; i < 8; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				node_map_raise(open_map(), i, round);
				_exit(0);
			}
		}
		for (int i = 0; i < 8; i++)
			waitpid(pids[i], NULL, 0);
		for (uint64_t i = 0; i < 8; i++)
			cr_assert_eq(generation(open_map(), i), round);
		unlink(pool_printf(process, "%s/generations", folder.p).p);
	}
}
