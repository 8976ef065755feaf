/*
 * What the tests of folding.h share: a worker's folding, and events that it
 * finds in MariaDB.
 */
#ifndef TESTS_FOLDING_SETUP_H
#define TESTS_FOLDING_SETUP_H

#include "intake_setup.h"

#include "folding_private.h"

static struct folding folding;
static struct log quiet_log = {.responder = "test"};

static inline void
begin(void)
{
	start();
	log_to(STR("/dev/null"), LOG_ERROR_);
	db = db_new(process, conf, &master, "admin", 2000);
	folding = folding_new(process, conf, db, &quiet_log);
}

static inline void
sql(const char *text)
{
	OK(db_script(admin, request, str_of(text)));
}

/* Until nothing is left to do. */
static inline void
fold(void)
{
	size_t done;

	do {
		OK(folding_round(&folding, request, 0, &done));
	} while (done > 0);
}

static inline void
is(const char *query, const char *wanted)
{
	struct str text = cell(query);

	cr_assert(
	    str_equal(text, str_of(wanted)), "%s: %.*s", query, PSTR(text));
}

#define UPDATES(from, to)                                                \
	"INSERT INTO call_event (organization_id, call_key, kind, body," \
	" event_hash) SELECT 7, 'flood', 'session-update',"              \
	" '{\"status\":\"connected\",\"callerId\":\"1001\"}',"           \
	" UNHEX(SHA2(seq, 256)) FROM seq_" #from "_to_" #to ";"
#define CDR(name)                                                        \
	"INSERT INTO call_event (organization_id, call_key, kind, body," \
	" event_hash) VALUES (7, 'flood', 'cdr', '{\"id\":\"" name       \
	"\",\"disposition\":\"ANSWER\",\"duration\":7}',"                \
	" UNHEX(SHA2('" name "', 256)));"

#endif
