/*
 * operation.h: what earning, redeeming and billing share beyond the posting: who asks, where, and whether the
 * request was answered before.
 *
 * A call goes through loyalty_operation_begin or its parts, a batch from step to step with all its items.
 * Functions that take a LoyaltyRefusal return false where they refuse, and raise the same where it is
 * LOYALTY_RAISES.
 */
#ifndef LOYALTY_OPERATION_H
#define LOYALTY_OPERATION_H

#include "common/pg_compat.h"
#include "customer/identifier_resolver.h"
#include "ledger/posting/operation_request.h"
#include "ledger/posting/posting.h"

/* The customer that a request is about, and what the request is known by if it comes again. */
typedef struct OperationSubject
{
	int64 customer_id; /* named by the request, or the owner of the card; perhaps a victim */
	const LoyaltyIdentifierResolver *card; /* NULL: the customer is given by its id */
	const char *card_value;
	int32 card_program_id; /* 0: none */
	bool card_is_usable;   /* for bills and redemptions, as far as was seen under no lock */
	bool has_key;		   /* false also: the key was not read yet */
	pg_uuid_t key;		   /* the digest of the idempotency key */
} OperationSubject;

/* An operation about one customer: its request, the posting, and what was read of the request so far. */
typedef struct Operation
{
	LoyaltyCall *call;
	const OperationRequest *request; /* the beginning of a request of its kind */
	OperationSubject subject;
	Posting posting;		 /* begun once the customer is locked */
	const LoyaltyTill *till; /* NULL: none */
	Event origin;			 /* source, till, store and key of the event to come */
	const char *reason;		 /* NULL: none */
	const char *actor;		 /* NULL: none */
} Operation;

/*
 * Finds the customer of a request: LY001, LY003, and what a card has against it. Nobody is locked. A repeat of
 * a request with a card is about the customer of the first one, whatever has become of the card.
 */
extern bool loyalty_operation_name(LoyaltyCall *call, const OperationRequest *request,
								   OperationSubject *subject, LoyaltyRefusal *refusal);

/* Reads the idempotency key of a request. */
extern bool loyalty_operation_key(const OperationRequest *request, OperationSubject *subject,
								  LoyaltyRefusal *refusal);

/*
 * Finds the event that the request, or another one with its key, made before; true where there is one. The key was read,
 * and "customer", whom the request works on, is locked.
 */
extern bool loyalty_operation_find_earlier(const LoyaltyCall *call, const OperationRequest *request,
										   const OperationSubject *subject, const LoyaltyCustomer *customer,
										   EarlierEvent *earlier);

/*
 * Judges whether the customer, who is locked, can be asked for it: LY125 for one who was merged. A card is
 * held: it stays the customer's until the transaction ends.
 */
extern bool loyalty_operation_hold(LoyaltyCall *call, const OperationRequest *request,
								   const OperationSubject *subject, const LoyaltyCustomer *customer,
								   LoyaltyRefusal *refusal);

/* Begins an operation about a customer who is locked, and held; the posting is the caller's to begin. */
extern void loyalty_operation_enter(Operation *operation, LoyaltyCall *call, const OperationRequest *request,
									const OperationSubject *subject);

/*
 * Begins a call of one operation: finds and locks the customer, and looks for an earlier event of the same
 * idempotency key. Returns true, with that event, where the request is a repeat; the posting's customer is
 * then the one it was written for. LY020 where the arguments of a repeat differ, LY107 for a customer who does
 * not exist, LY125 for one who was merged into another one.
 */
extern bool loyalty_operation_begin(Operation *operation, LoyaltyCall *call, const OperationRequest *request,
									EarlierEvent *earlier);

/*
 * Opens it alone, for a call that locks another customer before it goes on to loyalty_operation_lock. Nobody
 * is locked yet.
 */
extern void loyalty_operation_open(Operation *operation, LoyaltyCall *call, const OperationRequest *request);
/*
 * Locks the customer of an operation that was opened, and looks for a repeat: the second part of
 * loyalty_operation_begin.
 */
extern bool loyalty_operation_lock(Operation *operation, EarlierEvent *earlier);

/*
 * Returns the customer whom a call with an id works on: the survivor where merges are followed, the customer
 * itself otherwise or where it does not exist. Read under no lock.
 */
extern int64 loyalty_operation_followed(const Operation *operation, int64 customer_id);

/*
 * Locks another customer, between opening and locking, if its id is lower than that of the one whom the call
 * works on; false, and nobody is locked, if it is not. Where merges are followed both are locked in any case, and the
 * id becomes that of the other one's survivor.
 */
extern bool loyalty_operation_lock_lower(Operation *operation, Posting *other, int64 *other_id);

/*
 * Locks both customers of a call about two (request->other_id is the second), the lower id first, and looks for a repeat: two calls that name
 * the same two the other way round do not wait for each other in a circle. Merges are followed on either side.
 * LY435 where the two are one, LY125 for one who was merged.
 */
