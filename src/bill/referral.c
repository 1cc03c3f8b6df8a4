/*
 * referral.c: taking referral awards back.
 */
#include "postgres.h"

#include "bill/claw_back.h"
#include "bill/referral.h"
#include "ledger/posting/event.h"

static void
lock_referrer(Operation *operation, ReferralReturn *back, int64 customer_id)
{
	loyalty_posting_begin(&back->referrer, operation->call, customer_id);
	back->locked_id = customer_id;
}

/* What is read here is not locked: the referral is looked for again once it is. */
void
loyalty_referral_lock_before(Operation *operation, const char *number, const char *till, ReferralReturn *back)
{
	const LoyaltyOrg *org = operation->call->org;
	const LoyaltyTill *at = till ? loyalty_org_find_till(org, till) : NULL;
	LoyaltyCustomer referee;
	int64 referrer_id;

	memset(back, 0, sizeof(ReferralReturn));
	if (number == NULL || (till && !at) ||
		!loyalty_customer_read(org->org_id,
							   loyalty_operation_followed(operation, operation->subject.customer_id),
							   &referee))
		return;
	referrer_id =
		loyalty_referrer_of_number(org->org_id, &referee, number, till == NULL, at ? at->till_id : 0);
	if (referrer_id != 0 && loyalty_operation_lock_lower(operation, &back->referrer, referrer_id))
		back->locked_id = referrer_id;
}

/* The one who has the referrer's points today. */
static int64
root_of(const Operation *operation, int64 customer_id)
{
	LoyaltyCustomer customer;

	if (!loyalty_customer_read(operation->call->org->org_id, customer_id, &customer))
		elog(ERROR, "the referrer " INT64_FORMAT " does not exist", customer_id);
	return customer.merged_into != 0 ? customer.merged_into : customer_id;
}

static void
raise_moved(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("the referral of the bill changed while its return waited"), errhint("Try again.")));
}

void
loyalty_referral_find(Operation *operation, int64 transaction_id, ReferralReturn *back)
{
	const LoyaltyCustomer *referee = &operation->posting.customer;
	int64 referrer_id;

	back->found =
		loyalty_referral_of_bill(operation->call->org->org_id, referee, transaction_id, &back->referral);
	if (!back->found)
		return;
	referrer_id = root_of(operation, back->referral.referrer_id);
	/* Somebody who was merged with the referee meanwhile is locked already, and has one posting. */
	if (referrer_id == referee->customer_id)
		back->locked_id = 0;
	if (referrer_id == referee->customer_id || referrer_id == back->locked_id)
		return;
	if (referrer_id < referee->customer_id)
		raise_moved();
	lock_referrer(operation, back, referrer_id);
	if (back->referrer.customer.merged_into != 0)
		raise_moved();
}

static const LoyaltyProgram *
program_of(const Operation *operation, const ReferralReturn *back)
{
	return loyalty_org_program_by_id(operation->call->org, back->referral.program_id);
}

void
loyalty_referral_involve(Operation *operation, ReferralReturn *back)
{
	if (!back->found)
		return;
	loyalty_posting_load(&operation->posting,
						 (AccountChoice){ .program = program_of(operation, back), .keeps_others = true });
	if (back->locked_id != 0)
		loyalty_posting_load(&back->referrer, (AccountChoice){ .program = program_of(operation, back) });
}

/* One award, whatever became of its points. An event that finds nothing to take is not written. */
static void
take_back(Posting *posting, const LoyaltyProgram *program, int64 awarded_to, int64 event_id,
		  const ReferralReturn *back, const Event *origin)
{
	PostedAccount *account = loyalty_posting_account(posting, program->program_id, CATEGORY_REGULAR);
	Event event = *origin;
	ReturnedLot *lots;
	ReturnedLot **concerned;
	int count =
		loyalty_award_lots(posting->call->org->org_id, &posting->customer, awarded_to, event_id, &lots);
	int i;

	if (count == 0)
		elog(ERROR, "event " INT64_FORMAT " has no lot", event_id);
	concerned = palloc(sizeof(ReturnedLot *) * count);
	for (i = 0; i < count; i++)
		concerned[i] = &lots[i];
	loyalty_return_fates(lots, count, lots[0].lot.points, 0);
	event.has_key = false;
	event.event_id = 0;
	event.reverses_event_id = event_id;
	event.pair_id = back->referral.referral_id;
	event.transaction_id = back->referral.transaction_id;
	loyalty_event_begin(posting, EVENT_REFERRAL_RETURN, posting->event_time, &event);
	loyalty_claw_back(posting, account, concerned, count, program->rules.allow_negative_on_return);
	if (posting->entries.n > 0)
		loyalty_event_end(posting);
}

void
loyalty_referral_take_back(Operation *operation, ReferralReturn *back, const Event *origin)
{
	const Referral *referral = &back->referral;
	Posting *referrer = back->locked_id != 0 ? &back->referrer : &operation->posting;
	const LoyaltyProgram *program;

	if (!back->found)
		return;
	program = program_of(operation, back);
	take_back(&operation->posting, program, referral->referee_id, referral->referral_id, back, origin);
	/* A referrer who was deleted for good has no points, and nobody could ever clear its arrears. */
	if (referrer->customer.erased)
		return;
	if (back->locked_id != 0)
		loyalty_posting_at(referrer, operation->posting.event_time, AT_ANY_AGE | AT_EXPIRES);
	take_back(referrer, program, referral->referrer_id, referral->referrer_event_id, back, origin);
	if (back->locked_id != 0)
		loyalty_posting_end(referrer);
}
