/*
 * registration_rules.h: the decision about a registration: the customer it concerns, and what becomes of the incoming
 * identifiers. Sees only the configuration, the incoming identifiers, and for each key its owner. Knows no server.
 */
#ifndef LOYALTY_REGISTRATION_RULES_H
#define LOYALTY_REGISTRATION_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "customer/identity_rules.h"

#define REGISTRATION_NOBODY (-1) /* stands for the index of an owner */

/* Owners that a registration can have: one for each thing that names a customer. */
#define REGISTRATION_OWNERS (IDENTIFIER_TYPE_COUNT + SOURCE_KEY_COUNT)

/* Configuration of an org as registrations read it; docs/customer.md has the names of the keys. */
typedef struct RegistrationConfig
{
	KeyConfig keys;						  /* which types are keys */
	bool any_identifier;				  /* registrations may come without the primary */
	bool primary_required;				  /* registrations need the primary, whatever any_identifier says */
	bool required[IDENTIFIER_TYPE_COUNT]; /* beside the primary */
	bool skip;							  /* secondaries of others are ignored */
	bool strict;						  /* a new primary may not come with these; skip overrides it */
	bool replaceable[IDENTIFIER_TYPE_COUNT]; /* the update of that type is allowed */
} RegistrationConfig;

/* Customer who owns at least one of the incoming keys: always the root of its merge group. */
typedef struct RegistrationOwner
{
	int64_t customer_id;
	int64_t registered_on;					 /* microseconds; only compared */
	bool loyalty;							 /* false: non_loyalty */
	const char *held[IDENTIFIER_TYPE_COUNT]; /* its identifiers in normal form; NULL: none of that type */
	bool other_key[SOURCE_KEY_COUNT];		 /* has a key of the source at hand, and not the incoming one */
} RegistrationOwner;

/* Facts that a registration is decided by. */
typedef struct RegistrationCase
{
	RegistrationConfig config;
	bool loyalty;	  /* asks for a loyalty customer */
	bool email_names; /* the e-mail is contact data, and its owner a campaign user whom it names */
	const char *incoming[IDENTIFIER_TYPE_COUNT]; /* in normal form; NULL: not given */
	int owner
		[IDENTIFIER_TYPE_COUNT]; /* of what names a customer: index into owners, or REGISTRATION_NOBODY */
	bool key_given[SOURCE_KEY_COUNT];			   /* the source names the customer by it */
	int key_owner[SOURCE_KEY_COUNT];			   /* as owner */
	int owner_count;							   /* at most one for each of both */
	RegistrationOwner owners[REGISTRATION_OWNERS]; /* each once, ascending by id */
} RegistrationCase;

/* Rows of the decision table in docs/customer.md, by their numbers there. */
typedef enum RegistrationRow
{
	ROW_CREATE = 1,
	ROW_UPDATE,
	ROW_GIVE_PRIMARY,
	ROW_CREATE_PRIMARY_ONLY,
	ROW_STRICT,
	ROW_TAKE_OVER_NON_LOYALTY,
	ROW_TAKE_OVER_LOYALTY,
	ROW_PRIMARY_MISMATCH,
	ROW_OLDEST,
	ROW_THE_LOYALTY_ONE,
	ROW_MERGE_INTO_A,
	ROW_MERGE_INTO_LOYALTY,
	ROW_CONFLICT_SKIP,
	ROW_MERGE_BY_EMAIL,
	ROW_UPDATE_SKIP,
	ROW_CONFLICT,
	ROW_CONFLICT_NOBODY,
	ROW_JOIN_BY_EMAIL,
	REGISTRATION_ROW_END
} RegistrationRow;

#define REGISTRATION_ROWS (REGISTRATION_ROW_END - 1)

/* Results of a row; those from the first conflict on are errors. */
typedef enum RegistrationOutcome
{
	REGISTRATION_CREATED,
	REGISTRATION_UPDATED,
	REGISTRATION_MERGED,		   /* others are merged into the customer, who is then updated */
	REGISTRATION_CONFLICT,		   /* errors from here on: the identifiers belong to different customers */
	REGISTRATION_SECONDARY_TAKEN,  /* a secondary belongs to another account than the new primary */
	REGISTRATION_PRIMARY_MISMATCH, /* the customer has another primary, which may not be replaced */
	REGISTRATION_TYPE_CONFLICT,	   /* non_loyalty asked for a loyalty customer */
	REGISTRATION_OUTCOME_COUNT
} RegistrationOutcome;

#define REGISTRATION_REFUSED(outcome) ((outcome) >= REGISTRATION_CONFLICT)

/* Fates of an incoming identifier. */
typedef enum IdentifierAction
{
	IDENTIFIER_NOT_GIVEN,
	IDENTIFIER_ATTACHED,  /* the customer lacked that type */
	IDENTIFIER_UNCHANGED, /* it has this very one */
	IDENTIFIER_REPLACES,  /* it has another one, which this one replaces */
	IDENTIFIER_KEPT,	  /* it has another one, which stays */
	IDENTIFIER_IGNORED,	  /* it belongs to somebody else, or comes with one that does */
	IDENTIFIER_ACTION_COUNT
} IdentifierAction;

/* Decision about a registration. For a refused one only row, outcome and customer are filled. */
typedef struct RegistrationDecision
{
	RegistrationRow row; /* that fits; for explanations */
	RegistrationOutcome outcome;
	int customer; /* the owner it concerns, also where that is refused; REGISTRATION_NOBODY: a new one */
	bool merged[REGISTRATION_OWNERS]; /* the owners who are merged into that customer */
	bool joins;	 /* becomes a customer of its own, which is merged into that customer at once */
	bool enrols; /* makes a loyalty customer of nobody or of a non_loyalty one */
	IdentifierAction actions[IDENTIFIER_TYPE_COUNT];
	IdentifierAction key_actions[SOURCE_KEY_COUNT]; /* none replaces; what is attached is claimed */
	bool claims[IDENTIFIER_TYPE_COUNT];				/* the incoming key has no owner yet and gets one */
	bool joined
		[IDENTIFIER_TYPE_COUNT]; /* of those: held by the customer that joins, since the other keeps its own */
} RegistrationDecision;

/* Decides by the first row that fits. */
extern RegistrationDecision loyalty_registration_decide(const RegistrationCase *facts);

/*
 * Returns the owner whom the registration names first: the one of its primary; without a primary, of the first key
 * that has an owner, those of the source behind the others. REGISTRATION_NOBODY: there is none.
 */
extern int loyalty_registration_a(const RegistrationCase *facts);

/* Tells whether a key of the source names somebody whom the decision concerns. */
extern bool loyalty_registration_is_named_by_source(const RegistrationCase *facts,
													const RegistrationDecision *decision);

/* Returns what a row says, for explanations. */
extern const char *loyalty_registration_row_text(RegistrationRow row);

#endif