extern bool loyalty_operation_lock_pair(Operation *operation, Posting *other, EarlierEvent *earlier);

/* Begins it for a customer whom the call has found or made: there is no card, and merges are not followed. */
extern bool loyalty_operation_begin_known(Operation *operation, LoyaltyCall *call,
										  const OperationRequest *request, int64 customer_id,
										  EarlierEvent *earlier);

/* ---- what a request says, read in the order of this page; each refuses with the codes of its arguments */

/*
 * Reads where the operation takes place, and its notes. The actor of a batch stands for items that name none.
 */
extern bool loyalty_operation_locate(Operation *operation, LoyaltyRefusal *refusal);

/*
 * Reads the program that is named, else the card's, else the till's, else the default: the same in every
 * operation. loyalty_operation_locate comes before.
 */
extern bool loyalty_operation_program(const Operation *operation, const LoyaltyProgram **program,
									  LoyaltyRefusal *refusal);

/* Reads it for what may do without: NULL, and no refusal, where none is named in an org that has none. */
extern bool loyalty_operation_program_if_any(const Operation *operation, const LoyaltyProgram **program,
											 LoyaltyRefusal *refusal);

/* Reads it where all programs may pay: NULL stands for that, as LOYALTY_ALL_PROGRAMS does in the request. */
extern bool loyalty_operation_programs(const Operation *operation, const LoyaltyProgram **program,
									   LoyaltyRefusal *refusal);

/* Tells whether a request names all of them; nothing is refused. */
extern bool loyalty_request_all_programs(const OperationRequest *request);

/*
 * Reads the time of the event and judges it: LY408, LY407; AT_ONCE in the place of the registration: it may be of any
 * age. Where none is given it is the later of the clock and of what the call refers to, and nothing refuses it.
 */
extern bool loyalty_operation_event_time(const Operation *operation, TimestampTz registered_on,
										 TimestampTz refers_to, TimestampTz *event_time,
										 LoyaltyRefusal *refusal);

/*
 * Reads the time of an operation that refers to its customer alone, and fixes it in the posting, whose accounts are
 * loaded. Nothing is posted.
 */
extern bool loyalty_operation_time(Operation *operation, LoyaltyRefusal *refusal);

/*
 * Does the same for a bill, which may be older than the registration by the tolerance; or of any age, where it earns
 * nothing.
 */
extern bool loyalty_operation_bill_time(Operation *operation, bool any_age, LoyaltyRefusal *refusal);

/*
 * Reads and fixes the time for a call that posts right away, and expires what is due; raises. What it refers to beside
 * its customer: AT_ONCE where that is nothing.
 */
extern void loyalty_operation_expire_at(Operation *operation, TimestampTz refers_to);

/* Reads points of a program: LY401 to LY404. Returns thousandths, more than zero. */
extern bool loyalty_read_program_points(const NullableDatum *given, const LoyaltyProgram *program,
										int64 *points, LoyaltyRefusal *refusal);

/* Refuses with LY403 points that have more decimals than the program keeps. */
extern bool loyalty_program_judge_kept(const LoyaltyProgram *program, int64 points, LoyaltyRefusal *refusal);

/* Finds the program that keeps the most decimals: where all may pay, it says how fine points may be. */
extern bool loyalty_org_finest_program(const LoyaltyOrg *org, const LoyaltyProgram **finest,
									   LoyaltyRefusal *refusal);

/*
 * Finds the bill of the customer that a number means, with its till where the number is that of several: its
 * id, or 0 where no number is given; LY411, LY420, LY424 where all of it was returned.
 */
extern bool loyalty_operation_transaction(const Operation *operation, const NullableDatum *number,
										  const NullableDatum *till, int64 *transaction_id,
										  LoyaltyRefusal *refusal);

/* Refuses with LY411 a number that is no bill's, with LY420 one of several ("count"). */
extern bool loyalty_refuse_bill(int64 customer_id, const char *number, int count, LoyaltyRefusal *refusal);

/*
 * Returns the balance of the program of an earlier event, as it stood after it; of the request's program where
 * the event has no entry. Reads the request's till and program for that, and raises what is wrong with them.
 */
extern int64 loyalty_operation_balance_then(Operation *operation, const EarlierEvent *earlier);

/*
 * Opens the accounts of a program that is younger than the customer, once nothing refuses the operation any
 * more. Accounts that are there stay as they are loaded.
 */
extern void loyalty_operation_open_accounts(Operation *operation, const LoyaltyProgram *program,
											Category category);

/* Ends the operation: writes the accounts and the notes of its event. */
extern void loyalty_operation_end(Operation *operation, int64 event_id);

/* Returns with the event, its points and the balance, as corrections and imports do, and closes the call. */
extern Datum loyalty_operation_result(const Operation *operation, FunctionCallInfo fcinfo,
									  const PostingResult *result);

#endif
