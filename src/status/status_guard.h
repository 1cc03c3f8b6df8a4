/*
 * status_guard.h: the one guard that every writing call passes: it judges whether the status of a customer lets
 * an operation happen. A call asks it once, after the customer's lock and after it was looked whether the call is
 * a repeat: a first result is returned again whatever the status is by now.
 */
#ifndef LOYALTY_STATUS_GUARD_H
#define LOYALTY_STATUS_GUARD_H

#include "customer/customer_store.h"
#include "org/call.h"
#include "status/status_rules.h"

/*
 * Judges an operation on a customer whose row the caller has locked; costs no statement. Raises LY201 where a
 * restriction refuses it, LY206 where the customer was deleted for good. What the verdict says beyond that is
 * for the caller to do: no points, no promotions, an outlier, later.
 */
extern StatusVerdict loyalty_status_guard(const LoyaltyCall *call, const LoyaltyCustomer *customer,
										  GuardedOperation operation);

/* Judges the same with a refusal instead of an error: false where it is refused. The verdict is set in any case. */
extern bool loyalty_status_permits(const LoyaltyCall *call, const LoyaltyCustomer *customer,
								   GuardedOperation operation, StatusVerdict *verdict,
								   LoyaltyRefusal *refusal);

/*
 * Returns the verdict and raises nothing, for callers that only tell of a refusal, or wait; "sqlstate" is that of
 * the refusal, 0 for none. The customer need not be locked where only a reader asks.
 */
extern StatusVerdict loyalty_status_verdict(const LoyaltyCall *call, const LoyaltyCustomer *customer,
											GuardedOperation operation, int *sqlstate);

/* Returns the restrictions that are in force for a customer, by its label or its fraud status, as a sum. */
extern uint32 loyalty_status_restrictions(const LoyaltyCall *call, const LoyaltyCustomer *customer);

/*
 * Returns in words what brings a restriction that stops the customer, label or fraud status: for bills without points,
 * and for refused merges. Allocated in the current context; holds no personal data.
 */
extern const char *loyalty_status_why(const LoyaltyCall *call, const LoyaltyCustomer *customer,
									  uint32 restrictions);

#endif
