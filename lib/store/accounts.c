#include "accounts.h"

#include "buf.h"

/* clang-format off */
const struct account accounts[] = {
	{"audit", true},
	{"blocked-callers", true},
	{"business-hours", true},
	{"calls", true},
	{"cdrs", true},
	{"conference-rooms", true},
	{"ctl", true},
	{"dids", true},
	{"events", true},
	{"extensions", true},
	{"health", true},
	{"ivr-menus", true},
	{"notifications", true},
	{"organizations", true},
	{"outbound-rules", true},
	{"prompts", true},
	{"recordings", true},
	{"ring-groups", true},
	{"session", true},
	{"settings", true},
	{"simulate", true},
	{"tokens", true},
	{"users", true},
	{"voice", false},
	{"voicemails", true},
	{"webhook", false},
	{"worker", false},
	{NULL, false},
};
/* clang-format on */

/*
 * From where they log in.  Over a socket that is localhost; a server that
 * does not look up names knows an address alone.
 */
static struct str
host_of(const struct conf *conf)
{
	struct str host = conf_text(conf, "db.host", "127.0.0.1");

	if (conf_text(conf, "db.socket", "").n > 0)
		return STR("localhost");
	if (str_starts(host, STR("127.")) || str_is(host, "::1"))
		return host;
	return STR("%");
}

static void
add_account(struct buf *sql, const struct conf *conf, const char *name)
{
	buf_printf(sql, "'%.*s%s'@'%.*s'",
	    PSTR(conf_text(conf, "db.prefix", "opbx_")), name,
	    PSTR(host_of(conf)));
}

static struct str
password_of(
    struct pool *pool, const struct crypto_key *master, const char *name)
{
	struct crypto_key key =
	    crypto_derive(master, pool_printf(pool, "database %s", name).p);
	struct str password = crypto_hex(pool, key.bytes, sizeof key.bytes);

	crypto_wipe(&key, sizeof key);
	return password;
}

struct str
accounts_make(
    struct pool *pool, const struct conf *conf, const struct crypto_key *master)
{
	struct buf sql = buf_new(pool, 8192);

	for (const struct account *a = accounts; a->name != NULL; a++) {
		struct str password = password_of(pool, master, a->name);

		buf_add_text(&sql, "CREATE USER IF NOT EXISTS ");
		add_account(&sql, conf, a->name);
		buf_add_text(&sql, ";\nALTER USER ");
		add_account(&sql, conf, a->name);
		buf_printf(&sql, " IDENTIFIED BY '%.*s';\n", PSTR(password));
		buf_add_text(&sql, "REVOKE ALL PRIVILEGES, GRANT OPTION FROM ");
		add_account(&sql, conf, a->name);
		buf_add_text(&sql, ";\n");
	}
	return buf_str(&sql);
}

/* What @word@ stands for; false when it stands for nothing. */
static bool
add_word(struct buf *sql, const struct conf *conf, struct str word)
{
	bool all = str_is(word, "all"), control = str_is(word, "control");
	bool first = true;

	if (str_is(word, "database")) {
		buf_printf(
		    sql, "`%.*s`", PSTR(conf_text(conf, "db.name", "opbx")));
		return true;
	}
	for (const struct account *a = accounts; a->name != NULL; a++) {
		if (!all && !(control && a->control) && !str_is(word, a->name))
			continue;
		if (!first)
			buf_add_text(sql, ", ");
		add_account(sql, conf, a->name);
		first = false;
	}
	return !first;
}

struct err *
accounts_grants(struct pool *pool, const struct conf *conf, struct str template,
    struct str *sql)
{
	struct buf out = buf_new(pool, 4 * template.n);
	struct str rest = template, line;

	while (str_next(&rest, '\n', &line)) {
		struct str piece;
		bool word = false;

		if (str_starts(line, STR("--")))
			continue;
		while (str_next(&line, '@', &piece)) {
			if (!word)
				buf_add(&out, piece);
			else if (!add_word(&out, conf, piece))
				return err_internal(
				    pool, "@%.*s@ is no account", PSTR(piece));
			word = !word;
		}
		buf_add_char(&out, '\n');
	}
	*sql = buf_str(&out);
	return NULL;
}

static bool
is_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') &&
		    (c < 'A' || c > 'Z'))
			return false;
	}
	return name.n > 0 && name.n <= 64;
}

struct err *
accounts_check(struct pool *pool, const struct conf *conf)
{
	if (!is_plain(conf_text(conf, "db.name", "opbx")))
		return err_internal(
		    pool, "db.name must be letters, digits and _, at most 64");
	if (!is_plain(conf_text(conf, "db.prefix", "opbx_")) ||
	    conf_text(conf, "db.prefix", "opbx_").n > 40)
		return err_internal(pool,
		    "db.prefix must be letters, digits and _, at most 40");
	return NULL;
}
