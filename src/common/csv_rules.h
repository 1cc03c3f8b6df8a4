/* csv_rules.h: cells of CSV as RFC 4180 has them, for people who open the file in a spreadsheet. Knows no server. */
#ifndef LOYALTY_CSV_RULES_H
#define LOYALTY_CSV_RULES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes a cell (NULL: an empty one) to a buffer and ends it by a zero; returns its bytes without that. A buffer that is NULL
 * is not written to. A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return)
 * gets an apostrophe in front, unless it is wanted raw; and one with a comma, a quote or an end of a line in it stands between
 * quotes, its own doubled.
 */
extern size_t loyalty_csv_cell(const char *text, bool is_raw, char *buffer);

#endif
