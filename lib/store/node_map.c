#include "node_map.h"

#include "id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FRESH = 1000000, /* microseconds */
	PROBES = 32,
	LEAST_SLOTS = 64,
	LOCK_TRIES = 100,
	LOCK_PAUSE = 2000, /* microseconds */
};

static const uint64_t magic = 0x31304e4547585042; /* "BPXGEN01" */

struct slot {
	_Atomic uint64_t key; /* organization + 1; 0: free, never again */
	_Atomic uint64_t generation;
	_Atomic uint64_t confirmed; /* epoch */
	uint64_t unused;
};

struct file {
	uint64_t magic;
	uint64_t boot; /* the clock of another boot says nothing */
	uint64_t slot_count;
	uint64_t unused[5];
	_Atomic uint64_t epoch; /* the first is 1 */
	_Atomic int64_t beat;   /* clock_monotonic() */
	uint64_t unused_too[6];
	struct slot slots[];
};

_Static_assert(sizeof(struct slot) == 32, "part of a cache line");
_Static_assert(sizeof(struct file) == 128, "the file's format");

struct node_map {
	struct str folder, path, draft;
	size_t slots; /* of a new file */
	uint64_t boot;
	struct file *file; /* NULL: there is none */
	size_t size;
	dev_t device;
	ino_t inode;
};

static size_t
size_for(size_t slots)
{
	return sizeof(struct file) + slots * sizeof(struct slot);
}

static void
unmap(struct node_map *map)
{
	if (map->file != NULL)
		munmap(map->file, map->size);
	map->file = NULL;
}

static void
destroy(void *object)
{
	unmap(object);
}

/* Maps what fd is open on, if it is whole and of this boot. */
static bool
map_file(struct node_map *map, int fd)
{
	struct stat about;
	struct file *file;
	size_t size;

	if (fstat(fd, &about) != 0 ||
	    about.st_size < (off_t)size_for(LEAST_SLOTS))
		return false;
	size = (size_t)about.st_size;
	file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		return false;
	if (file->magic != magic || file->boot != map->boot ||
	    file->slot_count < LEAST_SLOTS ||
	    file->slot_count > size / sizeof(struct slot) ||
	    size_for(file->slot_count) != size) {
		munmap(file, size);
		return false;
	}
	map->file = file;
	map->size = size;
	map->device = about.st_dev;
	map->inode = about.st_ino;
	return true;
}

static bool
map_existing(struct node_map *map)
{
	int fd = open(map->path.p, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool good;

	if (fd < 0)
		return false;
	good = map_file(map, fd);
	close(fd);
	return good;
}

/* Writes a whole new file, then puts it in its place. */
static bool
map_new(struct node_map *map)
{
	struct file head = {.magic = magic,
	    .boot = map->boot,
	    .slot_count = map->slots,
	    .epoch = 1};
	int fd = open(map->draft.p,
	    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0660);
	bool good;

	if (fd < 0)
		return false;
	/* Reserved whole: a full disk must not show as SIGBUS later. */
	good = fchmod(fd, 0660) == 0 &&
	       posix_fallocate(fd, 0, (off_t)size_for(map->slots)) == 0 &&
	       pwrite(fd, &head, sizeof head, 0) == (ssize_t)sizeof head &&
	       map_file(map, fd);
	if (good && rename(map->draft.p, map->path.p) != 0) {
		unmap(map);
		good = false;
	}
	close(fd);
	return good;
}

/* One process at a time makes a new file. */
static void
map_any(struct node_map *map)
{
	int folder;

	if (map_existing(map))
		return;
	folder = open(map->folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return;
	for (int i = 0; flock(folder, LOCK_EX | LOCK_NB) != 0; i++) {
		if (i == LOCK_TRIES) {
			close(folder);
			return;
		}
		usleep(LOCK_PAUSE);
	}
	if (!map_existing(map))
		map_new(map);
	close(folder);
}

struct node_map *
node_map_open(struct pool *process, struct str folder, size_t slots)
{
	struct node_map *map = NEW(process, struct node_map);

	if (folder.n == 0)
		return map;
	map->folder = pool_copy(process, folder);
	map->path = pool_printf(process, "%s/generations", map->folder.p);
	map->draft = pool_printf(process, "%s/generations.new", map->folder.p);
	map->slots = slots < LEAST_SLOTS ? LEAST_SLOTS : slots;
	map->boot = id_of_boot();
	map_any(map);
	pool_own(process, destroy, map);
	return map;
}

bool
node_map_check(struct node_map *map)
{
	struct stat about;

	if (map->folder.n == 0)
		return false;
	if (map->file != NULL && stat(map->path.p, &about) == 0 &&
	    about.st_dev == map->device && about.st_ino == map->inode)
		return false;
	unmap(map);
	map_any(map);
	return map->file != NULL;
}

uint64_t
node_map_epoch(const struct node_map *map)
{
	return map->file != NULL ? atomic_load(&map->file->epoch) : 0;
}

bool
node_map_is_fresh(const struct node_map *map, int64_t now)
{
	int64_t age;

	if (map->file == NULL)
		return false;
	age = now - atomic_load(&map->file->beat);
	/* Another processor's clock may be a little ahead. */
	return age > -FRESH && age < FRESH;
}

/* The organization's slot; NULL when there is none, or no place for one. */
static struct slot *
slot_find(const struct node_map *map, uint64_t organization, bool claim)
{
	uint64_t key = organization + 1;
	uint64_t hash = key * 0x9e3779b97f4a7c15;
	size_t count;

	if (map->file == NULL)
		return NULL;
	count = map->file->slot_count;
	hash ^= hash >> 32;
	for (size_t i = 0; i < PROBES; i++) {
		struct slot *slot = &map->file->slots[(hash + i) % count];
		uint64_t found = atomic_load(&slot->key);

		if (found == 0) {
			if (!claim)
				return NULL;
			/* Who loses the race sees in `found` to whom. */
			if (atomic_compare_exchange_strong(
				&slot->key, &found, key))
				return slot;
		}
		if (found == key)
			return slot;
	}
	return NULL;
}

static void
raise_to(_Atomic uint64_t *number, uint64_t least)
{
	uint64_t is = atomic_load(number);

	while (is < least && !atomic_compare_exchange_weak(number, &is, least))
		;
}

uint64_t
node_map_find(
    const struct node_map *map, uint64_t organization, uint64_t *confirmed)
{
	struct slot *slot = slot_find(map, organization, false);

	*confirmed = 0;
	if (slot == NULL)
		return 0;
	/* In this order: who confirms raises first. */
	*confirmed = atomic_load(&slot->confirmed);
	return atomic_load(&slot->generation);
}

void
node_map_claim(struct node_map *map, uint64_t organization)
{
	slot_find(map, organization, true);
}

void
node_map_raise(struct node_map *map, uint64_t organization, uint64_t generation)
{
	struct slot *slot = slot_find(map, organization, true);

	if (slot != NULL)
		raise_to(&slot->generation, generation);
}

void
node_map_confirm(struct node_map *map, uint64_t organization,
    uint64_t generation, uint64_t epoch)
{
	struct slot *slot = slot_find(map, organization, true);

	if (slot == NULL)
		return;
	raise_to(&slot->generation, generation);
	raise_to(&slot->confirmed, epoch);
}

void
node_map_begin(struct node_map *map)
{
	if (map->file != NULL)
		atomic_fetch_add(&map->file->epoch, 1);
}

void
node_map_beat(struct node_map *map, int64_t instant)
{
	if (map->file != NULL)
		atomic_store(&map->file->beat, instant);
}
