#include <criterion/criterion.h>

#include "buf.h"
#include "sniff.h"

static struct pool *pool;

static void
make_pool(void)
{
	pool = pool_new();
}

static void
free_pool(void)
{
	pool_free(pool);
}

TestSuite(sniff, .init = make_pool, .fini = free_pool);

static void
add_number(struct buf *out, uint32_t number, size_t bytes)
{
	for (; bytes-- > 0; number >>= 8)
		buf_add_char(out, (char)(number & 0xff));
}

static void
add_zeros(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_add_char(out, '\0');
}

/* A WAV of so many bytes of samples. */
static struct str
wav(uint32_t tag, uint32_t channels, uint32_t rate, uint32_t bits,
    uint32_t bytes)
{
	struct buf out = buf_new(pool, 4096);

	buf_add(&out, STR("RIFF"));
	add_number(&out, 36 + bytes, 4);
	buf_add(&out, STR("WAVEfmt "));
	add_number(&out, 16, 4);
	add_number(&out, tag, 2);
	add_number(&out, channels, 2);
	add_number(&out, rate, 4);
	add_number(&out, rate * channels * bits / 8, 4);
	add_number(&out, channels * bits / 8, 2);
	add_number(&out, bits, 2);
	buf_add(&out, STR("data"));
	add_number(&out, bytes, 4);
	add_zeros(&out, bytes);
	return buf_str(&out);
}

/* Frames of layer III that begin with these four bytes. */
static struct str
mp3(const char head[4], size_t bytes, size_t frames)
{
	struct buf out = buf_new(pool, 4096);

	for (; frames > 0; frames--) {
		buf_add(&out, (struct str){head, 4});
		add_zeros(&out, bytes - 4);
	}
	return buf_str(&out);
}

static void
takes(struct str bytes, const char *type, int64_t ms)
{
	struct sound sound;
	struct err *err = sniff_audio(pool, bytes, &sound);

	cr_assert_null(err, "%.*s", PSTR(err->message));
	cr_assert_str_eq(sound.type, type);
	cr_assert_eq(sound.ms, ms, "%lld", (long long)sound.ms);
}

static void
refuses(struct str bytes, const char *why)
{
	struct sound sound;
	struct err *err = sniff_audio(pool, bytes, &sound);

	cr_assert_not_null(err, "%s", why);
	cr_assert_eq(err->code, UNSUPPORTED_TYPE);
	cr_assert_null(sound.type);
	cr_assert_not_null(
	    memmem(err->message.p, err->message.n, why, strlen(why)),
	    "%.*s, not %s", PSTR(err->message), why);
}

Test(sniff, a_wav_is_as_long_as_its_samples)
{
	takes(wav(1, 1, 8000, 16, 16000), "audio/wav", 1000);
	takes(wav(1, 2, 48000, 24, 28800), "audio/wav", 100);
	takes(wav(1, 1, 8000, 8, 4), "audio/wav", 0);
	takes(wav(6, 1, 8000, 8, 8000), "audio/wav", 1000);
	takes(wav(7, 2, 8000, 8, 8000), "audio/wav", 500);
}

Test(sniff, a_wav_is_cut_nowhere)
{
	struct str good = wav(1, 1, 8000, 16, 160);

	for (size_t n = 0; n < good.n; n++)
		refuses(str_cut(good, 0, n), n == 0 ? "empty" : "Allowed");
	refuses(pool_printf(pool, "%.*s", 40, good.p), "Allowed");
}

Test(sniff, a_wav_has_a_format_that_carriers_play)
{
	refuses(wav(2, 1, 8000, 4, 160), "neither PCM");
	refuses(wav(3, 1, 8000, 32, 160), "neither PCM");
	refuses(wav(0xfffe, 1, 8000, 16, 160), "not known");
	refuses(wav(1, 1, 8000, 12, 160), "bits");
	refuses(wav(7, 1, 8000, 16, 160), "bits");
	refuses(wav(1, 0, 8000, 16, 160), "channels");
	refuses(wav(1, 3, 8000, 16, 160), "channels");
	refuses(wav(1, 1, 3999, 16, 160), "sample rate");
	refuses(wav(1, 1, 192001, 16, 160), "sample rate");
	refuses(wav(1, 2, 8000, 16, 3), "no samples");
	refuses(wav(1, 1, 8000, 16, 0), "no samples");
}

