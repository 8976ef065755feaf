#include "sniff.h"

#include <strings.h>

const char *const sniff_types[] = {"audio/wav", "audio/mpeg", NULL};

/* NULL, or what is wrong. */
typedef const char *complaint;

static unsigned
byte_at(struct str s, size_t at)
{
	return (unsigned char)s.p[at];
}

static uint32_t
little(struct str s, size_t at, size_t bytes)
{
	uint32_t number = 0;

	while (bytes-- > 0)
		number = number << 8 | byte_at(s, at + bytes);
	return number;
}

static bool
has_at(struct str s, size_t at, struct str wanted)
{
	return at <= s.n && str_starts(str_cut(s, at, s.n), wanted);
}

/* -- WAV --------------------------------------------------------------------
 */

enum { PCM = 1, A_LAW = 6, MU_LAW = 7, EXTENSIBLE = 0xfffe };
enum { FORMAT_LEAST = 16, FORMAT_EXTENSIBLE = 40 };

struct format {
	uint32_t rate; /* bytes a second; 0: not known yet */
	uint32_t block;
};

static complaint
read_format(struct str chunk, struct format *format)
{
	/* What follows the tag in a GUID that stands for one. */
	static const char guid[] = "\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
	uint32_t tag, channels, rate, bits;

	if (chunk.n < FORMAT_LEAST)
		return "its format chunk is too short";
	tag = little(chunk, 0, 2);
	channels = little(chunk, 2, 2);
	rate = little(chunk, 4, 4);
	bits = little(chunk, 14, 2);
	if (tag == EXTENSIBLE) {
		if (chunk.n < FORMAT_EXTENSIBLE ||
		    !has_at(chunk, 26, (struct str){guid, sizeof guid - 1}))
			return "its format is not known here";
		tag = little(chunk, 24, 2);
	}
	if (tag != PCM && tag != A_LAW && tag != MU_LAW)
		return "it is neither PCM nor A-law nor mu-law";
	if (tag == PCM ? bits != 8 && bits != 16 && bits != 24 && bits != 32
		       : bits != 8)
		return "it has an unusual number of bits a sample";
	if (channels < 1 || channels > 2)
		return "it has neither one nor two channels";
	if (rate < 4000 || rate > 192000)
		return "it has an unusual sample rate";
	format->block = channels * bits / 8;
	format->rate = rate * format->block;
	if (little(chunk, 12, 2) != format->block ||
	    little(chunk, 8, 4) != format->rate)
		return "its format chunk contradicts itself";
	return NULL;
}

/* Walks the chunks; each begins at an even place. */
static complaint
read_wav(struct str bytes, struct sound *sound)
{
	struct format format = {0, 0};
	uint32_t samples = 0;
	size_t at = 12;

	if (bytes.n < 12 || !has_at(bytes, 8, STR("WAVE")))
		return "it is RIFF, but no WAVE";
	if (little(bytes, 4, 4) + (uint64_t)8 != bytes.n)
		return "its length is not what its head says: it was cut "
		       "short, or something stands behind it";
	/* As a script, RIFF would be a name and this what is done with it. */
	if (has_at(bytes, 4, STR("/*")) || has_at(bytes, 5, STR("/*")) ||
	    has_at(bytes, 4, STR("//")) || has_at(bytes, 5, STR("//")))
		return "it could be taken for a script";
	while (at < bytes.n) {
		struct str chunk;
		uint64_t end;

		if (bytes.n - at < 8)
			return "a chunk of it is cut short";
		end = (uint64_t)at + 8 + little(bytes, at + 4, 4);
		if (end > bytes.n)
			return "a chunk of it is cut short";
		chunk = str_cut(bytes, at + 8, (size_t)end);
		if (has_at(bytes, at, STR("fmt "))) {
			complaint wrong = format.rate != 0
					      ? "it has two formats"
					      : read_format(chunk, &format);

			if (wrong != NULL)
				return wrong;
		} else if (has_at(bytes, at, STR("data"))) {
			if (format.rate == 0)
				return "its samples come before their format";
			if (samples != 0)
				return "it has samples in two places";
			samples = (uint32_t)chunk.n;
		}
		at = (size_t)end + (end & 1);
	}
	if (samples == 0 || samples < format.block)
		return "it has no samples";
	sound->type = "audio/wav";
	sound->ms = (int64_t)samples * 1000 / format.rate;
	return NULL;
}

/* -- MP3 --------------------------------------------------------------------
 */

struct frame {
	size_t bytes;
	uint32_t samples, rate;
	unsigned kind; /* what is the same in every frame: version, rate */
};

enum { FRAME_HEAD = 4, FRAMES_LEAST = 2, ID3_HEAD = 10, ID3_TAIL = 128 };

