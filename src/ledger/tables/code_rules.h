/*
 * code_rules.h: the one-character codes of the ledger's tables, the catalogue of events, and the words for
 * both. Knows no server. A code keeps its meaning for good: rows of years ago have it, and their hashes cover it.
 *
 * The words of the ledger, as code and pages use them:
 *
 *   program            a loyalty program of the org, with points, rules and accounts of its own.
 *   account            what one customer has in one program and category: a balance, counters, and entries that are
 *                      numbered from 1 without a gap.
 *   event              something that happened to a customer: a bill, an award, a redemption, an expiry, a merge.
 *   entry              a line of one account, caused by an event: credit, debit, opening balance or memo. It is
 *                      never changed.
 *   opening balance    the first entry of an account: zero points at the registration, or the balance that an import
 *                      brought.
 *   closing balance    the balance after the last entry of a range of time, as ledger_closing_balance returns it.
 *   memo               an entry of zero points: it says that the expiry of a lot changed, or what a return claims.
 *   house account      the other side of every entry: it gives the points of a credit and takes those of a debit. It
 *                      has no row; its balance is a sum of entries.
 *   counter            a sum over all entries of an account: lifetime, redeemed, expired and returned points.
 *   lot                points that came together, with an expiry of their own. It is open while any of them remain.
 *   movement           points of a lot that went from one of its columns to another, by one entry.
 *   arrears            how far a balance is below zero. The next points that come pay them first.
 *
 *   regular points     points to spend.
 *   promised points    points that become regular on a date, which their lot says.
 *   trigger-based      promised points that become regular when something outside happens: a parcel is delivered.
 *   conversion         promised or trigger-based lots go on as regular ones: a debit and a credit of one event.
 *   redeemable from    the instant before which a lot pays nothing; of a promised lot, the instant of its conversion.
 *   available          points that can be spent at a time: of open regular lots, not due, and redeemable by then.
 *
 *   due                an open lot is due from the instant of its expiry on, whether or not the expiry is posted.
 *   rolling expiry     an expiry that moves on with each activity of the customer in the program; a fixed one stays.
 *   expiry change      the old and the new expiry of a lot. The lot has the new one, the memo entry's change has both.
 *   event time         when it happened in the business, as the caller said; it may be long past.
 *   effective time     when an entry counts: the event's time, but never before that of the account's last entry.
 *   recorded time      when it was written, by the clock; it never runs backwards in an account either.
 *   posting day        the day, where the org is, that an entry is booked on: that of its effective time, or the first
 *                      open day where that one is closed.
 *   closing            of a day: no entry is booked on it, or on an earlier one, any more. A seal holds the sums.
 *                      Of an account, by a deletion: what is left is taken, what is owed is paid, so that zero remains.
 *
 *   draw               taking points from open lots, those that expire first before others.
 *   reversal           a redemption taken back: points return to the lots that paid.
 *   claw back          to take the points of a returned bill back, whatever became of them: those that were spent or
 *                      given away are paid by other open lots, then by arrears.
 *   claim              what of a returned lot nothing paid. Whatever comes back to the lot settles it first.
 *   merge              two customers become one: the victim's points go to the survivor. Both are of one merge group.
 */
#ifndef LOYALTY_CODE_RULES_H
#define LOYALTY_CODE_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds of points. An account has points of one kind alone. Their order in a page is that of their codes. */
typedef enum Category
{
	CATEGORY_REGULAR = 'r',
	CATEGORY_PROMISED = 'p',
	CATEGORY_TRIGGER_BASED = 't',
} Category;

/* Kinds of entries. Points are never negative but in an opening balance below zero: the type is the sign. */
typedef enum EntryType
{
	ENTRY_CREDIT = 'c',
	ENTRY_DEBIT = 'd',
	ENTRY_OPENING_BALANCE = 'o',
	ENTRY_MEMO = 'm',
} EntryType;

/*
 * The other side of an entry: a credit comes from it, a debit goes to it. A credit from "redeemed", "expired"
 * or "returned" gives back what an earlier debit took, and lowers the counter of that name.
 */
