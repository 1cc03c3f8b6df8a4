/*
 * redeem_batch.c: many redemptions in one transaction.
 *
 * All customers are locked first, ascending, then all coupons, ascending by code; so two batches, or a batch and a call, never wait for
 * each other in a circle on the way there. Then items are redeemed series by series, in each in the order of the batch: slots are
 * taken in the order of limits as far as series go. An item is judged behind those before it, whose uses it sees, and writes nothing
 * where it is refused. Nothing is late beyond what redeem.c says.
 *
 * Which coupon a code means, and of which series it is, is looked at before anything is locked: coupons stay in their series. Whether it
 * may be redeemed is looked at behind the locks. Two batches that use the last of several limits the other way round may wait for each
 * other all the same, which ends as 40P01; near no limit slots are passed over where somebody holds them.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "common/args.h"
#include "common/errors.h"
#include "incentive/coupon/redeem_batch.h"
#include "incentive/limit/customers.h"

/* Makes room for the items, which may be ten thousand. */
void
loyalty_coupon_batch_begin(CouponBatch *batch, LoyaltyCall *call, int count)
{
	Size size = sizeof(CouponItem) * Max(count, 1);

	batch->call = call;
	batch->function = loyalty_function_named(loyalty_coupon_kind.function);
	batch->count = count;
	batch->items = palloc_extended(size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* Digests the arguments of the item itself, as the ledger's batches do: the same item is a repeat in another batch. */
void
loyalty_coupon_batch_set(void *of, int i, NullableDatum *arguments)
{
	CouponBatch *batch = of;
	CouponItem *item = &batch->items[i];
	OperationRequest *request = &item->request.operation;
	Coupon coupon;

	if (arguments == NULL)
	{
		(void) loyalty_refuse_missing("items", &item->refusal);
		return;
	}
	loyalty_operation_ask_with(&loyalty_coupon_kind, batch->function, arguments, request);
	if (!request->idempotency_key.isnull)
		request->digest = loyalty_arguments_digest("redeem_coupon_item", batch->function, arguments, 1);
	if (loyalty_coupon_name(&item->redemption, batch->call, &item->request, &item->refusal) &&
		item->redemption.code[0] != '\0' &&
		loyalty_coupon_read(batch->call->org->org_id, item->redemption.code, &coupon))
		item->series_id = coupon.series_id;
}

/* Locks whoever redeems; those who do not exist refuse their items. */
static void
lock_customers(CouponBatch *batch)
{
	int64 *ids = palloc_extended(sizeof(int64) * 2 * Max(batch->count, 1), MCXT_ALLOC_HUGE);
	LockedCustomers locked;
	int count = 0;
	int i;

	for (i = 0; i < batch->count; i++)
		if (batch->items[i].refusal.sqlstate == 0 && batch->items[i].redemption.has_customer)
			ids[count++] = batch->items[i].redemption.operation.subject.customer_id;
	loyalty_incentive_customers_lock(batch->call, ids, count, &locked);
	for (i = 0; i < batch->count; i++)
	{
		CouponItem *item = &batch->items[i];
		LockedCustomer *locked_one;

		if (item->refusal.sqlstate != 0 || !item->redemption.has_customer)
			continue;
		locked_one = loyalty_incentive_customer(&locked, item->redemption.operation.subject.customer_id);
		if (locked_one == NULL || !locked_one->exists)
			loyalty_refusal_keep(&item->refusal, ERRCODE_LOYALTY_CUSTOMER_UNKNOWN);
		else
			item->redemption.customer = locked_one->customer;
	}
}

/* Compares two items by their codes. */
static int
compare_codes(const void *left, const void *right)
{
	const CouponItem *a = *(CouponItem *const *) left;
	const CouponItem *b = *(CouponItem *const *) right;

	return strcmp(a->redemption.code, b->redemption.code);
}

/* Compares two items by their series, then by their places in the batch. */
static int
compare_series(const void *left, const void *right)
{
	const CouponItem *a = *(CouponItem *const *) left;
	const CouponItem *b = *(CouponItem *const *) right;

	if (a->series_id != b->series_id)
		return a->series_id < b->series_id ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* Locks the coupons of open items. Generic codes have no row that anybody locks. */
static void
lock_coupons(const CouponBatch *batch, CouponItem **items, int count)
{
	const char *last = "";
	Coupon coupon;
	int i;

	qsort(items, count, sizeof(CouponItem *), compare_codes);
	for (i = 0; i < count; i++)
	{
		const char *code = items[i]->redemption.code;

		if (strcmp(code, last) != 0 && loyalty_coupon_read(batch->call->org->org_id, code, &coupon) &&
			coupon.customer_id != 0)
			(void) loyalty_coupon_lock(batch->call->org->org_id, code, &coupon);
		last = code;
	}
}

/*
 * Gives each item memory of its own; of its result, the text alone outlives it. Ten thousand items would otherwise hold the rows of some
 * fifteen statements each until the call ends.
 */
static void
redeem_items(CouponItem **items, int count)
{
	MemoryContext batch_context = CurrentMemoryContext;
	MemoryContext item_context =
		AllocSetContextCreate(batch_context, "loyalty coupon item", ALLOCSET_DEFAULT_SIZES);
	int i;

	qsort(items, count, sizeof(CouponItem *), compare_series);
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(item_context);
		if (loyalty_coupon_redeem(&items[i]->redemption, &items[i]->result, &items[i]->refusal))
			items[i]->result.series = MemoryContextStrdup(batch_context, items[i]->result.series);
		MemoryContextSwitchTo(batch_context);
		MemoryContextReset(item_context);
	}
	MemoryContextDelete(item_context);
}

/* Goes through the steps of the head, with the items that nothing refuses so far. */
void
loyalty_coupon_batch_perform(CouponBatch *batch)
{
	CouponItem **open = palloc(sizeof(CouponItem *) * Max(batch->count, 1));
	int count = 0;
	int i;

	lock_customers(batch);
	for (i = 0; i < batch->count; i++)
		if (batch->items[i].refusal.sqlstate == 0)
			open[count++] = &batch->items[i];
	lock_coupons(batch, open, count);
	redeem_items(open, count);
}
