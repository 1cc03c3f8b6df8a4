/*
 * bill_batch.c: bills as the items of a batch.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "ledger/bill_batch.h"
#include "ledger/lot_dates.h"
#include "ledger/transaction_store.h"
#include "status/status_guard.h"

#define DEFAULT_SOURCE "INSTORE"

static const Oid column_types[BILL_COLUMNS] = { INT8OID, NUMERICOID, TEXTOID,	 TIMESTAMPTZOID,
												TEXTOID, TEXTOID,	 TEXTOID,	 TEXTOID,
												TEXTOID, NUMERICOID, NUMERICOID, TEXTOID };
const BatchKind loyalty_bill_items = { "bill", BILL_COLUMNS, column_types, NULL, NULL };

/* An amount that is not negative: LY402, LY404, LY413. */
static int64
read_amount(BatchItem *item, int column)
{
	int64 amount = loyalty_batch_number(item, column, ERRCODE_LOYALTY_AMOUNT_INVALID);

	if (amount < 0)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_AMOUNT_INVALID);
	return amount;
}

/* A till stands in a store; a store named beside it must be that one. */
static void
judge_store(Batch *batch, BatchItem *item)
{
	const char *code = loyalty_batch_text(item, BILL_STORE, LOYALTY_MAX_CODE);
	const LoyaltyStore *store = code ? loyalty_org_find_store(batch->call->org, code) : NULL;

	if (code != NULL && store == NULL)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_STORE_UNKNOWN);
	else if (store != NULL && item->till != NULL && item->till->store_id != store->store_id)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_ARGUMENT_INVALID);
	else if (store != NULL)
		item->origin.store_id = store->store_id;
}

/*
 * The points of a bill: as given, none being fine, or as the program computes them. Where nothing is earned, what is
 * given must make sense all the same.
 */
static void
judge_points(BatchItem *item, int64 amount)
{
	bool loyal = item->customer->customer.loyalty;

	if (item->nulls[BATCH_POINTS])
	{
		if (!loyal)
			return;
		if (!loyalty_program_award(&item->program->rules, amount, &item->points))
			loyalty_batch_refuse(item, ERRCODE_LOYALTY_POINTS_OVERFLOW);
		return;
	}
	item->points = loyalty_batch_number(item, BATCH_POINTS, ERRCODE_LOYALTY_POINTS_TOO_PRECISE);
	if (item->points < 0)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_POINTS_NOT_POSITIVE);
	else if (!loyal)
		item->points = 0;
	else if (item->sqlstate == 0 && item->points != 0)
		loyalty_batch_points(item, item->program);
}

/* What the customer's status leaves of the bill; a bill without points says why in its note. */
static void
judge_status(Batch *batch, BatchItem *item)
{
	int sqlstate = 0;
	StatusVerdict verdict =
		loyalty_status_verdict(batch->call, &item->customer->customer, GUARD_TRANSACTION, &sqlstate);
	const char *why;

	if (sqlstate != 0)
		loyalty_batch_refuse(item, sqlstate);
	item->outlier_status = verdict.outlier_by != 0 ? OUTLIER_OUTLIER : OUTLIER_NORMAL;
	if (sqlstate != 0 || verdict.zero_points_by == 0)
		return;
	why = psprintf("no points: %s",
				   loyalty_status_why(batch->call, &item->customer->customer, verdict.zero_points_by));
	item->reason = item->reason ? psprintf("%s; %s", item->reason, why) : why;
	item->points = 0;
}

void
loyalty_bill_item_judge(Batch *batch, BatchItem *item)
{
	const char *number = loyalty_batch_text(item, BILL_NUMBER, LOYALTY_MAX_CODE);
	int64 amount = read_amount(item, BILL_AMOUNT);

	if (number == NULL || item->nulls[BATCH_EVENT_TIME])
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_ARGUMENT_MISSING);
	if (!item->nulls[BILL_DISCOUNT])
		(void) read_amount(item, BILL_DISCOUNT);
	if (item->origin.source_id == 0)
		item->origin.source_id = loyalty_find_source(DEFAULT_SOURCE);
	judge_store(batch, item);
	loyalty_batch_usual_program(batch, item);
	if (item->sqlstate != 0)
		return;
	judge_points(item, amount);
	judge_status(batch, item);
	loyalty_batch_judge_time(batch, item);
}

