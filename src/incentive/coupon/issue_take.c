/*
 * issue_take.c: codes and limits of coupons that are issued: who gets one of the last.
 *
 * For each series, ascending by id: as many codes of the stock as are wanted, where it has one; then, behind all of them, uses of
 * the issue limits, in the same order. Where there are fewer than wanted the last items are refused: the first come first. Codes
 * that are locked in vain are left to others by the commit.
 *
 * A code of the stock that somebody holds may come back: as long as there is one, it is waited for. So the stock obeys the same rule
 * as slots do (limit.c): take what is free, else wait for what others hold, and refuse where, under a snapshot of now, there is none.
 * Two issues never get one code: each is locked until its issue commits, and gone after that.
 *
 * The order in which one series is taken from before another is that of ids: two batches wait for each other, and never in a circle. A
 * customer's own limit was judged before, under the customer's lock, and costs no slot.
 */
#include "postgres.h"

#include "card/number_series_store.h"
#include "common/errors.h"
#include "common/nodes.h"
#include "incentive/coupon/issue.h"

/* Orders series by their ids: locks of two runs are taken in one order. */
static int
compare_series(const void *left, const void *right)
{
	const SeriesAtHand *a = *(SeriesAtHand *const *) left;
	const SeriesAtHand *b = *(SeriesAtHand *const *) right;

	return a->series.series_id < b->series.series_id ? -1 : a->series.series_id > b->series.series_id;
}

/*
 * Locks as many codes of the stock as are wanted, or as there are. The count stops one behind those that are locked: whether there is
 * another one, held by somebody, is all that is asked.
 */
static void
lock_stock(SeriesAtHand *at_hand)
{
	const IssueSeries *series = &at_hand->series;
	int count;

	at_hand->stock = palloc_extended(sizeof(StockCode) * at_hand->wanted, MCXT_ALLOC_HUGE);
	count = loyalty_stock_lock_free(series->org_id, series->series_id, at_hand->stock, 0, at_hand->wanted);
	while (count < at_hand->wanted &&
		   loyalty_stock_count(series->org_id, series->series_id, (int64) count + 1) > count)
		if (loyalty_stock_lock_next(series->org_id, series->series_id, at_hand->stock, count))
			count++;
	at_hand->granted = count;
}

/* Refuses an item for which nothing is left. */
static bool
refuse_exhausted(const SeriesAtHand *at_hand, LoyaltyRefusal *refusal)
{
	if (at_hand->limit.maximum == LIMIT_UNBOUNDED)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_USE_LIMIT_REACHED, errmsg("the limit is reached"),
					   errdetail("All uploaded codes of the series are issued."));
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_USE_LIMIT_REACHED, errmsg("the limit is reached"),
				   errdetail("The limit of coupons of the series is " INT64_FORMAT ", or all uploaded codes "
							 "are issued.",
							 at_hand->limit.maximum));
}

/*
 * Refuses the last items of a series, for which there is no room. They go backwards through the batch, so that the first come
 * first whatever series stand between them.
 */
static void
refuse_last(IssueRun *run, SeriesAtHand *at_hand)
{
	int over = at_hand->wanted - at_hand->granted;
	int i;

	for (i = run->count - 1; i >= 0 && over > 0; i--)
		if (run->items[i].is_judged && run->items[i].series == at_hand)
		{
			run->items[i].is_judged = false;
			over--;
			(void) refuse_exhausted(at_hand, run->raises ? LOYALTY_RAISES : &run->items[i].refusal);
		}
}

/* Counts what each series is wanted for. */
static void
count_wanted(IssueRun *run)
{
	int i;

	for (i = 0; i < run->count; i++)
		if (run->items[i].is_judged)
			run->items[i].series->wanted++;
}

/* Locks the stocks, then takes from the limits: slots are the last locks of all. */
void
loyalty_issue_take(IssueRun *run)
{
	int i;

	count_wanted(run);
	if (run->series.n > 1)
		qsort(run->series.items, run->series.n, sizeof(SeriesAtHand *), compare_series);
	for (i = 0; i < run->series.n; i++)
	{
		SeriesAtHand *at_hand = run->series.items[i];

		at_hand->granted = at_hand->wanted;
		if (at_hand->wanted > 0 && at_hand->series.code_type == COUPON_CODE_UPLOADED)
			lock_stock(at_hand);
	}
	for (i = 0; i < run->series.n; i++)
	{
		SeriesAtHand *at_hand = run->series.items[i];

		if (at_hand->granted > 0)
			at_hand->granted = (int) loyalty_limit_take_most(&at_hand->limit, at_hand->granted);
		refuse_last(run, at_hand);
	}
}

/* Opens the spaces of those series whose codes are generated. On a worker of a cluster their counters would be others. */
void
loyalty_issue_open_codes(IssueRun *run)
{
	int i;

	for (i = 0; i < run->series.n; i++)
	{
		SeriesAtHand *at_hand = run->series.items[i];

		if (at_hand->granted == 0 || at_hand->series.code_type != COUPON_CODE_GENERATED)
			continue;
		loyalty_nodes_require_coordinator();
		loyalty_code_source_open(run->call, at_hand->series.space_id, &at_hand->source);
		at_hand->sequence = loyalty_number_sequence(at_hand->series.space_id);
	}
}

/* Draws the next position of the space, which nobody waits for and no rollback gives back, and makes its code. */
static const char *
draw(SeriesAtHand *at_hand)
{
	int64 position = loyalty_number_sequence_next(at_hand->sequence);
	char code[CODE_BYTES];

	if ((uint64) position >= loyalty_code_positions(&at_hand->source.shape))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODES_GUESSABLE),
						errmsg("all codes of the series \"%s\" are issued", at_hand->series.series)));
	loyalty_code_of_position(&at_hand->source, position, code);
	return pstrdup(code);
}

/* Takes the next code of the stock, or of the space; generic coupons have the code of their series. */
void
loyalty_issue_code(IssueItem *item)
{
	SeriesAtHand *at_hand = item->series;
	Coupon *coupon = &item->coupon;
	int place = at_hand->given++;

	coupon->is_generic = at_hand->series.code_type == COUPON_CODE_GENERIC;
	if (at_hand->series.code_type == COUPON_CODE_UPLOADED)
	{
		coupon->code = at_hand->stock[place].code;
		coupon->display_code = at_hand->stock[place].display_code;
	}
	else if (at_hand->series.code_type == COUPON_CODE_GENERATED)
		coupon->code = coupon->display_code = draw(at_hand);
}

/* Wipes the keys. */
void
loyalty_issue_close_codes(IssueRun *run)
{
	int i;

	for (i = 0; i < run->series.n; i++)
		loyalty_code_source_close(&run->series.items[i]->source);
}

/* Counts the stock only as far as the threshold goes: most issues leave more. */
int64
loyalty_series_left(const IssueSeries *series, const LoyaltyLimit *limit)
{
	int64 left = loyalty_limit_left(limit);

	if (series->code_type == COUPON_CODE_UPLOADED)
	{
		int64 stock = loyalty_stock_count(series->org_id, series->series_id, limit->notify_at + 1);

		left = Min(left, stock);
	}
	return left;
}
