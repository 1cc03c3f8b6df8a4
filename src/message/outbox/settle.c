/*
 * settle.c: how messages end, or come back to the queue.
 *
 * Whoever changes a message locks its row of the queue first, so that a taker, a worker that acknowledges, a cancellation and a
 * merge come one after the other; the row of the message is locked behind it, since reports of providers write there, too.
 * Which lease a worker has is told by its number and not by the clock: one that ran out still acknowledges, unless somebody
 * else took the message meanwhile.
 */
#include "postgres.h"

#include "common/errors.h"
#include "message/outbox/body_store.h"
#include "message/outbox/outbox.h"
#include "message/outbox/outbox_hooks.h"
#include "message/outbox/settle.h"

/* Hooks of those above; loyalty.c fills them. */
LoyaltyOutboxHooks loyalty_outbox_hooks;

/* Tells whether a code went to an address of somebody who is not registered. */
static bool
is_code_of_nobody(const LoyaltyMessage *message)
{
	return message->purpose == PURPOSE_CODE && message->customer_id == 0;
}

/*
 * A cause of somebody else stays where none is given: why the last attempt failed. Texts that must not outlive their sending go
 * with it: what is sealed of a code; and all that a message says to whom no later deletion would find: about the deletion of its
 * customer, who is nobody any more, or with a code for somebody who is nobody yet.
 */
void
loyalty_message_end(const LoyaltyCall *call, LoyaltyMessage *message, const LoyaltyQueued *queued,
					MessageState state, const char *cause)
{
	message->state = state;
	message->changed_at = call->now;
	if (cause != NULL || state == MESSAGE_SENT)
		message->cause = cause;
	loyalty_message_update(message);
	loyalty_queued_delete(queued);
	if (message->purpose == PURPOSE_CODE)
		loyalty_body_wipe(message->org_id, message->customer_id, message->message_id);
	if (message->about_deletion || is_code_of_nobody(message))
		loyalty_body_delete(message->org_id, message->customer_id, message->message_id);
}

/* Locks both rows of a message; false where it is in the queue no more. LYM02 where it does not exist. */
static bool
lock_both(const LoyaltyCall *call, int64 customer_id, int64 message_id, LoyaltyMessage *message,
		  LoyaltyQueued *queued)
{
	int32 org_id = call->org->org_id;
	bool is_open = loyalty_queued_lock(org_id, customer_id, message_id, queued);

	if (!loyalty_message_lock(org_id, customer_id, message_id, message))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_MESSAGE_UNKNOWN),
				 errmsg("message " INT64_FORMAT " of customer " INT64_FORMAT " does not exist in this org",
						message_id, customer_id)));
	return is_open;
}

/* Has a message wait for its next attempt. */
static void
retry_later(const LoyaltyCall *call, LoyaltyMessage *message, LoyaltyQueued *queued, const char *cause)
{
	message->state = MESSAGE_QUEUED;
	message->changed_at = call->now;
	message->cause = cause;
	queued->available_at = call->now + loyalty_message_backoff(message->attempts) * USECS_PER_SEC;
	loyalty_message_update(message);
	loyalty_queued_update(queued);
}

/* Keeps a provider's error where it is a code: a text could name somebody. */
static const char *
cause_of(const LoyaltyAcknowledgement *told)
{
	if (told->error_code == NULL)
		return told->outcome == OUTCOME_FAILED ? "failed" : NULL;
	return loyalty_error_is_code(told->error_code) ? told->error_code : "error";
}

/* Tells those above of the id of the provider behind the end of the message, in the same transaction. */
MessageState
loyalty_message_acknowledge(LoyaltyCall *call, const LoyaltyAcknowledgement *told)
{
	LoyaltyMessage message = { 0 };
	LoyaltyQueued queued = { 0 };
	MessageState state;

	if (!lock_both(call, told->customer_id, told->message_id, &message, &queued))
		return MESSAGE_UNCHANGED;
	state = loyalty_message_acknowledged(message.state, queued.lease_no == told->lease_no, told->outcome,
										 message.attempts,
										 (int) call->org->config_number[CONFIG_MESSAGE_MAX_ATTEMPTS]);
	if (state == MESSAGE_UNCHANGED)
		return state;
	if (state == MESSAGE_QUEUED)
		retry_later(call, &message, &queued, cause_of(told));
	else
		loyalty_message_end(call, &message, &queued, state, state == MESSAGE_SENT ? NULL : cause_of(told));
	if (told->provider_message_id != NULL)
		loyalty_outbox_hooks.acknowledged(call, told->customer_id, told->message_id, message.bsp_account_id,
										  told->provider_message_id);
	return state;
}

/* Moves the time at which the message is available to others. */
bool
loyalty_lease_extend(LoyaltyCall *call, int64 customer_id, int64 message_id, int32 lease_no,
					 TimestampTz until)
{
	LoyaltyMessage message = { 0 };
	LoyaltyQueued queued = { 0 };

	if (!lock_both(call, customer_id, message_id, &message, &queued) || message.state != MESSAGE_LEASED ||
		queued.lease_no != lease_no)
		return false;
	queued.available_at = until;
	loyalty_queued_update(&queued);
	return true;
}

/* Cancels what is queued and not what is leased: a worker may have sent that already. */
bool
loyalty_message_cancel_for(LoyaltyCall *call, int64 customer_id, int64 message_id, const char *cause,
						   const char *reason)
{
	LoyaltyMessage message = { 0 };
	LoyaltyQueued queued = { 0 };

	if (!lock_both(call, customer_id, message_id, &message, &queued) || message.state != MESSAGE_QUEUED)
		return false;
	message.reason = reason;
	loyalty_message_end(call, &message, &queued, MESSAGE_CANCELED, cause);
	return true;
}

/* Cancels without a reason of a person. */
bool
loyalty_message_cancel(LoyaltyCall *call, int64 customer_id, int64 message_id, const char *cause)
{
	return loyalty_message_cancel_for(call, customer_id, message_id, cause, NULL);
}

/* Goes from message to message, ascending: those that workers have locked are waited for. */
int64
loyalty_messages_cancel_all(LoyaltyCall *call, int64 customer_id, const char *cause)
{
	int64 *message_ids;
	int count = loyalty_queued_of_customer(call->org->org_id, customer_id, &message_ids);
	int64 canceled = 0;
	int i;

	for (i = 0; i < count; i++)
		canceled += loyalty_message_cancel(call, customer_id, message_ids[i], cause);
	return canceled;
}
