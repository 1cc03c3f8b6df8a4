/* return_lines.h: reading the lines that a return names. */
#ifndef LOYALTY_RETURN_LINES_H
#define LOYALTY_RETURN_LINES_H

#include "utils/jsonb.h"

#include "bill/return_rules.h"

/* The lines of a JSON array of objects {line_no, quantity}; LY414 for any other shape. Returns how many. */
extern int loyalty_return_lines_read(Jsonb *json, AskedLine **lines);

#endif
