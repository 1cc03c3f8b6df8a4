/* participation_store.h: participations with their changes, notes and fields in tables. The customer is locked by the caller. */
#ifndef LOYALTY_PARTICIPATION_STORE_H
#define LOYALTY_PARTICIPATION_STORE_H

#include "postgres.h"

#include "utils/uuid.h"

#include "customer/customer_merge_store.h"
#include "customer/fields.h"
#include "customer/holding_store.h"
#include "participation/settings.h"

/* Causes of changes; the first of a participation is also its origin. */
typedef enum ParticipationCause
{
	CAUSE_ENROLMENT = 'e',
	CAUSE_REGISTRATION = 'r',
	CAUSE_TERMS_MET = 't',
	CAUSE_STATUS = 's',
	CAUSE_MERGE = 'g',
} ParticipationCause;

/* A change of a participation, and what is noted of it. */
typedef struct ParticipationChange
{
	Participation old_status;
	Participation new_status;
	ParticipationCause cause;
	int32 till_id;		/* where the customer enrolled; 0: not said */
	int16 source_id;	/* the same */
	const char *reason; /* NULL: none, as the next */
	const char *actor;
} ParticipationChange;

/* Reads the programs in which the participation is not confirmed yet; returns how many. */
extern int loyalty_participations_open(int32 org_id, int64 customer_id, int32 **programs);

/* Writes the new status, with the change and its note; a participation that there is not yet is made. */
extern void loyalty_participation_write(int32 org_id, int64 customer_id, int32 program_id,
										const ParticipationChange *change, TimestampTz now);

/* Enrolment by its idempotency key, with what it answered. */
typedef struct ParticipationRepeat
{
	bool has_key; /* otherwise there is nothing in the others but what is missing */
	pg_uuid_t digest;
	int64 request_digest;
	Datum missing; /* text[] */
} ParticipationRepeat;

/* Finds the enrolment that a key came with, of the customer or of one who was merged into it; false: there is none. */
extern bool loyalty_participation_repeat(int32 org_id, const LoyaltyCustomer *root,
										 ParticipationRepeat *repeat);

/* Keeps the key, what was asked and what was answered with a participation that is there: a repeat finds all three by the key. */
extern void loyalty_participation_keep_key(int32 org_id, int64 customer_id, int32 program_id,
										   const ParticipationRepeat *repeat);

/* Writes values of fields of a participation; a text that is NULL takes the value away. */
extern void loyalty_participation_fields_write(int32 org_id, int64 customer_id, int32 program_id,
											   const LoyaltyFieldValues *values, TimestampTz now);

/* Gives the survivor of a merge the values that the victim has and it has not. */
extern void loyalty_participation_fields_join(const MergePair *pair, TimestampTz now);

/* Data of a customer that terms ask of, and the mobile of now. */
typedef struct KnownData
{
	bool data[TERM_DATA];
	const char *mobile;	   /* NULL: none */
	const char *confirmed; /* the mobile, if it is confirmed; NULL: it is not */
	int field_count;
	int32 *field_ids; /* of the customer and of the participation that have a value */
} KnownData;

/*
 * Read fields, of which those of a participation count where a program is named (0: none is), and names. Neither takes a statement:
 * each change of a customer asks who is not confirmed.
 */
extern void loyalty_known_fields(int32 org_id, int64 customer_id, int32 program_id, KnownData *known);
extern void loyalty_known_names(int32 org_id, int64 customer_id, KnownData *known);

/* List of what is held of a person, for loyalty_erasure_add. */
extern const LoyaltyHoldings loyalty_participation_holdings;

#endif
