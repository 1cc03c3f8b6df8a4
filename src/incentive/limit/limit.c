/*
 * limit.c: taking uses of limits, giving them back, and changing what there is.
 *
 * A use takes from a slot that nobody holds, from a place of the backend's own on (1). Where all that have anything left are held,
 * it waits for one whose committed rest is more than nothing, and looks again (2): whoever holds it may roll back. Only where,
 * under a snapshot taken now, no slot has anything left is it refused (3). So there is never one use too many, and nobody is
 * refused while an open transaction could give something back. A batch takes its sum from slots in ascending order, waits for each
 * and passes none over: two batches wait for each other, and never in a circle but where slots that were passed as empty fill again.
 *
 * Locks are those of slots, and come after all others of a call; a change holds all slots of a limit, then its row.
 * Nothing is late.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/errors.h"
#include "common/ids.h"
#include "common/subtransaction.h"
#include "incentive/limit/limit_store.h"
#include "incentive/limit/slot_rules.h"

/* Tells whether a kind is counted in slots; the others are counted by customer. */
static bool
has_slots(LimitKind kind)
{
	return kind != LIMIT_CUSTOMER && kind != LIMIT_CUSTOMER_ISSUES;
}

/* Adds slots to those that a limit has: their numbers go on. */
static void
add_slots(const LoyaltyLimit *limit, int from, int count, const int64 *remaining)
{
	LimitSlot slots[LIMIT_MAX_SLOTS];
	int i;

	for (i = from; i < count; i++)
		slots[i] = (LimitSlot){
			.org_id = limit->org_id, .limit_id = limit->limit_id, .slot_no = i, .remaining = remaining[i]
		};
	loyalty_slots_insert(&slots[from], count - from);
}

/* Writes the limit, then its slots. */
int32
loyalty_limit_create(int32 org_id, int32 owner_id, LimitKind kind, const char *code, int64 maximum,
					 int64 notify_at)
{
	LoyaltyLimit limit = { .org_id = org_id,
						   .limit_id = loyalty_next_reference_id(),
						   .owner_id = owner_id,
						   .kind = kind,
						   .maximum = maximum,
						   .notify_at = notify_at,
						   .notified_at = DT_NOEND,
						   .exhausted_at = DT_NOEND,
						   .code = code };
	int64 remaining[LIMIT_MAX_SLOTS];
	int count = loyalty_slot_count(maximum);

	loyalty_use_limit_insert(&limit);
	if (has_slots(kind))
	{
		loyalty_slot_split(maximum, count, remaining);
		add_slots(&limit, 0, count, remaining);
	}
	return limit.limit_id;
}

/* Reads all of an owner, which are few: of a kind there is one, beside those of single codes. */
bool
loyalty_limit_find(int32 org_id, int32 owner_id, LimitKind kind, LoyaltyLimit *limit)
{
	LoyaltyLimit *limits;
	int count = loyalty_use_limits_of_owner(org_id, owner_id, &limits);
	int i;

	for (i = 0; i < count; i++)
		if (limits[i].kind == kind && limits[i].code == NULL)
		{
			*limit = limits[i];
			return true;
		}
	return false;
}

/* Expects the limit: whoever names it has it from a row. */
void
loyalty_limit_read(int32 org_id, int32 limit_id, LoyaltyLimit *limit)
{
	if (!loyalty_use_limit_read(org_id, limit_id, limit))
		elog(ERROR, "limit %d does not exist", limit_id);
}

/* ---- in total */

/* Locks a slot that nobody holds, round all of them from a place of the backend's own on. */
static bool
lock_free(const LoyaltyLimit *limit, bool with_rest, LimitSlot *slot)
{
	int place = loyalty_slot_place((uint32) MyProcPid, loyalty_slot_count(limit->maximum));

	return loyalty_slot_lock_free(limit, place, LIMIT_MAX_SLOTS, with_rest, slot) ||
		   (place > 0 && loyalty_slot_lock_free(limit, 0, place, with_rest, slot));
}

/* Lowers a locked slot by what it can give of what is wanted; returns how much. */
static int64
lower_slot(LimitSlot *slot, int64 wanted)
{
	int64 taken = loyalty_slot_take(slot->remaining, wanted);

	slot->remaining -= taken;
	loyalty_slots_update(slot, 1);
	return taken;
}

