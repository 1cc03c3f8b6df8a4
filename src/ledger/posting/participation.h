/*
 * participation.h: what the participation of a customer in a program lets happen to its points. Who takes part, and why, is
 * known above (participation/); here stands the copy that the regular account has, which every posting reads anyway.
 */
#ifndef LOYALTY_POSTING_PARTICIPATION_H
#define LOYALTY_POSTING_PARTICIPATION_H

#include "common/refusal.h"
#include "ledger/posting/posting.h"

/*
 * Returns the participation in a program, by the accounts that take part in the posting: UNASKED where the program does not
 * ask, NONE where it does and the customer has no account there yet.
 */
extern Participation loyalty_posting_participation(const Posting *posting, const LoyaltyProgram *program);

/* Refuses points that come (LY801, LY804), or go (LY803 as well), by the participation in a program. */
extern bool loyalty_posting_judge_accrual(const Posting *posting, const LoyaltyProgram *program,
										  LoyaltyRefusal *refusal);
extern bool loyalty_posting_judge_spending(const Posting *posting, const LoyaltyProgram *program,
										   LoyaltyRefusal *refusal);

/* Refuses by a participation that was found to be in the way. */
extern bool loyalty_refuse_participation(int64 customer_id, const LoyaltyProgram *program,
										 Participation participation, LoyaltyRefusal *refusal);

/* Reads what the regular account says of a customer who is locked; NONE where there is no account. */
extern Participation loyalty_account_participation(int32 org_id, int64 customer_id, int32 program_id);

/*
 * Writes what the regular account says; opens the accounts of the program where there are none. The caller has locked the
 * customer, and written the participation. LY406 for somebody who is not enrolled for loyalty.
 */
extern void loyalty_account_set_participation(LoyaltyCall *call, int64 customer_id,
											  const LoyaltyProgram *program, Participation participation);

/* Returns why points do not come to a customer of the participation, as bills keep it; NO_POINTS_NONE: they do. */
extern NoPoints loyalty_participation_no_points(Participation participation);

/*
 * Adds to the reason of an event why it brought no points: it stands beside what the caller gave, if anything
 * (NULL: nothing).
 */
extern const char *loyalty_no_points_reason(const char *reason, NoPoints why);

#endif
