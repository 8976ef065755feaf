/*
 * Whatever stands in a mail's parts, they stay where they belong: the head has
 * the same lines, and nothing but CR LF ends one.
 */
#include "mail.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The head's lines that begin a field. */
static const char *const names[] = {
    "Date: ", "From: ", "To: ", "Subject: ", "Message-ID: ", "Auto-Submitted: ",
    "MIME-Version: ", "Content-Type: ", "Content-Transfer-Encoding: "};
enum { NAMES = sizeof names / sizeof *names };

static void
check_head(struct str rest)
{
	struct str line;
	size_t fields = 0;

	while (str_next(&rest, '\n', &line)) {
		assert(line.n > 0 && line.p[line.n - 1] == '\r');
		line.n--;
		if (line.n == 0)
			break;
		assert(str_find(line, '\r') < 0 && line.n <= 998);
		if (line.p[0] == ' ')
			continue;
		assert(fields < NAMES);
		assert(str_starts(line, str_of(names[fields])));
		/* Of an attachment the encoding stands further down. */
		if (++fields == NAMES - 1 &&
		    str_starts(line, STR("Content-Type: multipart")))
			fields++;
	}
	assert(fields == NAMES);
	while (str_next(&rest, '\n', &line)) {
		if (rest.p == NULL && line.n == 0)
			break;
		assert(line.n > 0 && line.p[line.n - 1] == '\r');
		line.n--;
		assert(str_find(line, '\r') < 0 && line.n <= 100);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct str rest = {data != NULL ? (const char *)data : "", size};
	struct str parts[7] = {{NULL, 0}};
	struct str message, name, address;
	struct mail mail = {.key = STR("6f1c2a34-1"), .date = 1795375667000};

	for (size_t i = 0; i < 7; i++)
		if (!str_next(&rest, '\0', &parts[i]))
			break;
	mail.from = parts[0].n > 0 ? parts[0] : STR("a@b.example");
	mail.to = parts[1].n > 0 ? parts[1] : STR("c@d.example");
	mail.subject = parts[2];
	mail.text = parts[3];
	if (parts[4].n > 0) {
		mail.file_name = parts[4];
		mail.file_type = parts[5];
		mail.file = parts[6];
	}
	if (mail_mailbox(mail.to, &name, &address))
		for (size_t i = 0; i < address.n; i++)
			assert((unsigned char)address.p[i] > ' ' &&
			       address.p[i] != '<' && address.p[i] != '>');
	if (mail_write(pool, &mail, &message) == NULL)
		check_head(message);
	pool_free(pool);
	return 0;
}
