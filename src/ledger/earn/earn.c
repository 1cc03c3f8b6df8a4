/*
 * earn.c: awarding points that somebody decided on.
 *
 * Everything is judged before anything is written: what the request says, then what the account and the dates
 * have against it. The accounts of a younger program open, and what is due expires, once nothing refuses the
 * award. So a batch goes on after a refusal without taking anything back, and the order of refusals is one for
 * calls and items.
 *
 * The customer is locked by whoever calls (operation.c or batch.c), and a repeat was answered before. May be
 * late: the event itself; expiries that are due, until this award posts them.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/points.h"
#include "ledger/earn/award.h"
#include "ledger/earn/earn.h"
#include "ledger/posting/event.h"
#include "ledger/posting/participation.h"

static const LoyaltyRequestField earn_fields[] = {
	OPERATION_FIELDS,
	{ "points", offsetof(EarnRequest, points) },
	{ "category", offsetof(EarnRequest, category) },
	{ "event_name", offsetof(EarnRequest, event_name) },
	{ "expires_at", offsetof(EarnRequest, expires_at) },
	{ "redeemable_from", offsetof(EarnRequest, redeemable_from) },
};

const RequestKind loyalty_earn_kind = { "earn_points", lengthof(earn_fields), earn_fields, false };

/*
 * Finds the event by its name; LY415 for a name that is no award's. Registration awards have a type of their
 * own, since programs keep them from being given away.
 */
static bool
read_event(const EarnRequest *request, Award *award, LoyaltyRefusal *refusal)
{
	const char *event_name;

	if (!loyalty_read_text(&request->event_name, "event_name", LOYALTY_MAX_CODE, &event_name, refusal))
		return false;
	award->event_code = loyalty_award_event(event_name);
	if (award->event_code == EVENT_NONE)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_EVENT_NAME_UNKNOWN, errmsg("event name is not an award's"),
					   errhint("Allowed are: %s.", loyalty_award_event_names()));
	award->type = award->event_code == EVENT_REGISTRATION_AWARD ? AWARD_REGISTRATION : AWARD_DIRECT;
	return true;
}

/* Finds the category by its word; LY003 otherwise. */
static bool
read_category(const char *word, Award *award, LoyaltyRefusal *refusal)
{
	award->category = loyalty_word_code("category", word);
	return award->category != 0 ||
		   loyalty_refuse_not_allowed("category", loyalty_code_set_words("category"), refusal);
}

/* Reads the award in the order of refusals. The program comes before the points, which have its decimals. */
static bool
read_award(const Operation *operation, const EarnRequest *request, Award *award, LoyaltyRefusal *refusal)
{
	const char *category;

	award->origin = operation->origin;
	return loyalty_read_text(&request->category, "category", LOYALTY_MAX_CODE, &category, refusal) &&
		   loyalty_operation_program(operation, &award->program, refusal) &&
		   read_category(category, award, refusal) &&
		   loyalty_read_program_points(&request->points, award->program, &award->points, refusal) &&
		   loyalty_read_time_or(&request->expires_at, "expires_at", AT_ONCE, &award->expires_at, refusal) &&
		   loyalty_read_time_or(&request->redeemable_from, "redeemable_from", AT_ONCE,
								&award->redeemable_from, refusal);
}

/*
 * Judges what the accounts and the dates have against the award. Accounts that are not open yet stay so: a
 * refused award leaves none behind.
 */
static bool
judge_posting(Operation *operation, Award *award, LoyaltyRefusal *refusal)
{
	Posting *posting = &operation->posting;

	if (!loyalty_posting_judge_loyalty(posting, refusal))
		return false;
	loyalty_posting_load(posting, (AccountChoice){ .program = award->program,
												   .category = award->category,
												   .opens_none = true });
	return loyalty_operation_time(operation, refusal) && loyalty_award_judge(posting, award, refusal);
}

/* The event's name comes before the status: it says which restriction counts. */
static bool
judge(Operation *operation, Award *award, LoyaltyRefusal *refusal)
{
	const EarnRequest *request = (const EarnRequest *) operation->request;
	StatusVerdict verdict;

	return read_event(request, award, refusal) &&
		   loyalty_status_permits(operation->call, &operation->posting.customer,
								  loyalty_award_guard(award->event_code), &verdict, refusal) &&
		   loyalty_operation_locate(operation, refusal) && read_award(operation, request, award, refusal) &&
		   judge_posting(operation, award, refusal);
}

/*
 * Notes an award that brings nothing, since its customer takes no part in the program: a memo, which leaves the account as
 * it is.
 */
static void
post_nothing(Operation *operation, const Award *award, NoPoints why, PostingResult *result)
{
	Posting *posting = &operation->posting;

	operation->reason = loyalty_no_points_reason(operation->reason, why);
	loyalty_event_begin(posting, award->event_code, posting->event_time, &award->origin);
	loyalty_event_post(posting, loyalty_posting_account(posting, award->program->program_id, award->category),
					   ENTRY_MEMO, HOUSE_ADJUSTED, 0);
	loyalty_event_end(posting);
	result->event_id = posting->event.event_id;
	result->expires_at = NEVER;
}

/*
 * Opening comes after the judgement and before the time is fixed for good: the new accounts take part in it.
 * The second fixing of the time expires what is due.
 */
bool
loyalty_earn(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal)
{
	Posting *posting = &operation->posting;
	Award award = { 0 };
	NoPoints none;

	if (!judge(operation, &award, refusal))
		return false;
	loyalty_operation_open_accounts(operation, award.program, award.category);
	loyalty_posting_at(posting, posting->event_time, AT_EXPIRES);
	none = loyalty_participation_no_points(loyalty_posting_participation(posting, award.program));
	if (none == NO_POINTS_NONE)
		loyalty_award(posting, &award, result);
	else
		post_nothing(operation, &award, none, result);
	loyalty_operation_end(operation, result->event_id);
	result->current_points = loyalty_posting_current_points(posting);
	return true;
}

/*
 * The lot of the earlier event knows the program, and when its points were to expire: both as they were then,
 * whatever was changed since. An award that brought nothing has no lot; its entry knows the program.
 */
void
loyalty_earn_again(const LoyaltyCall *call, const OperationRequest *request, const EarlierEvent *earlier,
				   PostingResult *result)
{
	int32 org_id = call->org->org_id;
	int32 program_id;

	*result = (PostingResult){ .event_id = earlier->event_id, .points = earlier->net_points };
	if (!loyalty_lot_of_event(org_id, earlier->customer_id, earlier->event_id, &program_id,
							  &result->expires_at))
	{
		program_id = loyalty_program_of_event(org_id, earlier->customer_id, earlier->event_id);
		result->expires_at = NEVER;
	}
	result->current_points =
		loyalty_balance_after_event(org_id, earlier->customer_id, program_id, earlier->event_id);
}

/* The event and its lot have one id; an award that brought nothing has no lot. */
void
loyalty_earn_values(const LoyaltyCall *call, const PostingResult *result, Datum *values, bool *nulls)
{
	values[0] = Int64GetDatum(result->event_id);
	values[1] = Int64GetDatum(result->event_id);
	values[2] = loyalty_numeric(result->points);
	values[3] = loyalty_numeric(result->current_points);
	memset(nulls, false, sizeof(bool) * EARN_COLUMNS);
	nulls[1] = result->points == 0;
	loyalty_end_columns(result->expires_at, call->org->zone, &values[4], &nulls[4]);
}
