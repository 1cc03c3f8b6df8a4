/*
 * code_rules_test.c: words and codes of the ledger's tables there and back, for every character and every set.
 */
#include <string.h>

#include "ledger/tables/code_rules.h"
#include "tap.h"

#define WORD_SIZE 100
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Every set with its codes, said once more: rows in backups hold these characters for good. */
static const struct
{
	const char *code_set;
	const char *codes;
	const char *words; /* between commas */
} code_sets[] = {
	{ "category", "rpt", "regular, promised, trigger_based" },
	{ "entry_type", "cdom", "credit, debit, opening_balance, memo" },
	{ "house_account", "oimrebactg",
	  "opening, issued, imported, redeemed, expired, returned, adjusted, converted, transfer_in_transit, "
	  "merge_in_transit" },
	{ "movement_type", "rReEbsuqtgcap",
	  "redeemed, redemption_reversed, expired, expiry_reverted, returned, redemption_reverted, transfer_reverted, "
	  "arrears_reverted, transferred, merged, converted, adjusted, arrears_paid" },
	{ "award_type", "bBlLcdr",
	  "bill, bill_promotion, line_item, line_item_promotion, customer_promotion, direct, registration" },
	{ "transaction_type", "rnb", "regular, non_loyalty, return" },
	{ "outlier_status", "noift", "normal, outlier, internal, fraud, test" },
};

/* Word number n of words between commas, into "word"; false after the last. */
static bool
nth_word(const char *words, int n, char *word)
{
	const char *end;

	for (; n > 0; n--)
	{
		words = strstr(words, ", ");
		if (words == NULL)
			return false;
		words += 2;
	}
	end = strstr(words, ", ");
	snprintf(word, WORD_SIZE, "%.*s", (int) (end ? (size_t) (end - words) : strlen(words)), words);
	return true;
}

static void
test_code_set(const char *code_set, const char *codes, const char *words)
{
	char word[WORD_SIZE];
	char name[200];
	int wrong = 0;

	for (int code = 0; code < 256; code++)
	{
		const char *found = loyalty_code_word(code_set, (char) code);
		const char *at = code == 0 ? NULL : strchr(codes, code);

		if ((found != NULL) != (at != NULL))
			wrong++;
		else if (found && (!nth_word(words, (int) (at - codes), word) || strcmp(word, found) != 0 ||
						   loyalty_word_code(code_set, found) != (char) code))
			wrong++;
	}
	if (nth_word(words, (int) strlen(codes), word))
		wrong++;
	snprintf(name, sizeof(name), "%s: its codes are \"%s\", each with one word, and no others", code_set,
			 codes);
	ok(wrong == 0, name);
}

static void
test_strangers(void)
{
	int wrong = 0;

	for (size_t i = 0; i < LENGTH(code_sets); i++)
		if (loyalty_word_code(code_sets[i].code_set, "") ||
			loyalty_word_code(code_sets[i].code_set, "regulars") ||
			loyalty_word_code(code_sets[i].code_set, "regular\t") ||
			loyalty_word_code(code_sets[i].code_set, "r") ||
			loyalty_word_code(code_sets[i].code_set, code_sets[i].code_set))
			wrong++;
	ok(wrong == 0, "words: other letters make no word, and a code is none");
	ok(loyalty_word_code("category", "Trigger-based") == CATEGORY_TRIGGER_BASED &&
		   loyalty_word_code("entry_type", "OPENING BALANCE") == ENTRY_OPENING_BALANCE &&
		   loyalty_award_event("goodWill") == EVENT_GOODWILL,
	   "words: in any spelling");
	ok(loyalty_code_word("", 'r') == NULL && loyalty_code_word("Category", 'r') == NULL &&
		   loyalty_code_word("colour", 'r') == NULL && loyalty_word_code("colour", "regular") == 0,
	   "words: an unknown set of codes has none");
	ok(strcmp(loyalty_code_word("category", 'r'), "regular") == 0 &&
		   strcmp(loyalty_code_word("movement_type", 'r'), "redeemed") == 0 &&
		   strcmp(loyalty_code_word("house_account", 'r'), "redeemed") == 0 &&
		   strcmp(loyalty_code_word("transaction_type", 'r'), "regular") == 0,
	   "words: one character means another thing in another set");
}

/* The sets whose words callers write: a HINT lists them. */
static void
test_lists(void)
{
	static const char *const asked[] = { "category", "entry_type", "outlier_status" };
	int wrong = 0;

	for (size_t a = 0; a < LENGTH(asked); a++)
		for (size_t i = 0; i < LENGTH(code_sets); i++)
			if (strcmp(asked[a], code_sets[i].code_set) == 0 &&
				strcmp(loyalty_code_set_words(asked[a]), code_sets[i].words) != 0)
				wrong++;
	ok(wrong == 0, "lists: a HINT has exactly the words of the set");
	ok(strcmp(loyalty_code_set_words("transaction_type"), "regular, non_loyalty") == 0,
	   "lists: returns are no bills that a caller adds");
}

static void
test_award_events(void)
{
	static const struct
	{
		const char *name;
		EventCode code;
	} events[] = {
		{ "points_award", EVENT_POINTS_AWARD },
		{ "goodwill", EVENT_GOODWILL },
		{ "generic_event", EVENT_GENERIC },
		{ "bulk_award", EVENT_BULK_AWARD },
		{ "target_completed", EVENT_TARGET_COMPLETED },
		{ "registration_award", EVENT_REGISTRATION_AWARD },
	};
	static const char *const others[] = { "",
										  "customer_registration",
										  "points_ledger_bulk_job",
										  "transaction_add",
										  "points_redemption",
										  "points_expiry",
										  "points_awards",
										  "points_award\t",
										  "award" };
	char word[WORD_SIZE];
	int wrong = 0;

	for (size_t i = 0; i < LENGTH(events); i++)
		if (loyalty_award_event(events[i].name) != events[i].code ||
			!nth_word(loyalty_award_event_names(), (int) i, word) || strcmp(word, events[i].name) != 0)
			wrong++;
	if (nth_word(loyalty_award_event_names(), (int) LENGTH(events), word))
		wrong++;
	ok(wrong == 0, "events: those that an award may write, and the list of them for a HINT");

	wrong = 0;
	for (size_t i = 0; i < LENGTH(others); i++)
		if (loyalty_award_event(others[i]) != EVENT_NONE)
			wrong++;
	ok(wrong == 0, "events: what the system writes by itself is none of them");
}

int
main(void)
{
	plan(15);
	for (size_t i = 0; i < LENGTH(code_sets); i++)
		test_code_set(code_sets[i].code_set, code_sets[i].codes, code_sets[i].words);
	test_strangers();
	test_lists();
	test_award_events();
	return tap_exit();
}
