/*
 * redeem_batch_api.c: redeem_points_batch.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/batch_call.h"
#include "ledger/draw.h"
#include "ledger/operation.h"
#include "ledger/redemption.h"
#include "ledger/transaction_store.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_redeem_points_batch);

/* The columns of loyalty.redeem_item. */
enum RedeemColumn
{
	REDEEM_TRANSACTION_NUMBER = BATCH_OWN,
	REDEEM_TRANSACTION_TILL,
	REDEEM_UP_TO,
	REDEEM_COLUMNS
};

static const Oid column_types[REDEEM_COLUMNS] = { INT8OID, NUMERICOID, TEXTOID, TIMESTAMPTZOID,
												  TEXTOID, TEXTOID,	   TEXTOID, TEXTOID,
												  TEXTOID, TEXTOID,	   BOOLOID };
static const int column_order[REDEEM_COLUMNS] = {
	BATCH_CUSTOMER_ID, BATCH_POINTS,  REDEEM_TRANSACTION_NUMBER, REDEEM_TRANSACTION_TILL,
	REDEEM_UP_TO,	   BATCH_PROGRAM, BATCH_EVENT_TIME,			 BATCH_TILL,
	BATCH_REASON,	   BATCH_SOURCE,  BATCH_IDEMPOTENCY_KEY,
};

static void
set_defaults(Datum *values, bool *nulls)
{
	if (nulls[REDEEM_UP_TO])
		values[REDEEM_UP_TO] = BoolGetDatum(false);
	nulls[REDEEM_UP_TO] = false;
}

static const BatchKind redeem_items = { "redeem_item", REDEEM_COLUMNS, column_types, column_order,
										set_defaults };

/* The bill that the points pay for: LY411 where the customer has none of that number, LY420 where there are several. */
static void
judge_transaction(Batch *batch, BatchItem *item)
{
	const LoyaltyOrg *org = batch->call->org;
	const char *number = loyalty_batch_text(item, REDEEM_TRANSACTION_NUMBER, LOYALTY_MAX_CODE);
	const char *till = loyalty_batch_text(item, REDEEM_TRANSACTION_TILL, LOYALTY_MAX_CODE);
	const LoyaltyTill *at = till ? loyalty_org_find_till(org, till) : NULL;
	int count;

	if (till != NULL && at == NULL)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_TILL_UNKNOWN);
	if (number == NULL || item->sqlstate != 0)
		return;
	count =
		loyalty_transaction_find(org->org_id, at, number, item->customer_id, &item->origin.transaction_id);
	if (count != 1)
		loyalty_batch_refuse(item, count == 0 ? ERRCODE_LOYALTY_TRANSACTION_UNKNOWN
											  : ERRCODE_LOYALTY_TRANSACTION_AMBIGUOUS);
}

static void
judge_redeem(Batch *batch, BatchItem *item)
{
	const LoyaltyProgram *finest;
	int sqlstate = 0;

	if (!item->all_programs)
		loyalty_batch_usual_program(batch, item);
	if (item->sqlstate != 0)
		return;
	finest = item->program ? item->program : loyalty_org_finest_program(batch->call->org);
	(void) loyalty_status_verdict(batch->call, &item->customer->customer, GUARD_REDEEM, &sqlstate);
	if (sqlstate != 0)
		loyalty_batch_refuse(item, sqlstate);
	loyalty_batch_points(item, finest);
	if (!item->customer->customer.loyalty)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_NOT_LOYALTY);
	loyalty_batch_judge_time(batch, item);
	judge_transaction(batch, item);
}

