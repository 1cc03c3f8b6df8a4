/*
 * ledger_rows.c: the columns of the ledger's tables, in their order there.
 *
 * Tables have their columns by alignment, widest first, which saves bytes in every row; so the lists are in
 * that order and not in one that tells a story. A new column goes to the end of its table and of its list.
 * "_OR" in a type says what stands for a null; a column with a bool (LOYALTY_COLUMN_IF) is null where the bool
 * is false. Names and types are compared with the table when a backend opens it first, so that a list that is
 * wrong raises and never writes.
 */
#include "postgres.h"

#include "ledger/tables/ledger_rows.h"

/* Rules know no server header, and layouts no rule: both name the same sizes. */
StaticAssertDecl(ENTRY_HASH_BYTES == LOYALTY_HASH_BYTES, "hashes have another length in tables");
StaticAssertDecl(sizeof(((Event *) 0)->redemption_id) == LOYALTY_WORD_BYTES, "so have ids of redemptions");

/* A column of an account's row. */
#define ACCOUNT(name, type, member) LOYALTY_COLUMN(name, type, AccountRow, member)

/*
 * Balances and counters are numeric(18,3) in the table, thousandths in the struct. The expiry that never comes
 * is null: the index of what is due leaves it out.
 */
static const LoyaltyColumn account_columns[] = {
	ACCOUNT("customer_id", INT8, customer_id),
	ACCOUNT("last_effective_at", TIME, account.last_effective_at),
	ACCOUNT("last_recorded_at", TIME, account.last_recorded_at),
	ACCOUNT("org_id", INT4, org_id),
	ACCOUNT("program_id", INT4, account.program_id),
	ACCOUNT("last_entry_no", INT4, account.last_entry_no),
	ACCOUNT("last_key_id", INT2, account.last_key_id),
	ACCOUNT("category", CODE, account.category),
	ACCOUNT("balance", POINTS, account.balance),
	ACCOUNT("arrears", POINTS, account.arrears),
	ACCOUNT("lifetime_points", POINTS, account.lifetime),
	ACCOUNT("redeemed_points", POINTS, account.redeemed),
	ACCOUNT("expired_points", POINTS, account.expired),
	ACCOUNT("returned_points", POINTS, account.returned),
	LOYALTY_COLUMN_IF("last_hash", HASH, AccountRow, account.last_hash, hash_is_whole),
	ACCOUNT("next_expiry_at", TIME_OR_END, account.next_expiry_at),
	ACCOUNT("next_conversion_at", TIME_OR_END, account.next_conversion_at),
	ACCOUNT("participation", CHAR_OR_0, account.participation),
};

/* Accounts remember where they were read: they are written again at the end of nearly every posting. */
const LoyaltyLayout account_layout =
	LOYALTY_LAYOUT_WITH_TID("ledger_account", AccountRow, account_columns, tid);

/* A column of an event's row. */
#define EVENT(name, type, member) LOYALTY_COLUMN(name, type, EventRow, event.member)

/* Both digests are there, or neither: has_key goes with each. Nulls are kept out of the partial indexes. */
static const LoyaltyColumn event_columns[] = {
	LOYALTY_COLUMN("customer_id", INT8, EventRow, customer_id),
	EVENT("event_id", INT8, event_id),
	EVENT("event_time", TIME, event_time),
	EVENT("recorded_at", TIME, recorded_at),
	LOYALTY_COLUMN("org_id", INT4, EventRow, org_id),
	EVENT("event_code", NUMBER, event_code),
	EVENT("source_id", INT2_OR_0, source_id),
	EVENT("till_id", INT4_OR_0, till_id),
	EVENT("store_id", INT4_OR_0, store_id),
	EVENT("transaction_id", INT8_OR_0, transaction_id),
	EVENT("pair_id", INT8_OR_0, pair_id),
	LOYALTY_COLUMN_IF("request_digest", INT8, EventRow, event.request_digest, event.has_key),
	LOYALTY_COLUMN_IF("idempotency_digest", UUID, EventRow, event.idempotency_digest, event.has_key),
	EVENT("key_id", INT2_OR_0, key_id),
	EVENT("hash_version", CHAR_OR_0, hash_version),
	EVENT("redemption_id", WORD_OR_EMPTY, redemption_id),
	EVENT("net_points", POINTS, net_points),
	LOYALTY_COLUMN_IF("bill_hash", HASH_OR_NONE, EventRow, event.bill_hash, event.has_bill),
};

