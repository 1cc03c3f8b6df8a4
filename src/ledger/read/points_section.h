/* points_section.h: the points of customer_single_view. */
#ifndef LOYALTY_POINTS_SECTION_H
#define LOYALTY_POINTS_SECTION_H

#include "lib/stringinfo.h"

#include "customer/customer_store.h"
#include "ledger/read/balance.h"

/*
 * Returns the section "points": one element for each program, as points_balance has it now. Programs in which the
 * customer has no accounts are those that are younger than it, at zero; an empty list for a customer who can have none.
 */
extern Datum loyalty_points_section(LoyaltyCall *call, int64 customer_id);

/*
 * Reads the points of a customer in the programs of its org one after the other, and makes a jsonb object of one key,
 * "points", out of what "put" appends for each to the JSON text of an array.
 */
typedef void (*PutPoints)(StringInfo json, BalanceRequest *request, const LoyaltyProgram *program,
						  const Balance *balance);
extern Datum loyalty_points_of_programs(LoyaltyCall *call, int64 customer_id, PutPoints put);

/* Appends a key with points, and one with the first expiry of regular points in the program: null where none expires. */
extern void loyalty_put_points(StringInfo json, const char *key, int64 points);
extern void loyalty_put_next_expiry(StringInfo json, const BalanceRequest *request, const Balance *balance);

#endif
