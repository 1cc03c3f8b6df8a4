/*
 * status_rules.c: what a customer's status lets happen.
 *
 * One table has all that a restriction does: a line for each operation (operations.def), in which a column for
 * each effect holds the restrictions that bring it about. A verdict is the restrictions in force, cut down by
 * each column; the views and catalogues for people are made of the same table, so that they cannot say anything
 * else.
 *
 * Statuses bound what may hang on their labels: labels of active have no restriction, those of deleted and
 * pending_deletion only block_everything, all others any but that one. A restriction of all labels is cut down in the
 * same way, so it never reaches a label that may not have it. Pure: no server, no clock; nothing is late here.
 */
#include "status/status_rules.h"

#include <stddef.h>
#include <string.h>

#include "common/word_rules.h"

/*
 * The restrictions of labels of suspended, fraud_suspected, fraud_confirmed and internal: all below
 * BLOCK_EVERYTHING.
 */
#define SINGLE_RESTRICTIONS (BLOCK_EVERYTHING - 1)

#define GUARDED(name, text, ...) [GUARD_##name] = { .word = text, ##__VA_ARGS__ },
static const GuardedRules operations[GUARD_COUNT] = {
#include "status/operations.def"
};
#undef GUARDED

/* Statuses with their words, and the restrictions that their labels may have. */
static const struct
{
	CustomerStatus status;
	const char *name;
	uint32_t allowed; /* restrictions of its labels */
} statuses[STATUS_COUNT] = {
	{ STATUS_ACTIVE, "active", 0 },
	{ STATUS_SUSPENDED, "suspended", SINGLE_RESTRICTIONS },
	{ STATUS_DELETED, "deleted", BLOCK_EVERYTHING },
	{ STATUS_FRAUD_SUSPECTED, "fraud_suspected", SINGLE_RESTRICTIONS },
	{ STATUS_FRAUD_CONFIRMED, "fraud_confirmed", SINGLE_RESTRICTIONS },
	{ STATUS_INTERNAL, "internal", SINGLE_RESTRICTIONS },
	{ STATUS_PENDING_DELETION, "pending_deletion", BLOCK_EVERYTHING },
};

/* Words of restrictions by the number of their bit. */
static const char *const restrictions[RESTRICTION_COUNT] = {
	"block_coupon_redemption",
	"block_loyalty_promotion_issual",
	"block_identifier_change_and_merge",
	"block_badge_issual",
	"block_coupon_issual",
	"block_promotion_enrolment",
	"block_points_allocation",
	"block_points_redemption",
	"block_tier_upgrade",
	"block_transaction",
	"mark_transaction_outlier",
	"block_everything",
};

/* Fraud statuses with their words, and the statuses that take their place. */
static const struct
{
	FraudStatus fraud;
	const char *name;
	CustomerStatus becomes;
} frauds[FRAUD_STATUS_COUNT] = {
	{ FRAUD_NOT, "not_fraud", STATUS_ACTIVE },
	{ FRAUD_MARKED, "marked", STATUS_FRAUD_SUSPECTED },
	{ FRAUD_CONFIRMED, "confirmed", STATUS_FRAUD_CONFIRMED },
	{ FRAUD_RECONFIRMED, "reconfirmed", STATUS_FRAUD_CONFIRMED },
	{ FRAUD_INTERNAL, "internal", STATUS_INTERNAL },
};

/* Returns a line of the table. */
const GuardedRules *
loyalty_guarded_rules(GuardedOperation operation)
{
	return &operations[operation];
}

/* Searches all lines: it is asked with words by callers of catalogues and by hooks, not by the ledger. */
GuardedOperation
loyalty_guarded_find(const char *word)
{
	int i = 0;

	while (i < GUARD_COUNT && !loyalty_same_word(word, operations[i].word))
		i++;
	return (GuardedOperation) i;
}

/*
 * Judges by the line of the operation. An operation that waits is not refused by BLOCK_EVERYTHING: it comes
 * when the block ends.
 */
StatusVerdict
loyalty_status_judge(GuardedOperation operation, uint32_t restrictions)
{
	const GuardedRules *rules = &operations[operation];
	uint32_t refusing = rules->refused_by | (rules->waits_by ? 0 : BLOCK_EVERYTHING);

	if (rules->system)
		return (StatusVerdict){ 0 };
	return (StatusVerdict){
		.refused_by = restrictions & refusing,
		.zero_points_by = restrictions & rules->zero_points_by,
		.no_promotions_by = restrictions & rules->no_promotions_by,
		.outlier_by = restrictions & rules->outlier_by,
		.waits_by = restrictions & rules->waits_by,
	};
}

