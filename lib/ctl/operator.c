/*
 * opbxctl operator create, passwd, list: who runs the platform.  They belong
 * to no tenant, and nobody makes them over HTTP.
 */
#include <stdio.h>

#include "clock.h"
#include "ctl.h"
#include "instant.h"
#include "link.h"

enum { LISTED = 1000 };

static struct gate *
gate_of(struct ctl *ctl)
{
	return gate_new(
	    ctl->pool, ctl->conf, ctl->db, ctl->redis, &ctl->master);
}

/* What an operator gets in by: a password, or a link to set one by. */
struct way_in {
	bool link;
	struct str password, token;
};

static struct err *
let_in(struct ctl *ctl, struct gate *gate, const struct person *person,
    struct way_in *way)
{
	struct str hash;

	if (way->link)
		return link_create(
		    gate, ctl->pool, person, clock_now(), &way->token);
	return link_set_password(gate, ctl->pool, person, way->password, &hash);
}

static void
print_way(struct ctl *ctl, const struct gate *gate, const struct way_in *way)
{
	if (way->link)
		printf("link %.*s\nIt is shown this once and valid for an"
		       " hour.\n",
		    PSTR(link_url(ctl->pool, gate->base_url, way->token)));
}

static struct err *
check(struct ctl *ctl, struct str name, struct str email)
{
	struct complaints all = {ctl->pool, NULL, NULL};

	if (name.n == 0 || str_length(name) > 100)
		complain(&all, STR("name"), "must have 1 to 100 characters");
	if (str_find(email, '@') < 1 || email.n > 254)
		complain(&all, STR("email"), "must be an e-mail address");
	return complaints_err(&all);
}

static struct err *
make(struct ctl *ctl, struct gate *gate, struct str name, struct str email,
    struct person *person, struct way_in *way)
{
	struct rows *rows;

	TRY(db_begin(ctl->db, ctl->pool, DB_WRITE, 0));
	TRY(QUERY(ctl->db, "SELECT operator_create(?, ?)", &rows, TEXT(name),
	    TEXT(email)));
	person->id = (uint64_t)rows_int(rows, 0, 0);
	TRY(db_as_operator(ctl->db, person->id));
	return let_in(ctl, gate, person, way);
}

static int
create(struct ctl *ctl, int argc, char **argv)
{
	enum { NAME, EMAIL, LINK };
	struct ctl_option options[] = {
	    [NAME] = {"name", .required = true},
	    [EMAIL] = {"email", .required = true},
	    [LINK] = {"link", .flag = true},
	    {.name = NULL},
	};
	struct person person = {.kind = PERSON_OPERATOR};
	struct gate *gate = gate_of(ctl);
	struct way_in way = {false, NO_STR, NO_STR};
	struct str email;
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	way.link = options[LINK].value.n > 0;
	email = pool_lower(ctl->pool, options[EMAIL].value);
	err = check(ctl, options[NAME].value, email);
	if (err == NULL && !way.link)
		err = ctl_password(ctl, email, &way.password);
	if (err == NULL)
		err = person_end(gate,
		    make(ctl, gate, options[NAME].value, email, &person, &way));
	if (err != NULL)
		return ctl_fail(err);
	printf("operator %llu: %.*s\n", (unsigned long long)person.id,
	    PSTR(email));
	print_way(ctl, gate, &way);
	return 0;
}

static struct err *
find(struct ctl *ctl, struct str email, struct person *person)
{
	struct rows *rows;
	struct err *err;

	TRY(db_begin(ctl->db, ctl->pool, DB_READ, 0));
	err = QUERY(ctl->db, "SELECT operator_by_email(?)", &rows,
	    TEXT(pool_lower(ctl->pool, email)));
	db_rollback(ctl->db);
	TRY(err);
	*person = (struct person){
	    .kind = PERSON_OPERATOR, .id = (uint64_t)rows_int(rows, 0, 0)};
	if (person->id == 0)
		return err_new(ctl->pool, NOT_FOUND,
		    "There is no operator \"%.*s\".", PSTR(email));
	return NULL;
}

static int
passwd(struct ctl *ctl, int argc, char **argv)
{
	enum { EMAIL, LINK };
	struct ctl_option options[] = {
	    [EMAIL] = {"email", .required = true},
	    [LINK] = {"link", .flag = true},
	    {.name = NULL},
	};
	struct gate *gate = gate_of(ctl);
	struct person person;
	struct way_in way = {false, NO_STR, NO_STR};
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	way.link = options[LINK].value.n > 0;
	err = find(ctl, options[EMAIL].value, &person);
	if (err == NULL && !way.link)
		err = ctl_password(ctl, options[EMAIL].value, &way.password);
	if (err == NULL)
		err = person_begin(gate, ctl->pool, DB_WRITE, &person);
	if (err == NULL)
		err = person_end(gate, let_in(ctl, gate, &person, &way));
	if (err != NULL)
		return ctl_fail(err);
	print_way(ctl, gate, &way);
	return 0;
}

static struct err *
show(struct ctl *ctl, struct gate *gate, uint64_t id)
{
	struct person person = {.kind = PERSON_OPERATOR, .id = id};
	struct str seen = STR("never signed in");
	struct err *err = person_begin(gate, ctl->pool, DB_READ, &person);
	bool found = false;

	if (err == NULL)
		err = person_load(gate, &person, &found);
	TRY(person_end(gate, err));
	if (!found)
		return NULL;
	if (person.signed_in != 0)
		seen = clock_print(ctl->pool, person.signed_in);
	printf("%-5llu %-32.*s %-8s %-10s %-24.*s %.*s\n",
	    (unsigned long long)id, PSTR(person.email),
	    person.active ? "active" : "inactive",
	    person.second ? "two-factor" : "password", PSTR(seen),
	    PSTR(person.name));
	return NULL;
}

static struct err *
show_all(struct ctl *ctl)
{
	struct gate *gate = gate_of(ctl);
	struct str ids, one;
	struct rows *rows;
	struct err *err;
	int64_t id;

	TRY(db_begin(ctl->db, ctl->pool, DB_READ, 0));
	err = db_query(ctl->db, "SELECT operator_ids()", NULL, 0, &rows);
	TRY(person_end(gate, err));
	ids = rows_text(rows, 0, 0);
	for (int i = 0; i < LISTED && str_next(&ids, ',', &one); i++)
		if (str_to_int(one, 1, INT64_MAX, &id))
			TRY(show(ctl, gate, (uint64_t)id));
	return NULL;
}

static int
list(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_option options[] = {{.name = NULL}};
	struct err *err;

	if (!ctl_options(argc, argv, options))
		return 2;
	err = show_all(ctl);
	return err != NULL ? ctl_fail(err) : 0;
}

int
ctl_operator(struct ctl *ctl, int argc, char **argv)
{
	struct str verb = argc > 0 ? str_of(argv[0]) : NO_STR;

	if (str_is(verb, "create"))
		return create(ctl, argc - 1, argv + 1);
	if (str_is(verb, "passwd"))
		return passwd(ctl, argc - 1, argv + 1);
	if (str_is(verb, "list"))
		return list(ctl, argc - 1, argv + 1);
	return ctl_usage("operator");
}
