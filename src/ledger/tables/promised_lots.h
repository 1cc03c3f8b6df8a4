/*
 * promised_lots.h: promised points that have come, as the regular points that they become. Reads count them as converted
 * whether or not the job has run, as they count what is due as expired; so does a call that judges. Nothing is written.
 */
#ifndef LOYALTY_PROMISED_LOTS_H
#define LOYALTY_PROMISED_LOTS_H

#include "customer/customer_store.h"
#include "ledger/tables/lot_store.h"
#include "org/call.h"

/* A promised lot that has come, and the regular one that it is from its instant on. */
typedef struct ComeLot
{
	Lot promised;
	Lot regular; /* its id is none of a table's: higher than all of them, in the order of conversion */
} ComeLot;

typedef LOYALTY_ARRAY(ComeLot) ComeLots;

/* Tells whether points of the customer may become regular: not while its status keeps them from being allocated. */
extern bool loyalty_promised_may_convert(const LoyaltyCall *call, const LoyaltyCustomer *customer);

/* Makes the regular lot that a promised or trigger-based one becomes at a time. */
extern Lot loyalty_lot_as_regular(const LoyaltyCall *call, int64 customer_id, const Lot *promised,
								  TimestampTz converted_at, int64 lot_id);

/*
 * Adds the promised lots of a regular account that have come by a time and are not converted yet. Nothing is read where
 * the account knows that there are none. "seen": under the caller's snapshot.
 */
extern void loyalty_promised_come(const LoyaltyCall *call, const LoyaltyCustomer *customer, int64 customer_id,
								  const Account *regular, TimestampTz at, bool seen, ComeLots *come);

/* Returns how much the lots add to the regular balance by a time: what has expired meanwhile is gone again. */
extern int64 loyalty_promised_gain(const ComeLots *come, TimestampTz at);

#endif
