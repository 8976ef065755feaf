/*
 * One function per struct that both writes and reads it.
 *
 *	void pack_member(struct pack *pack, struct member *member)
 *	{
 *		pack_u64(pack, &member->extension_id);
 *		pack_str(pack, &member->number);
 *	}
 *
 * Called with a writing pack it appends the struct to a compact text, with a
 * reading one it fills the struct from that text, so the two directions
 * cannot disagree.  Cached configuration and the cursors in action URLs are
 * stored so.  Numbers are LEB128, texts have their length in front.  Reading
 * never leaves the text: what does not fit sets `bad` and yields zeros.
 * Strings read are slices of the text; absent and empty stay apart.  There is
 * one text for each value: what reads well is what writing gives.
 */
#ifndef CORE_PACK_H
#define CORE_PACK_H

#include "buf.h"

struct pack {
	struct buf *out;   /* writing: where to; NULL when reading */
	struct str in;     /* reading: what is left */
	struct pool *pool; /* reading: where arrays go */
	bool bad;
};

struct pack pack_writer(struct buf *out);
struct pack pack_reader(struct pool *pool, struct str in);
/* True when all was read, nothing is left and nothing was bad. */
bool pack_done(const struct pack *pack);

void pack_u64(struct pack *pack, uint64_t *number);
void pack_i64(struct pack *pack, int64_t *number);
void pack_int(struct pack *pack, int *number);
void pack_bool(struct pack *pack, bool *value);
void pack_str(struct pack *pack, struct str *text);
/* An enumeration whose values are 0 .. last; another number is bad. */
#define PACK_ENUM(pack, value, last)                        \
	do {                                                \
		int number_ = (int)(value);                 \
		pack_int((pack), &number_);                 \
		if (number_ < 0 || number_ > (int)(last)) { \
			(pack)->bad = true;                 \
			number_ = 0;                        \
		}                                           \
		(value) = (__typeof__(value))number_;       \
	} while (0)
/*
 * The length of an array; when reading, allocates it: returns the array to
 * loop over.  More than `most` elements, or than bytes that are left, is bad
 * and reads as none; to write more is a bug.
 */
void *pack_array(
    struct pack *pack, void *array, size_t *count, size_t size, size_t most);

#endif
