/*
 * registration.h: a registration on its way from its arguments to its result; shared by the forms it comes in.
 *
 * An identifier, say a mobile, stands in several places of one Registration, each for one reader:
 *    args.identifiers    as given, for checks and warnings
 *    facts.incoming      in normal form, for the rules
 *    keys.values         the same where its type is a key, for the index that finds owners
 *    profile.mobile      as it is shown (an e-mail as typed), for the profile
 */
#ifndef LOYALTY_REGISTRATION_H
#define LOYALTY_REGISTRATION_H

#include "postgres.h"

#include "fmgr.h"

#include "common/pg_compat.h"
#include "customer/customer_store.h"
#include "customer/fields.h"
#include "customer/identity.h"
#include "customer/profile_store.h"
#include "customer/proof_hooks.h"

/* Arguments of a call; texts are NULL where they are NULL or empty. */
typedef struct RegistrationArguments
{
	const char *identifiers[IDENTIFIER_TYPE_COUNT];
	const char *first_name;
	const char *last_name;
	const char *source;
	const char *account_id;
	const char *keys[SOURCE_KEY_COUNT]; /* of the source, in normal form; of the document form alone */
	const char *till;
	const char *base_till;
	const char *loyalty_type; /* loyalty or non_loyalty; NULL: loyalty */
	const char *actor;
	const char *idempotency_key;
	const char *card_series;
	const char *status_label;
	const char *status_label_reason;
	const pg_uuid_t *verification; /* the proof of an address; NULL: none */
	bool has_registered_on;		   /* false: the call's clock is meant */
	TimestampTz registered_on;
	const Jsonb *fields[FIELD_KIND_COUNT]; /* NULL: none */
} RegistrationArguments;

/* State of one registration. Zeroed by its entry point; the checks, each round and the writes fill their parts. */
typedef struct Registration
{
	LoyaltyCall call;
	RegistrationArguments args;
	LoyaltyProofUse proof;				/* judged; its address is NULL where none was given */
	LoyaltyRegistrationRequest request; /* its result is the call's, with or without a key */
	int64 new_id;						/* of the customer, where one is created; 0: not taken yet */
	LoyaltyProfile profile;
	TimestampTz registered_on;	  /* checked: of this call, not the customer's first */
	const LoyaltyTill *till;	  /* NULL: none */
	const LoyaltyTill *base_till; /* NULL: none */
	LoyaltyFieldValues fields;
	LoyaltyIdentifiers keys;				   /* the incoming ones that are keys */
	int key_count;							   /* number of "keys", and of those of the source */
	const char *source_keys[SOURCE_KEY_COUNT]; /* of the source, in their stored form; NULL: not given */
	int64 owners[REGISTRATION_OWNERS]; /* of the keys, then of those of the source, as read last; 0: nobody */
	RegistrationCase facts;			   /* for the rules; its owners are as they were when they were locked */
	LoyaltyCustomer
		customers[REGISTRATION_OWNERS]; /* rows of the owners in the facts; an explanation locks none */
	LoyaltyCustomer customer;			/* the one it concerns, also where that is a new one */
	RegistrationDecision decision;		/* of this round */
	bool lacks; /* a required identifier is missing, unless a key of the source names the customer */
	IdentifierType missing; /* that one; IDENTIFIER_TYPE_COUNT: any would do */
	bool generates;			/* registrations of this source get generated external ids */
	const char *generated;	/* the one of this round; NULL: none */
} Registration;

/* Reads the arguments of the SQL form. */
extern void loyalty_registration_arguments(RegistrationArguments *args, FunctionCallInfo fcinfo);

/*
 * Checks all that can be said of the arguments without looking at customers, in the documented order, and fills the
 * parts of the registration that the rounds read. The caller holds the configuration, or reads only.
 */
extern void loyalty_registration_check(Registration *reg);

/*
 * Decides and writes for a frame that is open and whose arguments are read; the result is in reg->request. False
 * where the call repeats an earlier one, and nothing was written.
 */
extern bool loyalty_registration_run(Registration *reg, FunctionCallInfo fcinfo);

/* Closes the frame with that result. */
extern Datum loyalty_registration_result(Registration *reg, FunctionCallInfo fcinfo);

/*
 * Reads whom the identifiers and the keys of the source name, and whether the e-mail does so as contact data; "seen": under the
 * caller's snapshot. Raises LY112.
 */
extern void loyalty_registration_owners(Registration *reg, bool seen, int64 *owners);

/*
 * Keeps other registrations of campaign users away from an e-mail that is contact data, and lets them in again; for
 * registrations of others nothing is done.
 */
extern void loyalty_registration_hold_email(Registration *reg);
extern void loyalty_registration_release_email(const Registration *reg);

/* Merges owners into the customer as the decision says, within a round that has their groups locked. */
extern void loyalty_registration_merge(Registration *reg);

/* Makes the customer that joins the one it concerns, whose row is locked, and merges it. */
extern void loyalty_registration_join(Registration *reg);

/* Empties the owners in the facts. */
extern void loyalty_registration_no_owners(Registration *reg);

/* Puts an owner, with what it holds, into the facts. Owners come ascending by id. */
extern void loyalty_registration_add_owner(Registration *reg, const LoyaltyCustomer *customer,
										   const LoyaltyIdentifiers *held);

/* Returns how many different owners there are, and each once, ascending, in "distinct"; 0 is no owner. */
extern int loyalty_registration_distinct(const int64 *owners, int64 *distinct);

/* Operation on one of the owners in the facts, as the guard of statuses knows it. */
typedef struct RegistrationOperation
{
	int owner;			   /* index into the owners of the facts */
	const char *operation; /* a word of status/operations.def */
} RegistrationOperation;

/* Room for the update, the change of an identifier, and a merge for each owner. */
#define MAX_REGISTRATION_OPERATIONS (REGISTRATION_OWNERS + 2)

/*
 * Fills the operations on whom the registration touches: the customer, and those who would be merged with it. Returns
 * how many there are.
 */
extern int loyalty_registration_operations(const Registration *reg, RegistrationOperation *operations);

/* Raises what the decision refuses; the detail names owners by id and identifiers by type, never by value. */
pg_noreturn extern void loyalty_registration_refuse(const Registration *reg);

/* Returns the warnings of what was decided, a text array; an empty one where there is nothing to say. */
extern Datum loyalty_registration_warnings(const Registration *reg);

/*
 * Raises what the decision alone tells: a required identifier is missing and the source does not name the customer
 * either, or the source needs an INSTORE profile, which the customer lacks.
 */
extern void loyalty_registration_check_decided(const Registration *reg);

#endif