static bool
read_frame(struct str bytes, size_t at, struct frame *frame)
{
	static const unsigned short rates[] = {44100, 48000, 32000};
	static const unsigned short first[] = {
	    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
	static const unsigned short later[] = {
	    0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
	unsigned version, layer, bits, rate;

	if (bytes.n - at < FRAME_HEAD || byte_at(bytes, at) != 0xff ||
	    (byte_at(bytes, at + 1) & 0xe0) != 0xe0)
		return false;
	version = byte_at(bytes, at + 1) >> 3 & 3; /* 3: 1, 2: 2, 0: 2.5 */
	layer = byte_at(bytes, at + 1) >> 1 & 3;   /* 1: III */
	bits = byte_at(bytes, at + 2) >> 4;
	rate = byte_at(bytes, at + 2) >> 2 & 3;
	if (version == 1 || layer != 1 || bits == 0 || bits == 15 || rate == 3)
		return false;
	frame->kind = version << 2 | rate;
	frame->rate = rates[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
	frame->samples = version == 3 ? 1152 : 576;
	frame->bytes = (size_t)frame->samples / 8 * 1000 *
			   (version == 3 ? first[bits] : later[bits]) /
			   frame->rate +
		       (byte_at(bytes, at + 2) >> 1 & 1);
	return true;
}

/* Where the tag at the front ends; 0 when there is none or it is broken. */
static size_t
skip_id3(struct str bytes)
{
	size_t n = 0;

	if (bytes.n < ID3_HEAD || !str_starts(bytes, STR("ID3")))
		return 0;
	for (size_t i = 6; i < ID3_HEAD; i++) {
		if (byte_at(bytes, i) > 0x7f)
			return 0;
		n = n << 7 | byte_at(bytes, i);
	}
	n += ID3_HEAD;
	/* A footer repeats the head. */
	if ((byte_at(bytes, 5) & 0x10) != 0)
		n += ID3_HEAD;
	return n <= bytes.n ? n : 0;
}

static bool
is_zeros(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0')
			return false;
	return true;
}

/* What may stand behind the last frame: padding and tags. */
static bool
is_tail(struct str rest, size_t frame)
{
	if (rest.n >= ID3_TAIL && has_at(rest, rest.n - ID3_TAIL, STR("TAG")))
		rest = str_cut(rest, 0, rest.n - ID3_TAIL);
	if (rest.n >= 32 && has_at(rest, rest.n - 32, STR("APETAGEX")) &&
	    (str_starts(rest, STR("APETAGEX")) ||
		little(rest, rest.n - 20, 4) == rest.n))
		return true;
	/* The last frame may be cut short. */
	return is_zeros(rest) || (frame > 0 && rest.n < frame);
}

/* The first frame may hold no sound but say how many there are. */
static bool
is_index(struct str frame)
{
	struct str head = str_cut(frame, 0, 64);

	return memmem(head.p, head.n, "Xing", 4) != NULL ||
	       memmem(head.p, head.n, "Info", 4) != NULL ||
	       memmem(head.p, head.n, "VBRI", 4) != NULL;
}

static complaint
read_mp3(struct str bytes, struct sound *sound)
{
	struct frame frame = {0, 0, 0, 0}, next;
	uint64_t samples = 0, frames = 0;
	size_t at = skip_id3(bytes);

	while (read_frame(bytes, at, &next) &&
	       (frames == 0 || next.kind == frame.kind) &&
	       bytes.n - at >= next.bytes) {
		if (frames > 0 ||
		    !is_index(str_cut(bytes, at, at + next.bytes)))
			samples += next.samples;
		frames++;
		frame = next;
		at += next.bytes;
	}
	if (frames < FRAMES_LEAST)
		return "it is neither WAV nor MP3";
	if (!is_tail(str_cut(bytes, at, bytes.n),
		read_frame(bytes, at, &next) ? next.bytes : 0))
		return "it is MP3 at first and then something else";
	sound->type = "audio/mpeg";
	sound->ms = (int64_t)(samples * 1000 / frame.rate);
	return NULL;
}

/* -- Both -------------------------------------------------------------------
 */

/* Five letters and more: random samples do not look so. */
static bool
has_markup(struct str bytes)
{
	static const char *const marks[] = {"<script", "<!doctype", "<html",
	    "<iframe", "<object", "<embed", "<?php", "<body", "<style",
	    "<title", "<svg xmlns", "<svg onload", "<svg/onload", "<img src",
	    "<img/src", "<foreignobject"};
	const char *at = bytes.p, *end = bytes.p + bytes.n;

	while (at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
			size_t n = strlen(marks[i]);

			if ((size_t)(end - at) >= n &&
			    strncasecmp(at, marks[i], n) == 0)
				return true;
		}
		at++;
	}
	return false;
}

struct err *
sniff_audio(struct pool *pool, struct str bytes, struct sound *sound)
{
	complaint wrong;

	*sound = (struct sound){NULL, 0};
	if (bytes.n == 0)
		wrong = "it is empty";
	else if (str_starts(bytes, STR("RIFF")))
		wrong = read_wav(bytes, sound);
	else
		wrong = read_mp3(bytes, sound);
	if (wrong == NULL && has_markup(bytes))
		wrong = "it could be taken for a page";
	if (wrong == NULL)
		return NULL;
	*sound = (struct sound){NULL, 0};
	return err_new(pool, UNSUPPORTED_TYPE,
	    "The file is no audio that can be played: %s. Allowed are WAV "
	    "(PCM, A-law or mu-law) and MP3.",
	    wrong);
}
