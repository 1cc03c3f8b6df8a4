/*
 * event_rules.c: names of events, and the way of a head: events of a customer are told one after the other, each until it is
 * delivered or dead.
 *
 * A head stands at the event that is told next, and everything in front of it is settled. It is pushed forward by one step
 * at a time: by an acknowledgement, or by a taking that finds its attempts used up. Three things follow, which the tests hold:
 *
 * - There is at most one event of a customer under way to a subscriber, so that an order can be promised at all.
 * - Numbers of leases only grow, also where a lease ends. A worker whose number is not the head's has lost, however late or
 *   early it comes, and no clock decides between two workers.
 * - Whatever was added is passed in the end. An event that nobody can deliver costs its attempts and the waits between
 *   them, and never holds up for good those behind it.
 */
#include "common/word_rules.h"
#include "event/event_rules.h"

#define SECOND INT64_C(1000000)
#define FIRST_WAIT (30 * SECOND)
#define LONGEST_WAIT (3600 * SECOND)

/* Names: those of the ledger's events but for openings, which move nothing, then all others. */
/* clang-format off */
#define EVENT_NAMES(X) \
	X(bulk_award) X(customer_deletion) X(expiry_change) X(expiry_import) X(generic_event) X(goodwill) \
	X(manual_adjustment) X(points_award) X(points_expiry) X(points_import) X(points_ledger_bulk_job) \
	X(points_merge) X(points_redemption) X(points_redemption_reversal) X(points_transfer_in) \
	X(points_transfer_out) X(promised_points_conversion) X(redemption_import) X(referral_referee_award) \
	X(referral_referrer_award) X(referral_return) X(registration_award) X(target_completed) \
	X(transaction_add) X(transaction_return) X(trigger_based_points_conversion) \
	X(card_change) X(customer_deleted) X(customer_merge) X(customer_registration) X(customer_status_change) \
	X(customer_update) X(message_received) X(participation_change) X(request_change) \
	X(coupon_issued) X(coupon_redeemed) X(coupon_reversed) X(coupon_revoked) X(voucher_issued) X(voucher_redeemed) \
	X(voucher_reversed)
/* clang-format on */

static const char *const names[] = {
#define AS_TEXT(name) #name,
	EVENT_NAMES(AS_TEXT)
};

/* Compares as words are compared everywhere. */
const char *
loyalty_event_name_find(const char *given)
{
	int place = loyalty_word_place(given, names, (int) (sizeof(names) / sizeof(names[0])));

	return place < 0 ? 0 : names[place];
}

/* Joins the names as the compiler reads them. */
const char *
loyalty_event_name_list(void)
{
#define IN_LIST(name) " " #name
	return &(EVENT_NAMES(IN_LIST))[1];
}

/* An event that finds none waiting can be taken at once; one behind others waits for them, whatever their time is. */
int32_t
loyalty_event_head_add(EventHead *head, int64_t now)
{
	head->last_no++;
	if (!head->is_waiting)
	{
		head->is_waiting = true;
		head->next_no = head->last_no;
		head->attempts = 0;
		head->available_at = now;
	}
	return head->last_no;
}

/* Leaves the next one behind. */
static void
pass(EventHead *head, int64_t now)
{
	head->attempts = 0;
	head->is_waiting = head->next_no < head->last_no;
	head->next_no++;
	head->available_at = now;
}

/* Counts the attempt before anything is tried, so that an event which ends its worker is dead in the end. */
bool
loyalty_event_head_take(EventHead *head, int32_t max_attempts, int64_t now, int64_t lease)
{
	head->lease_no++;
	if (head->attempts >= max_attempts)
	{
		head->dead++;
		pass(head, now);
		return false;
	}
	head->attempts++;
	head->available_at = now + lease;
	return true;
}

/* Waits twice as long after each attempt, at most an hour. */
static int64_t
wait_after(int32_t attempts)
{
	int64_t wait = FIRST_WAIT;

	while (--attempts > 0 && wait < LONGEST_WAIT)
		wait *= 2;
	return wait < LONGEST_WAIT ? wait : LONGEST_WAIT;
}

/* Asks no clock: a lease that ran out is still the worker's as long as nobody came. */
bool
loyalty_event_head_is_leased(const EventHead *head, int32_t lease_no)
{
	return head->is_waiting && head->attempts > 0 && head->lease_no == lease_no;
}

/* A lease that ended has no number any more: a second acknowledgement of it finds another one. */
char
loyalty_event_head_end(EventHead *head, EventOutcome outcome, int32_t max_attempts, int64_t now)
{
	head->lease_no++;
	if (outcome == EVENT_OUTCOME_RETRY && head->attempts < max_attempts)
	{
		head->available_at = now + wait_after(head->attempts);
		return EVENT_WAITS;
	}
	pass(head, now);
	if (outcome == EVENT_OUTCOME_DELIVERED)
		return EVENT_DELIVERED;
	head->dead++;
	return EVENT_DEAD;
}
