/*
 * request_effect.c: what an approval does: that which the direct call would have done, by the same functions.
 *
 * The customers are locked, the configuration is held, and everything that the request relied on was judged in this transaction.
 * The switches that keep staff from changing identifiers are not asked: the approval is the permission. Postings go under the
 * key of the request, so that nothing is posted twice. What a function of a direct call refuses ends the approval, and the
 * request stays as it was. Nothing else is late than the request itself: what is done happens now.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "customer/change_hooks.h"
#include "customer/identifier_change.h"
#include "customer/mobile_store.h"
#include "customer/verified.h"
#include "request/request_postings.h"
#include "request/request_reading.h"

/* Returns the reason that histories get: the request's, or that there was one. */
static const char *
reason_of(const RequestWork *work)
{
	return work->content.reason ? work->content.reason : "change request";
}

/* Tells of a change as the direct call does at its begin and at its end. */
static void
tell(LoyaltyMember *member, const char *operation)
{
	loyalty_member_tell(member, operation);
	loyalty_change_hooks.customer_changed(&member->call, member->customer.customer_id);
}

/*
 * Gives a customer, who is locked, an identifier. The request has asked for its proofs as it was made, and an address that was proved
 * then is marked with that time.
 */
static void
give(RequestWork *work, LoyaltyMember *member, IdentifierType type, const char *value, bool is_address_proved)
{
	LoyaltyChange change = { .reason = reason_of(work), .is_permitted = true };

	loyalty_change_read(member, type, value, "request_type", "new_value", &change);
	member->is_proved = true;
	loyalty_change_make(member, &change);
	if (is_address_proved)
		loyalty_address_verified(&member->call, member->customer.customer_id,
								 loyalty_identifier_type_names[type], change.value,
								 work->request.requested_at);
	tell(member, "change_identifier");
}

/*
 * Takes the number from the customer, whole: identifier, profiles, channels, and what the do-not-call register says, which was
 * about who had it. Then both get what they are to have.
 */
static void
reallocate(RequestWork *work)
{
	LoyaltyRelease release = loyalty_request_release(work);
	LoyaltyMember target = loyalty_request_target(work);

	loyalty_request_number_free(work);
	if (!loyalty_release_find(&release))
		elog(ERROR, "the number of request " INT64_FORMAT " is gone", work->request.request_id);
	loyalty_release_make(&release, reason_of(work));
	loyalty_mobile_forget(&work->member, work->content.old_value);
	if (work->content.new_value != NULL)
		give(work, &work->member, IDENTIFIER_MOBILE, work->content.new_value, work->request.is_new_proved);
	else
		tell(&work->member, "change_identifier");
	if (work->request.target_id != 0)
		give(work, &target, IDENTIFIER_MOBILE, work->content.old_value, work->request.is_old_proved);
}

/* Carries out what was decided among the facts. The record of the merge has the key of the request. */
static int64
merge(RequestWork *work)
{
	MergeRecord record = {
		.origin = MERGE_BY_REQUEST,
		.has_key = true,
		.warnings = work->warnings,
		.reason = reason_of(work),
		.actor = work->member.call.actor,
	};

	loyalty_idempotency_digest(psprintf("request:" INT64_FORMAT, work->request.request_id),
							   &record.idempotency_digest);
	loyalty_merge_complete(&work->merge, &record);
	return record.merge_id;
}

/* Writes the fields. */
static void
edit(RequestWork *work)
{
	LoyaltyCustomerUpdate update;

	loyalty_request_read_update(work->content.payload, &update);
	loyalty_customer_update(&work->member, &update);
	tell(&work->member, "update_customer");
}

/*
 * Does what the type says. Everything that could be refused by what changed since the asking was judged a moment ago, under the
 * same locks; what is refused here is what only the direct call knows, as a limit of an account.
 */
int64
loyalty_request_effect(RequestWork *work)
{
	switch (work->request.type)
	{
		case REQUEST_MOBILE:
		case REQUEST_EMAIL:
		case REQUEST_EXTERNAL_ID:
			give(work, &work->member, loyalty_request_identifier(work->request.type), work->content.new_value,
				 work->request.is_new_proved);
			return 0;
		case REQUEST_MOBILE_REALLOCATION:
			reallocate(work);
			return 0;
		case REQUEST_ACCOUNT_MERGE:
			return merge(work);
		case REQUEST_EDIT_PROFILE:
			edit(work);
			return 0;
		case REQUEST_GOODWILL_POINTS:
			return loyalty_request_post_goodwill(work);
		case REQUEST_RETRO_TRANSACTION:
			return loyalty_request_post_bill(work);
		default:
			elog(ERROR, "requests of type \"%s\" do nothing", loyalty_request_type_name(work->request.type));
	}
}
