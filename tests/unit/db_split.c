#include "db_split.h"

#include <criterion/criterion.h>

/* All statements of a text, "<line>:<statement>" each, between bars. */
static const char *
split(const char *text)
{
	static char all[1000];
	struct db_split split = db_split_open(str_of(text));
	struct str statement;
	size_t n = 0;

	all[0] = '\0';
	while (db_split_next(&split, &statement))
		n += (size_t)snprintf(all + n, sizeof all - n, "%s%d:%.*s",
		    n > 0 ? "|" : "", split.line, PSTR(statement));
	return all;
}

Test(db_split, cuts_at_semicolons)
{
	cr_assert_str_eq(split("A; B ;\n C"), "1:A|1:B|2:C");
	cr_assert_str_eq(split("A;"), "1:A");
}

Test(db_split, finds_nothing_in_nothing)
{
	cr_assert_str_eq(split(""), "");
	cr_assert_str_eq(split(" \n;; ;\n"), "");
	cr_assert_str_eq(split("-- only\n# words\n/* here */"), "");
	cr_assert_str_eq(split("--"), "");
	cr_assert_str_eq(split("/* never closed"), "");
	cr_assert_str_eq(split("DELIMITER $$"), "");
}

Test(db_split, quotes_and_comments_hide_semicolons)
{
	cr_assert_str_eq(
	    split("A ';' \";\" `;` B; C"), "1:A ';' \";\" `;` B|1:C");
	cr_assert_str_eq(split("A 'it''s;' ; B"), "1:A 'it''s;'|1:B");
	cr_assert_str_eq(split("A '\\';' ; B"), "1:A '\\';'|1:B");
	cr_assert_str_eq(split("A `\\`; B"), "1:A `\\`|1:B");
	cr_assert_str_eq(split("A -- ;'\n+ 1; B"), "1:A -- ;'\n+ 1|2:B");
	cr_assert_str_eq(split("A # ;\n; B"), "1:A # ;|2:B");
	cr_assert_str_eq(split("A /* ; ' */; B"), "1:A /* ; ' */|1:B");
	cr_assert_str_eq(split("A 'never closed; B"), "1:A 'never closed; B");
}

Test(db_split, two_minus_signs_alone_are_no_comment)
{
	cr_assert_str_eq(split("SELECT 1--1; B"), "1:SELECT 1--1|1:B");
}

Test(db_split, code_in_a_comment_is_a_statement)
{
	cr_assert_str_eq(split("/*! SET a=1 */; B"), "1:/*! SET a=1 */|1:B");
	cr_assert_str_eq(split("/*M! SET a=1 */;"), "1:/*M! SET a=1 */");
}

Test(db_split, the_delimiter_may_change)
{
	cr_assert_str_eq(
	    split("A;\nDELIMITER $$\nBEGIN x; y; END $$\ndelimiter ;\nB; C"),
	    "1:A|3:BEGIN x; y; END|5:B|5:C");
}

Test(db_split, a_word_like_delimiter_is_no_command)
{
	cr_assert_str_eq(
	    split("SELECT delimiter; B"), "1:SELECT delimiter|1:B");
}

Test(db_split, lines_are_counted_through_everything)
{
	cr_assert_str_eq(
	    split("-- one\n/* two\nthree */ A '\n';\n\nB"), "3:A '\n'|6:B");
}
