/* customer_store.h: customers, their identifiers, and the requests that registered them, in tables. */
#ifndef LOYALTY_CUSTOMER_STORE_H
#define LOYALTY_CUSTOMER_STORE_H

#include "postgres.h"

#include "utils/uuid.h"

#include "common/query.h"
#include "customer/identity_rules.h"
#include "org/call.h"

/* Row of a customer, with what calls need of it. The ids of its group live in the context in which it was read. */
typedef struct LoyaltyCustomer
{
	int64 customer_id;
	TimestampTz registered_on;
	bool loyalty;		   /* false: non_loyalty */
	int64 merged_into;	   /* 0: not merged; else the root, which is not merged itself */
	int merged_count;	   /* of the ids below */
	int64 *merged_ids;	   /* merged into it, directly or not, ascending; kept when it is merged itself */
	int32 status_label_id; /* 0: the built-in one of active */
	char fraud_status;	   /* 0: none was ever set */
	bool erased;		   /* deleted for good: nothing of the person is left */
} LoyaltyCustomer;

/* Adds org and customer, the parameters that every statement about one customer begins with. */
extern void loyalty_param_customer(LoyaltyParams *params, int32 org_id, int64 customer_id);

/*
 * Locks a customer's row against every other writing call (FOR NO KEY UPDATE), by its own statement; what the lock
 * guards is read by later statements. False where the customer does not exist.
 */
extern bool loyalty_customer_lock(int32 org_id, int64 customer_id, LoyaltyCustomer *customer);

/* Reads a customer's row without a lock, under the caller's snapshot. */
extern bool loyalty_customer_read(int32 org_id, int64 customer_id, LoyaltyCustomer *customer);

/* Reads a customer's row without a lock, as others committed it and this transaction wrote it. */
extern bool loyalty_customer_read_now(int32 org_id, int64 customer_id, LoyaltyCustomer *customer);

/*
 * Returns how many ids rows of the customer stand under, and those ids: its own first, then those who were merged
 * into it. No statement: the customer's row knows them, and its lock keeps them.
 */
extern int loyalty_customer_group(const LoyaltyCustomer *customer, int64 **ids);

/* Adds the ids of a customer's group as an int8[] parameter. */
extern void loyalty_param_group(LoyaltyParams *params, const LoyaltyCustomer *customer);

/*
 * Runs a statement for each member of a group: one statement about several customers would ask several servers. Its
 * first parameters are the org and the member; those behind them stand in "more", NULL for none.
 */
extern void loyalty_execute_of_group(LoyaltyQuery *query, int32 org_id, const LoyaltyCustomer *customer,
									 const LoyaltyParams *more);

/* Writes a new customer; tills that are 0 are none. The id is new, so the row needs no lock before. */
extern void loyalty_customer_insert(int32 org_id, const LoyaltyCustomer *customer, TimestampTz recorded_at,
									int16 source_id, int32 till_id, int32 base_till_id);

/* Sets the base till of a customer whom the caller has locked. */
extern void loyalty_customer_base_till(int32 org_id, int64 customer_id, int32 base_till_id);

/* Says by hand whether a customer, who is locked, is of the test or of the control group: 't', 'c', or 0 for none. */
extern void loyalty_customer_test_control(int32 org_id, int64 customer_id, char group);

/* Makes a loyalty customer of a non_loyalty one that the caller has locked. */
extern void loyalty_customer_enrol(int32 org_id, int64 customer_id);

/* Identifiers, one of a type at most, in normal form; NULL: none of that type. */
typedef struct LoyaltyIdentifiers
{
	const char *values[IDENTIFIER_TYPE_COUNT];
} LoyaltyIdentifiers;

/* Reads the owners of keys as others committed and this transaction wrote them; 0: no owner, or no key was given. */
extern void loyalty_identifier_owners(int32 org_id, const LoyaltyIdentifiers *keys,
									  int64 owners[IDENTIFIER_TYPE_COUNT]);

/* Reads the owners under the caller's snapshot: for calls that only read. */
extern void loyalty_identifier_owners_seen(int32 org_id, const LoyaltyIdentifiers *keys,
										   int64 owners[IDENTIFIER_TYPE_COUNT]);

