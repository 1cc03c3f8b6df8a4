/*
 * code_rules.c: words for the ledger's codes. The table loyalty_data.event_type holds the events' names as
 * well, for views to join; a test compares the two.
 *
 * Sets are told by name, as the views and the arguments of functions call them: category, entry_type,
 * house_account, movement_type, award_type, transaction_type, outlier_status, counts, no_points, participation. A code means
 * something within its set alone. Lists are searched from their beginning: they have a few dozen lines, and a page asks for at most
 * two hundred words.
 */
#include "ledger/tables/code_rules.h"

#include <stddef.h>
#include <string.h>

#include "common/word_rules.h"

/* A code of a set, with its word. */
typedef struct Word
{
	const char *code_set;
	char code;
	const char *word;
} Word;

/* All codes that have a word, set by set; within a set in the order in which a HINT names them. */
static const Word words[] = {
	{ "category", CATEGORY_REGULAR, "regular" },
	{ "category", CATEGORY_PROMISED, "promised" },
	{ "category", CATEGORY_TRIGGER_BASED, "trigger_based" },
	{ "entry_type", ENTRY_CREDIT, "credit" },
	{ "entry_type", ENTRY_DEBIT, "debit" },
	{ "entry_type", ENTRY_OPENING_BALANCE, "opening_balance" },
	{ "entry_type", ENTRY_MEMO, "memo" },
	{ "house_account", HOUSE_OPENING, "opening" },
	{ "house_account", HOUSE_ISSUED, "issued" },
	{ "house_account", HOUSE_IMPORTED, "imported" },
	{ "house_account", HOUSE_REDEEMED, "redeemed" },
	{ "house_account", HOUSE_EXPIRED, "expired" },
	{ "house_account", HOUSE_RETURNED, "returned" },
	{ "house_account", HOUSE_ADJUSTED, "adjusted" },
	{ "house_account", HOUSE_CONVERTED, "converted" },
	{ "house_account", HOUSE_TRANSFER_IN_TRANSIT, "transfer_in_transit" },
	{ "house_account", HOUSE_MERGE_IN_TRANSIT, "merge_in_transit" },
	{ "movement_type", MOVEMENT_REDEEMED, "redeemed" },
	{ "movement_type", MOVEMENT_REDEMPTION_REVERSED, "redemption_reversed" },
	{ "movement_type", MOVEMENT_EXPIRED, "expired" },
	{ "movement_type", MOVEMENT_EXPIRY_REVERTED, "expiry_reverted" },
	{ "movement_type", MOVEMENT_RETURNED, "returned" },
	{ "movement_type", MOVEMENT_REDEMPTION_REVERTED, "redemption_reverted" },
	{ "movement_type", MOVEMENT_TRANSFER_REVERTED, "transfer_reverted" },
	{ "movement_type", MOVEMENT_ARREARS_REVERTED, "arrears_reverted" },
	{ "movement_type", MOVEMENT_TRANSFERRED, "transferred" },
	{ "movement_type", MOVEMENT_MERGED, "merged" },
	{ "movement_type", MOVEMENT_CONVERTED, "converted" },
	{ "movement_type", MOVEMENT_ADJUSTED, "adjusted" },
	{ "movement_type", MOVEMENT_ARREARS_PAID, "arrears_paid" },
	{ "award_type", AWARD_BILL, "bill" },
	{ "award_type", AWARD_BILL_PROMOTION, "bill_promotion" },
	{ "award_type", AWARD_LINE_ITEM, "line_item" },
	{ "award_type", AWARD_LINE_ITEM_PROMOTION, "line_item_promotion" },
	{ "award_type", AWARD_CUSTOMER_PROMOTION, "customer_promotion" },
	{ "award_type", AWARD_DIRECT, "direct" },
	{ "award_type", AWARD_REGISTRATION, "registration" },
	{ "transaction_type", TRANSACTION_REGULAR, "regular" },
	{ "transaction_type", TRANSACTION_NON_LOYALTY, "non_loyalty" },
	{ "transaction_type", TRANSACTION_RETURN, "return" },
	{ "outlier_status", OUTLIER_NORMAL, "normal" },
	{ "outlier_status", OUTLIER_OUTLIER, "outlier" },
	{ "outlier_status", OUTLIER_INTERNAL, "internal" },
	{ "outlier_status", OUTLIER_FRAUD, "fraud" },
	{ "outlier_status", OUTLIER_TEST, "test" },
	{ "no_points", NO_POINTS_STATUS, "points_blocked" },
	{ "no_points", NO_POINTS_PROGRAM_OVER, "program_over" },
	{ "no_points", NO_POINTS_OVERFLOW, "points_overflow" },
	{ "no_points", NO_POINTS_NO_PROGRAM, "no_program" },
	{ "no_points", NO_POINTS_NO_PARTICIPANT, "no_participant" },
	{ "no_points", NO_POINTS_DEACTIVATED, "participation_deactivated" },
	{ "participation", PARTICIPATION_NONE, "none" },
	{ "participation", PARTICIPATION_NOT_CONFIRMED, "not_confirmed" },
	{ "participation", PARTICIPATION_ACTIVE, "active" },
	{ "participation", PARTICIPATION_DEACTIVATED, "deactivated" },
	{ "counts", COUNTS, "counted" },
	{ "counts", COUNTS_NOT, "not_counted" },
};

/* Their number. */
#define WORD_COUNT (sizeof(words) / sizeof(words[0]))

