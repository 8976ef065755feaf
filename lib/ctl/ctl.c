#include "ctl.h"

#include <stdio.h>

#include "clock.h"

enum { PATIENCE = 10000 }; /* milliseconds for MariaDB */

void
ctl_open(struct ctl *ctl, struct pool *pool, const struct conf *conf)
{
	struct err *err;

	*ctl = (struct ctl){.pool = pool, .conf = conf};
	crypto_start();
	err = crypto_load(
	    pool, conf_path(pool, conf, "secret_file", "secret"), &ctl->master);
	if (err != NULL)
		exit(ctl_fail(err));
	ctl->seal = crypto_derive(&ctl->master, "seal");
	ctl->db = db_new(pool, conf, &ctl->master, "ctl", PATIENCE);
	ctl->redis = redis_new(pool, conf);
	ctl->generations = generations_new(pool, conf, ctl->redis);
}

static struct ctl_option *
option_of(struct ctl_option *options, struct str name)
{
	for (; options->name != NULL; options++)
		if (str_is(name, options->name))
			return options;
	return NULL;
}

bool
ctl_options(int argc, char **argv, struct ctl_option *options)
{
	bool right = true;

	for (int i = 0; i < argc; i++) {
		struct str word = str_of(argv[i]), name;
		struct ctl_option *option;

		if (!str_starts(word, STR("--"))) {
			fprintf(
			    stderr, "opbxctl: \"%s\" is no option\n", argv[i]);
			return false;
		}
		word = str_cut(word, 2, word.n);
		str_next(&word, '=', &name);
		option = option_of(options, name);
		if (option == NULL) {
			fprintf(stderr, "opbxctl: there is no option --%.*s\n",
			    PSTR(name));
			return false;
		}
		if (option->flag && word.p == NULL) {
			option->value = name;
			continue;
		}
		if (option->flag) {
			fprintf(stderr, "opbxctl: --%s has no value\n",
			    option->name);
			return false;
		}
		if (word.p == NULL && i + 1 == argc) {
			fprintf(stderr, "opbxctl: --%s needs a value\n",
			    option->name);
			return false;
		}
		option->value = word.p != NULL ? word : str_of(argv[++i]);
	}
	for (; options->name != NULL; options++)
		if (options->required && options->value.n == 0) {
			fprintf(stderr, "opbxctl: --%s is required\n",
			    options->name);
			right = false;
		}
	return right;
}

int
ctl_fail(const struct err *err)
{
	/* An operator may know the inside: what a client is told is no help. */
	bool inside = err->cause.n > 0;

	fprintf(stderr, "opbxctl: %.*s\n",
	    PSTR(inside ? err->cause : err->message));
	for (const struct complaint *one = err->complaints; one != NULL;
	     one = one->next)
		fprintf(stderr, "  %.*s: %.*s\n", PSTR(one->field),
		    PSTR(one->text));
	return 1;
}

struct err *
ctl_organization(struct ctl *ctl, struct str slug, uint64_t *id)
{
	struct str ids;
	struct rows *rows;
	struct err *err;
	int64_t number = 0;

	TRY(db_begin(ctl->db, ctl->pool, DB_READ, 0));
	if (slug.n > 0)
		err = QUERY(ctl->db, "SELECT organization_by_slug(?)", &rows,
		    TEXT(slug));
	else
		err = QUERY(ctl->db,
		    "SELECT organization_ids(NULL, NULL, 0, 0, ?)", &rows,
		    INT(2));
	db_rollback(ctl->db);
	TRY(err);
	ids = rows_text(rows, 0, 0);
	if (slug.n == 0 && str_find(ids, ',') >= 0)
		return err_new(ctl->pool, BAD_REQUEST,
		    "There are several "
		    "organizations: say --org SLUG.");
	if (!str_to_int(ids, 1, INT64_MAX, &number))
		return err_new(ctl->pool, NOT_FOUND,
		    slug.n > 0 ? "There is no organization \"%.*s\"."
			       : "There is no organization%.*s.",
		    PSTR(slug));
	*id = (uint64_t)number;
	return NULL;
}

struct change
ctl_change(struct ctl *ctl, uint64_t organization)
{
	struct change change = {.pool = ctl->pool,
	    .db = ctl->db,
	    .generations = ctl->generations,
	    .conf = ctl->conf,
	    .seal = &ctl->seal,
	    .cheap = conf_is(ctl->conf, "password.cheap", "yes"),
	    .organization = organization,
	    .role = ROLE_OWNER,
	    .now = clock_now()};

	change.actor.type = "system";
	change.actor.name = STR("opbxctl");
	return change;
}
