/*
 * status_rules.h: what a customer's status lets happen: statuses, restrictions, and one table of operations. Knows
 * no server.
 */
#ifndef LOYALTY_STATUS_RULES_H
#define LOYALTY_STATUS_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Stored as they are: one character each. */
typedef enum CustomerStatus
{
	STATUS_UNKNOWN = 0,
	STATUS_ACTIVE = 'a',
	STATUS_SUSPENDED = 's',
	STATUS_DELETED = 'd',
	STATUS_FRAUD_SUSPECTED = 'f',
	STATUS_FRAUD_CONFIRMED = 'c',
	STATUS_INTERNAL = 'i',
	STATUS_PENDING_DELETION = 'p',
} CustomerStatus;

#define STATUS_COUNT 7

/* Any combination may hang on a label; their numbers are stored. */
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
	MARK_TRANSACTION_OUTLIER = 1 << 10,
	BLOCK_EVERYTHING = 1 << 11,
} Restriction;

#define RESTRICTION_COUNT 12

/* The operations, of operations.def. */
#define GUARDED(name, word, ...) GUARD_##name,
typedef enum GuardedOperation
{
#include "status/operations.def"
	GUARD_COUNT
} GuardedOperation;
#undef GUARDED

typedef struct GuardedRules
{
	const char *word;
	bool system;
	uint32_t refused_by; /* restrictions, as all that follow */
	uint32_t zero_points_by;
	uint32_t no_promotions_by;
	uint32_t outlier_by;
	uint32_t waits_by;
} GuardedRules;

/* What becomes of an operation under some restrictions. */
typedef struct StatusVerdict
{
	uint32_t refused_by; /* those that refuse it; 0: it is allowed */
	uint32_t zero_points_by;
	uint32_t no_promotions_by;
	uint32_t outlier_by;
	uint32_t waits_by;
} StatusVerdict;

/* The rules of an operation, and the operation of a word, or GUARD_COUNT. */
extern const GuardedRules *loyalty_guarded_rules(GuardedOperation operation);
extern GuardedOperation loyalty_guarded_find(const char *word);

extern StatusVerdict loyalty_status_judge(GuardedOperation operation, uint32_t restrictions);

/* By number from 0; NULL or STATUS_UNKNOWN after the last one. */
extern CustomerStatus loyalty_status_at(int index);
extern const char *loyalty_restriction_at(int index);

/* The word for a status, NULL for none; the status of a word, or STATUS_UNKNOWN. */
extern const char *loyalty_status_name(CustomerStatus status);
extern CustomerStatus loyalty_status_find(const char *word);

/* The word for the lowest of some restrictions, NULL for none; the restriction of a word, or 0. */
extern const char *loyalty_restriction_name(uint32_t restrictions);
extern uint32_t loyalty_restriction_find(const char *word);

/* The restrictions that labels of a status may have. */
extern uint32_t loyalty_status_allowed(CustomerStatus status);

/* Labels that the extension makes itself where they are needed, each of one status. */
#define LABEL_DELETION_PENDING "Deletion_pending"

/* The only status that a label of that name may have; STATUS_UNKNOWN: any. */
extern CustomerStatus loyalty_label_reserved(const char *label);

/* What stops the customers of a label: its own restrictions, those of all labels, and what it is made for. */
extern uint32_t loyalty_label_restrictions(const char *label, CustomerStatus status, uint32_t own,
										   uint32_t of_all);

/* The fraud status that orgs use until they enable the customer status: stored as one character. */
typedef enum FraudStatus
{
	FRAUD_UNKNOWN = 0,
	FRAUD_NOT = 'n',
	FRAUD_MARKED = 'm',
	FRAUD_CONFIRMED = 'c',
	FRAUD_RECONFIRMED = 'r',
	FRAUD_INTERNAL = 'i',
} FraudStatus;

#define FRAUD_STATUS_COUNT 5

extern const char *loyalty_fraud_status_name(FraudStatus fraud);
extern FraudStatus loyalty_fraud_status_find(const char *word);

/* The status that takes the place of a fraud status. */
extern CustomerStatus loyalty_fraud_status_becomes(FraudStatus fraud);

#endif
