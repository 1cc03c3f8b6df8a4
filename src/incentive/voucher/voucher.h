/*
 * voucher.h: the steps that calls about gift vouchers share. In their order: the code or the id says which voucher; its holder is
 * locked, then the voucher; a repeat is answered; then the call is judged, and a movement written.
 */
#ifndef LOYALTY_VOUCHER_H
#define LOYALTY_VOUCHER_H

#include "common/pg_compat.h"
#include "incentive/voucher/voucher_store.h"
#include "ledger/posting/operation.h"

/* A call about a voucher, or one that issues some. */
typedef struct VoucherWork
{
	LoyaltyCall *call;
	const OperationRequest *request;
	Operation operation;	/* where it happens, and what is said of it; it has no posting */
	LoyaltyCustomer holder; /* locked; its id is 0: nobody holds it */
	VoucherRow voucher;		/* locked, or new */
	TimestampTz event_time;
	VoucherMovement movement; /* that the call has made, now or before */
} VoucherWork;

/* Begins the work of a call that is open, about nobody so far. */
extern void loyalty_voucher_work(VoucherWork *work, LoyaltyCall *call, const OperationRequest *request);

/* Raises LY901. */
pg_noreturn extern void loyalty_voucher_raise_unknown(void);

/* Locks a voucher by its id, behind its holder; LY901 where there is none. */
extern void loyalty_voucher_hold(VoucherWork *work, int64 voucher_id);

/* Tells whether the call is a repeat, whose movement is read then; LY020. */
extern bool loyalty_voucher_repeated(VoucherWork *work);

/* Raises LY917 where the org does not use vouchers. */
extern void loyalty_voucher_require_enabled(const VoucherWork *work);

/* Raises LY904 for one that was revoked, and LY903 for one that has expired. */
extern void loyalty_voucher_require_good(const VoucherWork *work);

/* Reads till, store, source, reason, actor and the time of the event, which is the clock's where none is given. */
extern void loyalty_voucher_locate(VoucherWork *work);

/* Raises LY903 where the event lies before the voucher was issued, by more than clocks may differ. */
extern void loyalty_voucher_require_issued(const VoucherWork *work);

/* Raises LY413 for an amount that is not above zero, or not in whole steps of the org's currency. */
extern void loyalty_voucher_require_amount(const LoyaltyOrg *org, int64 amount);

/* The least amount of the org's currency. */
extern int64 loyalty_voucher_step(const LoyaltyOrg *org);

/* Returns what of the voucher may be compared with a time. */
extern VoucherFacts loyalty_voucher_facts(const VoucherRow *voucher);

/*
 * Writes a movement of the voucher, which is filled but for what is known here: its number, id, times, places, key and balance. The
 * voucher's row is the caller's to write.
 */
extern void loyalty_voucher_move(VoucherWork *work);

/*
 * Takes the money of a voucher, which is locked, that has expired by a time: true where there was any. Comes before anything else
 * happens to it, so that its movements are the same whenever the job runs.
 */
extern bool loyalty_voucher_expire(const LoyaltyCall *call, VoucherRow *voucher, TimestampTz as_of);

/* Writes the movement and the row of a voucher that is there, and tells subscribers of the holder's events (NULL: does not). */
extern void loyalty_voucher_change(VoucherWork *work, const char *event_name);

/* Tells subscribers of the holder's events of the movement. */
extern void loyalty_voucher_tell(VoucherWork *work, const char *event_name);

/* Return what calls answer of the movement: the balance that can be spent behind it, and the amount without its sign. */
extern Datum loyalty_voucher_balance_then(const VoucherWork *work);
extern Datum loyalty_voucher_amount_then(const VoucherWork *work);

#endif
