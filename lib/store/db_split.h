/*
 * Cuts a file of SQL into statements, as the mariadb client does: comments
 * and quotes are respected, a line "DELIMITER $$" changes what ends them.
 * Knows nothing of the connection.
 */
#ifndef STORE_DB_SPLIT_H
#define STORE_DB_SPLIT_H

#include "str.h"

struct db_split {
	struct str rest;
	struct str delimiter;
	int line; /* of the statement that came last, from 1 */
	int next; /* line at which rest begins */
};

struct db_split db_split_open(struct str text);
/* The next statement without its delimiter; false at the end. */
bool db_split_next(struct db_split *split, struct str *statement);

#endif
