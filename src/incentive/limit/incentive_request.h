/*
 * incentive_request.h: calls about coupons, codes and vouchers that came with an idempotency key, and what people wrote of what
 * they did. Rows stand under the customer of the call, whose lock keeps two calls with one key apart; those of nobody stand under
 * customer 0, where the second call waits for the first.
 */
#ifndef LOYALTY_INCENTIVE_REQUEST_H
#define LOYALTY_INCENTIVE_REQUEST_H

#include "postgres.h"

#include "utils/jsonb.h"
#include "utils/uuid.h"

#include "customer/customer_store.h"
#include "customer/holding_store.h"

/* A call with its key, and what it made. */
typedef struct IncentiveRequest
{
	int64 customer_id; /* whom it stands under; 0: nobody */
	int64 result_id;   /* the coupon, use, return of a use, voucher or movement */
	int64 request_digest;
	pg_uuid_t idempotency_digest;
	Jsonb *answer; /* what else was answered, without any code; NULL: what the result's row has */
} IncentiveRequest;

/*
 * Finds what a call with that key made before, of anybody in the merge group of a locked customer (NULL: of nobody). LY020 where
 * it asked for something else. False: there was none.
 */
extern bool loyalty_incentive_request_find(int32 org_id, const LoyaltyCustomer *customer,
										   const pg_uuid_t *idempotency_digest, int64 request_digest,
										   IncentiveRequest *request, LoyaltyRefusal *refusal);

/* Writes a call; false where, under customer 0, another one with the key has committed since it was looked for. */
extern bool loyalty_incentive_request_write(int32 org_id, const IncentiveRequest *request);

/* Writes what was said of an issue, a use, a return or a movement, if anything was. */
extern void loyalty_incentive_note_write(int32 org_id, int64 customer_id, int64 note_id, const char *reason,
										 const char *actor);

/* The list of what is held of a person in the tables of limits. */
extern const LoyaltyHoldings loyalty_limit_holdings;

#endif
