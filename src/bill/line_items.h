/* line_items.h: reading the line items of a bill. */
#ifndef LOYALTY_LINE_ITEMS_H
#define LOYALTY_LINE_ITEMS_H

#include "utils/jsonb.h"

#include "bill/transaction_store.h"
#include "common/refusal.h"

/* Lines of one bill or return; it bounds what a bill writes and the loops over pairs of lines. */
#define LOYALTY_MAX_LINES 10000

/*
 * Reads the lines of a JSON array of objects {item_code, quantity, amount, discount, points, promotion_points}, whose
 * other fields are kept with the line; refuses any other shape with LY414, naming the line, the field and what is
 * wrong. The lines are allocated in the current
 * memory context. Amounts are not added up: whether they make the bill's amount is the till's affair.
 */
extern bool loyalty_line_items(Jsonb *json, TransactionLine **lines, int *count, LoyaltyRefusal *refusal);

/* Finds the number that a field of a line is, also one in a text; false where it is none. */
extern bool loyalty_line_number(const JsonbValue *value, Datum *numeric);

#endif
