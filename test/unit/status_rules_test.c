/*
 * status_rules_test.c: every operation under every combination of restrictions; statuses, labels, fraud statuses.
 */
#include <string.h>

#include "org/config_rules.h"
#include "status/status_rules.h"
#include "tap.h"

#define COMBINATIONS (1 << RESTRICTION_COUNT)

/* What stops what, written down once more and from the other side: by restriction. */
static const struct
{
	const char *restriction;
	const char *refuses; /* words, each with a blank before and after it */
} rows[RESTRICTION_COUNT] = {
	{ "block_coupon_redemption", " coupon_redemption promo_code_redemption " },
	{ "block_loyalty_promotion_issual",
	  " bulk_award target bill_promotion line_item_promotion customer_promotion " },
	{ "block_identifier_change_and_merge",
	  " change_identifier merge_survivor merge_victim automatic_merge " },
	{ "block_badge_issual", " badge_issue " },
	{ "block_coupon_issual", " coupon_issue promo_code_link " },
	{ "block_promotion_enrolment", " promotion_enrolment " },
	{ "block_points_allocation",
	  " earn_points goodwill generic_event bulk_award target referrer_award referee_award points_import "
	  "transfer_in unlock_promised adjust_credit bill_promotion line_item_promotion customer_promotion " },
	{ "block_points_redemption", " redeem_points transfer_out " },
	{ "block_tier_upgrade", " tier_upgrade " },
	{ "block_transaction", " transaction " },
	{ "mark_transaction_outlier", " " },
	{ "block_everything", NULL }, /* all but postings of the system, and what waits */
};

static const char system_postings[] =
	" return reverse_redemption opening expiry card_expiry merge_posting sealing closing record_inbound "
	"voucher_reversal voucher_revocation cancel_message coupon_reversal coupon_revocation customer_note ";

static bool
names(const char *list, const char *word)
{
	char wanted[64];

	snprintf(wanted, sizeof(wanted), " %s ", word);
	return strstr(list, wanted) != NULL;
}

static uint32_t
expected_refusals(const char *word, uint32_t restrictions)
{
	uint32_t refusing = 0;
	int i;

	for (i = 0; i < RESTRICTION_COUNT; i++)
	{
		bool refuses = rows[i].refuses != NULL
						   ? names(rows[i].refuses, word)
						   : !names(system_postings, word) && strcmp(word, "convert_promised") != 0;

		if (refuses && (restrictions & (UINT32_C(1) << i)))
			refusing |= UINT32_C(1) << i;
	}
	return refusing;
}

static bool
verdict_is_right(GuardedOperation operation, uint32_t restrictions)
{
	const char *word = loyalty_guarded_rules(operation)->word;
	StatusVerdict verdict = loyalty_status_judge(operation, restrictions);
	bool bill = strcmp(word, "transaction") == 0;
	uint32_t waits = strcmp(word, "convert_promised") == 0 ? BLOCK_POINTS_ALLOCATION | BLOCK_EVERYTHING : 0;

	return verdict.refused_by == expected_refusals(word, restrictions) &&
		   verdict.zero_points_by == (bill ? restrictions & BLOCK_POINTS_ALLOCATION : 0) &&
		   verdict.no_promotions_by == (bill ? restrictions & BLOCK_LOYALTY_PROMOTION_ISSUAL : 0) &&
		   verdict.outlier_by == (bill ? restrictions & MARK_TRANSACTION_OUTLIER : 0) &&
		   verdict.waits_by == (restrictions & waits);
}

static void
test_operations(void)
{
	bool right = true;
	bool words = true;
	int operation;
	uint32_t restrictions;

	for (operation = 0; operation < GUARD_COUNT; operation++)
	{
		const char *word = loyalty_guarded_rules((GuardedOperation) operation)->word;

		words = words && loyalty_guarded_find(word) == (GuardedOperation) operation;
		for (restrictions = 0; restrictions < COMBINATIONS; restrictions++)
			if (!verdict_is_right((GuardedOperation) operation, restrictions))
			{
				if (right)
					printf("# %s under %x\n", word, (unsigned) restrictions);
				right = false;
			}
	}
	ok(right, "every operation under every combination of restrictions");
	ok(words && loyalty_guarded_find("Earn points") == GUARD_EARN &&
		   loyalty_guarded_find("earn_point") == GUARD_COUNT && loyalty_guarded_find("") == GUARD_COUNT,
	   "operations are found by their words, each a word of its own");
}

static void
test_restrictions(void)
{
	bool words = true;
	int i;

	for (i = 0; i < RESTRICTION_COUNT; i++)
		words = words && strcmp(loyalty_restriction_at(i), rows[i].restriction) == 0 &&
				loyalty_restriction_find(rows[i].restriction) == UINT32_C(1) << i &&
				strcmp(loyalty_restriction_name(UINT32_C(1) << i), rows[i].restriction) == 0;
	ok(words, "restrictions have their bits and words");
	ok(loyalty_restriction_at(-1) == NULL && loyalty_restriction_at(RESTRICTION_COUNT) == NULL &&
		   loyalty_restriction_find("all") == 0 && loyalty_restriction_name(0) == NULL &&
		   loyalty_restriction_name(UINT32_C(1) << RESTRICTION_COUNT) == NULL,
	   "there are no others");
}