Test(sniff, a_wav_agrees_with_itself)
{
	struct str good = wav(1, 1, 8000, 16, 160);
	char *bytes = pool_alloc(pool, good.n);

	for (size_t i = 28; i < 34; i++) {
		memcpy(bytes, good.p, good.n);
		bytes[i]++;
		refuses((struct str){bytes, good.n}, "contradicts");
	}
	for (size_t i = 4; i < 8; i++) {
		memcpy(bytes, good.p, good.n);
		bytes[i]++;
		refuses((struct str){bytes, good.n}, "length");
	}
}

Test(sniff, mp3_of_each_version)
{
	/* 128 kbit/s, 44100 Hz: 417 bytes hold 1152 samples. */
	takes(mp3("\xff\xfb\x90\xc0", 417, 100), "audio/mpeg", 2612);
	/* The same, padded. */
	takes(mp3("\xff\xfb\x92\xc0", 418, 100), "audio/mpeg", 2612);
	/* Version 2, 64 kbit/s, 24000 Hz: 576 samples. */
	takes(mp3("\xff\xf3\x84\xc0", 192, 100), "audio/mpeg", 2400);
	/* Version 2.5, 8 kbit/s, 8000 Hz. */
	takes(mp3("\xff\xe3\x18\xc0", 72, 100), "audio/mpeg", 7200);
}

Test(sniff, mp3_is_more_than_one_frame)
{
	refuses(mp3("\xff\xfb\x90\xc0", 417, 1), "neither WAV nor MP3");
	refuses(mp3("\xff\xfb\x90\xc0", 416, 100), "neither WAV nor MP3");
	refuses(mp3("\xff\xfb\x90\xc0", 418, 100), "neither WAV nor MP3");
	refuses(mp3("\xff\xfb\x00\xc0", 417, 100), "neither"); /* no rate */
	refuses(mp3("\xff\xfb\xf0\xc0", 417, 100), "neither");
	refuses(mp3("\xff\xfb\x9c\xc0", 417, 100), "neither");
	refuses(mp3("\xff\xeb\x90\xc0", 417, 100), "neither"); /* version */
	refuses(mp3("\xff\xfd\x90\xc0", 417, 100), "neither"); /* layer II */
	refuses(mp3("\xff\xff\x90\xc0", 417, 100), "neither"); /* layer I */
	refuses(mp3("\xff\x1b\x90\xc0", 417, 100), "neither"); /* no sync */
}

static struct str
join(struct str a, struct str b)
{
	struct buf out = buf_new(pool, a.n + b.n + 1);

	buf_add(&out, a);
	buf_add(&out, b);
	return buf_str(&out);
}

Test(sniff, tags_are_no_sound)
{
	struct str good = mp3("\xff\xfb\x90\xc0", 417, 10);
	struct buf tail = buf_new(pool, 128);

	buf_add(&tail, STR("TAG"));
	add_zeros(&tail, 125);
	takes(good, "audio/mpeg", 261);
	takes(join(STR("ID3\3\0\0\0\0\0\4abcd"), good), "audio/mpeg", 261);
	takes(join(STR("ID3\4\0\x10\0\0\0\1a3DI\4\0\x10\0\0\0\1"), good),
	    "audio/mpeg", 261);
	takes(join(good, buf_str(&tail)), "audio/mpeg", 261);
	takes(join(good, str_cut(good, 0, 416)), "audio/mpeg", 261);
	refuses(join(STR("ID3\3\0\0\0\0\x80\0"), good), "neither");
	refuses(join(STR("ID3\3\0\0\x7f\x7f\x7f\x7f"), good), "neither");
	refuses(join(STR("ID3\3\0\0\0\0\0\0x"), good), "neither");
	refuses(join(good, STR("x")), "something else");
	refuses(join(good, wav(1, 1, 8000, 16, 160)), "something else");
}

Test(sniff, what_is_also_a_page_is_refused)
{
	static const char *const pages[] = {"<script>", "<SCRIPT src=x>",
	    "<!DocType html>", "<html>", "<iframe", "<svg onload=x>",
	    "<?php echo", "<img src=x onerror=y>"};
	struct str good = mp3("\xff\xfb\x90\xc0", 417, 10);

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct str page = str_of(pages[i]);
		struct buf head = buf_new(pool, 64);

		buf_add(&head, (struct str){"ID3\3\0\0\0\0\0", 9});
		buf_add_char(&head, (char)page.n);
		refuses(join(join(buf_str(&head), page), good), "page");
		refuses(join(page, good), "neither");
		refuses(join(good, page), "something else");
	}
	/* What is only a little like one. */
	takes(join(STR("ID3\3\0\0\0\0\0\7<x:xmp>"), good), "audio/mpeg", 261);
}
