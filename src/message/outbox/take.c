/*
 * take.c: handing messages out to workers.
 *
 * Rows of the queue are locked in their order and those of others left out, so that workers never wait for each other. Each is
 * judged anew, since consents, statuses and clocks have moved. What may not be sent any more ends here, and others are handed
 * out in its place; a call looks at a bounded number, so that a million messages that came too late keep no worker for long.
 * A lease that ran out makes its message available again, by the time in the row alone. Customers are read without a lock:
 * whoever merges or erases one cancels what is queued, and what is leased has gone out.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "customer/reach.h"
#include "message/outbox/body.h"
#include "message/outbox/judge.h"
#include "message/outbox/settle.h"
#include "message/outbox/take.h"

/* Messages that a call looks at for each that it may hand out, and besides. */
#define LOOKS_EACH 10
#define LOOKS_BESIDES 100

/* Reads where the message goes today, unless its address was given; and keeps it where it is another one. */
static void
find_address(LoyaltyTaken *taken)
{
	const LoyaltyMessage *message = &taken->message;
	const char *kept = taken->body.address;

	if (taken->body.address_given || message->customer_id == 0)
		return;
	taken->body.address = loyalty_reach_address(message->org_id, message->customer_id, message->channel);
	if (taken->body.address != NULL && (kept == NULL || strcmp(kept, taken->body.address) != 0))
		loyalty_body_address(message->org_id, message->customer_id, message->message_id, taken->body.address);
}

/* Judges a message whose text is there; one without was erased with its customer. */
static SendVerdict
judge(LoyaltyCall *call, LoyaltyTaken *taken)
{
	const LoyaltyMessage *message = &taken->message;
	LoyaltyCustomer customer;

	if (!loyalty_body_read(message->org_id, message->customer_id, message->message_id, &taken->body))
		return SEND_STATUS;
	if (message->customer_id == 0)
		return loyalty_message_verdict(call, NULL, message, taken->body.address, true);
	if (!loyalty_customer_read_now(message->org_id, message->customer_id, &customer))
		return SEND_STATUS;
	find_address(taken);
	return loyalty_message_verdict(call, &customer, message, taken->body.address, true);
}

/* Leases a message and hands it out; one whose seal does not open ends. */
static bool
lease(LoyaltyCall *call, const LoyaltyTakeRequest *request, LoyaltyTaken *taken)
{
	LoyaltyMessage *message = &taken->message;
	const char *cause = loyalty_body_open(message, &taken->body);

	if (cause != NULL)
	{
		loyalty_message_end(call, message, &taken->queued, MESSAGE_FAILED, cause);
		return false;
	}
	message->state = MESSAGE_LEASED;
	message->attempts++;
	message->changed_at = call->now;
	taken->queued.lease_no++;
	taken->queued.available_at = request->lease_until;
	loyalty_message_update(message);
	loyalty_queued_update(&taken->queued);
	request->give(taken, request->to);
	return true;
}

/* Has a promotional message wait for the end of quiet hours; false where it is not quiet. */
static bool
waits(const LoyaltyCall *call, LoyaltyTaken *taken)
{
	TimestampTz end =
		taken->message.purpose == PURPOSE_PROMOTIONAL ? loyalty_quiet_end(call->org, call->now) : call->now;

	if (end <= call->now)
		return false;
	taken->queued.available_at = end;
	loyalty_queued_update(&taken->queued);
	return true;
}

/* Looks at a message that is locked in the queue; true where it is handed out. */
static bool
look_at(LoyaltyCall *call, const LoyaltyTakeRequest *request, const LoyaltyQueued *queued)
{
	LoyaltyTaken taken = { .queued = *queued };
	MessageTaking taking = { .now = call->now, .verdict = SEND_ALLOWED };
	MessageState state;

	if (!loyalty_message_lock(queued->org_id, queued->customer_id, queued->message_id, &taken.message))
		elog(ERROR, "a message in the queue does not exist");
	taking.valid_until = taken.message.valid_until;
	taking.attempts = taken.message.attempts;
	taking.max_attempts = (int) call->org->config_number[CONFIG_MESSAGE_MAX_ATTEMPTS];
	if (loyalty_message_taken(&taking) == MESSAGE_LEASED)
	{
		if (waits(call, &taken))
			return false;
		taking.verdict = judge(call, &taken);
	}
	state = loyalty_message_taken(&taking);
	if (state == MESSAGE_LEASED)
		return lease(call, request, &taken);
	loyalty_message_end(call, &taken.message, &taken.queued, state, loyalty_send_cause(taking.verdict));
	return false;
}

/*
 * Goes through the priorities, and in each as long as it gets all that it asks for: what was looked at is not available any more,
 * and fewer are the last ones.
 */
void
loyalty_messages_take(LoyaltyCall *call, const LoyaltyTakeRequest *request)
{
	int looks = request->quantity * LOOKS_EACH + LOOKS_BESIDES;
	int wanted = request->quantity;
	int priority;

	for (priority = 0; priority < PRIORITY_COUNT; priority++)
	{
		bool is_more = true;

		while (wanted > 0 && looks > 0 && is_more)
		{
			int limit = Min(wanted, looks);
			LoyaltyQueued *queued;
			int count = loyalty_queued_available(call->org->org_id, request->channel, priority, call->now,
												 limit, &queued);
			int i;

			is_more = count == limit;
			looks -= count;
			for (i = 0; i < count; i++)
				wanted -= look_at(call, request, &queued[i]);
		}
	}
}

/* Leaves out what a worker is looking at this moment. */
int
loyalty_messages_finish(LoyaltyCall *call, TimestampTz as_of, int limit)
{
	LoyaltyQueued *queued;
	int count = loyalty_queued_over(call->org->org_id, as_of, limit, &queued);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyMessage message = { 0 };

		if (!loyalty_message_lock(queued[i].org_id, queued[i].customer_id, queued[i].message_id, &message))
			elog(ERROR, "a message in the queue does not exist");
		loyalty_message_end(call, &message, &queued[i], MESSAGE_EXPIRED, NULL);
	}
	return count;
}
