/*
 * opbxctl user create, user passwd, token create.
 */
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "ctl.h"
#include "password.h"
#include "token.h"
#include "user.h"
#include "who.h"

/* A password from standard input: an argument would be in everybody's ps. */
static struct str
read_line(struct ctl *ctl)
{
	char line[512];
	struct str text = NO_STR;

	if (fgets(line, sizeof line, stdin) != NULL)
		text = pool_copy(ctl->pool, str_trim(str_of(line)));
	crypto_wipe(line, sizeof line);
	return text;
}

/* A person at a terminal types it unseen. */
static struct str
ask_unseen(struct ctl *ctl)
{
	struct termios before, silent;
	struct str text;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return read_line(ctl);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fputs("password: ", stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	text = read_line(ctl);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return text;
}

struct err *
ctl_password(struct ctl *ctl, struct str email, struct str *password)
{
	struct complaints all = {ctl->pool, NULL, NULL};

	*password = isatty(STDIN_FILENO) ? ask_unseen(ctl) : read_line(ctl);
	password_check(&all, STR("password"), *password, email);
	return complaints_err(&all);
}

/* As a client would say it. */
static struct err *
describe(struct ctl *ctl, const struct ctl_option *options, struct str password,
    const struct json **body)
{
	struct buf text = buf_new(ctl->pool, 256);
	struct json_out out = {&text, false};

	json_open(&out, NULL, '{');
	for (; options->name != NULL; options++)
		if (strcmp(options->name, "org") != 0)
			json_put_text(&out, options->name, options->value);
	json_put_text(&out, "password", password);
	json_close(&out, '}');
	return json_parse(ctl->pool, buf_str(&text), body);
}

static int
create_user(struct ctl *ctl, int argc, char **argv)
{
	enum { ORG, NAME, EMAIL, ROLE };
	struct ctl_option options[] = {
	    [ORG] = {"org", .required = false},
	    [NAME] = {"name", .required = true},
	    [EMAIL] = {"email", .required = true},
	    [ROLE] = {"role", .value = STR("user"), .required = false},
	    {.name = NULL},
	};
	uint64_t organization = 0, id = 0;
	const struct json *body = NULL;
	struct str password = NO_STR;
	struct change change;
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	if (!role_in(role_parse(options[ROLE].value), READERS)) {
		fprintf(stderr, "opbxctl: --role is owner, admin, agent or "
				"user\n");
		return 2;
	}
	err = ctl_organization(ctl, options[ORG].value, &organization);
	if (err == NULL)
		err = ctl_password(ctl, options[EMAIL].value, &password);
	if (err == NULL)
		err = describe(ctl, options, password, &body);
	if (err != NULL)
		return ctl_fail(err);
	change = ctl_change(ctl, organization);
	err = resource_create(&change, &users, body, &id);
	if (err != NULL)
		return ctl_fail(err);
	printf("user %llu: %.*s\n", (unsigned long long)id,
	    PSTR(options[EMAIL].value));
	return 0;
}

static struct err *
find_user(struct ctl *ctl, struct str email, uint64_t *id)
{
	struct rows *rows;

	TRY(QUERY(ctl->db,
	    "SELECT id FROM users WHERE email = ? AND living = 1", &rows,
	    TEXT(pool_lower(ctl->pool, email))));
	if (rows->count == 0)
		return err_new(ctl->pool, NOT_FOUND,
		    "There is no user \"%.*s\".", PSTR(email));
	*id = (uint64_t)rows_int(rows, 0, 0);
	return NULL;
}

static struct err *
set_password(struct ctl *ctl, struct change *change, struct str email,
    struct str password)
{
	struct audit changed = {.organization = change->organization,
	    .actor = &change->actor,
	    .action = "set_password",
	    .type = users.record->name,
	    .name = email};

	TRY(find_user(ctl, email, &changed.id));
	TRY(user_set_password(change, changed.id, password));
	return audit_write(ctl->db, ctl->pool, &changed);
}

static int
passwd(struct ctl *ctl, int argc, char **argv)
{
	enum { ORG, EMAIL };
	struct ctl_option options[] = {
	    [ORG] = {"org", .required = false},
	    [EMAIL] = {"email", .required = true},
	    {.name = NULL},
	};
	uint64_t organization = 0;
	struct str password = NO_STR;
	struct change change;
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	err = ctl_organization(ctl, options[ORG].value, &organization);
	if (err == NULL)
		err = ctl_password(ctl, options[EMAIL].value, &password);
	if (err != NULL)
		return ctl_fail(err);
	change = ctl_change(ctl, organization);
	err = change_begin(&change);
	if (err == NULL)
		err =
		    set_password(ctl, &change, options[EMAIL].value, password);
	err = change_end(&change, err);
	return err != NULL ? ctl_fail(err) : 0;
}

int
ctl_user(struct ctl *ctl, int argc, char **argv)
{
	if (argc > 0 && str_is(str_of(argv[0]), "create"))
		return create_user(ctl, argc - 1, argv + 1);
	if (argc > 0 && str_is(str_of(argv[0]), "passwd"))
		return passwd(ctl, argc - 1, argv + 1);
	return ctl_usage("user");
}

static struct err *
make_token(struct ctl *ctl, const struct audit *by, struct str email,
    struct new_token *token, struct str *text)
{
	TRY(find_user(ctl, email, &token->user));
	return token_create(ctl->db, ctl->pool, by, token, text);
}

/* What the list holds must mean something, or the token may do nothing. */
static bool
check_list(struct str list)
{
	const struct who anybody = {0};
	struct str one;

	while (str_next(&list, ',', &one)) {
		const char *wrong = check_ability(&anybody, str_trim(one));

		/* Of no responder and no tenant: cgi-bin/health.c. */
		if (wrong == NULL || str_is(str_trim(one), "metrics:read"))
			continue;
		fprintf(stderr, "opbxctl: --abilities: \"%.*s\" %s\n",
		    PSTR(str_trim(one)), wrong);
		return false;
	}
	return true;
}

/* "extensions:read,ring-groups:write" to a JSON array. */
static struct str
abilities(struct pool *pool, struct str list)
{
	struct buf text = buf_new(pool, 64);
	struct json_out out = {&text, false};
	struct str one;

	json_open(&out, NULL, '[');
	while (str_next(&list, ',', &one))
		json_put_text(&out, NULL, str_trim(one));
	json_close(&out, ']');
	return buf_str(&text);
}

int
ctl_token(struct ctl *ctl, int argc, char **argv)
{
	enum { ORG, EMAIL, NAME, ABILITIES, DAYS };
	struct ctl_option options[] = {
	    [ORG] = {"org", .required = false},
	    [EMAIL] = {"email", .required = true},
	    [NAME] = {"name", .value = STR("opbxctl"), .required = false},
	    [ABILITIES] = {"abilities", .value = STR("*"), .required = false},
	    [DAYS] = {"days", .value = STR("0"), .required = false},
	    {.name = NULL},
	};
	struct new_token token = {0};
	uint64_t organization = 0;
	struct change change;
	struct audit by;
	struct str text = NO_STR;
	int64_t days = 0;
	struct err *err;

	if (argc < 1 || !str_is(str_of(argv[0]), "create"))
		return ctl_usage("token");
	if (!ctl_options(argc - 1, argv + 1, options))
		return 2;
	if (!str_to_int(options[DAYS].value, 0, 36500, &days)) {
		fprintf(stderr, "opbxctl: --days is a number up to 36500, 0 "
				"for no end\n");
		return 2;
	}
	if (!check_list(options[ABILITIES].value))
		return 2;
	err = ctl_organization(ctl, options[ORG].value, &organization);
	if (err != NULL)
		return ctl_fail(err);
	change = ctl_change(ctl, organization);
	by = (struct audit){
	    .organization = organization, .actor = &change.actor};
	token.name = options[NAME].value;
	token.abilities = abilities(ctl->pool, options[ABILITIES].value);
	token.expires = days > 0 ? change.now + days * 86400000 : 0;
	err = change_begin(&change);
	if (err == NULL)
		err = make_token(ctl, &by, options[EMAIL].value, &token, &text);
	err = change_end(&change, err);
	if (err != NULL)
		return ctl_fail(err);
	printf("%.*s\n", PSTR(text));
	return 0;
}
