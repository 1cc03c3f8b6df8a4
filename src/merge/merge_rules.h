/*
 * merge_rules.h: what becomes of each thing that two accounts of one person have, a pure function for each line of
 * the table in docs/merge.md. Knows no server.
 */
#ifndef LOYALTY_MERGE_RULES_H
#define LOYALTY_MERGE_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Side whose value is the final one. */
typedef enum MergeSide
{
	MERGE_NOBODY, /* neither has one */
	MERGE_SURVIVOR,
	MERGE_VICTIM,
	MERGE_BOTH, /* the things of both, together */
} MergeSide;

/* Rules by which the final value is found, as previews and records name them. */
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
	MERGE_RULE_ACTIVE,
	MERGE_RULE_REMAINING_MOBILE,
	MERGE_RULE_STAYS,
	MERGE_RULE_SKIPPED,
	MERGE_RULE_COUNT
} MergeRule;

/* Returns the name of a rule in previews and records. */
extern const char *loyalty_merge_rule_name(MergeRule rule);

/* Facts for and against a customer as one side of a merge. */
typedef struct MergeParty
{
	bool merged;  /* into somebody, before */
	bool deleted; /* or waits for its deletion */
	bool blocked; /* by its status */
} MergeParty;

/* Reasons against a merge, the strongest first. */
typedef enum MergeRefusal
{
	MERGE_ALLOWED,
	MERGE_SAME_CUSTOMER,
	MERGE_VICTIM_MERGED,
	MERGE_SURVIVOR_MERGED,
	MERGE_PARTY_DELETED,
	MERGE_PARTY_BLOCKED,
	MERGE_REFUSAL_COUNT
} MergeRefusal;

/* Returns the first reason against merging two customers at all; "same": they are one. */
extern MergeRefusal loyalty_merge_refusal(bool same, const MergeParty *survivor, const MergeParty *victim);

/* Decides about identifiers, each type by itself. */
extern MergeSide loyalty_merge_identifier(bool survivor_has, bool victim_has);

/* Decides about registered date, till, store, base till and source of registration, all together. */
extern MergeSide loyalty_merge_registration(int64_t survivor_registered_on, int64_t victim_registered_on);

/* Kinds of fields. */
typedef enum MergeFieldKind
{
	MERGE_FIELD_STANDARD,
	MERGE_FIELD_EXTENDED,
	MERGE_FIELD_CUSTOM,
	MERGE_FIELD_KIND_COUNT
} MergeFieldKind;

/* Configuration of fields in merges. */
typedef struct MergeFieldConfig
{
	bool overwrite_extended; /* CONF_CUSTOMER_MERGE_OVERWRITE_EXTENDED_FIELD_VALUE */
	bool skip_extended;		 /* CONF_SKIP_MERGE_HANDLER */
	bool skip_custom;
} MergeFieldConfig;

/* Decides about fields, each by itself: by which rule, then whose value. */
extern MergeRule loyalty_merge_field_rule(MergeFieldKind kind, const MergeFieldConfig *config);
extern MergeSide loyalty_merge_field(MergeRule rule, bool survivor_has, bool victim_has);

/* Decides about a profile of a source and account: of both, the victim's fills what the survivor's lacks. */
extern MergeSide loyalty_merge_profile(bool survivor_has, bool victim_has);

/* Decides about addresses of a channel. */
extern MergeSide loyalty_merge_channels(void);

/* Decides about the loyalty type: a survivor who is non_loyalty is enrolled by a victim who is not. */
extern MergeSide loyalty_merge_loyalty_type(bool survivor_loyalty, bool victim_loyalty);

/*
 * Adds points, amounts or counters, of trackers too, in thousandths; false where the sum leaves the range of
 * numeric(18,3).
 */
extern bool loyalty_merge_sum(int64_t survivor, int64_t victim, int64_t *sum);

/*
 * Decides about the tier, by rank; and tells whether the survivor rises, which alone is worth a record in its
 * history.
 */
extern MergeSide loyalty_merge_tier(int survivor_rank, int victim_rank);
extern bool loyalty_merge_tier_rises(int survivor_rank, int victim_rank);

/* Decides about coupons, whatever became of them. */
extern MergeSide loyalty_merge_coupons(void);

/* Decides whose cards the survivor has afterwards; and tells whether a maximum (0: none) is passed by them. */
extern MergeSide loyalty_merge_cards(bool transfer_allowed);
extern bool loyalty_merge_cards_pass(int64_t survivor_held, int64_t victim_held, int64_t maximum);

/* Decides about the do-not-call status: that of the mobile that the survivor has afterwards. */
extern MergeSide loyalty_merge_ndnc(bool survivor_has_mobile, bool victim_has_mobile);

/* Consent to be written to. */
typedef struct MergeConsent
{
	bool given;		   /* false: refused */
	int64_t at;		   /* when it was decided; the least number: never */
	int32_t source_id; /* that it is for; 0: whatever the source */
} MergeConsent;

/*
 * Tells whether a consent of the survivor goes on though the victim refused the same later, or at the same time:
 * that is worth a warning.
 */
extern bool loyalty_merge_refusal_is_lost(const MergeConsent *survivor, const MergeConsent *victim);

/* Decides about opt-ins, subscriptions and messages; and about test and control. */
extern MergeSide loyalty_merge_subscriptions(void);
extern MergeSide loyalty_merge_test_control(void);

/* Fraud statuses, the gravest last. */
typedef enum MergeFraud
{
	MERGE_NOT_FRAUD,
	MERGE_FRAUD_MARKED,
	MERGE_FRAUD_CONFIRMED,
	MERGE_FRAUD_RECONFIRMED,
	MERGE_FRAUD_INTERNAL,
	MERGE_FRAUD_COUNT
} MergeFraud;

/* Returns the graver of two fraud statuses. */
extern MergeFraud loyalty_merge_fraud(MergeFraud survivor, MergeFraud victim);

/* Customer statuses that can be merged, the gravest last. */
typedef enum MergeStatus
{
	MERGE_STATUS_ACTIVE,
	MERGE_STATUS_SUSPENDED,
	MERGE_STATUS_FRAUD_SUSPECTED,
	MERGE_STATUS_FRAUD_CONFIRMED,
	MERGE_STATUS_INTERNAL,
	MERGE_STATUS_COUNT
} MergeStatus;

/* Decides about the customer status, whose label goes with it. */
extern MergeSide loyalty_merge_status(MergeStatus survivor, MergeStatus victim);

#endif
