/*
 * reversal_api.c: reverse_redemption.
 *
 * The order is that of every writing call: customer's lock, repeat, status, what the request says. Then the
 * redemption is found in the customer's merge group, its draws are read, the accounts of the programs that
 * paid take part, what is due expires, and the points go back (reversal.c). The customer is locked by
 * loyalty_operation_begin. The event may be late, but not older than the redemption.
 */
#include "postgres.h"

#include "utils/formatting.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/posting/operation.h"
#include "ledger/spend/reversal.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_reverse_redemption);

/* Arguments besides those of every call. */
enum ReversalArgument
{
	ARG_REDEMPTION_ID = 2,
	ARG_POINTS,
	ARG_REDEMPTION_EVENT_ID,
};

/*
 * Makes the row. Reversed points are available, have expired at once, have paid arrears or settled what a return
 * claimed: four parts of one sum, of which the last two are not shown.
 */
static Datum
reversal_result(Operation *operation, FunctionCallInfo fcinfo, const Reversed *reversed, int64 current_points)
{
	Datum values[5];
	bool nulls[5] = { false };

	values[0] = Int64GetDatum(reversed->event_id);
	values[1] = loyalty_numeric(reversed->points);
	values[2] =
		loyalty_numeric(reversed->points - reversed->expired - reversed->arrears_paid - reversed->settled);
	values[3] = loyalty_numeric(reversed->expired);
	values[4] = loyalty_numeric(current_points);
	return loyalty_call_result(operation->call, fcinfo, values, nulls);
}

/*
 * Makes the first result of a repeat. The event knows the points, less those that settled a claim; what became of
 * them at once is read from their lots.
 */
static Datum
earlier_result(Operation *operation, FunctionCallInfo fcinfo, const EarlierEvent *earlier)
{
	int32 org_id = operation->call->org->org_id;
	ReversalOutcome outcome;
	Reversed reversed = { .event_id = earlier->event_id };

	loyalty_reversal_outcome(org_id, &operation->posting.customer, earlier->event_id, &outcome);
	reversed.points = earlier->net_points + outcome.settled;
	reversed.settled = outcome.settled;
	reversed.expired = outcome.expired;
	reversed.arrears_paid = outcome.arrears_paid;
	return reversal_result(operation, fcinfo, &reversed,
						   loyalty_balance_after_event(org_id, operation->posting.customer.customer_id,
													   outcome.program_id, earlier->event_id));
}

/*
 * Finds the redemption by its id or its event's: LY001, LY430, LY431. Ids of redemptions are unique for one
 * customer, so members of a merge group may have the same.
 */
static void
read_redemption(Operation *operation, FunctionCallInfo fcinfo, Redemption *redemption)
{
	const char *redemption_id =
		loyalty_arg_text_or_null(fcinfo, ARG_REDEMPTION_ID, "redemption_id", LOYALTY_MAX_CODE);
	int64 event_id = PG_ARGISNULL(ARG_REDEMPTION_EVENT_ID) ? 0 : PG_GETARG_INT64(ARG_REDEMPTION_EVENT_ID);
	int count;

	if (redemption_id != NULL) /* as it is issued, however it was typed */
		redemption_id = asc_toupper(redemption_id, strlen(redemption_id));
	if (redemption_id == NULL && PG_ARGISNULL(ARG_REDEMPTION_EVENT_ID))
		loyalty_raise_missing("redemption_id");
	count = loyalty_redemption_find(operation->call->org->org_id, &operation->posting.customer, redemption_id,
									event_id, redemption);
	if (count == 0 || (redemption_id == NULL && event_id == 0))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_REDEMPTION_UNKNOWN),
						errmsg("customer " INT64_FORMAT " has no such redemption",
							   operation->posting.customer.customer_id)));
	if (count > 1)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_REDEMPTION_AMBIGUOUS),
						errmsg("the redemption id is that of several redemptions"),
						errdetail("Customers were merged who have %d redemptions of that id.", count),
						errhint("Give redemption_event_id.")));
}

/* Reads the points asked for; 0: all that are left. Their decimals are judged when it is known who paid. */
static int64
read_points(FunctionCallInfo fcinfo)
{
	int64 points;

	if (PG_ARGISNULL(ARG_POINTS))
		return 0;
	points = loyalty_arg_thousandths(fcinfo, ARG_POINTS, "points", ERRCODE_LOYALTY_POINTS_TOO_PRECISE);
	if (points <= 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_NOT_POSITIVE), errmsg("points must be positive"),
						errdetail("Asked for are %s.", loyalty_points_text(points))));
	return points;
}

/*
 * Refuses with LY433 what is older than the redemption. A return that is told of late may put back what was
 * redeemed after it, and does not ask here.
 */
static void
refuse_before(const Redemption *redemption, TimestampTz event_time)
{
	if (event_time < redemption->event_time)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_BEFORE_REDEMPTION),
				 errmsg("the reversal is older than the redemption"),
				 errdetail("It is at %s, the redemption at %s.", pstrdup(timestamptz_to_str(event_time)),
						   pstrdup(timestamptz_to_str(redemption->event_time)))));
}

/*
 * Takes a redemption back, whole or in part. The accounts that take part depend on the redemption, so it is
 * read before they are loaded and the time is fixed.
 */
Datum
loyalty_reverse_redemption(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	EarlierEvent earlier;
	Redemption redemption;
	Reversible reversible;
	Reversed reversed;
	int64 points;

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	if (loyalty_operation_begin(&operation, &call, &request, &earlier))
		return earlier_result(&operation, fcinfo, &earlier);
	(void) loyalty_status_guard(&call, &operation.posting.customer, GUARD_REVERSE_REDEMPTION);
	(void) loyalty_operation_locate(&operation, LOYALTY_RAISES);
	points = read_points(fcinfo);
	(void) loyalty_posting_judge_loyalty(&operation.posting, LOYALTY_RAISES);
	read_redemption(&operation, fcinfo, &redemption);
	loyalty_reversible_load(&operation.posting, &redemption, &reversible);
	loyalty_reversible_involve(&operation.posting, &reversible);
	loyalty_operation_expire_at(&operation, redemption.event_time);
	refuse_before(&redemption, operation.posting.event_time);
	operation.origin.transaction_id = redemption.transaction_id;
	loyalty_reverse(&operation.posting, &reversible, points, &operation.origin, &reversed);
	loyalty_operation_end(&operation, reversed.event_id);
	return reversal_result(&operation, fcinfo, &reversed, loyalty_posting_current_points(&operation.posting));
}
