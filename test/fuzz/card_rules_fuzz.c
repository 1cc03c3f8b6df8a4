/*
 * card_rules_fuzz.c: statuses of cards, known and unknown, along any way. Names and statuses are one to one; nothing
 * follows a final status; what can be used counts; an end of validity comes once.
 */
// sources: card_rules.c
#include <limits.h>

#include "card/card_rules.h"
#include "common/word_rules.h"
#include "fuzz_input.h"

static void
fuzz_status(CardStatus status)
{
	const char *name = loyalty_card_status_name(status);
	CardStatus ended = loyalty_card_status_at(status, true);

	if (name != NULL)
		REQUIRE(loyalty_card_status_find(name) == status &&
				strstr(loyalty_card_status_names(), name) != NULL);
	else
		REQUIRE(!loyalty_card_is_usable(status) && !loyalty_card_counts(status, false));
	REQUIRE(!loyalty_card_is_usable(status) || loyalty_card_counts(status, false));
	REQUIRE(!loyalty_card_counts(status, true) || loyalty_card_counts(status, false));
	REQUIRE(!loyalty_card_is_final(status) || !loyalty_card_counts(status, false));
	REQUIRE(loyalty_card_status_at(status, false) == status && loyalty_card_status_at(ended, true) == ended);
	REQUIRE(ended == status || ended == CARD_EXPIRED);
	REQUIRE(loyalty_card_is_final(loyalty_card_status_replaced(status)));
	REQUIRE(!loyalty_card_is_final(status) || loyalty_card_status_replaced(status) == status);
	REQUIRE(loyalty_card_counts(status, false) || status == CARD_NOT_ISSUED || name == NULL ||
			loyalty_card_replacement_is_one_more(status, true));
}

/* A card goes its way as the rules let it: what is final is the end, what was issued never becomes unissued. */
static void
fuzz_life(FuzzInput *input)
{
	CardStatus status = CARD_NOT_ISSUED;
	bool issued = false;

	while (input->size > 0)
	{
		CardStatus next = (CardStatus) fuzz_byte(input);

		fuzz_status(next);
		if (!loyalty_card_may_become(status, next))
			continue;
		REQUIRE(!loyalty_card_is_final(status) && loyalty_card_status_name(next) != NULL);
		REQUIRE(!issued || next != CARD_NOT_ISSUED);
		issued |= loyalty_card_is_usable(next);
		status = next;
	}
}

static const char *const issues[] = { "never", "every_registration", "named_registration" };

/* Less of a validity fits where more does, down to a day, and neither part alone is over a hundred years. */
static void
fuzz_validity(FuzzInput *input)
{
	int months = (int) fuzz_number(input, INT_MIN, INT_MAX);
	int days = (int) fuzz_number(input, INT_MIN, INT_MAX);

	if (!loyalty_card_validity_fits(months, days))
		return;
	REQUIRE(months >= 0 && months <= 1200 && days >= 0 && days <= 36525);
	REQUIRE(days == 0 || months + days == 1 || loyalty_card_validity_fits(months, days - 1));
	REQUIRE(months == 0 || months + days == 1 || loyalty_card_validity_fits(months - 1, days));
	REQUIRE(months == 0 || loyalty_card_validity_fits(months - 1, days + 30));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char name[40];
	int64_t held = fuzz_number(&input, 0, INT64_MAX - 1);
	int64_t limit = fuzz_number(&input, 0, INT64_MAX);
	CardStatus status;

	REQUIRE(!loyalty_card_over_limit(held, 0));
	REQUIRE(!loyalty_card_over_limit(held, limit) || loyalty_card_over_limit(held + 1, limit));
	REQUIRE(limit == 0 || (loyalty_card_over_limit(held, limit) == (held + 1 > limit)));
	fuzz_text(&input, name, sizeof(name) - 1);
	status = loyalty_card_status_find(name);
	REQUIRE(status == CARD_UNKNOWN || loyalty_same_word(name, loyalty_card_status_name(status)));
	REQUIRE(loyalty_card_issue_find(name) == 0 ||
			loyalty_word_place(name, issues, sizeof(issues) / sizeof(issues[0])) >= 0);
	fuzz_validity(&input);
	fuzz_life(&input);
	return 0;
}
