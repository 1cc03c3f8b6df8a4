/* registration.h: a registration on its way from its arguments to its answer; shared by the forms it comes in. */
#ifndef LOYALTY_REGISTRATION_H
#define LOYALTY_REGISTRATION_H

#include "postgres.h"

#include "fmgr.h"

#include "common/pg_compat.h"
#include "customer/customer_store.h"
#include "customer/fields.h"
#include "customer/identity.h"
#include "customer/profile_store.h"

/* What a call gives; texts are NULL where they are NULL or empty. */
typedef struct RegistrationArguments
{
	const char *identifiers[IDENTIFIER_TYPE_COUNT];
	const char *first_name;
	const char *last_name;
	const char *source;
	const char *account_id;
	const char *cuid;
	const char *till;
	const char *base_till;
	const char *loyalty_type;
	const char *actor;
	const char *idempotency_key;
	const char *card_series;
	const char *status_label;
	const char *status_label_reason;
	bool has_registered_on;
	TimestampTz registered_on;
	const Jsonb *fields[FIELD_KIND_COUNT]; /* NULL: none */
} RegistrationArguments;

typedef struct Registration
{
	LoyaltyCall call;
	RegistrationArguments args;
	LoyaltyRegistrationRequest request; /* its answer is the call's, with or without a key */
	int64 new_id;						/* of the customer, where one is created; 0: not taken yet */
	LoyaltyProfile profile;
	TimestampTz registered_on;
	const LoyaltyTill *till;	  /* NULL: none */
	const LoyaltyTill *base_till; /* NULL: none */
	LoyaltyFieldValues fields;
	LoyaltyIdentifiers keys; /* the incoming ones that are keys */
	int key_count;
	int64 owners[IDENTIFIER_TYPE_COUNT]; /* of the keys, as read last; 0: nobody */
	RegistrationCase facts;
	LoyaltyCustomer customers[IDENTIFIER_TYPE_COUNT]; /* the rows of the owners in the facts, locked */
	LoyaltyCustomer customer;						  /* whom it concerns, also where that is a new one */
	RegistrationDecision decision;
	bool generates;		   /* registrations of this source get generated external ids */
	const char *generated; /* the one of this round; NULL: none */
} Registration;

/* Reads the arguments of the SQL form. */
extern void loyalty_registration_arguments(RegistrationArguments *args, FunctionCallInfo fcinfo);

/* Everything that can be said of the arguments without looking at customers, in the documented order. */
extern void loyalty_registration_check(Registration *reg);

/*
 * A frame that is open and its arguments read: decides and writes; the answer is in reg->request. False where the
 * call repeats an earlier one, and nothing was written.
 */
extern bool loyalty_registration_run(Registration *reg, FunctionCallInfo fcinfo);

/* Closes the frame with that answer. */
extern Datum loyalty_registration_result(Registration *reg, FunctionCallInfo fcinfo);

/* Puts an owner, with what it holds, into the facts. */
extern void loyalty_registration_add_owner(Registration *reg, const LoyaltyCustomer *customer,
										   const LoyaltyIdentifiers *held);

/* Each owner once, ascending; returns how many there are. */
extern int loyalty_registration_distinct(const int64 *owners, int64 *distinct);

/* What the registration is to the guard of statuses: an operation on one of the owners in the facts. */
typedef struct RegistrationOperation
{
	int owner;
	const char *operation;
} RegistrationOperation;

#define MAX_REGISTRATION_OPERATIONS (IDENTIFIER_TYPE_COUNT + 2)

/* Fills them, for whom it touches: the customer, and who would be merged with it; returns how many there are. */
extern int loyalty_registration_operations(const Registration *reg, RegistrationOperation *operations);

/* The owners of a kind as a text of customers' ids and identifiers' types, for the detail of an error. */
pg_noreturn extern void loyalty_registration_refuse(const Registration *reg);

/* The warnings of what was decided, a text array. */
extern Datum loyalty_registration_warnings(const Registration *reg);

/* Raises where the source needs an INSTORE profile and the customer concerned has none. */
extern void loyalty_registration_check_orphan(const Registration *reg);

#endif
