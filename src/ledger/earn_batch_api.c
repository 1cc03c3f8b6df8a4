/*
 * earn_batch_api.c: earn_points_batch.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/batch_call.h"
#include "ledger/lot_dates.h"
#include "ledger/operation.h"

LOYALTY_FUNCTION(loyalty_earn_points_batch);

/* The columns of loyalty.earn_item. */
enum EarnColumn
{
	EARN_CATEGORY = BATCH_OWN,
	EARN_EVENT_NAME,
	EARN_EXPIRES_AT,
	EARN_REDEEMABLE_FROM,
	EARN_COLUMNS
};

static const Oid column_types[EARN_COLUMNS] = { INT8OID, NUMERICOID, TEXTOID,		 TIMESTAMPTZOID,
												TEXTOID, TEXTOID,	 TEXTOID,		 TEXTOID,
												TEXTOID, TEXTOID,	 TIMESTAMPTZOID, TIMESTAMPTZOID };
static const int column_order[EARN_COLUMNS] = {
	BATCH_CUSTOMER_ID, BATCH_POINTS,		 EARN_CATEGORY, EARN_EVENT_NAME,
	EARN_EXPIRES_AT,   EARN_REDEEMABLE_FROM, BATCH_PROGRAM, BATCH_EVENT_TIME,
	BATCH_TILL,		   BATCH_REASON,		 BATCH_SOURCE,	BATCH_IDEMPOTENCY_KEY,
};

static void
set_text(Datum *values, bool *nulls, int column, const char *text)
{
	if (nulls[column])
		values[column] = CStringGetTextDatum(text);
	nulls[column] = false;
}

static void
set_defaults(Datum *values, bool *nulls)
{
	set_text(values, nulls, EARN_CATEGORY, "regular");
	set_text(values, nulls, EARN_EVENT_NAME, "points_award");
}

static const BatchKind earn_items = { "earn_item", EARN_COLUMNS, column_types, column_order, set_defaults };

/* The category and event of an item; each has a default. */
static void
read_words(BatchItem *item, Award *award)
{
	const char *category = loyalty_batch_text(item, EARN_CATEGORY, LOYALTY_MAX_CODE);
	const char *event_name = loyalty_batch_text(item, EARN_EVENT_NAME, LOYALTY_MAX_CODE);

	award->category = category ? loyalty_word_code("category", category) : CATEGORY_REGULAR;
	award->event_code = event_name ? loyalty_award_event(event_name) : EVENT_POINTS_AWARD;
	if (award->category == 0)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_ARGUMENT_INVALID);
	if (award->event_code == EVENT_NONE)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_EVENT_NAME_UNKNOWN);
}

/* What an item asks for, once it was judged. */
static Award
award_of(BatchItem *item)
{
	Award award = { .program = item->program, .points = item->points };

	read_words(item, &award);
	award.type = award.event_code == EVENT_REGISTRATION_AWARD ? AWARD_REGISTRATION : AWARD_DIRECT;
	award.expires_at = loyalty_batch_time(item, EARN_EXPIRES_AT, AT_ONCE);
	award.redeemable_from = loyalty_batch_time(item, EARN_REDEEMABLE_FROM, AT_ONCE);
	award.origin = item->origin;
	return award;
}

/* The expiry that the award will have. */
static void
judge_expiry(Batch *batch, BatchItem *item, const Award *award)
{
	TimestampTz expires_at = award->expires_at;

	if (expires_at == AT_ONCE && award->category == CATEGORY_REGULAR)
		expires_at = loyalty_program_expiry(batch->call, award->program, item->event_time);
	else if (expires_at == AT_ONCE)
		expires_at = NEVER;
	loyalty_batch_judge_expiry(item, expires_at);
}

static void
judge_earn(Batch *batch, BatchItem *item)
{
	int sqlstate = 0;
	Award award;

	loyalty_batch_usual_program(batch, item);
	if (item->sqlstate != 0)
		return;
	award = award_of(item);
	if (item->sqlstate != 0)
		return;
	(void) loyalty_status_verdict(batch->call, &item->customer->customer,
								  loyalty_award_guard(award.event_code), &sqlstate);
	if (sqlstate != 0)
		loyalty_batch_refuse(item, sqlstate);
	loyalty_batch_points(item, item->program);
	if (!item->customer->customer.loyalty)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_NOT_LOYALTY);
	loyalty_batch_judge_time(batch, item);
	if (item->sqlstate == 0)
		judge_expiry(batch, item, &award);
}

static void
post_earn(Batch *batch, BatchItem *item)
{
	Award award = award_of(item);
	Posting posting;

	loyalty_batch_involve(batch, item, award.category, &posting);
	if (!loyalty_batch_takes(item, &posting, award.category))
	{
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_POINTS_OVERFLOW);
		return;
	}
	loyalty_batch_open_accounts(batch, item, award.category, &posting);
	loyalty_posting_at(&posting, item->event_time, AT_JUDGED | AT_EXPIRES);
	loyalty_award(&posting, &award, &item->answer);
	item->answer.current_points = loyalty_posting_current_points(&posting);
	loyalty_batch_keep(batch, item, &posting);
}

/* The first answer of a request that is repeated. */
static void
answer_again(Batch *batch, BatchItem *item)
{
	const EarlierEvent *earlier = &item->earlier;
	PostingResult *answer = &item->answer;
	int32 org_id = batch->call->org->org_id;
	int32 program_id;

	answer->event_id = earlier->event_id;
	answer->points = earlier->net_points;
	if (!loyalty_lot_of_event(org_id, earlier->customer_id, earlier->event_id, &program_id,
							  &answer->expires_at))
		elog(ERROR, "event " INT64_FORMAT " has no lot", earlier->event_id);
	answer->current_points =
		loyalty_balance_after_event(org_id, earlier->customer_id, program_id, earlier->event_id);
}

static void
answer_item(Batch *batch, FunctionCallInfo fcinfo, int i)
{
	BatchItem *item = &batch->items[i];
	const PostingResult *answer = &item->answer;
	Datum values[5];
	bool nulls[5] = { false };

	if (item->same_as >= 0)
	{
		item->sqlstate = batch->items[item->same_as].sqlstate;
		answer = &batch->items[item->same_as].answer;
	}
	else if (item->is_repeat)
		answer_again(batch, item);
	values[0] = Int64GetDatum(answer->event_id);
	values[1] = Int64GetDatum(answer->event_id);
	values[2] = loyalty_numeric(answer->points);
	values[3] = loyalty_numeric(answer->current_points);
	values[4] = TimestampTzGetDatum(answer->expires_at);
	nulls[4] = answer->expires_at == NEVER;
	loyalty_batch_call_answer(batch, fcinfo, i, values, nulls, lengthof(values));
}

Datum
loyalty_earn_points_batch(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	Batch batch;
	int i;

	loyalty_batch_call_begin(&batch, &call, fcinfo, &earn_items);
	loyalty_batch_post(&batch, judge_earn, post_earn);
	for (i = 0; i < batch.count; i++)
		answer_item(&batch, fcinfo, i);
	loyalty_call_end(&call);
	return (Datum) 0;
}
