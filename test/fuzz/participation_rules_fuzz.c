/*
 * participation_rules_fuzz.c: terms that nobody thought of, and facts of any number. What is active once stays so when more
 * is known, and nothing but what is not confirmed moves.
 */
// sources: participation_rules.c word_rules.c code_rules.c
#include "fuzz_input.h"
#include "participation/participation_rules.h"

#define MOST 16

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	static const Participation statuses[] = { PARTICIPATION_UNASKED, PARTICIPATION_NONE,
											  PARTICIPATION_NOT_CONFIRMED, PARTICIPATION_ACTIVE,
											  PARTICIPATION_DEACTIVATED };
	bool filled[MOST];
	char term[64];
	const char *field;
	TermKind kind;
	ActivationFacts facts = { .filled = filled };
	Participation before;
	int i;

	facts.status = statuses[fuzz_choice(&input, 5)];
	facts.term_count = fuzz_choice(&input, MOST + 1);
	for (i = 0; i < facts.term_count; i++)
		filled[i] = fuzz_choice(&input, 4) > 0;
	facts.confirms_phone = fuzz_choice(&input, 2) == 1;
	facts.current = fuzz_choice(&input, 2) ? "+65" : NULL;
	facts.confirmed = fuzz_choice(&input, 2) ? "+65" : "+66";
	before = loyalty_activation(&facts);
	REQUIRE(before == facts.status ||
			(facts.status == PARTICIPATION_NOT_CONFIRMED && before == PARTICIPATION_ACTIVE));
	for (i = 0; i < facts.term_count; i++)
		filled[i] = true;
	facts.current = facts.confirmed;
	REQUIRE(loyalty_activation(&facts) == before || before == PARTICIPATION_NOT_CONFIRMED);
	REQUIRE(loyalty_activation(&facts) != PARTICIPATION_NOT_CONFIRMED);
	fuzz_text(&input, term, sizeof(term) - 1);
	kind = loyalty_term_read(term, &field);
	REQUIRE((field != NULL) == (kind == TERM_CUSTOMER_FIELD || kind == TERM_PARTICIPATION_FIELD));
	REQUIRE(field == NULL || (field > term && *field != '\0' && field[-1] == '.'));
	REQUIRE(kind >= TERM_DATA || loyalty_term_read(loyalty_term_name(kind), &field) == kind);
	return 0;
}
