/*
 * code_taken_store.h: whether a code is taken, by whatever kind: promo codes, coupons, codes in stock, codes of generic series. The
 * caller holds the org's lock of codes.
 */
#ifndef LOYALTY_CODE_TAKEN_STORE_H
#define LOYALTY_CODE_TAKEN_STORE_H

#include "postgres.h"

#include "incentive/promotion/code_shape_rules.h"

/* Tells whether a code in its normal form has a row of any kind. */
extern bool loyalty_code_is_taken(int32 org_id, const char *code);

/* Tells whether any code that has a row is of a shape. */
extern bool loyalty_code_shape_is_taken(int32 org_id, const CodeShape *shape);

#endif
