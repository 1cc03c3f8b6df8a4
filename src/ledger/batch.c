/*
 * batch.c: the frame of calls that post many items.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/guc.h"
#include "common/points.h"
#include "common/request.h"
#include "ledger/batch.h"
#include "ledger/day_store.h"
#include "ledger/writer.h"

void
loyalty_batch_begin(Batch *batch, LoyaltyCall *call, const BatchKind *kind, int count)
{
	int i;

	*batch = (Batch){
		.call = call,
		.kind = kind,
		.key_id = loyalty_key_in_use(),
		.first_open_day = loyalty_first_open_day(call->org->org_id),
		.count = count,
		.items = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(BatchItem) * Max(count, 1),
											MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO),
		.item_context =
			AllocSetContextCreate(CurrentMemoryContext, "loyalty batch item", ALLOCSET_DEFAULT_SIZES),
	};
	for (i = 0; i < count; i++)
		batch->items[i].same_as = -1;
}

void
loyalty_batch_refuse(BatchItem *item, int sqlstate)
{
	if (item->sqlstate == 0)
		item->sqlstate = sqlstate;
}

/* Of a batch that is all or nothing the first item that was refused, whatever order they were looked at in, refuses it. */
static void
raise_refusal(const Batch *batch)
{
	int i;

	for (i = 0; i < batch->count && batch->all_or_nothing; i++)
		if (batch->items[i].sqlstate != 0)
			ereport(ERROR,
					(errcode(batch->items[i].sqlstate),
					 errmsg("the batch is refused: %s", loyalty_error_meaning(batch->items[i].sqlstate)),
					 errdetail("It is item %d of %d.", i + 1, batch->count)));
}

bool
loyalty_batch_item_open(const BatchItem *item)
{
	return item->sqlstate == 0 && !item->is_repeat && item->same_as < 0;
}

const char *
loyalty_batch_text(BatchItem *item, int column, int limit)
{
	const char *text;

	if (item->nulls[column])
		return NULL;
	text = loyalty_text_within(item->values[column], limit);
	if (text == NULL)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_TEXT_TOO_LONG);
	return text == NULL || text[0] == '\0' ? NULL : text;
}

TimestampTz
loyalty_batch_time(BatchItem *item, int column, TimestampTz fallback)
{
	TimestampTz at;

	if (item->nulls[column])
		return fallback;
	at = DatumGetTimestampTz(item->values[column]);
	if (!loyalty_time_is_supported(at))
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_TIME_INVALID);
	return at;
}

int64
loyalty_batch_number(BatchItem *item, int column, int too_precise)
{
	int64 thousandths = 0;

	if (item->nulls[column])
	{
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_ARGUMENT_MISSING);
		return 0;
	}
	switch (loyalty_thousandths(item->values[column], &thousandths))
	{
		case LOYALTY_NUMERIC_OK:
			break;
		case LOYALTY_NUMERIC_NOT_FINITE:
			loyalty_batch_refuse(item, ERRCODE_LOYALTY_POINTS_NOT_FINITE);
			break;
		case LOYALTY_NUMERIC_TOO_PRECISE:
			loyalty_batch_refuse(item, too_precise);
			break;
		case LOYALTY_NUMERIC_TOO_LARGE:
			loyalty_batch_refuse(item, ERRCODE_LOYALTY_POINTS_OVERFLOW);
			break;
	}
	return thousandths;
}

void
loyalty_batch_points(BatchItem *item, const LoyaltyProgram *program)
{
	item->points = loyalty_batch_number(item, BATCH_POINTS, ERRCODE_LOYALTY_POINTS_TOO_PRECISE);
	if (item->sqlstate != 0)
		return;
	if (item->points <= 0)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_POINTS_NOT_POSITIVE);
	else if (!loyalty_program_keeps(&program->rules, item->points))
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_POINTS_TOO_PRECISE);
}

