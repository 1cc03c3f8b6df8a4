/*
 * batch.c: the frame of calls that post many items.
 *
 * An item is judged and posted as a call of its own (operation.h). The order is the batch's own. The customers
 * of the items are found under no lock; all are locked, ascending, survivors of merges among them; then merges are
 * followed and repeats are found, of requests made before and of items that stand before them in the batch; then cards are
 * held, after their owners, as whoever changes a card locks its owner first; then items are performed,
 * customer by customer, with the accounts that those before left.
 *
 * A refusal writes nothing and is kept in its item, so no subtransaction is needed to go on behind it. May be
 * late: rows of items are kept back until some of their customer are read or all are performed, accounts until
 * all are performed.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "common/args.h"
#include "common/compare.h"
#include "common/errors.h"
#include "common/guc.h"
#include "common/request.h"
#include "customer/member.h"
#include "ledger/batch/batch.h"
#include "ledger/tables/day_store.h"
#include "ledger/tables/writer.h"

/* Reserves all items in one array, in huge memory if need be: their addresses tell their order. */
void
loyalty_batch_begin(Batch *batch, LoyaltyCall *call, const BatchKind *kind, int count)
{
	Size size = MAXALIGN(kind->request_size);
	char *requests = palloc_extended(size * Max(count, 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int i;

	*batch = (Batch){
		.call = call,
		.kind = kind,
		.function = loyalty_function_named(kind->request->function),
		.count = count,
		.items = palloc_extended(sizeof(BatchItem) * Max(count, 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO),
		.context = CurrentMemoryContext,
		.item_context =
			AllocSetContextCreate(CurrentMemoryContext, "loyalty batch item", ALLOCSET_DEFAULT_SIZES),
	};
	for (i = 0; i < count; i++)
	{
		batch->items[i].request = (OperationRequest *) (requests + size * i);
		batch->items[i].same_as = -1;
	}
}

/* Says of the item what its SQLSTATE means: its own message was never made. */
void
loyalty_batch_raise_item(int sqlstate, int i, int count)
{
	ereport(ERROR, (errcode(sqlstate), errmsg("the batch is refused: %s", loyalty_error_meaning(sqlstate)),
					errdetail("It is item %d of %d.", i + 1, count)));
}

/*
 * Raises the first refused item of a batch that is all or nothing, in the caller's order, whatever order they
 * were looked at in.
 */
static void
raise_refusal(const Batch *batch)
{
	int i;

	for (i = 0; i < batch->count && batch->all_or_nothing; i++)
		if (batch->items[i].refusal.sqlstate != 0)
			loyalty_batch_raise_item(batch->items[i].refusal.sqlstate, i, batch->count);
}

/* Tells whether an item is still to be performed. */
static bool
is_open(const BatchItem *item)
{
	return item->refusal.sqlstate == 0 && !item->is_repeat && item->same_as < 0;
}

/* Digests the arguments of the item itself, not of the batch: the same item is a repeat in another batch. */
void
loyalty_batch_set(Batch *batch, int i, NullableDatum *arguments)
{
	BatchItem *item = &batch->items[i];

	if (arguments == NULL)
	{
		(void) loyalty_refuse_missing("items", &item->refusal);
		return;
	}
	loyalty_operation_ask_with(batch->kind->request, batch->function, arguments, item->request);
	if (!item->request->idempotency_key.isnull)
		item->request->digest = loyalty_arguments_digest(batch->kind->item, batch->function, arguments, 1);
	(void) loyalty_operation_name(batch->call, item->request, &item->subject, &item->refusal);
}

static int
compare_customer(const void *id, const void *customer)
{
	return loyalty_compare_ids(id, &((const BatchCustomer *) customer)->customer.customer_id);
}

/*
 * Collects the customers of the items, ascending, and the survivors of those who were merged, where the caller
 * wants to go on with them: asked before anybody is locked, as a lock taken later would be out of order. A
 * merge that comes in between is not followed: such items are refused.
 */
static int
customers_to_lock(const Batch *batch, int64 **ids)
{
	int count = 0;
	int i;

	*ids = palloc(sizeof(int64) * Max(2 * batch->count, 1));
	for (i = 0; i < batch->count; i++)
	{
		const OperationSubject *subject = &batch->items[i].subject;
		LoyaltyCustomer named;

		if (batch->items[i].refusal.sqlstate != 0)
			continue;
		(*ids)[count++] = subject->customer_id;
		if (loyalty_follow_merges && subject->card == NULL &&
			loyalty_customer_read_now(batch->call->org->org_id, subject->customer_id, &named) &&
			named.merged_into != 0)
			(*ids)[count++] = named.merged_into;
	}
	qsort(*ids, count, sizeof(int64), loyalty_compare_ids);
	return count;
}

static BatchCustomer *
locked_customer(const Batch *batch, int64 customer_id)
{
	return bsearch(&customer_id, batch->customers, batch->customer_count, sizeof(BatchCustomer),
				   compare_customer);
}

/*
 * Locks each by a statement of its own, ascending, so that two batches never wait for each other in a circle.
 */
static void
lock_customers(Batch *batch)
{
	int64 *ids;
	int count = customers_to_lock(batch, &ids);
	int i;

	batch->customers = palloc0(sizeof(BatchCustomer) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		BatchCustomer *customer = &batch->customers[batch->customer_count];

		if (i > 0 && ids[i] == ids[i - 1])
			continue;
		CHECK_FOR_INTERRUPTS();
		customer->exists = loyalty_customer_lock(batch->call->org->org_id, ids[i], &customer->customer);
		customer->customer.customer_id = ids[i];
		customer->kept.context = batch->context;
		if (customer->exists && IsolationUsesXactSnapshot())
			loyalty_accounts_lock(batch->call->org->org_id, ids[i]);
		batch->customer_count++;
	}
	/*
	 * Programs that were made while the call waited have accounts of the customers by now. A day that was closed
	 * meanwhile has entries of them behind it, which none of ours may precede.
	 */
	batch->call->org = loyalty_call_org_now(batch->call);
	batch->first_open_day = loyalty_first_open_day(batch->call->org->org_id);
}

/*
 * Gives each item its locked customer; those who do not exist refuse their items. Keys are read here, as a
 * call reads them after its lock.
 */
static void
meet_customers(Batch *batch)
{
	int i;

	for (i = 0; i < batch->count; i++)
	{
		BatchItem *item = &batch->items[i];

		if (item->refusal.sqlstate != 0)
			continue;
		item->customer = locked_customer(batch, item->subject.customer_id);
		if (!item->customer->exists)
			loyalty_refusal_keep(&item->refusal, ERRCODE_LOYALTY_CUSTOMER_UNKNOWN);
		else
			(void) loyalty_operation_key(item->request, &item->subject, &item->refusal);
	}
}

/*
 * Goes on with the survivor, where the caller wants that. A card that the merge left behind is of no use.
 */
static void
follow_merges(Batch *batch)
{
	int i;

	for (i = 0; i < batch->count && loyalty_follow_merges; i++)
	{
		BatchItem *item = &batch->items[i];
		BatchCustomer *survivor;

		if (!is_open(item) || item->customer->customer.merged_into == 0 || item->subject.card != NULL)
			continue;
		survivor = locked_customer(batch, item->customer->customer.merged_into);
		if (survivor != NULL && survivor->exists)
			item->customer = survivor;
	}
}

/* Looks for requests made before of all items that are open, item by item, as their calls would. */
static void
find_earlier(Batch *batch)
{
	int i;

	for (i = 0; i < batch->count; i++)
	{
		BatchItem *item = &batch->items[i];

		if (!is_open(item) || !item->subject.has_key ||
			!loyalty_operation_find_earlier(batch->call, item->request, &item->subject,
											&item->customer->customer, &item->earlier))
			continue;
		item->is_repeat = item->earlier.is_same;
		if (!item->is_repeat)
			(void) loyalty_refuse_idempotency_mismatch(&item->refusal);
	}
}

/* A key within the batch, and the item that came with it first. */
typedef struct FirstItem
{
	struct
	{
		int64 customer_id;
		pg_uuid_t digest;
	} key;
	int item;
} FirstItem;

/*
 * Finds items that repeat one before them, by whatever id of the merge group. Hashed by customer and digest, as ten
 * thousand items are too many to compare each with each. The first of a key is performed, or refused, for all its
 * repeats; an item of a victim who is not followed is refused for itself, and is no first one.
 */
static void
find_repeats_within(Batch *batch)
{
	HASHCTL control = { .keysize = sizeof(((FirstItem *) 0)->key), .entrysize = sizeof(FirstItem) };
	HTAB *firsts;
	int i;

	control.hcxt = CurrentMemoryContext;
	firsts = hash_create("loyalty batch keys", batch->count, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (i = 0; i < batch->count; i++)
	{
		BatchItem *item = &batch->items[i];
		FirstItem wanted;
		FirstItem *first;
		int64 root_id;
		bool is_there;

		if (!is_open(item) || !item->subject.has_key)
			continue;
		memset(&wanted, 0, sizeof(wanted));
		root_id = item->customer->customer.merged_into;
		wanted.key.customer_id = root_id != 0 ? root_id : item->customer->customer.customer_id;
		wanted.key.digest = item->subject.key;
		first = hash_search(firsts, &wanted.key, root_id != 0 ? HASH_FIND : HASH_ENTER, &is_there);
		if (first == NULL)
			continue;
		if (!is_there)
			first->item = i;
		else if (batch->items[first->item].request->digest == item->request->digest)
			item->same_as = first->item;
		else
			(void) loyalty_refuse_idempotency_mismatch(&item->refusal);
	}
	hash_destroy(firsts);
}

/* Orders by customer, who stand ascending in one array, then by place in the batch. */
static int
compare_items(const void *left, const void *right)
{
	const BatchItem *a = *(BatchItem *const *) left;
	const BatchItem *b = *(BatchItem *const *) right;

	if (a->customer != b->customer)
		return a->customer < b->customer ? -1 : 1;
	return a < b ? -1 : a > b;
}

/*
 * Lists the open items as they are performed: one customer's after another's, each in their order. Neighbours
 * share pages of every index, and a writer flushes by the highest customer whose rows it keeps.
 */
static int
by_customer(const Batch *batch, BatchItem ***items)
{
	int count = 0;
	int i;

	*items = palloc_extended(sizeof(BatchItem *) * Max(batch->count, 1), MCXT_ALLOC_HUGE);
	for (i = 0; i < batch->count; i++)
		if (is_open(&batch->items[i]))
			(*items)[count++] = &batch->items[i];
	qsort(*items, count, sizeof(BatchItem *), compare_items);
	return count;
}

/*
 * Holds cards when all customers are locked: a call that changes one has its owner locked, so none of those
 * who wait for our customers has a card that we wait for.
 */
static void
hold_cards(Batch *batch)
{
	BatchItem **items;
	int count = by_customer(batch, &items);
	int i;

	for (i = 0; i < count; i++)
		(void) loyalty_operation_hold(batch->call, items[i]->request, &items[i]->subject,
									  &items[i]->customer->customer, &items[i]->refusal);
}

/* Judges what needs no lock before anybody waits, and what needs no posting before anything is posted. */
void
loyalty_batch_lock(Batch *batch)
{
	raise_refusal(batch); /* before anybody waits */
	lock_customers(batch);
	meet_customers(batch);
	follow_merges(batch);
	find_earlier(batch);
	find_repeats_within(batch);
	hold_cards(batch);
	raise_refusal(batch);
}

/*
 * Performs one item as its call would have been, with a posting that is built by hand: the customer is locked
 * and the accounts are kept. Of the result the redemption id alone is a pointer.
 */
static void
perform(Batch *batch, BatchItem *item)
{
	Operation operation;
	char *redemption_id;

	loyalty_operation_enter(&operation, batch->call, item->request, &item->subject);
	operation.posting = (Posting){
		.call = batch->call,
		.writer = batch->writer,
		.customer = item->customer->customer,
		.kept = &item->customer->kept,
		.first_open_day = batch->first_open_day,
	};
	if (!batch->kind->perform(&operation, &item->result, &item->refusal) && item->refusal.sqlstate == 0)
		elog(ERROR, "an item was not performed, and nothing says why");
	redemption_id = item->result.redemption_id;
	if (redemption_id != NULL)
		item->result.redemption_id = MemoryContextStrdup(batch->context, redemption_id);
}

/*
 * Writes what the writer keeps back first, accounts last: rows of accounts that items opened must be there for
 * their update.
 */
static void
write_all(Batch *batch)
{
	LOYALTY_ARRAY(AccountRow) changed = { 0 };
	int c;
	int i;

	loyalty_writer_end(batch->writer);
	for (c = 0; c < batch->customer_count; c++)
		for (i = 0; i < batch->customers[c].kept.accounts.n; i++)
			if (batch->customers[c].kept.accounts.items[i].changed)
			{
				const PostedAccount *posted = &batch->customers[c].kept.accounts.items[i];
				AccountRow row = {
					.customer_id = batch->customers[c].customer.customer_id,
					.org_id = batch->call->org->org_id,
					.account = posted->account,
					.tid = posted->tid,
				};

				LOYALTY_APPEND(changed, row);
			}
	loyalty_accounts_update(changed.items, changed.n);
}

/*
 * Tells the first refused item of a batch that is all or nothing: behind a refusal only items that stand
 * before it are still performed, as one of them may be refused as well.
 */
void
loyalty_batch_perform(Batch *batch)
{
	BatchItem **items;
	int count = by_customer(batch, &items);
	const BatchItem *refused = NULL;
	int i;

	batch->writer = loyalty_writer_begin();
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (refused != NULL && items[i] > refused)
			continue;
		MemoryContextSwitchTo(batch->item_context);
		perform(batch, items[i]);
		MemoryContextSwitchTo(batch->context);
		MemoryContextReset(batch->item_context);
		if (batch->all_or_nothing && items[i]->refusal.sqlstate != 0)
			refused = items[i];
	}
	raise_refusal(batch);
	write_all(batch);
}

/*
 * Repeats of an item share its result, or its refusal; one for a victim has its own. Results of earlier requests are read when everything is
 * written.
 */
const PostingResult *
loyalty_batch_result(Batch *batch, int i)
{
	BatchItem *item = &batch->items[i];

	if (item->same_as >= 0)
	{
		item->refusal = batch->items[item->same_as].refusal;
		item->result = batch->items[item->same_as].result;
		if (item->refusal.sqlstate != 0)
			(void) loyalty_customer_judge_root(&item->customer->customer, &item->refusal);
	}
	else if (item->is_repeat)
		batch->kind->again(batch->call, item->request, &item->earlier, &item->result);
	return item->refusal.sqlstate == 0 ? &item->result : NULL;
}