typedef enum HouseAccount
{
	/* Opening entries of zero points. */
	HOUSE_OPENING = 'o',
	/* Points that the program gave: bills and awards. */
	HOUSE_ISSUED = 'i',
	/* Points, and balances below zero, that came with the customer from another system. */
	HOUSE_IMPORTED = 'm',
	HOUSE_REDEEMED = 'r',
	/* Expiries; the credit of a return, before its debit, where points had expired. */
	HOUSE_EXPIRED = 'e',
	/* Points that returned bills, and referrals with them, took back. */
	HOUSE_RETURNED = 'b',
	/* Corrections by hand, memo entries, and what a deletion takes or pays. */
	HOUSE_ADJUSTED = 'a',
	/* Conversions: both entries of one event are against it, so it nets to zero. */
	HOUSE_CONVERTED = 'c',
	/* Points on their way between two customers: these two net to zero, too. */
	HOUSE_TRANSFER_IN_TRANSIT = 't',
	HOUSE_MERGE_IN_TRANSIT = 'g',
} HouseAccount;

/*
 * Movements between the columns of a lot; posting_rules.c says which column gives and which one takes. A code
 * in lower case moves points out of "remaining", but for s, u and q; one in upper case puts points back into
 * it. A "reverted" fate of points is undone by a return: they count as returned from then on.
 */
typedef enum MovementType
{
	MOVEMENT_REDEEMED = 'r',
	/* By a reversal, or the return of the bill that it was for: the points can be spent again. */
	MOVEMENT_REDEMPTION_REVERSED = 'R',
	MOVEMENT_EXPIRED = 'e',
	/* By a return, which takes them with its next entry. */
	MOVEMENT_EXPIRY_REVERTED = 'E',
	/* Taken back by a return while they were unspent. */
	MOVEMENT_RETURNED = 'b',
	/*
	 * Taken back by a return though they were spent, given away, or had paid arrears: other lots or arrears pay
	 * for them.
	 */
	MOVEMENT_REDEMPTION_REVERTED = 's',
	MOVEMENT_TRANSFER_REVERTED = 'u',
	MOVEMENT_ARREARS_REVERTED = 'q',
	MOVEMENT_TRANSFERRED = 't',
	MOVEMENT_MERGED = 'g',
	MOVEMENT_CONVERTED = 'c',
	/* Taken by a correction, by a balance below zero that was brought, or by a deletion. */
	MOVEMENT_ADJUSTED = 'a',
	/* Paid arrears of the lot's own account, or what another lot owes to a return. */
	MOVEMENT_ARREARS_PAID = 'p',
} MovementType;

/*
 * Reasons for which lots are awarded: the bill, a line of it, a promotion, the customer. A conversion, a transfer and
 * a merge keep them.
 */
typedef enum AwardType
{
	AWARD_BILL = 'b',
	AWARD_BILL_PROMOTION = 'B',
	AWARD_LINE_ITEM = 'l',
	AWARD_LINE_ITEM_PROMOTION = 'L',
	/* Given with a bill, for the customer and not for what was bought. */
	AWARD_CUSTOMER_PROMOTION = 'c',
	/* Given outside a bill; imports, corrections and the credits that pay arrears off are, too. */
	AWARD_DIRECT = 'd',
	/* Given for the registration: a program may keep such lots from being transferred. */
	AWARD_REGISTRATION = 'r',
} AwardType;

/* Kinds of expiries. A lot whose award named an expiry of its own is fixed, in whatever program. */
typedef enum LotExpiryType
{
	LOT_EXPIRY_FIXED = 'f',
	LOT_EXPIRY_ROLLING = 'r',
} LotExpiryType;

/* Kinds of bills. */
typedef enum TransactionType
{
	TRANSACTION_REGULAR = 'r',
	TRANSACTION_NON_LOYALTY = 'n', /* earns nothing, may be older than the registration */
	TRANSACTION_RETURN = 'b',
} TransactionType;

/* Reasons that keep a bill out of averages and of counting for tiers. They change no points. */
typedef enum OutlierStatus
{
	OUTLIER_NORMAL = 'n',
	OUTLIER_OUTLIER = 'o',
	OUTLIER_INTERNAL = 'i',
	OUTLIER_FRAUD = 'f',
	OUTLIER_TEST = 't',
} OutlierStatus;

/* Decisions of a program whether it counts a bill, for points and tiers alike. */
typedef enum Counting
{
	COUNTS = 'c',
	COUNTS_NOT = 'n', /* recorded alone: no loyalty bill, or nobody whom a program counts */
} Counting;

/*
 * Reasons for which a bill that could have earned points has none: a sale is never refused for them. A bill of a
 * customer who is not enrolled, and one that earns nothing by its type, has no reason.
 */
