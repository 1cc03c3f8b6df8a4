/*
 * status_guard.h: the one guard that every writing call passes: whether the status of a customer lets an operation
 * happen.
 */
#ifndef LOYALTY_STATUS_GUARD_H
#define LOYALTY_STATUS_GUARD_H

#include "customer/customer_store.h"
#include "org/call.h"
#include "status/status_rules.h"

/*
 * Judges an operation on a customer whose row the caller has locked; costs no statement. Raises LY201 where a
 * restriction refuses it, LY206 where the customer was deleted. What the answer says beyond that is the caller's to
 * do: no points, no promotions, an outlier, later.
 */
extern StatusVerdict loyalty_status_guard(const LoyaltyCall *call, const LoyaltyCustomer *customer,
										  GuardedOperation operation);

/* The same as a judgement. */
extern bool loyalty_status_permits(const LoyaltyCall *call, const LoyaltyCustomer *customer,
								   GuardedOperation operation, StatusVerdict *verdict,
								   LoyaltyRefusal *refusal);

/* The verdict for those who refuse nothing but tell of it, or wait: the SQLSTATE of the refusal, 0 for none. */
extern StatusVerdict loyalty_status_verdict(const LoyaltyCall *call, const LoyaltyCustomer *customer,
											GuardedOperation operation, int *sqlstate);

/* Why a bill of the customer has no points: which restriction of which label. */
extern const char *loyalty_status_why(const LoyaltyCall *call, const LoyaltyCustomer *customer,
									  uint32 restrictions);

#endif
