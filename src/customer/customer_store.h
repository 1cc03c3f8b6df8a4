/* customer_store.h: customers, their identifiers and profiles in tables. */
#ifndef LOYALTY_CUSTOMER_STORE_H
#define LOYALTY_CUSTOMER_STORE_H

#include "postgres.h"

#include "utils/uuid.h"

#include "common/query.h"
#include "customer/identity_rules.h"
#include "org/call.h"

typedef struct LoyaltyCustomer
{
	int64 customer_id;
	TimestampTz registered_on;
	bool loyalty;	   /* false: non_loyalty */
	int64 merged_into; /* 0: not merged; else the root, which is not merged itself */
	int merged_count;
	int64 *merged_ids;	   /* those who were merged into it, directly or not, ascending */
	int32 status_label_id; /* 0: the built-in one of active */
	char fraud_status;	   /* 0: none was ever set */
	bool erased;		   /* deleted for good: nothing of the person is left */
} LoyaltyCustomer;

/* The parameters of every statement about one customer begin with these. */
extern void loyalty_param_customer(LoyaltyParams *params, int32 org_id, int64 customer_id);

/*
 * Locks a customer's row against every other writing call (FOR NO KEY UPDATE), by its own statement; what the
 * lock guards is read by later statements. False where the customer does not exist.
 */
extern bool loyalty_customer_lock(int32 org_id, int64 customer_id, LoyaltyCustomer *customer);

/* Reads it without a lock, under the caller's snapshot. */
extern bool loyalty_customer_read(int32 org_id, int64 customer_id, LoyaltyCustomer *customer);

/* The same as committed, and by ourselves. */
extern bool loyalty_customer_read_now(int32 org_id, int64 customer_id, LoyaltyCustomer *customer);

/*
 * The ids under which rows of the customer stand: its own first, then those who were merged into it. No statement:
 * the customer's row knows them, and its lock keeps them. Returns how many; or adds them as an int8[] parameter.
 */
extern int loyalty_customer_group(const LoyaltyCustomer *customer, int64 **ids);
extern void loyalty_param_group(LoyaltyParams *params, const LoyaltyCustomer *customer);

/*
 * Runs a statement for each of a group, since one about several customers would ask several servers. Its first parameters are the
 * org and the member; those behind them stand in "more", NULL for none.
 */
extern void loyalty_execute_of_group(LoyaltyQuery *query, int32 org_id, const LoyaltyCustomer *customer,
									 const LoyaltyParams *more);

/* Writes a new customer; tills 0 are none. */
extern void loyalty_customer_insert(int32 org_id, const LoyaltyCustomer *customer, TimestampTz recorded_at,
									int16 source_id, int32 till_id, int32 base_till_id);

/* Sets the base till of one that the caller has locked. */
extern void loyalty_customer_base_till(int32 org_id, int64 customer_id, int32 base_till_id);

/* Sets its group by hand: 't', 'c', or 0 for none. */
extern void loyalty_customer_test_control(int32 org_id, int64 customer_id, char group);

/* Makes a loyalty customer of a non_loyalty one that the caller has locked. */
extern void loyalty_customer_enrol(int32 org_id, int64 customer_id);

/* Identifiers, one of a type at most, in normal form; NULL: none of that type. */
typedef struct LoyaltyIdentifiers
{
	const char *values[IDENTIFIER_TYPE_COUNT];
} LoyaltyIdentifiers;

/* The owners of keys, 0 for a key that has none or was not asked for. */
extern void loyalty_identifier_owners(int32 org_id, const LoyaltyIdentifiers *keys,
									  int64 owners[IDENTIFIER_TYPE_COUNT]);

/* The same, and what a customer holds, under the caller's snapshot: for calls that only read. */
extern void loyalty_identifier_owners_seen(int32 org_id, const LoyaltyIdentifiers *keys,
										   int64 owners[IDENTIFIER_TYPE_COUNT]);

/*
 * Makes a customer the owner of keys and returns how many it got: the others were taken meanwhile. They go in
 * one by one, sorted by type, so that two calls never wait for each other's.
 */
extern int loyalty_identifier_claim(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *keys);

/* The owner of one key, or 0, under the caller's snapshot. */
extern int64 loyalty_identifier_find(int32 org_id, IdentifierType type, const char *value);

/* The one customer that has a piece of contact data, or 0 where nobody or several have it. */
extern int64 loyalty_contact_find(int32 org_id, IdentifierType type, const char *value);

/* Everything that a customer holds, by type and value; "seen": under the caller's snapshot. Returns how much that is. */
typedef struct LoyaltyHeld
{
	const char *type;
	const char *value;
} LoyaltyHeld;
extern int loyalty_identifiers_held(int32 org_id, int64 customer_id, bool seen, LoyaltyHeld **held);

/* What a customer holds, keys and contact data. */
extern void loyalty_identifiers_read(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held);
extern void loyalty_identifiers_seen(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held);

/* Ends (by whom: the actor) that a customer holds a value, which goes to history, and gives up the key if it is one. */
extern void loyalty_identifier_close(int32 org_id, int64 customer_id, const char *type, const char *value,
									 TimestampTz held_until, const char *reason, const char *actor);

/* The value of a type that a customer holds under a prefix of values, or NULL. */
extern const char *loyalty_identifier_scoped(int32 org_id, int64 customer_id, const char *type,
											 const char *prefix);

/* Adds one value of any type. */
extern void loyalty_identifier_add(int32 org_id, int64 customer_id, const char *type, const char *value,
								   TimestampTz held_from, const char *actor);

/* Adds to it. */
extern void loyalty_identifiers_insert(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *added,
									   TimestampTz held_from, const char *actor);

/* A registration that came with an idempotency key: what was asked, and the first answer. */
typedef struct LoyaltyRegistrationRequest
{
	pg_uuid_t idempotency_digest;
	int64 request_digest;
	int64 customer_id;
	const char *outcome;
	Datum warnings; /* a text array */
} LoyaltyRegistrationRequest;

/* Writes the request; false where the key was used before. A call with the same key that is under way is waited for. */
extern bool loyalty_request_insert(int32 org_id, const LoyaltyRegistrationRequest *request);

/* Reads the one of the same key. */
extern void loyalty_request_read(int32 org_id, LoyaltyRegistrationRequest *request);

/* Puts the answer right that the request was written with. */
extern void loyalty_request_result(int32 org_id, const LoyaltyRegistrationRequest *request);

#endif
