#include "db_error.h"

#include <criterion/criterion.h>

static struct pool *pool;

static void
start(void)
{
	pool = pool_new();
}

static void
stop(void)
{
	pool_free(pool);
}

TestSuite(db_error, .init = start, .fini = stop);

static struct err *
error(unsigned number, const char *message)
{
	return db_error(pool, "INSERT ?", number, str_of(message));
}

/* "422 field text", "409 type" or "500". */
static const char *
meaning(unsigned number, const char *message)
{
	const struct err *err = error(number, message);
	int status = err_status(err->code);

	if (err->complaints != NULL)
		return pool_printf(pool, "%d %.*s %.*s", status,
		    PSTR(err->complaints->field), PSTR(err->complaints->text))
		    .p;
	if (err->references != NULL)
		return pool_printf(
		    pool, "%d %.*s", status, PSTR(err->references->type))
		    .p;
	return pool_printf(pool, "%d", status).p;
}

Test(db_error, a_duplicate_is_taken_already)
{
	cr_assert_str_eq(
	    meaning(1062,
		"Duplicate entry '1-Sales' for key 'uq__ring_group__name'"),
	    "422 name is taken already");
	cr_assert_str_eq(
	    meaning(1062, "Duplicate entry '' for key 'uq__a__b'' for key "
			  "'uq__did__number__proved'"),
	    "422 number is taken already");
}

Test(db_error, a_duplicate_primary_key_is_a_conflict)
{
	cr_assert_str_eq(
	    meaning(1062, "Duplicate entry '1-2' for key 'PRIMARY'"), "409");
}

Test(db_error, a_key_of_no_field_is_a_bug)
{
	cr_assert_str_eq(
	    meaning(1062, "Duplicate entry 'x' for key 'uq__user__id'"), "500");
	cr_assert_str_eq(
	    meaning(1062, "Duplicate entry 'x' for key 'plain'"), "500");
	cr_assert_str_eq(
	    meaning(1452,
		"Cannot add or update a child row: a foreign key constraint "
		"fails (`opbx`.`user`, CONSTRAINT `fk__user__organization` "
		"FOREIGN KEY (`organization_id`) REFERENCES "
		"`organization` (`id`))"),
	    "500");
}

Test(db_error, a_reference_names_its_field_or_who_refers)
{
	const char *message =
	    "a foreign key constraint fails (`opbx`.`ring_group`, CONSTRAINT "
	    "`fk__ring_group__fallback__extension` FOREIGN KEY (`a`, `b`) "
	    "REFERENCES `extension` (`a`, `b`) ON UPDATE CASCADE)";

	cr_assert_str_eq(meaning(1452, message), "422 fallback does not exist");
	cr_assert_str_eq(meaning(1451, message), "409 ring_group");
	cr_assert_str_eq(
	    meaning(1217, "Cannot delete or update a parent row"), "409");
	cr_assert_str_eq(
	    meaning(1216, "Cannot add or update a child row"), "500");
}

Test(db_error, a_check_names_its_field)
{
	cr_assert_str_eq(
	    meaning(4025, "CONSTRAINT `ck__extension__number` failed for "
			  "`opbx`.`extension`"),
	    "422 number is not valid");
	cr_assert_str_eq(
	    meaning(4025,
		"CONSTRAINT `extension.number` failed for `opbx`.`extension`"),
	    "500");
}

Test(db_error, a_column_names_its_field)
{
	cr_assert_str_eq(meaning(1406, "Data too long for column 'name' at "
				       "row 1"),
	    "422 name is too long");
	cr_assert_str_eq(
	    meaning(1264, "Out of range value for column 'turns' at row 1"),
	    "422 turns is out of range");
	cr_assert_str_eq(meaning(1048, "Column 'name' cannot be null"),
	    "422 name must not be empty");
	cr_assert_str_eq(
	    meaning(1366, "Incorrect integer value: '`x`' for column "
			  "`opbx`.`ring_group`.`turns` at row 1"),
	    "422 turns is not valid");
	cr_assert_str_eq(
	    meaning(1406, "Data too long for column 'pin_sealed' at row 1"),
	    "422 pin is too long");
	cr_assert_str_eq(meaning(1406, "in other words"), "500");
}

Test(db_error, a_server_in_trouble_is_unavailable)
{
	cr_assert_str_eq(meaning(1205, ""), "503");
	cr_assert_str_eq(meaning(1213, ""), "503");
	cr_assert_str_eq(meaning(1040, ""), "503");
	cr_assert_str_eq(meaning(1114, ""), "503");
	cr_assert_str_eq(meaning(1969, ""), "503");
}

Test(db_error, our_own_bugs_are_internal)
{
	cr_assert_str_eq(meaning(1369, "CHECK OPTION failed"), "500");
	cr_assert_str_eq(meaning(1644, "no tenant is set"), "500");
	cr_assert_str_eq(meaning(1064, "You have an error"), "500");
	cr_assert_str_eq(meaning(65000, "unheard of"), "500");
}

Test(db_error, a_cause_has_the_statement_and_no_value)
{
	cr_assert_str_eq(error(1369, "CHECK OPTION failed `a`.`b`")->cause.p,
	    "mariadb: error 1369: CHECK OPTION failed `a`.`b`: INSERT ?");
	cr_assert_str_eq(error(1690, "value 'secret' out of range")->cause.p,
	    "mariadb: error 1690: INSERT ?");
	cr_assert_null(error(1062, "Duplicate entry 'secret' for key "
				   "'uq__user__email'")
			   ->cause.p);
}
