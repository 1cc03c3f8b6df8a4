/*
 * batch.h: the frame of calls that post many items: all customers are locked first, ascending; every item is judged
 * before anything of it is written, and refused by an SQLSTATE of its own or for the whole batch; rows go out
 * together, table by table. An item never needs a subtransaction.
 */
#ifndef LOYALTY_BATCH_H
#define LOYALTY_BATCH_H

#include "ledger/award.h"

#define LOYALTY_BATCH_MAX 10000

/* The columns that every kind of item begins with. */
enum BatchColumn
{
	BATCH_CUSTOMER_ID,
	BATCH_POINTS,
	BATCH_PROGRAM,
	BATCH_EVENT_TIME,
	BATCH_TILL,
	BATCH_REASON,
	BATCH_IDEMPOTENCY_KEY,
	BATCH_SOURCE,
	BATCH_OWN /* the first one of its own */
};

/* A kind of items: its name, which no other has, and the types of its columns. */
typedef struct BatchKind
{
	const char *name;
	int column_count;
	const Oid *types;
	const int
		*order; /* of the columns in the SQL type, whose attributes stand as the single call's arguments do */
	/* Puts in the single call's defaults, which a type cannot have; NULL for a kind without a type. */
	void (*set_defaults)(Datum *values, bool *nulls);
} BatchKind;

/* A customer of the batch with the accounts that its items touch, as the items leave them. */
typedef struct BatchCustomer
{
	LoyaltyCustomer customer;
	bool exists;
	bool has_all; /* accounts, not just those of some programs */
	LOYALTY_ARRAY(PostedAccount) accounts;
} BatchCustomer;

typedef struct BatchItem
{
	Datum *values;
	bool *nulls;
	int sqlstate; /* of the refusal; 0: none */
	int64 customer_id;
	BatchCustomer *customer;
	bool is_repeat; /* of a call made before, which is "earlier", */
	int same_as;	/* or of an item before it in the batch; -1: none */
	EarlierEvent earlier;
	const LoyaltyTill *till;	   /* NULL: none */
	const LoyaltyProgram *program; /* NULL: none was named */
	bool all_programs;			   /* may pay: LOYALTY_ALL_PROGRAMS was named */
	Event origin;				   /* of the event to come: source, till, store, request */
	const char *reason;
	OutlierStatus outlier_status; /* of a bill */
	TimestampTz event_time;
	int64 points;
	PostingResult answer;
} BatchItem;

typedef struct Batch
{
	LoyaltyCall *call;
	const BatchKind *kind;
	const char *actor; /* NULL: none */
	bool all_or_nothing;
	int16 key_id;
	int32 first_open_day;
	int count;
	BatchItem *items;
	int customer_count;
	BatchCustomer *customers; /* ascending */
	LoyaltyWriter *writer;
	MemoryContext item_context;
} Batch;

/* Opens a batch of so many items, in an open call; then each item gets its values (NULL: none at all). */
extern void loyalty_batch_begin(Batch *batch, LoyaltyCall *call, const BatchKind *kind, int count);
extern void loyalty_batch_set(Batch *batch, int i, Datum *values, bool *nulls);

/* Locks the customers, finds repeats, and judges what the columns of every kind say. */
extern void loyalty_batch_lock(Batch *batch);

/* Refuses an item; the first refusal stays. A batch that is all or nothing raises it when all items were looked at. */
extern void loyalty_batch_refuse(BatchItem *item, int sqlstate);

/* Whether an item is still to be posted. */
extern bool loyalty_batch_item_open(const BatchItem *item);

/* Readers of an item's own columns: NULL or the fallback where there is no value; a bad one refuses the item. */
extern const char *loyalty_batch_text(BatchItem *item, int column, int limit);
extern TimestampTz loyalty_batch_time(BatchItem *item, int column, TimestampTz fallback);
extern int64 loyalty_batch_number(BatchItem *item, int column, int too_precise);

/* The program of an item that names none: its till's, else the default one; LY007 where there is none. */
extern void loyalty_batch_usual_program(const Batch *batch, BatchItem *item);

/* Judges the item's points by what a program keeps. */
extern void loyalty_batch_points(BatchItem *item, const LoyaltyProgram *program);

/* Judges the time of an item as loyalty_posting_set_time does. */
extern void loyalty_batch_judge_time(Batch *batch, BatchItem *item);

/* LY409 for points that expire at a time, as the award itself would raise it. */
extern void loyalty_batch_judge_expiry(BatchItem *item, TimestampTz expires_at);

/* Begins the posting of an item, without any account. */
extern void loyalty_batch_posting(const Batch *batch, const BatchItem *item, Posting *posting);

/* Begins it with its accounts: of its program and a category, or all regular ones. */
extern void loyalty_batch_involve(Batch *batch, BatchItem *item, char category, Posting *posting);

/* Whether a credit of the item's points is sure to fit, with what is due by its time; fixes that time. */
extern bool loyalty_batch_takes(const BatchItem *item, Posting *posting, char category);

/* Opens the accounts of a younger program, for an item that nothing refuses any more. */
extern void loyalty_batch_open_accounts(Batch *batch, BatchItem *item, char category, Posting *posting);

/* Keeps what the posting made of the accounts, and the item's notes. */
extern void loyalty_batch_keep(Batch *batch, BatchItem *item, Posting *posting);

/*
 * Judges all items, posts them one after the other in a memory context of their own,
 * and writes everything.
 */
extern void loyalty_batch_post(Batch *batch, void (*judge)(Batch *batch, BatchItem *item),
							   void (*post)(Batch *batch, BatchItem *item));

#endif