/* Types as their names sort: whoever claims keys of several types does so in this order, or two calls wait for each other's. */
extern const IdentifierType loyalty_identifier_claim_order[IDENTIFIER_TYPE_COUNT];

/*
 * Makes a customer the owner of keys and returns how many it got: the others have an owner, perhaps this one. They go
 * in one by one, in the order of claims.
 */
extern int loyalty_identifier_claim(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *keys);

/* Returns the owner of a key of the type of that name, or 0; "seen": under the caller's snapshot. */
extern int64 loyalty_key_owner(int32 org_id, const char *type, const char *value, bool seen);

/* Makes a customer the owner of one such key; false where it has an owner, perhaps this one. */
extern bool loyalty_key_claim(int32 org_id, int64 customer_id, const char *type, const char *value);

/* Returns the owner of one key, or 0, under the caller's snapshot. */
extern int64 loyalty_identifier_find(int32 org_id, IdentifierType type, const char *value);

/* Returns the one customer that has a piece of contact data, or 0 where nobody or several have it. */
extern int64 loyalty_contact_find(int32 org_id, IdentifierType type, const char *value);

/*
 * Returns a campaign user who has an e-mail that is contact data, or 0; where several have it, 0 and "several". Not
 * "alone": only those who have no mobile. "seen": under the caller's snapshot.
 */
extern int64 loyalty_campaign_email_find(int32 org_id, const char *email, bool alone, bool seen,
										 bool *several);

/* Gives up a key that the id has; nothing happens where it has not. */
extern void loyalty_identifier_release(int32 org_id, int64 customer_id, IdentifierType type,
									   const char *value);

/* Value that a customer holds, of any type: a key, contact data, or a key of a source in its stored form. */
typedef struct LoyaltyHeld
{
	const char *type;
	const char *value;
} LoyaltyHeld;

/* Reads all values that a customer holds, by type and value; "seen": under the caller's snapshot. Returns how many. */
extern int loyalty_identifiers_held(int32 org_id, int64 customer_id, bool seen, LoyaltyHeld **held);

/* Reads the keys and the contact data that a customer holds; the second form under the caller's snapshot. */
extern void loyalty_identifiers_read(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held);
extern void loyalty_identifiers_seen(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held);

/* Tells whether anybody of the merge group of that root has an identifier of a type: any of them finds the root. */
extern bool loyalty_group_holds(int32 org_id, const LoyaltyCustomer *root, IdentifierType type);

/*
 * Moves a value that a customer, who is locked, holds to history, with reason and actor; gives up the key if the value
 * is one. "customer_id" is the root of its merge group.
 */
extern void loyalty_identifier_close(int32 org_id, int64 customer_id, const char *type, const char *value,
									 TimestampTz held_until, const char *reason, const char *actor);

/* Returns the value of a type that a customer holds under a prefix of values, or NULL. */
extern const char *loyalty_identifier_scoped(int32 org_id, int64 customer_id, const char *type,
											 const char *prefix);

/* Adds one value of any type to what a customer holds; its key, if it is one, is claimed apart. */
extern void loyalty_identifier_add(int32 org_id, int64 customer_id, const char *type, const char *value,
								   TimestampTz held_from, const char *actor);

/* Adds several values, of different types. */
extern void loyalty_identifiers_insert(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *added,
									   TimestampTz held_from, const char *actor);

/* Registration that came with an idempotency key: what was asked, and the first result. */
typedef struct LoyaltyRegistrationRequest
{
	pg_uuid_t idempotency_digest; /* of the key */
	int64 request_digest;		  /* of all arguments, with defaults put in */
	int64 customer_id;
	const char *outcome; /* a word: created, updated, merged */
	Datum warnings;		 /* a text array */
} LoyaltyRegistrationRequest;

/* Writes the request; false where the key was used before. A call with the same key that is under way is waited for. */
extern bool loyalty_request_insert(int32 org_id, const LoyaltyRegistrationRequest *request);

/* Reads the request of the same key, which is there: the insert met it. */
extern void loyalty_request_read(int32 org_id, LoyaltyRegistrationRequest *request);

/* Replaces the result that the request was written with. */
extern void loyalty_request_result(int32 org_id, const LoyaltyRegistrationRequest *request);

#endif