void
loyalty_batch_set(Batch *batch, int i, Datum *values, bool *nulls)
{
	BatchItem *item = &batch->items[i];
	const char *key;

	item->values = values;
	item->nulls = nulls;
	if (values == NULL || nulls[BATCH_CUSTOMER_ID])
	{
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_ARGUMENT_MISSING);
		return;
	}
	item->customer_id = DatumGetInt64(values[BATCH_CUSTOMER_ID]);
	key = loyalty_batch_text(item, BATCH_IDEMPOTENCY_KEY, LOYALTY_MAX_NAME);
	if (key == NULL)
		return;
	item->origin.has_key = true;
	loyalty_idempotency_digest(key, (pg_uuid_t *) item->origin.idempotency_digest);
	item->origin.request_digest = loyalty_values_digest(batch->kind->name, values, nulls, batch->kind->types,
														batch->kind->column_count);
}

static int
compare_ids(const void *left, const void *right)
{
	int64 a = *(const int64 *) left;
	int64 b = *(const int64 *) right;

	return a < b ? -1 : a > b;
}

static int
compare_customer(const void *id, const void *customer)
{
	return compare_ids(id, &((const BatchCustomer *) customer)->customer.customer_id);
}

/*
 * Whom the items name, ascending, with whoever they were merged into where the caller wants to go on with that one: asked
 * before anybody is locked, as a lock taken later would be out of order. Who is merged meanwhile is not followed.
 */
static int
customers_to_lock(const Batch *batch, int64 **ids)
{
	int count = 0;
	int i;

	*ids = palloc(sizeof(int64) * Max(2 * batch->count, 1));
	for (i = 0; i < batch->count; i++)
	{
		const BatchItem *item = &batch->items[i];
		LoyaltyCustomer named;

		if (item->sqlstate != 0)
			continue;
		(*ids)[count++] = item->customer_id;
		if (loyalty_follow_merges &&
			loyalty_customer_read_now(batch->call->org->org_id, item->customer_id, &named) &&
			named.merged_into != 0)
			(*ids)[count++] = named.merged_into;
	}
	qsort(*ids, count, sizeof(int64), compare_ids);
	return count;
}

static BatchCustomer *
locked_customer(const Batch *batch, int64 customer_id)
{
	return bsearch(&customer_id, batch->customers, batch->customer_count, sizeof(BatchCustomer),
				   compare_customer);
}

/* Each by a statement of its own, ascending, so that two batches never wait for each other in a circle. */
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
		if (customer->exists && IsolationUsesXactSnapshot())
			loyalty_accounts_lock(batch->call->org->org_id, ids[i]);
		batch->customer_count++;
	}
	for (i = 0; i < batch->count; i++)
	{
		BatchItem *item = &batch->items[i];

		if (item->sqlstate != 0)
			continue;
		item->customer = locked_customer(batch, item->customer_id);
		if (!item->customer->exists)
			loyalty_batch_refuse(item, ERRCODE_LOYALTY_CUSTOMER_UNKNOWN);
	}
}

/* Requests with keys: of which item, and under which customer of its group they are looked for. */
typedef struct KeyedRequests
{
	LOYALTY_ARRAY(int64) customers;
	LOYALTY_ARRAY(Datum) digests;
	LOYALTY_ARRAY(int) items;
} KeyedRequests;

static void
ask_for(KeyedRequests *requests, Batch *batch, int i)
{
	BatchItem *item = &batch->items[i];
	int64 *group;
	int count = loyalty_customer_group(&item->customer->customer, &group);
	int g;

	for (g = 0; g < count; g++)
	{
		LOYALTY_APPEND(requests->customers, group[g]);
		LOYALTY_APPEND(requests->digests, UUIDPGetDatum((pg_uuid_t *) item->origin.idempotency_digest));
		LOYALTY_APPEND(requests->items, i);
	}
}

/* An event of the customer's own, or the very same request of one that was merged into it. */
static void
take_earlier(BatchItem *item, const EarlierEvent *earlier)
{
	bool same = earlier->request_digest == item->origin.request_digest;

	if (!same && earlier->customer_id == item->customer_id && !item->is_repeat)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_IDEMPOTENCY_MISMATCH);
	if (!same)
		return;
	item->earlier = *earlier;
	item->is_repeat = true;
	item->sqlstate = 0;
}

