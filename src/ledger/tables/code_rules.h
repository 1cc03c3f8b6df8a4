/*
 * code_rules.h: the one-character codes of the ledger's tables, the catalogue of events, and the words for
 * both. Knows no server.
 */
#ifndef LOYALTY_CODE_RULES_H
#define LOYALTY_CODE_RULES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum Category
{
	CATEGORY_REGULAR = 'r',
	CATEGORY_PROMISED = 'p',
	CATEGORY_TRIGGER_BASED = 't',
} Category;

typedef enum EntryType
{
	ENTRY_CREDIT = 'c',
	ENTRY_DEBIT = 'd',
	ENTRY_OPENING_BALANCE = 'o',
	ENTRY_MEMO = 'm',
} EntryType;

typedef enum HouseAccount
{
	HOUSE_OPENING = 'o',
	HOUSE_ISSUED = 'i',
	HOUSE_IMPORTED = 'm',
	HOUSE_REDEEMED = 'r',
	HOUSE_EXPIRED = 'e',
	HOUSE_RETURNED = 'b',
	HOUSE_ADJUSTED = 'a',
	HOUSE_CONVERTED = 'c',
	HOUSE_TRANSFER_IN_TRANSIT = 't',
	HOUSE_MERGE_IN_TRANSIT = 'g',
} HouseAccount;

typedef enum MovementType
{
	MOVEMENT_REDEEMED = 'r',
	MOVEMENT_REDEMPTION_REVERSED = 'R',
	MOVEMENT_EXPIRED = 'e',
	MOVEMENT_EXPIRY_REVERTED = 'E',
	MOVEMENT_RETURNED = 'b',
	MOVEMENT_REDEMPTION_REVERTED = 's',
	MOVEMENT_TRANSFER_REVERTED = 'u',
	MOVEMENT_ARREARS_REVERTED = 'q',
	MOVEMENT_TRANSFERRED = 't',
	MOVEMENT_MERGED = 'g',
	MOVEMENT_CONVERTED = 'c',
	MOVEMENT_ADJUSTED = 'a',
	MOVEMENT_ARREARS_PAID = 'p', /* of the lot's own account, or of what another lot owes */
} MovementType;

typedef enum AwardType
{
	AWARD_BILL = 'b',
	AWARD_BILL_PROMOTION = 'B',
	AWARD_LINE_ITEM = 'l',
	AWARD_LINE_ITEM_PROMOTION = 'L',
	AWARD_CUSTOMER_PROMOTION = 'c',
	AWARD_DIRECT = 'd', /* outside a bill */
	AWARD_REGISTRATION = 'r',
} AwardType;

typedef enum LotExpiryType
{
	LOT_EXPIRY_FIXED = 'f',
	LOT_EXPIRY_ROLLING = 'r',
} LotExpiryType;

typedef enum TransactionType
{
	TRANSACTION_REGULAR = 'r',
	TRANSACTION_NON_LOYALTY = 'n', /* earns nothing, may be older than the registration */
	TRANSACTION_RETURN = 'b',
} TransactionType;

/* What keeps a bill out of averages and of counting for tiers. */
typedef enum OutlierStatus
{
	OUTLIER_NORMAL = 'n',
	OUTLIER_OUTLIER = 'o',
	OUTLIER_INTERNAL = 'i',
	OUTLIER_FRAUD = 'f',
	OUTLIER_TEST = 't',
} OutlierStatus;

typedef enum EventCode
{
	EVENT_NONE = 0,
	EVENT_CUSTOMER_REGISTRATION = 1,
	EVENT_BULK_JOB = 2,
	EVENT_TRANSACTION_ADD = 10,
	EVENT_POINTS_AWARD = 11,
	EVENT_GOODWILL = 12,
	EVENT_GENERIC = 13,
	EVENT_BULK_AWARD = 14,
	EVENT_TARGET_COMPLETED = 15,
	EVENT_REGISTRATION_AWARD = 16,
	EVENT_REFERRER_AWARD = 17,
	EVENT_REFEREE_AWARD = 18,
	EVENT_IMPORT = 19,
	EVENT_PROMISED_CONVERSION = 20,
	EVENT_TRIGGER_BASED_CONVERSION = 21,
	EVENT_TRANSFER_IN = 22,
	EVENT_REDEMPTION_REVERSAL = 23,
	EVENT_MANUAL_ADJUSTMENT = 24,
	EVENT_REDEMPTION = 30,
	EVENT_EXPIRY = 31,
	EVENT_TRANSACTION_RETURN = 32,
	EVENT_REFERRAL_RETURN = 33,
	EVENT_TRANSFER_OUT = 34,
	EVENT_REDEMPTION_IMPORT = 35,
	EVENT_EXPIRY_IMPORT = 36,
	EVENT_EXPIRY_CHANGE = 40,
	EVENT_MERGE = 41,
	EVENT_DELETION = 42,
} EventCode;

/* The word for a code of a set: category, entry_type, house_account, movement_type, award_type, ... NULL: none. */
extern const char *loyalty_code_word(const char *code_set, char code);

/* The code for a word of a set; 0: none. */
extern char loyalty_word_code(const char *code_set, const char *word);

/* The words of a set between commas, for a HINT. */
extern const char *loyalty_code_set_words(const char *code_set);

/* The event of that name that earn_points may write; EVENT_NONE otherwise. */
extern EventCode loyalty_award_event(const char *name);

/* Their names between commas. */
extern const char *loyalty_award_event_names(void);

#endif