/* Slot that is looked for, or waited for. */
typedef struct AwaitedSlot
{
	const LoyaltyLimit *limit;
	LimitSlot slot;
} AwaitedSlot;

/* Locks a slot that nobody holds; false where there is none. */
static bool
find_slot(void *arg)
{
	AwaitedSlot *awaited = arg;

	return lock_free(awaited->limit, true, &awaited->slot);
}

/* Waits for a slot that others hold; false where all that were waited for were empty by then. */
static bool
await_slot(void *arg)
{
	AwaitedSlot *awaited = arg;

	return loyalty_slot_lock_next(awaited->limit, 0, &awaited->slot);
}

/*
 * Takes one use; false where nothing is left under a snapshot of that moment. After each wait all are looked at again, since the
 * last that was waited for may have taken what others gave back. It looks and waits in subtransactions, since the server keeps slots locked that were
 * empty by then, and whoever looks again from the first one on would wait in a circle.
 */
static bool
take_one(const LoyaltyLimit *limit)
{
	AwaitedSlot awaited = { .limit = limit };

	while (!loyalty_subtransaction(find_slot, &awaited))
	{
		CHECK_FOR_INTERRUPTS();
		if (loyalty_slots_sum(limit) == 0)
			return false;
		if (loyalty_subtransaction(await_slot, &awaited))
			break;
	}
	(void) lower_slot(&awaited.slot, 1);
	return true;
}

/* Takes from slots in ascending order, waiting for each, until there is enough or nothing is left; returns how much. */
static int64
take_ascending(const LoyaltyLimit *limit, int64 wanted)
{
	int64 taken = 0;
	LimitSlot slot;

	do
	{
		int next = 0;

		while (taken < wanted && loyalty_slot_lock_next(limit, next, &slot))
		{
			taken += lower_slot(&slot, wanted - taken);
			next = slot.slot_no + 1;
		}
	} while (taken < wanted && loyalty_slots_sum(limit) > 0);
	return taken;
}

/* Sends one use the way that never waits without need, and many the one that has an order. */
int64
loyalty_limit_take_most(const LoyaltyLimit *limit, int64 uses)
{
	if (uses == 1)
		return take_one(limit) ? 1 : 0;
	return take_ascending(limit, uses);
}

/* Says in a word what is limited. */
static const char *
what_is_limited(LimitKind kind)
{
	switch (kind)
	{
		case LIMIT_TOTAL:
			return "redemptions in total";
		case LIMIT_CODE:
			return "redemptions of one code";
		case LIMIT_ISSUES:
			return "coupons";
		case LIMIT_CUSTOMER:
			return "redemptions of one customer";
		case LIMIT_CUSTOMER_ISSUES:
			return "coupons of one customer";
	}
	return "uses";
}

/* Refuses: what is limited, and how many there may be. */
static bool
refuse(const LoyaltyLimit *limit, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_USE_LIMIT_REACHED, errmsg("the limit is reached"),
				   errdetail("The limit of %s is " INT64_FORMAT ".", what_is_limited(limit->kind),
							 limit->maximum));
}

/* Gives what it took back to the slots that it holds, where there is not enough. */
bool
loyalty_limit_take(LoyaltyCall *call, const LoyaltyLimit *limit, int64 uses, LoyaltyRefusal *refusal)
{
	int64 taken = loyalty_limit_take_most(limit, uses);

	if (taken == uses)
		return true;
	loyalty_limit_give_back(call, limit, taken);
	return refuse(limit, refusal);
}

/* Raises a slot that nobody holds; where all are held, the one of the backend's own place is waited for. */
void
loyalty_limit_give_back(LoyaltyCall *call, const LoyaltyLimit *limit, int64 uses)
{
	LimitSlot *slots;
	LimitSlot slot;

	if (uses == 0)
		return;
	if (!lock_free(limit, false, &slot))
	{
		int count = loyalty_slots_lock(limit, &slots);

		slot = slots[loyalty_slot_place((uint32) MyProcPid, count)];
	}
	slot.remaining += uses;
	loyalty_slots_update(&slot, 1);
}

/* Sees no use that is in flight elsewhere. */
int64
loyalty_limit_left(const LoyaltyLimit *limit)
{
	return loyalty_slots_sum(limit);
}

/* ---- another maximum */