/* What its points have against a bill, which is said after its number was found free: LY404, LY409. */
static void
judge_award(Batch *batch, BatchItem *item, Posting *posting)
{
	const char *number = loyalty_batch_text(item, BILL_NUMBER, LOYALTY_MAX_CODE);

	if (!loyalty_batch_takes(item, posting, CATEGORY_REGULAR))
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_POINTS_OVERFLOW);
	else if (item->points > 0)
		loyalty_batch_judge_expiry(item,
								   loyalty_program_expiry(batch->call, item->program, item->event_time));
	if (item->sqlstate != 0 &&
		loyalty_transaction_of_number(batch->call->org->org_id, item->origin.till_id, number) != 0)
		item->sqlstate = ERRCODE_LOYALTY_TRANSACTION_EXISTS;
}

/* Claims the number under the id that the bill's event will have; LY410 where it is taken. */
static bool
claim(Batch *batch, BatchItem *item, Transaction *transaction)
{
	*transaction = (Transaction){
		.transaction_id = loyalty_next_id(),
		.customer_id = item->customer_id,
		.event_time = item->event_time,
		.till_id = item->origin.till_id,
		.store_id = item->origin.store_id,
		.source_id = item->origin.source_id,
		.type = TRANSACTION_REGULAR,
		.outlier_status = item->outlier_status,
		.amount = read_amount(item, BILL_AMOUNT),
		.discount = item->nulls[BILL_DISCOUNT] ? 0 : read_amount(item, BILL_DISCOUNT),
		.number = loyalty_batch_text(item, BILL_NUMBER, LOYALTY_MAX_CODE),
	};
	if (loyalty_transaction_claim(batch->call->org->org_id, transaction))
		return true;
	loyalty_batch_refuse(item, ERRCODE_LOYALTY_TRANSACTION_EXISTS);
	return false;
}

/* The points of a bill, in the bill's event; a bill without points is an event without entries. */
static void
post_points(BatchItem *item, Posting *posting)
{
	Award award = {
		.program = item->program,
		.category = CATEGORY_REGULAR,
		.type = AWARD_BILL,
		.points = item->points,
		.expires_at = AT_ONCE,
		.redeemable_from = AT_ONCE,
		.event_code = EVENT_TRANSACTION_ADD,
		.origin = item->origin,
	};

	if (item->points > 0)
	{
		loyalty_award(posting, &award, &item->answer);
		return;
	}
	loyalty_event_begin(posting, EVENT_TRANSACTION_ADD, item->event_time, &item->origin);
	loyalty_event_end(posting);
	item->answer.event_id = posting->event.event_id;
}

void
loyalty_bill_item_post(Batch *batch, BatchItem *item)
{
	Transaction transaction;
	Posting posting;
	bool loyal = item->customer->customer.loyalty;

	if (!loyal)
		loyalty_batch_posting(batch, item, &posting);
	else
		loyalty_batch_involve(batch, item, CATEGORY_REGULAR, &posting);
	judge_award(batch, item, &posting);
	if (item->sqlstate != 0 || !claim(batch, item, &transaction))
		return;
	if (loyal)
		loyalty_batch_open_accounts(batch, item, CATEGORY_REGULAR, &posting);
	loyalty_posting_at(&posting, item->event_time, AT_JUDGED | AT_EXPIRES);
	transaction.recorded_at = posting.recorded_at;
	loyalty_transaction_insert(batch->call->org->org_id, &transaction, NULL, 0);
	item->origin.transaction_id = item->origin.event_id = transaction.transaction_id;
	post_points(item, &posting);
	loyalty_batch_keep(batch, item, &posting);
}
