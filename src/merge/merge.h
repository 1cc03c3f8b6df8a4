/*
 * merge.h: the frame of merges: two customers who are locked, what becomes of everything they have, and the
 * participants that know of it.
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

/* Thing that one or both have; values are texts, NULL where there is none, and live as long as the merge. */
typedef struct LoyaltyMergeLine
{
	const char *participant;
	const char *item; /* unique in its participant */
	const char *survivor_value;
	const char *victim_value;
	const char *final_value; /* of the survivor afterwards, which the merge is checked against */
	MergeRule rule;			 /* that found it */
	const char *warning;	 /* NULL: none */
} LoyaltyMergeLine;

/* State of one merge, on its way through the participants. */
typedef struct LoyaltyMerge
{
	LoyaltyCall *call;
	LoyaltyCustomer survivor; /* as it was locked; its group is the joined one once the groups have joined */
	LoyaltyCustomer victim;
	MergePair pair;			 /* the ids of both, for stores */
	bool preview;			 /* true: nobody is locked, and reads are under the caller's snapshot */
	int64 merge_id;			 /* 0 in a preview */
	TimestampTz event_time;	 /* not before either registration */
	const LoyaltyTill *till; /* NULL: none */
	LOYALTY_ARRAY(LoyaltyMergeLine) lines;
	void *facts[LOYALTY_MAX_MERGE_PARTICIPANTS]; /* that each participant's preview returned */
} LoyaltyMerge;

/* Participant of merges: knows one subject, and is called in three steps. */
typedef struct LoyaltyMergeParticipant
{
	/*
	 * Adds the lines of everything it knows of, and raises where the merge must not be. Changes nothing. Returns
	 * facts for the other two steps, or NULL.
	 */
	void *(*preview)(LoyaltyMerge *merge);

	/* Makes it so: writes what the lines say. */
	void (*apply)(LoyaltyMerge *merge, const void *facts);

	/* Reads anew what the survivor has, and raises LY509 where it is not what the lines say, or anything got lost. */
	void (*conserve)(const LoyaltyMerge *merge, void *facts);
} LoyaltyMergeParticipant;

/* Adds one that lives as long as the library; called at load, in the order in which they take part. */
extern void loyalty_merge_add(const LoyaltyMergeParticipant *participant);

/*
 * Adds a line, for participants, by their names; the texts must live as long as the merge. The result is good until
 * the next line is added.
 */
extern LoyaltyMergeLine *loyalty_merge_line(LoyaltyMerge *merge, const char *participant, const char *item,
											const char *survivor_value, const char *victim_value,
											const char *final_value, MergeRule rule);

/* Returns the value of a side; NULL for none and for both, whose value only the participant can make. */
extern const char *loyalty_merge_value(MergeSide side, const char *survivor_value, const char *victim_value);

/* Tells whether a participant has added a line about an item. */
extern bool loyalty_merge_has_line(const LoyaltyMerge *merge, const char *participant, const char *item);

/*
 * Raises LY509 where the final value of an item of the participant is another one, or where it has no line and there
 * is a value.
 */
extern void loyalty_merge_expect(const LoyaltyMerge *merge, const char *participant, const char *item,
								 const char *actual);

/* Raises LY509 for an item, or for a subject as a whole. */
pg_noreturn extern void loyalty_merge_raise_lost(const LoyaltyMerge *merge, const char *participant,
												 const char *item);

/* Has all participants add their lines; nothing is changed. */
extern void loyalty_merge_decide(LoyaltyMerge *merge);

/* Has all participants carry out what they decided, joins the groups, and checks; raises LY509 where that fails. */
extern void loyalty_merge_carry_out(LoyaltyMerge *merge);

/* Returns the warnings of the lines, as a text array, and how many there are. */
extern Datum loyalty_merge_warnings(const LoyaltyMerge *merge, int *count);

#endif
