/*
 * CSV (RFC 4180), one line a record, names of the fields in the first.  A
 * record without a view has no id and no instants but those of its fields.
 *
 * A cell that a spreadsheet would take for a formula begins with an
 * apostrophe instead.
 */
#ifndef RECORD_CSV_H
#define RECORD_CSV_H

#include "record.h"

void csv_cell(struct buf *out, struct str text, bool first);
void csv_head(struct buf *out, const struct record *record);
/* Secrets that are set are "***". */
void csv_row(struct buf *out, const struct record *record, const void *object);

#endif