const LoyaltyLayout event_layout = LOYALTY_LAYOUT("ledger_event", EventRow, event_columns);

/* A column of an entry's row, and one of the event that it carries. */
#define ENTRY(name, type, member) LOYALTY_COLUMN(name, type, EntryRow, member)
#define CARRIED(name, type, member) LOYALTY_COLUMN_IF(name, type, EntryRow, event.member, carries_event)

/*
 * The event's columns that an entry has are null together where the event has a row. What an entry lacks of an
 * event, as its bill or its key, is what makes a row necessary (loyalty_event_stands_in_entry).
 */
static const LoyaltyColumn entry_columns[] = {
	ENTRY("customer_id", INT8, customer_id),
	ENTRY("event_id", INT8, event_id),
	ENTRY("effective_at", TIME, entry.effective_at),
	CARRIED("event_time", TIME, event_time),
	CARRIED("recorded_at", TIME, recorded_at),
	ENTRY("org_id", INT4, org_id),
	ENTRY("program_id", INT4, entry.program_id),
	ENTRY("entry_no", INT4, entry.entry_no),
	ENTRY("posting_day", DATE, entry.posting_day),
	CARRIED("till_id", INT4_OR_0, till_id),
	CARRIED("store_id", INT4_OR_0, store_id),
	ENTRY("key_id", INT2, key_id),
	CARRIED("event_code", NUMBER, event_code),
	CARRIED("source_id", INT2_OR_0, source_id),
	ENTRY("category", CODE, entry.category),
	ENTRY("entry_type", CODE, entry.entry_type),
	ENTRY("house_account", CODE, entry.house_account),
	ENTRY("hash_version", CHAR, hash_version),
	ENTRY("points", POINTS, entry.points),
	ENTRY("balance_after", POINTS, entry.balance_after),
	LOYALTY_COLUMN_IF("entry_hash", HASH, EntryRow, hash, hash_is_whole),
};

const LoyaltyLayout entry_layout = LOYALTY_LAYOUT("ledger_entry", EntryRow, entry_columns);

/* A column of a lot's row. */
#define LOT(name, type, member) LOYALTY_COLUMN(name, type, LotRow, lot.member)

/* Null stands for no expiry, for redeemable at once, and for whatever a lot was not awarded for. */
static const LoyaltyColumn lot_columns[] = {
	LOYALTY_COLUMN("customer_id", INT8, LotRow, customer_id),
	LOT("lot_id", INT8, lot_id),
	LOT("awarded_at", TIME, awarded_at),
	LOYALTY_COLUMN("org_id", INT4, LotRow, org_id),
	LOT("program_id", INT4, program_id),
	LOT("entry_no", INT4, entry_no),
	LOT("category", CODE, category),
	LOT("award_type", CODE, award_type),
	LOT("expiry_type", CODE, expiry_type),
	LOYALTY_COLUMN("is_open", BOOL, LotRow, is_open),
	LOT("points", POINTS, points),
	LOT("remaining", POINTS, remaining),
	LOT("redeemed", POINTS, redeemed),
	LOT("expired", POINTS, expired),
	LOT("returned", POINTS, returned),
	LOT("transferred", POINTS, transferred),
	LOT("merged", POINTS, merged),
	LOT("converted", POINTS, converted),
	LOT("adjusted", POINTS, adjusted),
	LOT("arrears_paid", POINTS, arrears_paid),
	LOT("expires_at", TIME_OR_END, expires_at),
	LOT("redeemable_from", TIME_OR_BEGIN, redeemable_from),
	LOT("transaction_id", INT8_OR_0, transaction_id),
	LOT("till_id", INT4_OR_0, till_id),
	LOT("line_no", INT4_OR_0, line_no),
	LOT("origin_customer_id", INT8_OR_0, origin_customer_id),
	LOT("origin_lot_id", INT8_OR_0, origin_lot_id),
};

