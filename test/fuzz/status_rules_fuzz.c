/*
 * status_rules_fuzz.c: any operation under any restrictions. A verdict names only restrictions that are there, more of them
 * never allow more, the system passes; what a label stops is what its status allows it to; words lead back.
 */
// sources: status_rules.c
#include "common/word_rules.h"
#include "fuzz_input.h"
#include "status/status_rules.h"

#define ALL_RESTRICTIONS ((UINT32_C(1) << RESTRICTION_COUNT) - 1)

static bool
is_within(const StatusVerdict *small, const StatusVerdict *large)
{
	return !(small->refused_by & ~large->refused_by) && !(small->zero_points_by & ~large->zero_points_by) &&
		   !(small->no_promotions_by & ~large->no_promotions_by) &&
		   !(small->outlier_by & ~large->outlier_by) && !(small->waits_by & ~large->waits_by);
}

static void
fuzz_judge(FuzzInput *input)
{
	GuardedOperation operation = (GuardedOperation) fuzz_choice(input, GUARD_COUNT);
	const GuardedRules *rules = loyalty_guarded_rules(operation);
	uint32_t some = (uint32_t) fuzz_bits(input, 4);
	uint32_t more = some | (uint32_t) fuzz_bits(input, 4);
	StatusVerdict verdict = loyalty_status_judge(operation, some);
	StatusVerdict stricter = loyalty_status_judge(operation, more);
	uint32_t all = verdict.refused_by | verdict.zero_points_by | verdict.no_promotions_by |
				   verdict.outlier_by | verdict.waits_by;

	REQUIRE((all & ~some) == 0 && is_within(&verdict, &stricter));
	REQUIRE(!rules->system || all == 0);
	REQUIRE(rules->system || !(some & BLOCK_EVERYTHING) || verdict.refused_by || verdict.waits_by);
	REQUIRE((some & ALL_RESTRICTIONS) != 0 || all == 0);
	REQUIRE((verdict.refused_by & verdict.waits_by) == 0);
	REQUIRE(loyalty_guarded_find(rules->word) == operation);
}

static void
fuzz_words(const char *text)
{
	GuardedOperation operation = loyalty_guarded_find(text);
	CustomerStatus status = loyalty_status_find(text);
	FraudStatus fraud = loyalty_fraud_status_find(text);
	uint32_t restriction = loyalty_restriction_find(text);

	REQUIRE(operation == GUARD_COUNT || loyalty_same_word(text, loyalty_guarded_rules(operation)->word));
	REQUIRE(status == STATUS_UNKNOWN || loyalty_same_word(text, loyalty_status_name(status)));
	REQUIRE(fraud == FRAUD_UNKNOWN || loyalty_same_word(text, loyalty_fraud_status_name(fraud)));
	REQUIRE(restriction == 0 || loyalty_same_word(text, loyalty_restriction_name(restriction)));
	REQUIRE(status == STATUS_UNKNOWN || loyalty_label_reserved(text) == status);
}

static void
fuzz_codes(uint8_t code, int index)
{
	CustomerStatus status = (CustomerStatus) code;
	FraudStatus fraud = (FraudStatus) code;
	const char *name = loyalty_status_name(status);

	REQUIRE(name == NULL ? loyalty_status_allowed(status) == 0 : loyalty_status_find(name) == status);
	name = loyalty_fraud_status_name(fraud);
	REQUIRE(name == NULL || loyalty_fraud_status_find(name) == fraud);
	REQUIRE((name == NULL) == (loyalty_fraud_status_becomes(fraud) == STATUS_UNKNOWN));
	REQUIRE((loyalty_fraud_restrictions(fraud, index) & ~(uint32_t) BLOCK_POINTS_REDEMPTION) == 0);
	REQUIRE(loyalty_fraud_restrictions(fraud, 0) == 0);
	REQUIRE(loyalty_fraud_restrictions(FRAUD_NOT, index) == 0);
	REQUIRE((loyalty_status_at(index) == STATUS_UNKNOWN) == (index < 0 || index >= STATUS_COUNT));
	name = loyalty_restriction_at(index);
	REQUIRE((name == NULL) == (index < 0 || index >= RESTRICTION_COUNT));
	REQUIRE(name == NULL || loyalty_restriction_find(name) == UINT32_C(1) << index);
}

static void
fuzz_label(FuzzInput *input, const char *text)
{
	const char *label = fuzz_bool(input) ? LABEL_DELETION_PENDING : text;
	CustomerStatus status = loyalty_status_at(fuzz_choice(input, STATUS_COUNT));
	uint32_t own = (uint32_t) fuzz_bits(input, 4);
	uint32_t of_all = (uint32_t) fuzz_bits(input, 4);
	uint32_t stops = loyalty_label_restrictions(label, status, own, of_all);
	uint32_t allowed = loyalty_status_allowed(status);

	REQUIRE((stops & ~allowed) == 0 && ((own | of_all) & allowed & ~stops) == 0);
	REQUIRE(stops == loyalty_label_restrictions(label, status, own | stops, of_all));
	if (strcmp(label, LABEL_DELETION_PENDING) == 0 && status == STATUS_PENDING_DELETION)
		REQUIRE(stops == BLOCK_EVERYTHING);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char text[60];

	fuzz_judge(&input);
	fuzz_codes(fuzz_byte(&input), (int) fuzz_number(&input, INT32_MIN, INT32_MAX));
	fuzz_codes(fuzz_byte(&input), fuzz_choice(&input, 20) - 3);
	fuzz_text(&input, text, sizeof(text) - 1);
	fuzz_words(text);
	fuzz_label(&input, text);
	return 0;
}
