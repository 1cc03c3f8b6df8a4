/*
 * batch.h: the frame of calls that post many items, each of them what a call of its own asks for: all
 * customers are locked first, ascending, then the cards that items come with; every item is judged before
 * anything of it is written, and refused by an SQLSTATE of its own or for the whole batch; rows go out
 * together, table by table. An item never needs a subtransaction.
 *
 * The steps are begin, set (each item), lock, perform, result (each item), in an open call and in one memory
 * context, which holds the batch until the call ends.
 */
#ifndef LOYALTY_BATCH_H
#define LOYALTY_BATCH_H

#include "ledger/posting/kept_accounts.h"
#include "ledger/posting/operation.h"

#define LOYALTY_BATCH_MAX 10000

/* A kind of items: constant, one for each function that takes a batch. */
typedef struct BatchKind
{
	const RequestKind *request;
	size_t request_size;
	const char *item; /* beginning of what is digested of a request; NULL: there are no keys */

	/* Judges an item and posts it, unless it is refused. Makes the first result of one that is repeated (NULL: no keys). */
	bool (*perform)(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal);
	void (*again)(const LoyaltyCall *call, const OperationRequest *request, const EarlierEvent *earlier,
				  PostingResult *result);
} BatchKind;

/* A customer of the batch with the accounts that its items touch, as the items leave them. */
typedef struct BatchCustomer
{
	LoyaltyCustomer customer;
	bool exists; /* false: no such customer, and nothing is locked */
	KeptAccounts kept;
} BatchCustomer;

/* An item, in the order in which the caller gave it: its request, and what became of it. */
typedef struct BatchItem
{
	OperationRequest *request;
	LoyaltyRefusal refusal; /* sqlstate 0: nothing refuses it so far */
	OperationSubject subject;
	BatchCustomer *customer; /* customer that it is posted to; NULL: not locked yet, or refused before */
	bool is_repeat;			 /* repeats a request made before, which is "earlier" */
	int same_as;			 /* number of an item before it in the batch that it repeats; -1: none */
	EarlierEvent earlier;
	PostingResult result;
} BatchItem;

/* A batch that is under way. */
typedef struct Batch
{
	LoyaltyCall *call; /* its actor is that of items that name none */
	const BatchKind *kind;
	const LoyaltyFunction *function; /* called for a single item */
	bool all_or_nothing;
	int32 first_open_day;
	int count;
	BatchItem *items;
	int customer_count;
	BatchCustomer *customers; /* ascending */
	LoyaltyWriter *writer;
	MemoryContext context;		/* holds the batch, from its begin to the end of the call */
	MemoryContext item_context; /* emptied after each item */
} Batch;

/* Raises that a batch, which is all or nothing, is refused for an item, the i-th from 0, of so many. */
pg_noreturn extern void loyalty_batch_raise_item(int sqlstate, int i, int count);

/* Opens a batch of so many items, in an open call. */
extern void loyalty_batch_begin(Batch *batch, LoyaltyCall *call, const BatchKind *kind, int count);

/* Fills an item from the arguments of the single call (NULL: it has none at all), and finds whom it is about. */
extern void loyalty_batch_set(Batch *batch, int i, NullableDatum *arguments);

/*
 * Locks the customers, finds repeats, and holds the cards. Raises the first refusal where the batch is all or
 * nothing.
 */
extern void loyalty_batch_lock(Batch *batch);

/*
 * Performs all items, one customer's after another's, each in a memory context of its own, and writes
 * everything. Raises the first refusal where the batch is all or nothing.
 */
extern void loyalty_batch_perform(Batch *batch);

/*
 * Returns the result of an item, NULL where it was refused: its refusal says why. Comes after all is written.
 */
extern const PostingResult *loyalty_batch_result(Batch *batch, int i);

#endif
