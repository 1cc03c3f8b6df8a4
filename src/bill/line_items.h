/* line_items.h: reading the line items of a bill. */
#ifndef LOYALTY_LINE_ITEMS_H
#define LOYALTY_LINE_ITEMS_H

#include "utils/jsonb.h"

#include "bill/transaction_store.h"
#include "common/refusal.h"

#define LOYALTY_MAX_LINES 10000

/*
 * The lines of a JSON array of objects {item_code, quantity, amount, discount, points, promotion_points}; LY414 for
 * any other shape, naming the line and the field.
 */
extern bool loyalty_line_items(Jsonb *json, TransactionLine **lines, int *count, LoyaltyRefusal *refusal);

#endif