typedef enum NoPoints
{
	NO_POINTS_NONE = 0,
	/* The status of the customer blocks the allocation of points. */
	NO_POINTS_STATUS = 's',
	/* The program's fixed date has passed, or will have by the conversion of what would be promised. */
	NO_POINTS_PROGRAM_OVER = 'e',
	/* The points would be too many, in themselves or for the account. */
	NO_POINTS_OVERFLOW = 'o',
	/* The org has no program. */
	NO_POINTS_NO_PROGRAM = 'p',
	/* The program asks for participation, and the customer takes no part, or no more. */
	NO_POINTS_NO_PARTICIPANT = 'n',
	NO_POINTS_DEACTIVATED = 'd',
} NoPoints;

/*
 * Participations of customers in a program that asks for it. The regular account has a copy, which says what postings may
 * do: points come to whoever takes part, confirmed or not, and are spent by active ones alone.
 */
typedef enum Participation
{
	/* Active without a participation: the account is older than the program's asking, or the program does not ask. */
	PARTICIPATION_UNASKED = 0,
	PARTICIPATION_NONE = '-',
	PARTICIPATION_NOT_CONFIRMED = 'n',
	PARTICIPATION_ACTIVE = 'a',
	PARTICIPATION_DEACTIVATED = 'd',
} Participation;

/*
 * Things that happen, by number: below 10 accounts are opened or balances brought, from 10 on points come, from
 * 30 on they go, from 40 on it is neither or both. docs/ledger.md says which function writes which, and with
 * which entries.
 */
typedef enum EventCode
{
	EVENT_NONE = 0, /* no event: a column that is null */
	EVENT_CUSTOMER_REGISTRATION = 1,
	/* A balance that import_opening_balance brought. */
	EVENT_BULK_JOB = 2,
	/* A bill: it and its return alone may have no entries. */
	EVENT_TRANSACTION_ADD = 10,
	/*
	 * Awards of earn_points, from here to the registration's, differ by name alone; a status may restrict each
	 * by itself.
	 */
	EVENT_POINTS_AWARD = 11,
	EVENT_GOODWILL = 12,
	EVENT_GENERIC = 13,
	EVENT_BULK_AWARD = 14,
	EVENT_TARGET_COMPLETED = 15,
	EVENT_REGISTRATION_AWARD = 16,
	/* Awards of one referral, to both sides; they share a pair id. */
	EVENT_REFERRER_AWARD = 17,
	EVENT_REFEREE_AWARD = 18,
	/* Points that import_points brought; its past redemptions and expiries have codes of their own below. */
	EVENT_IMPORT = 19,
	EVENT_PROMISED_CONVERSION = 20,
	EVENT_TRIGGER_BASED_CONVERSION = 21,
	/* Points that another customer gave; the event of the giver has the same pair id. */
	EVENT_TRANSFER_IN = 22,
	EVENT_REDEMPTION_REVERSAL = 23,
	EVENT_MANUAL_ADJUSTMENT = 24,
	EVENT_REDEMPTION = 30,
	/* Lots that were due at one instant, in all accounts of the customer that were looked at. */
	EVENT_EXPIRY = 31,
	EVENT_TRANSACTION_RETURN = 32,
	/* An award of a referral, taken back with the referee's bill. */
	EVENT_REFERRAL_RETURN = 33,
	EVENT_TRANSFER_OUT = 34,
	EVENT_REDEMPTION_IMPORT = 35,
	EVENT_EXPIRY_IMPORT = 36,
	EVENT_EXPIRY_CHANGE = 40,
	/* Written on either side of a merge, with one pair id. */
	EVENT_MERGE = 41,
	/* Takes what is left, or pays what is owed, when a customer is deleted for good. */
	EVENT_DELETION = 42,
} EventCode;

/* Tells whether points come to a customer of the participation, and bills count; and whether its points may be spent. */
extern bool loyalty_participation_accrues(Participation participation);
extern bool loyalty_participation_spends(Participation participation);

/* The word for a participation; one that is not asked for is active. */
extern const char *loyalty_participation_word(Participation participation);

/* The word for a code of a set: category, entry_type, house_account, movement_type, award_type, ... NULL: none. */
extern const char *loyalty_code_word(const char *code_set, char code);

/* The code for a word of a set; 0: none. */
extern char loyalty_word_code(const char *code_set, const char *word);

/* The words of a set between commas, for a HINT. */
extern const char *loyalty_code_set_words(const char *code_set);

/* The name of an event that subscribers are told: that of the ledger, but for merges, where it is what moved. */
extern const char *loyalty_event_code_notice(EventCode code);

/* The event of a name, if earn_points may write it; else EVENT_NONE. */
extern EventCode loyalty_award_event(const char *name);

/* The names of the events that earn_points may write, between commas. */
extern const char *loyalty_award_event_names(void);

#endif
