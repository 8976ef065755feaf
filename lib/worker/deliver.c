#include "deliver.h"

#include "buf.h"
#include "clock.h"
#include "mail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAIL_MS = 60000,
	HTTPS_MS = 10000,
	ANSWER_MOST = 65536,
	FILE_MOST = 20 << 20,
};

static void
close_file(void *object)
{
	close(*(const int *)object);
}

/* The row says which file; all the same it stays below var_dir. */
static struct err *
open_file(const struct deliver *deliver, struct pool *pool, struct str name,
    int *fd, size_t *size)
{
	struct str folder =
	    conf_path(pool, deliver->conf, "var_dir", "/var/lib/opbx");
	struct str rest = name, part;
	struct stat status;
	int *kept = NEW(pool, int);

	while (str_next(&rest, '/', &part))
		if (part.n == 0 || part.p[0] == '.')
			return err_internal(
			    pool, "no name of a file: %.*s", PSTR(name));
	*fd = *kept =
	    open(pool_printf(pool, "%.*s/%.*s", PSTR(folder), PSTR(name)).p,
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (*fd < 0)
		return err_internal(
		    pool, "%.*s: %s", PSTR(name), strerror(errno));
	pool_own(pool, close_file, kept);
	if (fstat(*fd, &status) != 0 || !S_ISREG(status.st_mode) ||
	    status.st_size > FILE_MOST)
		return err_internal(
		    pool, "%.*s: no file, or too large", PSTR(name));
	*size = (size_t)status.st_size;
	return NULL;
}

static struct err *
read_file(const struct deliver *deliver, struct pool *pool, struct str name,
    struct str *bytes)
{
	size_t size = 0, have = 0;
	ssize_t got = 1;
	char *text;
	int fd;

	TRY(open_file(deliver, pool, name, &fd, &size));
	text = pool_alloc(pool, size + 1);
	while (have < size && got > 0) {
		got = read(fd, text + have, size - have);
		if (got > 0)
			have += (size_t)got;
	}
	*bytes = (struct str){text, have};
	return NULL;
}

static struct err *
send_mail(const struct deliver *deliver, struct pool *pool,
    const struct delivery *delivery)
{
	struct mail mail = {
	    .to = delivery->to,
	    .subject = delivery->subject,
	    .text = delivery->text,
	    .key = delivery->key,
	    .date = clock_now(),
	};
	struct str message;

	TRY(fetch_mail_from(deliver->fetch, pool, &mail.from));
	if (delivery->file.n > 0) {
		if (read_file(deliver, pool, delivery->file, &mail.file) !=
		    NULL)
			return err_new(pool, UNAVAILABLE,
			    "what is to be attached cannot be read");
		mail.file_name = delivery->file_name.n > 0 ? delivery->file_name
							   : STR("file");
		mail.file_type = delivery->file_type;
	}
	TRY(mail_write(pool, &mail, &message));
	return fetch_mail(deliver->fetch, pool, delivery->to, message, MAIL_MS);
}

static struct str
sign(
    struct pool *pool, struct str secret, struct str timestamp, struct str body)
{
	unsigned char mac[CRYPTO_MAC];

	crypto_hmac_text(secret,
	    pool_printf(pool, "%.*s.%.*s", PSTR(timestamp), PSTR(body)), mac);
	return crypto_hex(pool, mac, sizeof mac);
}

static struct err *
send_https(const struct deliver *deliver, struct pool *pool,
    const struct delivery *delivery)
{
	struct str timestamp =
	    pool_printf(pool, "%lld", (long long)(clock_now() / 1000));
	const struct fetch_header headers[] = {
	    {"Content-Type", STR("application/json")},
	    {"X-OpBX-Delivery", delivery->key},
	    {"X-OpBX-Timestamp", timestamp},
	    {"X-OpBX-Signature",
		sign(pool, delivery->secret, timestamp, delivery->body)},
	};
	const struct fetch_request request = {
	    .method = "POST",
	    .url = delivery->url,
	    .headers = headers,
	    .header_count = sizeof headers / sizeof *headers,
	    .body = delivery->body,
	    .timeout = HTTPS_MS,
	    .most = ANSWER_MOST,
	};
	struct fetch_answer answer;

	TRY(fetch_request(deliver->fetch, pool, &request, &answer));
	if (answer.status < 200 || answer.status > 299)
		return err_new(
		    pool, UNAVAILABLE, "it answered %d", answer.status);
	return NULL;
}

struct err *
deliver_one(const struct deliver *deliver, struct pool *pool,
    enum delivery_kind kind, struct delivery *delivery, bool *found,
    struct str *failure)
{
	struct err *err;

	*failure = NO_STR;
	TRY(delivery_claim(
	    deliver->db, pool, &deliver->seal, kind, delivery, found));
	if (!*found)
		return NULL;
	if (delivery->attempt > DELIVERY_ATTEMPTS)
		err = err_new(
		    pool, UNAVAILABLE, "sending it never came to an end");
	else if (kind == DELIVERY_MAIL)
		err = send_mail(deliver, pool, delivery);
	else
		err = send_https(deliver, pool, delivery);
	if (err == NULL)
		return delivery_done(deliver->db, pool, delivery);
	*failure = err->message;
	return delivery_failed(deliver->db, pool, delivery, *failure);
}