static void
find_earlier(Batch *batch)
{
	KeyedRequests requests = { 0 };
	KeyedEvent *found;
	int count;
	int i;

	for (i = 0; i < batch->count; i++)
		if (batch->items[i].sqlstate == 0 && batch->items[i].origin.has_key && !batch->items[i].is_repeat)
			ask_for(&requests, batch, i);
	if (requests.items.n == 0)
		return;
	count = loyalty_events_by_keys(batch->call->org->org_id, requests.customers.items, requests.digests.items,
								   requests.items.n, &found);
	for (i = 0; i < count; i++)
		take_earlier(&batch->items[requests.items.items[found[i].key]], &found[i].event);
}

/* On with the survivor, where the caller wants that; who repeats what the survivor was asked gets that answer. */
static void
follow_merges(Batch *batch)
{
	bool any = false;
	int i;

	for (i = 0; i < batch->count && loyalty_follow_merges; i++)
	{
		BatchItem *item = &batch->items[i];
		BatchCustomer *survivor;

		if (!loyalty_batch_item_open(item) || item->customer->customer.merged_into == 0)
			continue;
		survivor = locked_customer(batch, item->customer->customer.merged_into);
		if (survivor == NULL || !survivor->exists)
			continue;
		item->customer = survivor;
		item->customer_id = survivor->customer.customer_id;
		any = true;
	}
	if (any)
		find_earlier(batch);
}

/* A key within the batch, and the item that came with it first. */
typedef struct FirstItem
{
	struct
	{
		int64 customer_id;
		unsigned char digest[UUID_LEN];
	} key;
	int item;
} FirstItem;

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
		bool is_there;

		if (!loyalty_batch_item_open(item) || !item->origin.has_key)
			continue;
		memset(&wanted, 0, sizeof(wanted));
		wanted.key.customer_id = item->customer_id;
		memcpy(wanted.key.digest, item->origin.idempotency_digest, UUID_LEN);
		first = hash_search(firsts, &wanted.key, HASH_ENTER, &is_there);
		if (!is_there)
			first->item = i;
		else if (batch->items[first->item].origin.request_digest == item->origin.request_digest)
			item->same_as = first->item;
		else
			loyalty_batch_refuse(item, ERRCODE_LOYALTY_IDEMPOTENCY_MISMATCH);
	}
	hash_destroy(firsts);
}

/* Where the item takes place, and the program that it names or its till has. */
static void
judge_place(Batch *batch, BatchItem *item)
{
	const LoyaltyOrg *org = batch->call->org;
	const char *till = loyalty_batch_text(item, BATCH_TILL, LOYALTY_MAX_CODE);
	const char *source = loyalty_batch_text(item, BATCH_SOURCE, LOYALTY_MAX_CODE);
	const char *program = loyalty_batch_text(item, BATCH_PROGRAM, LOYALTY_MAX_CODE);

	item->reason = loyalty_batch_text(item, BATCH_REASON, LOYALTY_MAX_TEXT);
	item->till = till ? loyalty_org_find_till(org, till) : NULL;
	if (item->till != NULL)
	{
		item->origin.till_id = item->till->till_id;
		item->origin.store_id = item->till->store_id;
	}
	else if (till != NULL)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_TILL_UNKNOWN);
	item->origin.source_id = source ? loyalty_find_source(source) : 0;
	if (source != NULL && item->origin.source_id == 0)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_SOURCE_UNKNOWN);
	item->all_programs = program != NULL && strcmp(program, LOYALTY_ALL_PROGRAMS) == 0;
	if (program != NULL && !item->all_programs)
	{
		item->program = loyalty_org_find_program(org, program);
		if (item->program == NULL)
			loyalty_batch_refuse(item, ERRCODE_LOYALTY_PROGRAM_UNKNOWN);
	}
}

void
loyalty_batch_usual_program(const Batch *batch, BatchItem *item)
{
	const LoyaltyOrg *org = batch->call->org;

	if (item->program == NULL && item->till != NULL && item->till->program_id != 0)
		item->program = loyalty_org_program_by_id(org, item->till->program_id);
	if (item->program == NULL)
		item->program = loyalty_org_find_program(org, NULL);
	if (item->program == NULL || item->all_programs)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_PROGRAM_UNKNOWN);
}