/* Lots remember where they were read, for those that are drawn on. */
const LoyaltyLayout lot_layout = LOYALTY_LAYOUT_WITH_TID("points_lot", LotRow, lot_columns, tid);

/* A column of a movement's row. */
#define MOVEMENT(name, type, member) LOYALTY_COLUMN(name, type, MovementRow, member)

/* The event's id stands beside the entry's number for those who look a redemption up. */
static const LoyaltyColumn movement_columns[] = {
	MOVEMENT("customer_id", INT8, customer_id),	   MOVEMENT("lot_id", INT8, movement.lot_id),
	MOVEMENT("event_id", INT8, event_id),		   MOVEMENT("org_id", INT4, org_id),
	MOVEMENT("entry_no", INT4, movement.entry_no), MOVEMENT("movement_type", CODE, movement.movement_type),
	MOVEMENT("points", POINTS, movement.points),
};

const LoyaltyLayout movement_layout = LOYALTY_LAYOUT("lot_movement", MovementRow, movement_columns);

/* A column of an expiry change's row. */
#define CHANGE(name, type, member) LOYALTY_COLUMN(name, type, ExpiryChangeRow, member)

/* Null is an expiry that never comes, before or after. */
static const LoyaltyColumn expiry_change_columns[] = {
	CHANGE("customer_id", INT8, customer_id),
	CHANGE("lot_id", INT8, change.lot_id),
	CHANGE("event_id", INT8, event_id),
	CHANGE("org_id", INT4, org_id),
	CHANGE("entry_no", INT4, change.entry_no),
	CHANGE("old_expires_at", TIME_OR_END, change.old_expires_at),
	CHANGE("new_expires_at", TIME_OR_END, change.new_expires_at),
};

const LoyaltyLayout expiry_change_layout =
	LOYALTY_LAYOUT("lot_expiry_change", ExpiryChangeRow, expiry_change_columns);

/* A column of a reversal's row. */
#define REVERSAL(name, type, member) LOYALTY_COLUMN(name, type, ReversalRow, member)

static const LoyaltyColumn reversal_columns[] = {
	REVERSAL("customer_id", INT8, customer_id),
	REVERSAL("event_id", INT8, event_id),
	REVERSAL("reversed_customer_id", INT8, reversal.reversed_customer_id),
	REVERSAL("reversed_event_id", INT8, reversal.reversed_event_id),
	REVERSAL("lot_id", INT8, reversal.lot_id),
	REVERSAL("org_id", INT4, org_id),
	REVERSAL("program_id", INT4, reversal.program_id),
	REVERSAL("entry_no", INT4, reversal.entry_no),
	REVERSAL("points", POINTS, reversal.points),
};

const LoyaltyLayout reversal_layout = LOYALTY_LAYOUT("reversal", ReversalRow, reversal_columns);

/* A column of a claim's row. */
#define CLAIM(name, type, member) LOYALTY_COLUMN(name, type, ClaimRow, member)

static const LoyaltyColumn claim_columns[] = {
	CLAIM("customer_id", INT8, customer_id),
	CLAIM("event_id", INT8, event_id),
	CLAIM("lot_customer_id", INT8, claim.lot_customer_id),
	CLAIM("lot_id", INT8, claim.lot_id),
	CLAIM("org_id", INT4, org_id),
	CLAIM("program_id", INT4, claim.program_id),
	CLAIM("entry_no", INT4, claim.entry_no),
	CLAIM("category", CODE, claim.category),
	CLAIM("claimed", POINTS, claim.claimed),
	CLAIM("covered", POINTS, claim.covered),
};

const LoyaltyLayout claim_layout = LOYALTY_LAYOUT("lot_claim", ClaimRow, claim_columns);