/* Adds up what locked slots have left. */
static int64
sum_of(const LimitSlot *slots, int count)
{
	int64 left = 0;
	int i;

	for (i = 0; i < count; i++)
		left += slots[i].remaining;
	return left;
}

/* Spreads what is left over the slots that are there, which are locked, and as many more as a larger maximum has. */
static void
spread(const LoyaltyLimit *limit, LimitSlot *slots, int there, int64 left)
{
	int count = Max(there, loyalty_slot_count(limit->maximum));
	int64 remaining[LIMIT_MAX_SLOTS];
	int i;

	loyalty_slot_split(left, count, remaining);
	for (i = 0; i < there; i++)
		slots[i].remaining = remaining[i];
	loyalty_slots_update(slots, there);
	add_slots(limit, there, count, remaining);
}

/* Refuses a maximum below what is used, which is told: the caller has asked for exactly that number. */
static void
raise_below_use(int64 used, int64 maximum)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_USE_LIMIT_REACHED), errmsg("more is used than the limit would allow"),
			 errdetail("Used are " INT64_FORMAT ", the limit would be " INT64_FORMAT ".", used, maximum)));
}

/* Locks all slots, so that no use is in flight, and behind them the limit, which is read anew; returns how many slots there are. */
static int
hold(LoyaltyLimit *limit, LimitSlot **slots)
{
	int count = loyalty_slots_lock(limit, slots);

	if (!loyalty_use_limit_lock(limit->org_id, limit->limit_id, limit))
		elog(ERROR, "limit %d does not exist", limit->limit_id);
	return count;
}

/* Writes a limit that was changed; contacts are told of it anew. */
static void
write_changed(LoyaltyLimit *limit)
{
	limit->change_no++;
	limit->notified_at = limit->exhausted_at = DT_NOEND;
	loyalty_use_limit_update(limit);
}

/* Judges by what is left while nobody can take any. */
void
loyalty_limit_change(LoyaltyLimit *limit, int64 maximum, int64 notify_at)
{
	LimitSlot *slots;
	int count = hold(limit, &slots);
	int64 left = sum_of(slots, count);
	int64 used = limit->maximum - left;

	if (!loyalty_slot_change(limit->maximum, maximum, &left))
		raise_below_use(used, maximum);
	limit->maximum = maximum;
	limit->notify_at = notify_at;
	spread(limit, slots, count, left);
	write_changed(limit);
}

/* Keeps the number that was used, so that what is given back later is left again. */
void
loyalty_limit_close(LoyaltyLimit *limit)
{
	LimitSlot *slots;
	int count = hold(limit, &slots);

	limit->maximum -= sum_of(slots, count);
	spread(limit, slots, count, 0);
	write_changed(limit);
}

/* Leaves the maximum, and the slots, as they are. */
void
loyalty_limit_renew(const LoyaltyLimit *limit)
{
	loyalty_use_limit_renew(limit);
}

/* ---- of a customer */

/* Adds up what stands under each id of the group. */
int64
loyalty_limit_used(const LoyaltyLimit *limit, const LoyaltyCustomer *customer)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int64 used = 0;
	int i;

	for (i = 0; i < count; i++)
	{
		int64 own = loyalty_customer_use_read(limit, ids[i]);

		used += Max(own, 0);
	}
	return used;
}

/* Counts under the customer's own id; what those used who were merged into it stands under theirs. */
bool
loyalty_limit_take_own(const LoyaltyLimit *limit, const LoyaltyCustomer *customer, int64 uses,
					   LoyaltyRefusal *refusal)
{
	int64 own;

	if (uses > limit->maximum - loyalty_limit_used(limit, customer))
		return refuse(limit, refusal);
	own = loyalty_customer_use_read(limit, customer->customer_id);
	loyalty_customer_use_write(limit, customer->customer_id, Max(own, 0) + uses, own < 0);
	return true;
}

/* Lowers what stands under the customer's own id first, then what stands under those who were merged into it. */
void
loyalty_limit_give_back_own(const LoyaltyLimit *limit, const LoyaltyCustomer *customer, int64 uses)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count && uses > 0; i++)
	{
		int64 own = loyalty_customer_use_read(limit, ids[i]);
		int64 given = own > 0 ? loyalty_slot_take(own, uses) : 0;

		if (given > 0)
			loyalty_customer_use_write(limit, ids[i], own - given, false);
		uses -= given;
	}
}
