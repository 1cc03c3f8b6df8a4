/*
 * merge.h: the frame of merges: two customers who are locked, what becomes of everything they have, and the participants
 * that know of it.
 */
#ifndef LOYALTY_MERGE_H
#define LOYALTY_MERGE_H

#include "postgres.h"

#include "common/array.h"
#include "common/pg_compat.h"
#include "customer/customer_merge_store.h"
#include "merge/merge_rules.h"
#include "org/call.h"

#define LOYALTY_MAX_MERGE_PARTICIPANTS 16

/* A thing that one or both have; values are texts, NULL where there is none. */
typedef struct LoyaltyMergeLine
{
	const char *participant;
	const char *item; /* unique in its participant */
	const char *survivor_value;
	const char *victim_value;
	const char *final_value;
	MergeRule rule;
	const char *warning; /* NULL: none */
} LoyaltyMergeLine;

typedef struct LoyaltyMerge
{
	LoyaltyCall *call;
	LoyaltyCustomer survivor;
	LoyaltyCustomer victim;
	MergePair pair;
	bool preview; /* nobody is locked, and what is read is under the caller's snapshot */
	int64 merge_id;
	TimestampTz event_time;
	const LoyaltyTill *till; /* NULL: none */
	LOYALTY_ARRAY(LoyaltyMergeLine) lines;
	void *facts[LOYALTY_MAX_MERGE_PARTICIPANTS]; /* that each participant's preview returned */
} LoyaltyMerge;

typedef struct LoyaltyMergeParticipant
{
	/*
	 * Adds the lines of everything it knows of, and raises where the merge must not be. Changes nothing. Returns what the
	 * other two steps are to know, or NULL.
	 */
	void *(*preview)(LoyaltyMerge *merge);

	/* Makes it so. */
	void (*apply)(LoyaltyMerge *merge, const void *facts);

	/* Reads anew what the survivor has, and raises LY509 where it is not what the lines say, or anything got lost. */
	void (*conserve)(const LoyaltyMerge *merge, void *facts);
} LoyaltyMergeParticipant;

/* Adds one that lives as long as the library; called at load, in the order in which they take part. */
extern void loyalty_merge_add(const LoyaltyMergeParticipant *participant);

/* For participants, by their names: adds a line; the texts must live as long as the merge. */
extern LoyaltyMergeLine *loyalty_merge_line(LoyaltyMerge *merge, const char *participant, const char *item,
											const char *survivor_value, const char *victim_value,
											const char *final_value, MergeRule rule);

/* The value of a side. */
extern const char *loyalty_merge_value(MergeSide side, const char *survivor_value, const char *victim_value);

extern bool loyalty_merge_has_line(const LoyaltyMerge *merge, const char *participant, const char *item);

/* Raises LY509 where the final value of an item of the participant is another one. */
extern void loyalty_merge_expect(const LoyaltyMerge *merge, const char *participant, const char *item,
								 const char *actual);

/* Raises LY509. */
pg_noreturn extern void loyalty_merge_raise_lost(const LoyaltyMerge *merge, const char *participant,
												 const char *item);

/* All lines of the participants; nothing is changed. Then everything: false answers and errors change nothing. */
extern void loyalty_merge_decide(LoyaltyMerge *merge);
extern void loyalty_merge_carry_out(LoyaltyMerge *merge);

/* The warnings of its lines, as a text array; and how many there are. */
extern Datum loyalty_merge_warnings(const LoyaltyMerge *merge, int *count);

#endif