/* The events that earn_points may write: the other ones belong to functions of their own. */
static const struct
{
	const char *name;
	EventCode code;
} award_events[] = {
	{ "points_award", EVENT_POINTS_AWARD },
	{ "goodwill", EVENT_GOODWILL },
	{ "generic_event", EVENT_GENERIC },
	{ "bulk_award", EVENT_BULK_AWARD },
	{ "target_completed", EVENT_TARGET_COMPLETED },
	{ "registration_award", EVENT_REGISTRATION_AWARD },
};

/* Refuses those who take no part, or no more. */
bool
loyalty_participation_accrues(Participation participation)
{
	return participation != PARTICIPATION_NONE && participation != PARTICIPATION_DEACTIVATED;
}

/* Lets pass those who are active, be it without a participation. */
bool
loyalty_participation_spends(Participation participation)
{
	return participation == PARTICIPATION_UNASKED || participation == PARTICIPATION_ACTIVE;
}

/*
 * Finds the word of a code; NULL for one that the set does not have, as a row that was tampered with may say.
 */
const char *
loyalty_code_word(const char *code_set, char code)
{
	size_t i;

	for (i = 0; i < WORD_COUNT; i++)
		if (words[i].code == code && strcmp(words[i].code_set, code_set) == 0)
			return words[i].word;
	return NULL;
}

/* Finds the code of a word in any spelling. */
char
loyalty_word_code(const char *code_set, const char *word)
{
	size_t i;

	for (i = 0; i < WORD_COUNT; i++)
		if (strcmp(words[i].code_set, code_set) == 0 && loyalty_same_word(word, words[i].word))
			return words[i].code;
	return 0;
}

/*
 * Lists the words that an argument may be. Only sets that arguments are of are listed; the last line is that of
 * transaction_type, without "return": a return is no bill that a caller adds.
 */
const char *
loyalty_code_set_words(const char *code_set)
{
	if (strcmp(code_set, "category") == 0)
		return "regular, promised, trigger_based";
	if (strcmp(code_set, "entry_type") == 0)
		return "credit, debit, opening_balance, memo";
	if (strcmp(code_set, "outlier_status") == 0)
		return "normal, outlier, internal, fraud, test";
	return "regular, non_loyalty";
}

/* Has no word of its own for accounts from before: nobody sees a difference. */
const char *
loyalty_participation_word(Participation participation)
{
	return loyalty_code_word("participation", participation == PARTICIPATION_UNASKED ? PARTICIPATION_ACTIVE
																					 : (char) participation);
}

/* Finds the event of a name that a caller gave, in any spelling. Other events belong to functions of their own. */
EventCode
loyalty_award_event(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(award_events) / sizeof(award_events[0]); i++)
		if (loyalty_same_word(name, award_events[i].name))
			return award_events[i].code;
	return EVENT_NONE;
}

/* Lists award_events, as text: a rule has no memory to put a list together in. */
const char *
loyalty_award_event_names(void)
{
	return "points_award, goodwill, generic_event, bulk_award, target_completed, registration_award";
}

/* Names as table event_type has them; a merge of customers is told apart by the merge itself. */
static const struct
{
	EventCode code;
	const char *name;
} notices[] = {
	{ EVENT_BULK_JOB, "points_ledger_bulk_job" },
	{ EVENT_TRANSACTION_ADD, "transaction_add" },
	{ EVENT_POINTS_AWARD, "points_award" },
	{ EVENT_GOODWILL, "goodwill" },
	{ EVENT_GENERIC, "generic_event" },
	{ EVENT_BULK_AWARD, "bulk_award" },
	{ EVENT_TARGET_COMPLETED, "target_completed" },
	{ EVENT_REGISTRATION_AWARD, "registration_award" },
	{ EVENT_REFERRER_AWARD, "referral_referrer_award" },
	{ EVENT_REFEREE_AWARD, "referral_referee_award" },
	{ EVENT_IMPORT, "points_import" },
	{ EVENT_PROMISED_CONVERSION, "promised_points_conversion" },
	{ EVENT_TRIGGER_BASED_CONVERSION, "trigger_based_points_conversion" },
	{ EVENT_TRANSFER_IN, "points_transfer_in" },
	{ EVENT_REDEMPTION_REVERSAL, "points_redemption_reversal" },
	{ EVENT_MANUAL_ADJUSTMENT, "manual_adjustment" },
	{ EVENT_REDEMPTION, "points_redemption" },
	{ EVENT_EXPIRY, "points_expiry" },
	{ EVENT_TRANSACTION_RETURN, "transaction_return" },
	{ EVENT_REFERRAL_RETURN, "referral_return" },
	{ EVENT_TRANSFER_OUT, "points_transfer_out" },
	{ EVENT_REDEMPTION_IMPORT, "redemption_import" },
	{ EVENT_EXPIRY_IMPORT, "expiry_import" },
	{ EVENT_EXPIRY_CHANGE, "expiry_change" },
	{ EVENT_MERGE, "points_merge" },
	{ EVENT_DELETION, "customer_deletion" },
};

/* Searches a short list; NULL for an opening, which nobody is told of. */
const char *
loyalty_event_code_notice(EventCode code)
{
	size_t i;

	for (i = 0; i < sizeof(notices) / sizeof(notices[0]); i++)
		if (notices[i].code == code)
			return notices[i].name;
	return NULL;
}
