/*
 * posting.c: the frame of every writing call of the ledger: begin, load, time, events, end. The rules decide,
 * the stores write; here is the order.
 *
 *   begin   locks the customer's row, and with it all that is the customer's: accounts, lots, the chain of hashes.
 *   load    reads the accounts that take part (accounts.c). Rows that were read before the lock do not count.
 *   at      fixes the time: an event that comes late takes effect with the last entry that is there already, since
 *           entries are never put between others, and one of a clock that goes fast when it is recorded; what is due
 *           by then is expired first (due.c).
 *   event   is built and written (event.c), one or several.
 *   end     writes the accounts as the events left them.
 *
 * A posting about two customers is two postings that take effect at one time; their locks were taken in
 * ascending order of the ids. The time of an event may be late, by any span. The time of recording never is:
 * it is the clock's, or that of the account's last entry where the clock went back; nothing takes effect after it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "common/errors.h"
#include "customer/member.h"
#include "ledger/posting/due.h"
#include "ledger/posting/kept_accounts.h"
#include "ledger/posting/posting.h"
#include "ledger/posting/promised.h"
#include "ledger/tables/day_store.h"

/*
 * Locks first and reads afterwards, each by a statement of its own: what another call committed while this one
 * waited is seen. That holds of the org and of the first open day, too. A transaction with one snapshot cannot
 * see it; there the lock on the accounts fails with a serialization failure if somebody has changed them,
 * before old balances are judged.
 */
void
loyalty_posting_begin(Posting *posting, LoyaltyCall *call, int64 customer_id)
{
	memset(posting, 0, sizeof(Posting));
	posting->call = call;
	if (!loyalty_customer_lock(call->org->org_id, customer_id, &posting->customer))
		loyalty_raise_customer_unknown(customer_id);
	/* Programs that were made while the call waited have accounts of the customer by now. */
	call->org = loyalty_call_org_now(call);
	posting->first_open_day = loyalty_first_open_day(call->org->org_id);
	if (IsolationUsesXactSnapshot())
		loyalty_accounts_lock(call->org->org_id, customer_id);
}

/*
 * A time that nobody gave decides for the call, so it is not refused: where the clock stands behind what the call
 * refers to (the clock of the till that wrote it goes fast, or ours was set back), it is the time of that.
 */
TimestampTz
loyalty_usual_event_time(const LoyaltyCall *call, TimestampTz refers_to)
{
	return Max(call->now, refers_to);
}

/* Returns by how much the clock of a till may differ from ours, in microseconds. */
TimestampTz
loyalty_time_tolerance(const LoyaltyCall *call)
{
	return call->org->config_number[CONFIG_EVENT_TIME_TOLERANCE] * USECS_PER_SEC;
}

/*
 * Tills have clocks of their own, so an event may lie in the future by the tolerance that the org has configured. The
 * registration has none, but for bills, which may be rung up before the customer is registered at the same till.
 */
bool
loyalty_judge_event_time(const LoyaltyCall *call, TimestampTz event_time, TimestampTz registered_on,
						 LoyaltyRefusal *refusal)
{
	int64 tolerance = loyalty_time_tolerance(call);

	if (event_time > call->now + tolerance)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TIME_IN_FUTURE, errmsg("the event lies in the future"),
					   errdetail("It is at %s, the clock at %s, with a tolerance of " INT64_FORMAT
								 " seconds.",
								 pstrdup(timestamptz_to_str(event_time)),
								 pstrdup(timestamptz_to_str(call->now)), tolerance / USECS_PER_SEC));
	if (event_time < registered_on)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_BEFORE_REGISTRATION,
					   errmsg("the event is older than the customer's registration"),
					   errdetail("It is at %s, the registration at %s.",
								 pstrdup(timestamptz_to_str(event_time)),
								 pstrdup(timestamptz_to_str(registered_on))));
	return true;
}

/*
 * Fixes the event's time, and what the clock and the accounts that take part make of it. Neither effective nor
 * recorded times run backwards within an account, or balances as of a time would change after they were told; and
 * nothing takes effect after it is recorded, or a till whose clock goes fast would let points expire for all others.
 */
static void
fix_time(Posting *posting, TimestampTz event_time)
{
	TimestampTz last = AT_ONCE;
	int i;

	posting->event_time = event_time;
	posting->recorded_at = posting->call->now;
	for (i = 0; i < posting->account_count; i++)
	{
		const Account *account = &posting->accounts[i].account;

		last = Max(last, account->last_effective_at);
		posting->recorded_at = Max(posting->recorded_at, account->last_recorded_at);
	}
	posting->effective_at = Max(last, Min(event_time, posting->recorded_at));
}

/*
 * Converts promised points that have come, then expires what is due by the effective time: accounts are as they were
 * read, and nothing is posted yet. Points of a late event may be due on arrival: for their expiry an
 * id is drawn now, before the event's own. It is left unused where nothing comes of it.
 */
static void
expire(Posting *posting)
{
	loyalty_posting_convert_due(posting);
	(void) loyalty_posting_expire_due(posting);
	if (posting->event_time < posting->effective_at)
		loyalty_posting_reserve_expiry(posting);
}

/*
 * Fixes the time before anything expires: what is due is asked as of the effective time, which the accounts
 * may lift above the event's.
 */
void
loyalty_posting_at(Posting *posting, TimestampTz event_time, TimeStep step)
{
	fix_time(posting, event_time);
	if (step == AT_EXPIRES)
		expire(posting);
}

/*
 * Both times are fixed before either side expires anything, since the common effective time may be later than
 * a side's own and make more points due. The time of recording is common, too: no side takes effect after it.
 */
void
loyalty_postings_expire_at(Posting *one, Posting *other, TimestampTz event_time)
{
	fix_time(one, event_time);
	fix_time(other, event_time);
	one->effective_at = other->effective_at = Max(one->effective_at, other->effective_at);
	one->recorded_at = other->recorded_at = Max(one->recorded_at, other->recorded_at);
	expire(one);
	expire(other);
}

/*
 * Writes each changed account once, however many events there were. In a batch the accounts go to the
 * customer's kept ones, and their rows are written once, when all items are posted.
 */
void
loyalty_posting_end(Posting *posting)
{
	int i;

	if (posting->kept != NULL)
	{
		loyalty_kept_accounts_put(posting->kept, posting->accounts, posting->account_count);
		return;
	}
	for (i = 0; i < posting->account_count; i++)
		if (posting->accounts[i].changed)
			loyalty_account_update(posting->call->org->org_id, posting->customer.customer_id,
								   &posting->accounts[i]);
}