/* Draws the item's points and judges; the code of the refusal, or 0. What is due by then pays nothing, posted or not. */
static int
draw(BatchItem *item, Posting *posting, bool unposted, LotWalk *walk)
{
	RedemptionWish wish = {
		.program = item->program,
		.points = item->points,
		.up_to = DatumGetBool(item->values[REDEEM_UP_TO]),
		.unposted = unposted,
	};
	RedemptionJudgement judgement;

	item->answer.points = loyalty_redemption_draw(posting, &wish, walk, &judgement);
	switch (judgement.verdict.condition)
	{
		case CONDITION_NONE:
			return loyalty_redemption_fits(posting, walk) ? 0 : ERRCODE_LOYALTY_POINTS_OVERFLOW;
		case CONDITION_AVAILABLE:
			return ERRCODE_LOYALTY_POINTS_INSUFFICIENT;
		default:
			return ERRCODE_LOYALTY_NOT_REDEEMABLE;
	}
}

static void
post_redeem(Batch *batch, BatchItem *item)
{
	PostingResult *answer = &item->answer;
	Posting posting;
	LotWalk walk;
	int refusal;

	loyalty_batch_involve(batch, item, CATEGORY_REGULAR, &posting);
	loyalty_posting_at(&posting, item->event_time, 0);
	refusal = draw(item, &posting, true, &walk);
	if (refusal != 0)
	{
		loyalty_batch_refuse(item, refusal);
		return;
	}
	if (loyalty_posting_expire_due(&posting))
		(void) draw(item, &posting, false, &walk);
	answer->redemption_id =
		MemoryContextStrdup(GetMemoryChunkContext(batch->items),
							loyalty_new_redemption_id(batch->call->org->org_id, item->customer_id));
	strlcpy(item->origin.redemption_id, answer->redemption_id, sizeof(item->origin.redemption_id));
	loyalty_event_begin(&posting, EVENT_REDEMPTION, item->event_time, &item->origin);
	loyalty_walk_post_draws(&posting, &walk, HOUSE_REDEEMED);
	loyalty_walk_post_rolls(&posting, &walk);
	loyalty_event_end(&posting);
	answer->event_id = posting.event.event_id;
	answer->current_points = loyalty_posting_current_points(&posting);
	loyalty_batch_keep(batch, item, &posting);
}

/* The first answer of a request that is repeated: the event knows the program that paid, unless all could. */
static void
answer_again(Batch *batch, BatchItem *item)
{
	const EarlierEvent *earlier = &item->earlier;
	const char *program = loyalty_batch_text(item, BATCH_PROGRAM, LOYALTY_MAX_CODE);
	bool all = program != NULL && strcmp(program, LOYALTY_ALL_PROGRAMS) == 0;
	int32 org_id = batch->call->org->org_id;

	item->answer = (PostingResult){
		.event_id = earlier->event_id,
		.points = -earlier->net_points,
		.redemption_id = earlier->redemption_id,
		.current_points =
			all ? loyalty_balance_after_event(org_id, earlier->customer_id, 0, earlier->event_id)
				: loyalty_balance_of_event(org_id, earlier->customer_id, 0, earlier->event_id),
	};
}

static void
answer_item(Batch *batch, FunctionCallInfo fcinfo, int i)
{
	BatchItem *item = &batch->items[i];
	const PostingResult *answer = &item->answer;
	Datum values[4] = { 0 };
	bool nulls[4] = { false };

	if (item->same_as >= 0)
	{
		item->sqlstate = batch->items[item->same_as].sqlstate;
		answer = &batch->items[item->same_as].answer;
	}
	else if (item->is_repeat)
		answer_again(batch, item);
	if (item->sqlstate == 0)
	{
		values[0] = Int64GetDatum(answer->event_id);
		values[1] = CStringGetTextDatum(answer->redemption_id);
		values[2] = loyalty_numeric(answer->points);
		values[3] = loyalty_numeric(answer->current_points);
	}
	loyalty_batch_call_answer(batch, fcinfo, i, values, nulls, lengthof(values));
}

Datum
loyalty_redeem_points_batch(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	Batch batch;
	int i;

	loyalty_batch_call_begin(&batch, &call, fcinfo, &redeem_items);
	loyalty_batch_post(&batch, judge_redeem, post_redeem);
	for (i = 0; i < batch.count; i++)
		answer_item(&batch, fcinfo, i);
	loyalty_call_end(&call);
	return (Datum) 0;
}
