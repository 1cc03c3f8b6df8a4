/*
 * posting.c: the frame of every writing call of the ledger: begin, load, time, events, end. The rules decide,
 * the stores write; here is the order.
 *
 *   begin   locks the customer's row, and with it all that is the customer's: accounts, lots, the chain of hashes.
 *   load    reads the accounts that take part (accounts.c). Rows that were read before the lock do not count.
 *   at      fixes the time: an event that comes late takes effect with the last entry that is there already, since
 *           entries are never put between others; what is due by then is expired first (due.c).
 *   event   is built and written (event.c), one or several.
 *   end     writes the accounts as the events left them.
 *
 * A posting about two customers is two postings that take effect at one time; their locks were taken in
 * ascending order of the ids. The time of an event may be late, by any span. The time of recording never is:
 * it is the clock's, or that of the account's last entry where the clock went back.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "customer/member.h"
#include "ledger/posting/due.h"
#include "ledger/posting/kept_accounts.h"
#include "ledger/posting/posting.h"
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
	posting->key_id = loyalty_key_in_use();
	if (!loyalty_customer_lock(call->org->org_id, customer_id, &posting->customer))
		loyalty_raise_customer_unknown(customer_id);
	/* Programs that were made while the call waited have accounts of the customer by now. */
	call->org = loyalty_call_org_now(call);
	posting->first_open_day = loyalty_first_open_day(call->org->org_id);
	if (IsolationUsesXactSnapshot())
		loyalty_accounts_lock(call->org->org_id, customer_id);
}

/*
 * Tills have clocks of their own, so an event may lie in the future by the tolerance that the org has
 * configured. The registration has none: points cannot be older than their accounts.
 */
bool
loyalty_judge_event_time(const LoyaltyCall *call, TimestampTz event_time, TimestampTz registered_on,
						 LoyaltyRefusal *refusal)
{
	int64 tolerance = call->org->config_number[CONFIG_EVENT_TIME_TOLERANCE];

	if (event_time > call->now + tolerance * USECS_PER_SEC)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TIME_IN_FUTURE, errmsg("the event lies in the future"),
					   errdetail("It is at %s, the clock at %s, with a tolerance of " INT64_FORMAT
								 " seconds.",
								 pstrdup(timestamptz_to_str(event_time)),
								 pstrdup(timestamptz_to_str(call->now)), tolerance));
	if (event_time < registered_on)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_BEFORE_REGISTRATION,
					   errmsg("the event is older than the customer's registration"),
					   errdetail("It is at %s, the registration at %s.",
								 pstrdup(timestamptz_to_str(event_time)),
								 pstrdup(timestamptz_to_str(registered_on))));
	return true;
}

/*
 * Judges the event's time as the steps ask, and raises. Those who keep refusals judge it before, and ask for
 * no such step.
 */
static void
judge_time(const Posting *posting, TimestampTz event_time, int steps)
{
	if (steps & AT_JUDGED)
		(void) loyalty_judge_event_time(posting->call, event_time, posting->customer.registered_on,
										LOYALTY_RAISES);
	else if (steps & AT_ANY_AGE)
		(void) loyalty_judge_event_time(posting->call, event_time, AT_ONCE, LOYALTY_RAISES);
}

/*
 * Fixes the event's time, and what the accounts that take part make of it: neither effective nor recorded
 * times run backwards within an account, or balances as of a time would change after they were told.
 */
static void
fix_time(Posting *posting, TimestampTz event_time)
{
	int i;

	posting->event_time = posting->effective_at = event_time;
	posting->recorded_at = posting->call->now;
	for (i = 0; i < posting->account_count; i++)
	{
		const Account *account = &posting->accounts[i].account;

		posting->effective_at = Max(posting->effective_at, account->last_effective_at);
		posting->recorded_at = Max(posting->recorded_at, account->last_recorded_at);
	}
}

/*
 * Expires what is due by the effective time. Points of a late event may be due on arrival: for their expiry an
 * id is drawn now, before the event's own. It is left unused where nothing comes of it.
 */
static void
expire(Posting *posting, int steps)
{
	if (!(steps & AT_EXPIRES))
		return;
	(void) loyalty_posting_expire_due(posting);
	if (posting->event_time < posting->effective_at)
		loyalty_posting_reserve_expiry(posting);
}

/*
 * Fixes the time before anything expires: what is due is asked as of the effective time, which the accounts
 * may lift above the event's.
 */
void
loyalty_posting_at(Posting *posting, TimestampTz event_time, int steps)
{
	judge_time(posting, event_time, steps);
	fix_time(posting, event_time);
	expire(posting, steps);
}

/*
 * Both times are fixed before either side expires anything, since the common effective time may be later than
 * a side's own and make more points due. Two judgements come first, so that a refusal has written nothing.
 */
void
loyalty_postings_at(Posting *one, Posting *other, TimestampTz event_time, int steps)
{
	judge_time(one, event_time, steps);
	judge_time(other, event_time, steps);
	fix_time(one, event_time);
	fix_time(other, event_time);
	one->effective_at = other->effective_at = Max(one->effective_at, other->effective_at);
	expire(one, steps);
	expire(other, steps);
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