void
loyalty_batch_lock(Batch *batch)
{
	int i;

	raise_refusal(batch); /* before anybody waits */
	lock_customers(batch);
	find_earlier(batch);
	follow_merges(batch);
	find_repeats_within(batch);
	for (i = 0; i < batch->count; i++)
	{
		BatchItem *item = &batch->items[i];

		if (!loyalty_batch_item_open(item))
			continue;
		if (item->customer->customer.merged_into != 0)
			loyalty_batch_refuse(item, ERRCODE_LOYALTY_CUSTOMER_MERGED);
		else
			judge_place(batch, item);
		item->event_time = loyalty_batch_time(item, BATCH_EVENT_TIME, batch->call->now);
	}
	raise_refusal(batch);
}

void
loyalty_batch_judge_time(Batch *batch, BatchItem *item)
{
	const LoyaltyCall *call = batch->call;
	int64 tolerance = call->org->config_number[CONFIG_EVENT_TIME_TOLERANCE];

	if (item->event_time > call->now + tolerance * USECS_PER_SEC)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_TIME_IN_FUTURE);
	else if (item->event_time < item->customer->customer.registered_on)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_BEFORE_REGISTRATION);
}

void
loyalty_batch_judge_expiry(BatchItem *item, TimestampTz expires_at)
{
	if (expires_at <= item->event_time)
		loyalty_batch_refuse(item, ERRCODE_LOYALTY_EXPIRY_PASSED);
}

static bool
has_account(const BatchCustomer *customer, int32 program_id, char category)
{
	int i;

	for (i = 0; i < customer->accounts.n; i++)
		if (customer->accounts.items[i].account.program_id == program_id &&
			(char) customer->accounts.items[i].account.category == category)
			return true;
	return false;
}

/* What an item may touch, unless an item before it brought it: of its program, or everything. It outlives the item. */
static void
load_accounts(Batch *batch, BatchItem *item, char category)
{
	int32 org_id = batch->call->org->org_id;
	BatchCustomer *customer = item->customer;
	PostedAccount *accounts;
	int count;
	int i;

	if (customer->has_all ||
		(item->program != NULL && has_account(customer, item->program->program_id, category)))
		return;
	if (item->program != NULL)
		count = loyalty_accounts_of_program(org_id, item->customer_id, item->program->program_id, category,
											&accounts);
	else
		count = loyalty_accounts_every(org_id, item->customer_id, &accounts);
	MemoryContextSwitchTo(GetMemoryChunkContext(batch->items));
	for (i = 0; i < count; i++)
		if (!has_account(customer, accounts[i].account.program_id, accounts[i].account.category))
			LOYALTY_APPEND(customer->accounts, accounts[i]);
	MemoryContextSwitchTo(batch->item_context);
	customer->has_all = item->program == NULL;
}

/* Whether an account takes part in an item. */
static bool
takes_part(const BatchItem *item, const Account *account, char category)
{
	if (item->program != NULL && account->program_id != item->program->program_id)
		return false;
	return account->category == CATEGORY_REGULAR || (char) account->category == category;
}

void
loyalty_batch_posting(const Batch *batch, const BatchItem *item, Posting *posting)
{
	*posting = (Posting){
		.call = batch->call,
		.writer = batch->writer,
		.customer = item->customer->customer,
		.key_id = batch->key_id,
		.first_open_day = batch->first_open_day,
	};
}

void
loyalty_batch_involve(Batch *batch, BatchItem *item, char category, Posting *posting)
{
	BatchCustomer *customer = item->customer;
	int i;

	load_accounts(batch, item, category);
	loyalty_batch_posting(batch, item, posting);
	posting->accounts = palloc(sizeof(PostedAccount) * Max(customer->accounts.n, 1));
	for (i = 0; i < customer->accounts.n; i++)
		if (takes_part(item, &customer->accounts.items[i].account, category))
			posting->accounts[posting->account_count++] = customer->accounts.items[i];
}