static void
test_statuses(void)
{
	static const char words[] =
		" active suspended deleted fraud_suspected fraud_confirmed internal pending_deletion ";
	bool named = true;
	bool allowed = true;
	int i;

	for (i = 0; i < STATUS_COUNT; i++)
	{
		CustomerStatus status = loyalty_status_at(i);
		const char *name = loyalty_status_name(status);
		uint32_t wanted = COMBINATIONS / 2 - 1;

		if (status == STATUS_ACTIVE)
			wanted = 0;
		else if (status == STATUS_DELETED || status == STATUS_PENDING_DELETION)
			wanted = BLOCK_EVERYTHING;
		named = named && names(words, name) && loyalty_status_find(name) == status &&
				loyalty_label_reserved(name) == status;
		allowed = allowed && loyalty_status_allowed(status) == wanted;
	}
	ok(named && loyalty_status_at(STATUS_COUNT) == STATUS_UNKNOWN &&
		   loyalty_status_find("Fraud suspected") == STATUS_FRAUD_SUSPECTED &&
		   loyalty_status_find("Actives") == STATUS_UNKNOWN && loyalty_status_name('?') == NULL,
	   "statuses have names");
	ok(allowed && loyalty_status_allowed(STATUS_UNKNOWN) == 0, "each status allows its restrictions");
	ok(loyalty_label_reserved("Deletion_pending") == STATUS_PENDING_DELETION &&
		   loyalty_label_reserved("deletion_pending") == STATUS_UNKNOWN &&
		   loyalty_label_reserved("Under review") == STATUS_UNKNOWN,
	   "few labels are reserved");
}

static void
test_labels(void)
{
	ok(loyalty_label_restrictions("x", STATUS_SUSPENDED, BLOCK_TRANSACTION, BLOCK_POINTS_REDEMPTION) ==
		   (BLOCK_TRANSACTION | BLOCK_POINTS_REDEMPTION),
	   "a label has its own restrictions and those of all labels");
	ok(loyalty_label_restrictions("x", STATUS_ACTIVE, 0, COMBINATIONS - 1) == 0 &&
		   loyalty_label_restrictions("x", STATUS_DELETED, 0, COMBINATIONS - 1) == BLOCK_EVERYTHING &&
		   loyalty_label_restrictions("x", STATUS_INTERNAL, 0, COMBINATIONS - 1) == BLOCK_EVERYTHING - 1,
	   "of those of all labels it has what its status allows");
	ok(loyalty_label_restrictions("Deletion_pending", STATUS_PENDING_DELETION, 0, 0) == BLOCK_EVERYTHING &&
		   loyalty_label_restrictions("other", STATUS_PENDING_DELETION, 0, 0) == 0,
	   "who asked to be deleted can do nothing");
}

static void
test_fraud(void)
{
	static const char *const becomes[FRAUD_STATUS_COUNT][2] = { { "not_fraud", "active" },
																{ "marked", "fraud_suspected" },
																{ "confirmed", "fraud_confirmed" },
																{ "reconfirmed", "fraud_confirmed" },
																{ "internal", "internal" } };
	bool right = true;
	int i;

	for (i = 0; i < FRAUD_STATUS_COUNT; i++)
	{
		FraudStatus fraud = loyalty_fraud_status_find(becomes[i][0]);

		right = right && fraud != FRAUD_UNKNOWN &&
				strcmp(loyalty_fraud_status_name(fraud), becomes[i][0]) == 0 &&
				strcmp(loyalty_status_name(loyalty_fraud_status_becomes(fraud)), becomes[i][1]) == 0;
	}
	ok(right, "each fraud status becomes a status");
	ok(loyalty_fraud_status_find("fraud") == FRAUD_UNKNOWN &&
		   loyalty_fraud_status_name(FRAUD_UNKNOWN) == NULL &&
		   loyalty_fraud_status_becomes(FRAUD_UNKNOWN) == STATUS_UNKNOWN,
	   "there are no others");
}

/* The words of CONF_FRAUD_STATUS_BLOCKS stand in the order of the statuses, "none" for not_fraud. */
static void
test_fraud_blocks(void)
{
	static const char *const words[FRAUD_STATUS_COUNT] = { "none", "marked", "confirmed", "reconfirmed",
														   "internal" };
	char canonical[CONFIG_VALUE_MAX + 1];
	bool right = true;
	int i, j;

	for (i = 0; i < FRAUD_STATUS_COUNT; i++)
	{
		int64_t bits = loyalty_config_accepts(CONFIG_FRAUD_STATUS_BLOCKS, words[i], canonical)
						   ? loyalty_config_number(CONFIG_FRAUD_STATUS_BLOCKS, canonical)
						   : 0;

		right = right && bits == INT64_C(1) << i;
		for (j = 0; j < FRAUD_STATUS_COUNT; j++)
		{
			FraudStatus fraud = j == 0 ? FRAUD_NOT : loyalty_fraud_status_find(words[j]);

			right = right && loyalty_fraud_restrictions(fraud, bits) ==
								 (i == j && j > 0 ? BLOCK_POINTS_REDEMPTION : 0);
		}
	}
	ok(right, "each word stops redemptions of the status that it names, and none of nobody");
	ok(loyalty_fraud_restrictions(FRAUD_NOT, -1) == 0 && loyalty_fraud_restrictions(FRAUD_UNKNOWN, -1) == 0,
	   "who is no fraud, or was never judged, is never stopped");
	ok(loyalty_config_accepts(CONFIG_FRAUD_STATUS_BLOCKS, "marked,internal", canonical) &&
		   loyalty_fraud_restrictions(FRAUD_INTERNAL,
									  loyalty_config_number(CONFIG_FRAUD_STATUS_BLOCKS, canonical)) != 0 &&
		   loyalty_fraud_restrictions(FRAUD_CONFIRMED,
									  loyalty_config_number(CONFIG_FRAUD_STATUS_BLOCKS, canonical)) == 0,
	   "several words stop each");
}

int
main(void)
{
	plan(15);
	test_operations();
	test_restrictions();
	test_statuses();
	test_labels();
	test_fraud();
	test_fraud_blocks();
	return tap_exit();
}