/* Returns the status at a position of the table. */
CustomerStatus
loyalty_status_at(int index)
{
	return index >= 0 && index < STATUS_COUNT ? statuses[index].status : STATUS_UNKNOWN;
}

/* Returns the word of a bit. */
const char *
loyalty_restriction_at(int index)
{
	return index >= 0 && index < RESTRICTION_COUNT ? restrictions[index] : NULL;
}

/* Searches seven statuses. */
const char *
loyalty_status_name(CustomerStatus status)
{
	int i;

	for (i = 0; i < STATUS_COUNT; i++)
		if (statuses[i].status == status)
			return statuses[i].name;
	return NULL;
}

/* Searches seven words, in any spelling. */
CustomerStatus
loyalty_status_find(const char *word)
{
	int i;

	for (i = 0; i < STATUS_COUNT; i++)
		if (loyalty_same_word(word, statuses[i].name))
			return statuses[i].status;
	return STATUS_UNKNOWN;
}

/* Names one restriction alone: messages state one fact, and the lowest bit is the same one each time. */
const char *
loyalty_restriction_name(uint32_t given)
{
	int i;

	for (i = 0; i < RESTRICTION_COUNT; i++)
		if (given & (UINT32_C(1) << i))
			return restrictions[i];
	return NULL;
}

/* Returns the bit of a word. */
uint32_t
loyalty_restriction_find(const char *word)
{
	int i;

	for (i = 0; i < RESTRICTION_COUNT; i++)
		if (loyalty_same_word(word, restrictions[i]))
			return UINT32_C(1) << i;
	return 0;
}

/* Finds the restrictions in the table. */
uint32_t
loyalty_status_allowed(CustomerStatus status)
{
	int i;

	for (i = 0; i < STATUS_COUNT; i++)
		if (statuses[i].status == status)
			return statuses[i].allowed;
	return 0;
}

/* Keeps the word of a status for labels of that status, and so the label of those who asked to be deleted. */
CustomerStatus
loyalty_label_reserved(const char *label)
{
	if (strcmp(label, LABEL_DELETION_PENDING) == 0)
		return STATUS_PENDING_DELETION;
	return loyalty_status_find(label);
}

/*
 * Adds BLOCK_EVERYTHING to the label of requested deletions, which nobody can take from it: no call of the
 * customer's may add to an account that is about to be deleted.
 */
uint32_t
loyalty_label_restrictions(const char *label, CustomerStatus status, uint32_t own, uint32_t of_all)
{
	if (strcmp(label, LABEL_DELETION_PENDING) == 0)
		own |= BLOCK_EVERYTHING;
	return (own | of_all) & loyalty_status_allowed(status);
}

/* Returns the position of a fraud status in the table; -1: it is not there. */
static int
place_of_fraud(FraudStatus fraud)
{
	int i = FRAUD_STATUS_COUNT - 1;

	while (i >= 0 && frauds[i].fraud != fraud)
		i--;
	return i;
}

/* Finds the word in the table. */
const char *
loyalty_fraud_status_name(FraudStatus fraud)
{
	int i = place_of_fraud(fraud);

	return i < 0 ? NULL : frauds[i].name;
}

/* Searches five words. */
FraudStatus
loyalty_fraud_status_find(const char *word)
{
	int i;

	for (i = 0; i < FRAUD_STATUS_COUNT; i++)
		if (loyalty_same_word(word, frauds[i].name))
			return frauds[i].fraud;
	return FRAUD_UNKNOWN;
}

/* Finds the status in the table; two fraud statuses become one. */
CustomerStatus
loyalty_fraud_status_becomes(FraudStatus fraud)
{
	int i = place_of_fraud(fraud);

	return i < 0 ? STATUS_UNKNOWN : frauds[i].becomes;
}

/* Restricts what block_points_redemption restricts: points that leave the customer for money's worth, or for another one. */
uint32_t
loyalty_fraud_restrictions(FraudStatus fraud, int64_t blocking)
{
	int i = place_of_fraud(fraud);

	return i > 0 && (blocking >> i & 1) != 0 ? BLOCK_POINTS_REDEMPTION : 0;
}