bool
loyalty_batch_takes(const BatchItem *item, Posting *posting, char category)
{
	int i;

	loyalty_posting_at(posting, item->event_time, 0);
	for (i = 0; i < posting->account_count; i++)
	{
		const Account *account = &posting->accounts[i].account;
		bool is_credited = (char) account->category == category;

		if ((is_credited && !loyalty_account_takes(account, item->points)) ||
			!loyalty_posting_fits(posting, account, is_credited ? item->points : 0))
			return false;
	}
	return true;
}

/* They outlive the item. */
void
loyalty_batch_open_accounts(Batch *batch, BatchItem *item, char category, Posting *posting)
{
	BatchCustomer *customer = item->customer;
	int i;

	if (posting->account_count > 0)
		return;
	loyalty_posting_load(posting, (AccountChoice){ .program = item->program, .category = category });
	MemoryContextSwitchTo(GetMemoryChunkContext(batch->items));
	for (i = 0; i < posting->account_count; i++)
		LOYALTY_APPEND(customer->accounts, posting->accounts[i]);
	MemoryContextSwitchTo(batch->item_context);
}

void
loyalty_batch_keep(Batch *batch, BatchItem *item, Posting *posting)
{
	BatchCustomer *customer = item->customer;
	int i;
	int a;

	for (a = 0; a < posting->account_count; a++)
	{
		const PostedAccount *posted = &posting->accounts[a];

		for (i = 0; i < customer->accounts.n; i++)
		{
			Account *account = &customer->accounts.items[i].account;

			if (!posted->changed || account->program_id != posted->account.program_id ||
				account->category != posted->account.category)
				continue;
			*account = posted->account;
			customer->accounts.items[i].changed = true;
		}
	}
	if (item->reason != NULL || batch->actor != NULL)
		loyalty_event_note_insert(batch->writer, batch->call->org->org_id, item->customer_id,
								  item->answer.event_id, item->reason, batch->actor);
}

static void
write_all(Batch *batch)
{
	LOYALTY_ARRAY(AccountRow) changed = { 0 };
	int c;
	int i;

	loyalty_writer_end(batch->writer);
	for (c = 0; c < batch->customer_count; c++)
		for (i = 0; i < batch->customers[c].accounts.n; i++)
			if (batch->customers[c].accounts.items[i].changed)
			{
				const PostedAccount *posted = &batch->customers[c].accounts.items[i];
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

static int
compare_items(const void *left, const void *right)
{
	const BatchItem *a = *(BatchItem *const *) left;
	const BatchItem *b = *(BatchItem *const *) right;

	if (a->customer_id != b->customer_id)
		return a->customer_id < b->customer_id ? -1 : 1;
	return a < b ? -1 : a > b;
}

/*
 * The items as they are posted: one customer's after another's, each in their order. Neighbours share pages of every
 * index that is read and written.
 */
static BatchItem **
by_customer(const Batch *batch)
{
	BatchItem **items = palloc_extended(sizeof(BatchItem *) * Max(batch->count, 1), MCXT_ALLOC_HUGE);
	int i;

	for (i = 0; i < batch->count; i++)
		items[i] = &batch->items[i];
	qsort(items, batch->count, sizeof(BatchItem *), compare_items);
	return items;
}

void
loyalty_batch_post(Batch *batch, void (*judge)(Batch *batch, BatchItem *item),
				   void (*post)(Batch *batch, BatchItem *item))
{
	MemoryContext caller = CurrentMemoryContext;
	BatchItem **items = by_customer(batch);
	int i;

	for (i = 0; i < batch->count; i++)
		if (loyalty_batch_item_open(&batch->items[i]))
			judge(batch, &batch->items[i]);
	raise_refusal(batch);
	batch->writer = loyalty_writer_begin();
	for (i = 0; i < batch->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!loyalty_batch_item_open(items[i]))
			continue;
		MemoryContextSwitchTo(batch->item_context);
		post(batch, items[i]);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(batch->item_context);
	}
	raise_refusal(batch);
	write_all(batch);
}
