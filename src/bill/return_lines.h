/* return_lines.h: reading the lines that a return names. */
#ifndef LOYALTY_RETURN_LINES_H
#define LOYALTY_RETURN_LINES_H

#include "utils/jsonb.h"

#include "bill/return_rules.h"

/*
 * Reads the lines of a JSON array of objects {line_no, quantity}; LY414 for any other shape, raised, since
 * returns come in no batches. Returns how many there are, at least one. Whether the bill has such lines is for
 * the rules to judge.
 */
extern int loyalty_return_lines_read(Jsonb *json, AskedLine **lines);

#endif
