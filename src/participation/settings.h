/* settings.h: what programs ask of those who take part, as the org's cache has it, and the senders of stores. */
#ifndef LOYALTY_PARTICIPATION_SETTINGS_H
#define LOYALTY_PARTICIPATION_SETTINGS_H

#include "postgres.h"

#include "org/org_store.h"
#include "participation/participation_rules.h"

#define LOYALTY_MAX_TERMS 100 /* of a program */
#define LOYALTY_MAX_STORES 1000

/* A term: a datum, or fields of which one must have a value (names are unique within a kind of fields). */
typedef struct ActivationTerm
{
	const char *term; /* as it was given, in its normal spelling */
	TermKind kind;
	int field_count;
	int32 *field_ids;
} ActivationTerm;

/* Rules of one program. */
typedef struct ActivationRules
{
	int32 program_id;
	bool is_on;
	bool registers; /* whoever gets an account takes part from then on */
	bool confirms_phone;
	int term_count;
	ActivationTerm *terms;
} ActivationRules;

/* Rules of the programs that ask at all. */
struct LoyaltyParticipationRules
{
	int n;
	ActivationRules *items;
};

/* Returns the rules of a program; NULL where it does not ask. */
extern const ActivationRules *loyalty_activation_rules(const LoyaltyOrg *org, int32 program_id);

/* Reads them for the org's cache, in its memory; for loyalty_org_hooks.load_participation. */
extern const LoyaltyParticipationRules *loyalty_participation_load(LoyaltyOrg *org);

/* Puts rules and stores in the place of those that the program has; the org is locked. */
extern void loyalty_activation_store(int32 org_id, const ActivationRules *rules, const int32 *stores,
									 int store_count);

/* Gives a store its sender (0: none); the org is locked. */
extern void loyalty_store_sender_set(int32 org_id, int32 store_id, int32 sender_id);

/*
 * Returns the sender in whose name codes of a program go to a customer, or NULL: that of the program's store; of several,
 * of the customer's own, which is the one of its base till, else of its registration.
 */
extern const char *loyalty_program_sender(int32 org_id, int64 customer_id, int32 program_id);

#endif
