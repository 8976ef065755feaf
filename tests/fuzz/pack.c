/*
 * Any bytes as a packed struct with arrays in arrays: bad, or the very text
 * that writing the struct gives.
 */
#include "pack.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MOST = 64 };

struct leaf {
	struct str name;
	int64_t number;
	enum { RED, GREEN, BLUE } colour;
};

struct branch {
	struct leaf *leaves;
	size_t count;
	bool straight;
};

struct tree {
	uint64_t id;
	int age;
	struct str name;
	struct branch *branches;
	size_t count;
};

static void
pack_leaf(struct pack *pack, struct leaf *leaf)
{
	pack_str(pack, &leaf->name);
	pack_i64(pack, &leaf->number);
	PACK_ENUM(pack, leaf->colour, BLUE);
}

static void
pack_branch(struct pack *pack, struct branch *branch)
{
	branch->leaves = pack_array(
	    pack, branch->leaves, &branch->count, sizeof *branch->leaves, MOST);
	for (size_t i = 0; i < branch->count; i++)
		pack_leaf(pack, &branch->leaves[i]);
	pack_bool(pack, &branch->straight);
}

static void
pack_tree(struct pack *pack, struct tree *tree)
{
	pack_u64(pack, &tree->id);
	pack_int(pack, &tree->age);
	pack_str(pack, &tree->name);
	tree->branches = pack_array(
	    pack, tree->branches, &tree->count, sizeof *tree->branches, MOST);
	for (size_t i = 0; i < tree->count; i++)
		pack_branch(pack, &tree->branches[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct pool *pool;
	struct tree tree = {0};
	struct pack in, out;
	struct buf buf;

	if (pool == NULL)
		pool = pool_new();
	in = pack_reader(pool, (struct str){(const char *)bytes, n});
	pack_tree(&in, &tree);
	assert(tree.count <= MOST);
	if (pack_done(&in)) {
		buf = buf_new(pool, n);
		out = pack_writer(&buf);
		pack_tree(&out, &tree);
		assert(pack_done(&out));
		assert(buf.n == n && memcmp(buf.p, bytes, n) == 0);
	}
	pool_clear(pool);
	return 0;
}
