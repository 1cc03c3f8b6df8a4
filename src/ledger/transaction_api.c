/*
 * transaction_api.c: add_transaction.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/bill.h"

LOYALTY_FUNCTION(loyalty_add_transaction);

enum TransactionArgument
{
	ARG_NUMBER = 2,
	ARG_AMOUNT,
	ARG_DISCOUNT,
	ARG_TYPE,
	ARG_POINTS,
	ARG_LINE_ITEMS,
	ARG_BILL_PROMOTION_POINTS,
	ARG_CUSTOMER_PROMOTION_POINTS,
	ARG_CATEGORY,
	ARG_REDEEMABLE_FROM,
	ARG_OUTLIER_STATUS,
	ARG_PROGRAM,
	ARG_EVENT_TIME,
	ARG_TILL,
	ARG_STORE,
	ARG_REASON,
	ARG_SOURCE,
	ARG_ACTOR,
	ARG_IDEMPOTENCY_KEY,
	ARG_CARD_NUMBER,
	ARG_CARD_EXTERNAL_ID,
};

static const OperationArguments arguments = {
	.till = ARG_TILL,
	.store = ARG_STORE,
	.source = ARG_SOURCE,
	.reason = ARG_REASON,
	.actor = ARG_ACTOR,
	.idempotency_key = ARG_IDEMPOTENCY_KEY,
	.card_number = ARG_CARD_NUMBER,
	.card_restricted = true,
};

static const BillArguments bill_arguments = {
	.number = ARG_NUMBER,
	.amount = ARG_AMOUNT,
	.event_time = ARG_EVENT_TIME,
	.discount = ARG_DISCOUNT,
	.type = ARG_TYPE,
	.points = ARG_POINTS,
	.line_items = ARG_LINE_ITEMS,
	.program = ARG_PROGRAM,
	.bill_promotion_points = ARG_BILL_PROMOTION_POINTS,
	.customer_promotion_points = ARG_CUSTOMER_PROMOTION_POINTS,
	.category = ARG_CATEGORY,
	.redeemable_from = ARG_REDEEMABLE_FROM,
	.outlier_status = ARG_OUTLIER_STATUS,
};

Datum
loyalty_add_transaction(PG_FUNCTION_ARGS)
{
	Operation operation;
	EarlierEvent earlier;
	PostingResult answer = { 0 };
	Datum values[4];
	bool nulls[4] = { false };

	if (loyalty_operation_begin(&operation, fcinfo, &arguments, &earlier))
		loyalty_bill_again(&operation, &bill_arguments, &earlier, &answer);
	else
		loyalty_bill_post(&operation, &bill_arguments, &answer);
	values[0] = Int64GetDatum(answer.event_id);
	values[1] = Int64GetDatum(answer.event_id);
	values[2] = loyalty_numeric(answer.points);
	values[3] = loyalty_numeric(answer.current_points);
	return loyalty_call_answer(&operation.call, fcinfo, values, nulls);
}
