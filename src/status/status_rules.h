/*
 * status_rules.h: what a customer's status lets happen: statuses, restrictions, and one table of operations.
 * Knows no server.
 *
 * A status is one of seven and fixed; a label is the org's word for one of them; a restriction hangs on a
 * label. Restrictions are bits, so the restrictions of a label, those of all labels, and what an operation asks
 * about are sums of them.
 */
#ifndef LOYALTY_STATUS_RULES_H
#define LOYALTY_STATUS_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Statuses, stored as they are: one character each. */
typedef enum CustomerStatus
{
	STATUS_UNKNOWN = 0, /* returned by a search that finds nothing */
	STATUS_ACTIVE = 'a',
	STATUS_SUSPENDED = 's',
	STATUS_DELETED = 'd',
	STATUS_FRAUD_SUSPECTED = 'f',
	STATUS_FRAUD_CONFIRMED = 'c',
	STATUS_INTERNAL = 'i',
	STATUS_PENDING_DELETION = 'p',
} CustomerStatus;

/* Statuses besides STATUS_UNKNOWN. */
#define STATUS_COUNT 7

/*
 * Restrictions. A label has any combination of those that its status allows. The numbers are stored, so no
 * restriction ever gets another one.
 */
typedef enum Restriction
{
	BLOCK_COUPON_REDEMPTION = 1 << 0,
	BLOCK_LOYALTY_PROMOTION_ISSUAL = 1 << 1,
	BLOCK_IDENTIFIER_CHANGE_AND_MERGE = 1 << 2,
	BLOCK_BADGE_ISSUAL = 1 << 3,
	BLOCK_COUPON_ISSUAL = 1 << 4,
	BLOCK_PROMOTION_ENROLMENT = 1 << 5,
	BLOCK_POINTS_ALLOCATION = 1 << 6,
	BLOCK_POINTS_REDEMPTION = 1 << 7,
	BLOCK_TIER_UPGRADE = 1 << 8,
	BLOCK_TRANSACTION = 1 << 9,
	MARK_TRANSACTION_OUTLIER = 1 << 10, /* stops nothing: bills become outliers */
	BLOCK_EVERYTHING = 1 << 11,			/* every operation but postings of the system */
} Restriction;

#define RESTRICTION_COUNT 12

/* Makes a value of the enum of each line of operations.def. */
#define GUARDED(name, word, ...) GUARD_##name,
/* Operations, one for each line of operations.def. Their numbers are not stored and change with the lines. */
typedef enum GuardedOperation
{
#include "status/operations.def"
	GUARD_COUNT
} GuardedOperation;
#undef GUARDED

/* A line of operations.def: what each restriction does to one operation. */
typedef struct GuardedRules
{
	const char *word;	 /* its name for callers and messages */
	bool system;		 /* a posting of the system passes whatever the status */
	uint32_t refused_by; /* restrictions, as all that follow; BLOCK_EVERYTHING besides */
	uint32_t zero_points_by;
	uint32_t no_promotions_by;
	uint32_t outlier_by;
	uint32_t waits_by;
} GuardedRules;

/*
 * A verdict: what becomes of an operation under the restrictions that are in force, each with those that bring
 * it about.
 */
typedef struct StatusVerdict
{
	uint32_t refused_by; /* restrictions that refuse it; 0: it is allowed */
	uint32_t zero_points_by;
	uint32_t no_promotions_by;
	uint32_t outlier_by;
	uint32_t waits_by;
} StatusVerdict;

/* Return the rules of an operation, and the operation of a word, or GUARD_COUNT. */
extern const GuardedRules *loyalty_guarded_rules(GuardedOperation operation);
extern GuardedOperation loyalty_guarded_find(const char *word);

/* Judges an operation under some restrictions. */
extern StatusVerdict loyalty_status_judge(GuardedOperation operation, uint32_t restrictions);

/* Return statuses and words of restrictions by number from 0; STATUS_UNKNOWN or NULL after the last one. */
extern CustomerStatus loyalty_status_at(int index);
extern const char *loyalty_restriction_at(int index);

/* Return the word for a status, NULL for none; and the status of a word, or STATUS_UNKNOWN. */
extern const char *loyalty_status_name(CustomerStatus status);
extern CustomerStatus loyalty_status_find(const char *word);

/* Return the word for the lowest of some restrictions, NULL for none; and the restriction of a word, or 0. */
extern const char *loyalty_restriction_name(uint32_t restrictions);
extern uint32_t loyalty_restriction_find(const char *word);

/* Returns the restrictions that labels of a status may have, as a sum; 0 for no status. */
extern uint32_t loyalty_status_allowed(CustomerStatus status);

/*
 * A label that the extension makes itself where it is needed: of customers whose deletion is requested. It
 * blocks everything.
 */
#define LABEL_DELETION_PENDING "Deletion_pending"

/* Returns the only status that a label of that name may have; STATUS_UNKNOWN: any. */
extern CustomerStatus loyalty_label_reserved(const char *label);

/*
 * Returns what stops the customers of a label: its own restrictions, those of all labels, and what it is made
 * for; as far as labels of its status may have them.
 */
extern uint32_t loyalty_label_restrictions(const char *label, CustomerStatus status, uint32_t own,
										   uint32_t of_all);

/*
 * Fraud statuses, which orgs use until they enable the customer status: stored as one character. An org says which of
 * them stop redemptions.
 */
typedef enum FraudStatus
{
	FRAUD_UNKNOWN = 0,
	FRAUD_NOT = 'n',
	FRAUD_MARKED = 'm',
	FRAUD_CONFIRMED = 'c',
	FRAUD_RECONFIRMED = 'r',
	FRAUD_INTERNAL = 'i',
} FraudStatus;

/* Fraud statuses besides FRAUD_UNKNOWN. */
#define FRAUD_STATUS_COUNT 5

/* Return the word for a fraud status, NULL for none; and the fraud status of a word, or FRAUD_UNKNOWN. */
extern const char *loyalty_fraud_status_name(FraudStatus fraud);
extern FraudStatus loyalty_fraud_status_find(const char *word);

/*
 * Returns the restrictions that a fraud status brings, where "blocking" is CONF_FRAUD_STATUS_BLOCKS as a set of bits: the
 * lowest one, "none", is that of not_fraud and blocks nobody; the others follow in the order of the statuses.
 */
extern uint32_t loyalty_fraud_restrictions(FraudStatus fraud, int64_t blocking);

/* Returns the status that takes the place of a fraud status; STATUS_UNKNOWN for none. */
extern CustomerStatus loyalty_fraud_status_becomes(FraudStatus fraud);

#endif
