/*
 * merge_rules.h: what becomes of each thing that two accounts of one person have, a pure function a line of the table in
 * docs/merge.md. Knows no server.
 */
#ifndef LOYALTY_MERGE_RULES_H
#define LOYALTY_MERGE_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Whose value is the final one. */
typedef enum MergeSide
{
	MERGE_NOBODY, /* neither has one */
	MERGE_SURVIVOR,
	MERGE_VICTIM,
	MERGE_BOTH, /* what both have, together */
} MergeSide;

/* How it was found. */
typedef enum MergeRule
{
	MERGE_RULE_SURVIVOR,
	MERGE_RULE_SURVIVOR_FIRST,
	MERGE_RULE_VICTIM_FIRST,
	MERGE_RULE_EARLIER,
	MERGE_RULE_SUM,
	MERGE_RULE_ALL,
	MERGE_RULE_HIGHER,
	MERGE_RULE_GRAVER,
	MERGE_RULE_REMAINING_MOBILE,
	MERGE_RULE_STAYS,
	MERGE_RULE_SKIPPED,
	MERGE_RULE_COUNT
} MergeRule;

/* Its name in previews and records. */
extern const char *loyalty_merge_rule_name(MergeRule rule);

/* Whether two customers may be merged at all; the first reason against it. */
typedef struct MergeParty
{
	bool loyalty;
	bool merged;
	bool deleted; /* or waits for its deletion */
	bool blocked; /* by its status */
} MergeParty;

typedef enum MergeRefusal
{
	MERGE_ALLOWED,
	MERGE_SAME_CUSTOMER,
	MERGE_VICTIM_MERGED,
	MERGE_SURVIVOR_MERGED,
	MERGE_PARTY_DELETED,
	MERGE_PARTY_BLOCKED,
	MERGE_LOYALTY_VICTIM, /* which a non_loyalty survivor cannot hold */
	MERGE_REFUSAL_COUNT
} MergeRefusal;

extern MergeRefusal loyalty_merge_refusal(bool same, const MergeParty *survivor, const MergeParty *victim);

/* Identifiers, each type by itself. */
extern MergeSide loyalty_merge_identifier(bool survivor_has, bool victim_has);

/* Registered date, till, store, base till and source of registration, all together. */
extern MergeSide loyalty_merge_registration(int64_t survivor_registered_on, int64_t victim_registered_on);

/* Fields, each by itself. */
typedef enum MergeFieldKind
{
	MERGE_FIELD_STANDARD,
	MERGE_FIELD_EXTENDED,
	MERGE_FIELD_CUSTOM,
	MERGE_FIELD_KIND_COUNT
} MergeFieldKind;

typedef struct MergeFieldConfig
{
	bool overwrite_extended; /* CONF_CUSTOMER_MERGE_OVERWRITE_EXTENDED_FIELD_VALUE */
	bool skip_extended;		 /* CONF_SKIP_MERGE_HANDLER */
	bool skip_custom;
} MergeFieldConfig;

extern MergeRule loyalty_merge_field_rule(MergeFieldKind kind, const MergeFieldConfig *config);
extern MergeSide loyalty_merge_field(MergeRule rule, bool survivor_has, bool victim_has);

/* A profile of a source and account. */
extern MergeSide loyalty_merge_profile(bool survivor_has, bool victim_has);

/* Points, amounts and counters, of trackers too; false where the sum leaves the range of numeric(18,3) in thousandths. */
extern bool loyalty_merge_sum(int64_t survivor, int64_t victim, int64_t *sum);

/* Tier, by rank; and whether the survivor rises, which alone is worth a record in its history. */
extern MergeSide loyalty_merge_tier(int survivor_rank, int victim_rank);
extern bool loyalty_merge_tier_rises(int survivor_rank, int victim_rank);

/* Coupons, whatever became of them. */
extern MergeSide loyalty_merge_coupons(void);

/* Cards: whose the survivor has afterwards; and whether a maximum (0: none) is passed by them. */
extern MergeSide loyalty_merge_cards(bool transfer_allowed);
extern bool loyalty_merge_cards_pass(int64_t survivor_held, int64_t victim_held, int64_t maximum);

/* The do-not-call status: of the mobile that the survivor has afterwards. */
extern MergeSide loyalty_merge_ndnc(bool survivor_has_mobile, bool victim_has_mobile);

/* Opt-ins, subscriptions and messages; test and control. */
extern MergeSide loyalty_merge_subscriptions(void);
extern MergeSide loyalty_merge_test_control(void);

/* Fraud status. */
typedef enum MergeFraud
{
	MERGE_NOT_FRAUD,
	MERGE_FRAUD_MARKED,
	MERGE_FRAUD_CONFIRMED,
	MERGE_FRAUD_RECONFIRMED,
	MERGE_FRAUD_INTERNAL,
	MERGE_FRAUD_COUNT
} MergeFraud;

extern MergeFraud loyalty_merge_fraud(MergeFraud survivor, MergeFraud victim);

/* Customer status, whose label it is. */
typedef enum MergeStatus
{
	MERGE_STATUS_ACTIVE,
	MERGE_STATUS_SUSPENDED,
	MERGE_STATUS_FRAUD_SUSPECTED,
	MERGE_STATUS_FRAUD_CONFIRMED,
	MERGE_STATUS_INTERNAL,
	MERGE_STATUS_COUNT
} MergeStatus;

extern MergeSide loyalty_merge_status(MergeStatus survivor, MergeStatus victim);

#endif
