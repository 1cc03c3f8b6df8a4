/*
 * participation.c: judging a posting by the participation of its customer.
 *
 * The regular account says it, so an award or a redemption reads nothing more; what it says counts only where the program
 * asks, as the org's cache tells. Expiries, returns, reversals, conversions, corrections and imports ask nothing: they are
 * about points that there are, or were. The customer is locked by the caller, or nothing will be posted. Nothing is late:
 * participations and their copies change in one transaction, under the same lock.
 */
#include "postgres.h"

#include "common/errors.h"
#include "ledger/posting/participation.h"

/* Searches the accounts that take part, of which there are few. */
Participation
loyalty_posting_participation(const Posting *posting, const LoyaltyProgram *program)
{
	int i;

	if (!program->asks_participation)
		return PARTICIPATION_UNASKED;
	for (i = 0; i < posting->account_count; i++)
	{
		const Account *account = &posting->accounts[i].account;

		if (account->program_id == program->program_id && account->category == CATEGORY_REGULAR)
			return (Participation) account->participation;
	}
	return PARTICIPATION_NONE;
}

/* Names ids and the program's code alone. */
bool
loyalty_refuse_participation(int64 customer_id, const LoyaltyProgram *program, Participation participation,
							 LoyaltyRefusal *refusal)
{
	if (participation == PARTICIPATION_NOT_CONFIRMED)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_PARTICIPATION_NOT_CONFIRMED,
					   errmsg("the participation of customer " INT64_FORMAT
							  " in program \"%s\" is not confirmed",
							  customer_id, program->program),
					   errhint("It becomes active as soon as nothing is missing: "
							   "loyalty.activate_participation() says what is."));
	if (participation == PARTICIPATION_DEACTIVATED)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_PARTICIPATION_DEACTIVATED,
					   errmsg("the participation of customer " INT64_FORMAT
							  " in program \"%s\" is deactivated",
							  customer_id, program->program));
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_NO_PARTICIPANT,
				   errmsg("customer " INT64_FORMAT " takes no part in program \"%s\"", customer_id,
						  program->program),
				   errhint("Enrol the customer with loyalty.enrol_customer()."));
}

/* Lets those pass to whom points come. */
bool
loyalty_posting_judge_accrual(const Posting *posting, const LoyaltyProgram *program, LoyaltyRefusal *refusal)
{
	Participation participation = loyalty_posting_participation(posting, program);

	return loyalty_participation_accrues(participation) ||
		   loyalty_refuse_participation(posting->customer.customer_id, program, participation, refusal);
}

/* Lets those pass who may spend. */
bool
loyalty_posting_judge_spending(const Posting *posting, const LoyaltyProgram *program, LoyaltyRefusal *refusal)
{
	Participation participation = loyalty_posting_participation(posting, program);

	return loyalty_participation_spends(participation) ||
		   loyalty_refuse_participation(posting->customer.customer_id, program, participation, refusal);
}

/* Reads one row by its whole key. */
Participation
loyalty_account_participation(int32 org_id, int64 customer_id, int32 program_id)
{
	PostedAccount *accounts;

	if (loyalty_accounts_of_program(org_id, customer_id, program_id, CATEGORY_REGULAR, &accounts) == 0)
		return PARTICIPATION_NONE;
	return (Participation) accounts[0].account.participation;
}

/* Makes a posting without an event: the account's chain of entries stays as it is. */
void
loyalty_account_set_participation(LoyaltyCall *call, int64 customer_id, const LoyaltyProgram *program,
								  Participation participation)
{
	Posting posting;
	PostedAccount *account;

	loyalty_posting_begin(&posting, call, customer_id);
	loyalty_posting_load(&posting, (AccountChoice){ .program = program });
	account = loyalty_posting_account(&posting, program->program_id, CATEGORY_REGULAR);
	account->account.participation = (char) participation;
	account->changed = true;
	loyalty_posting_end(&posting);
}

/* Translates the two that stop points. */
NoPoints
loyalty_participation_no_points(Participation participation)
{
	if (loyalty_participation_accrues(participation))
		return NO_POINTS_NONE;
	return participation == PARTICIPATION_DEACTIVATED ? NO_POINTS_DEACTIVATED : NO_POINTS_NO_PARTICIPANT;
}

/* Says it in words that a person reads in the history. */
const char *
loyalty_no_points_reason(const char *reason, NoPoints why)
{
	const char *text = why == NO_POINTS_DEACTIVATED ? "no points: the participation is deactivated"
													: "no points: the customer takes no part in the program";

	return reason ? psprintf("%s; %s", reason, text) : text;
}
