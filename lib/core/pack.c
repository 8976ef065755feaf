#include "pack.h"

#include <assert.h>
#include <limits.h>

struct pack
pack_writer(struct buf *out)
{
	return (struct pack){.out = out};
}

struct pack
pack_reader(struct pool *pool, struct str in)
{
	return (struct pack){.pool = pool, .in = in};
}

bool
pack_done(const struct pack *pack)
{
	return !pack->bad && (pack->out != NULL || pack->in.n == 0);
}

/* Nothing more is read once something was bad: all that follows is zeros. */
static void
spoil(struct pack *pack)
{
	pack->bad = true;
	pack->in.n = 0;
}

static void
write_number(struct buf *out, uint64_t number)
{
	char bytes[10];
	size_t n = 0;

	while (number >= 0x80) {
		bytes[n++] = (char)(number | 0x80);
		number >>= 7;
	}
	bytes[n++] = (char)number;
	buf_add(out, (struct str){bytes, n});
}

static uint64_t
read_number(struct pack *pack)
{
	uint64_t number = 0;
	size_t i = 0;

	if (pack->bad)
		return 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		unsigned char byte;

		if (i == pack->in.n)
			break;
		byte = (unsigned char)pack->in.p[i++];
		/* Only one bit of the tenth byte belongs to 64. */
		if (shift == 63 && byte > 1)
			break;
		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte >= 0x80)
			continue;
		/* A last byte of zero: the number has a shorter form. */
		if (byte == 0 && i > 1)
			break;
		pack->in = str_cut(pack->in, i, pack->in.n);
		return number;
	}
	spoil(pack);
	return 0;
}

void
pack_u64(struct pack *pack, uint64_t *number)
{
	if (pack->out != NULL)
		write_number(pack->out, *number);
	else
		*number = read_number(pack);
}

/* Zigzag: 0, -1, 1, -2 … become 0, 1, 2, 3 …, so that small stays short. */
void
pack_i64(struct pack *pack, int64_t *number)
{
	uint64_t folded;

	if (pack->out != NULL) {
		folded = (uint64_t)*number << 1;
		write_number(pack->out, *number < 0 ? ~folded : folded);
		return;
	}
	folded = read_number(pack);
	*number = (int64_t)(folded >> 1);
	if ((folded & 1) != 0)
		*number = -*number - 1;
}

void
pack_int(struct pack *pack, int *number)
{
	int64_t wide = pack->out != NULL ? *number : 0;

	pack_i64(pack, &wide);
	if (pack->out != NULL)
		return;
	if (wide < INT_MIN || wide > INT_MAX) {
		spoil(pack);
		wide = 0;
	}
	*number = (int)wide;
}

void
pack_bool(struct pack *pack, bool *value)
{
	uint64_t number = pack->out != NULL && *value ? 1 : 0;

	pack_u64(pack, &number);
	if (pack->out != NULL)
		return;
	if (number > 1)
		spoil(pack);
	*value = number == 1;
}

/* The length in front is one more than the text's; 0 stands for absent. */
void
pack_str(struct pack *pack, struct str *text)
{
	uint64_t length;

	if (pack->out != NULL) {
		if (text->p == NULL) {
			write_number(pack->out, 0);
			return;
		}
		write_number(pack->out, (uint64_t)text->n + 1);
		buf_add(pack->out, *text);
		return;
	}
	*text = NO_STR;
	length = read_number(pack);
	if (length == 0)
		return;
	if (--length > pack->in.n) {
		spoil(pack);
		return;
	}
	*text = str_cut(pack->in, 0, (size_t)length);
	pack->in = str_cut(pack->in, (size_t)length, pack->in.n);
}

void *
pack_array(
    struct pack *pack, void *array, size_t *count, size_t size, size_t most)
{
	uint64_t number;

	if (pack->out != NULL) {
		assert(*count <= most);
		write_number(pack->out, *count);
		return array;
	}
	number = read_number(pack);
	/* Every element takes a byte at least: a lie costs no memory. */
	if (number > most || number > pack->in.n) {
		spoil(pack);
		number = 0;
	}
	*count = (size_t)number;
	return pool_array(pack->pool, *count, size);
}
