/*
 * references.c: the catalogue of the tables that have rows of orgs, and of all columns in them that name rows. It stands
 * above all capabilities, since cards name customers and customers name labels of statuses. Rows of a customer name what
 * was written under the same customer, whoever owns it after a merge; ids of events are those of one customer.
 *
 * Tables have no foreign keys: a parallel restore would lose rows to them, and tables that are spread over servers cannot
 * have most of them. verify_data takes their place: from this list it makes one statement for each column, which finds rows
 * that name nothing. A test compares the list with the tables, so that no column is forgotten.
 */
#include "postgres.h"

#include "org/references.h"
#include "references.h"

/*
 * Ways in which columns name rows: by the same names, by others, only under a condition, as elements of an array, and by
 * what the lot's own row says.
 */
/* clang-format off */
#define NAMES(columns_, parent_) { .columns = (columns_), .parent = (parent_) }
#define NAMES_AS(columns_, parent_, as_) { .columns = (columns_), .parent = (parent_), .parent_columns = (as_) }
#define NAMES_WHEN(columns_, parent_, when_) { .columns = (columns_), .parent = (parent_), .when = (when_) }
#define NAMES_EACH(columns_, parent_, as_) \
	{ .columns = (columns_), .parent = (parent_), .parent_columns = (as_), .each = true }
#define NAMES_OF_LOT(columns_, parent_) { .columns = (columns_), .parent = (parent_), .of_lot = true }
#define NAMES_NOTHING { 0 }

/* References that many tables have. */
#define OF_CUSTOMER NAMES("customer_id", "customer")
#define OF_REGISTERED NAMES_WHEN("customer_id", "customer", "c.customer_id > 0")
#define OF_PROGRAM NAMES("program_id", "program")
#define AT_TILL NAMES("till_id", "till")
#define AT_STORE NAMES("store_id", "store")
#define OF_SOURCE NAMES("source_id", "source")
#define OF_EVENT NAMES("customer_id, event_id", "event")
#define OF_MESSAGE NAMES("customer_id, message_id", "message")
#define OF_REQUEST NAMES("customer_id, request_id", "change_request")
#define OF_LOT NAMES("customer_id, lot_id", "points_lot")
/* clang-format on */

/* Tables by capability: name, the columns that tell a row in a report beside org_id, and its references. */
static const LoyaltyDataTable tables[] = {
	/* org */
	{ "config", NULL, { NAMES_NOTHING } },
	{ "org_access", NULL, { NAMES_NOTHING } },
	{ "store", "store_id", { NAMES("org_unit_id", "org_unit") } },
	{ "org_unit", "org_unit_id", { NAMES_NOTHING } },
	{ "program", "program_id", { NAMES_NOTHING } },
	{ "program_limit", "program_id", { OF_PROGRAM } },
	{ "till", "till_id", { AT_STORE, OF_PROGRAM } },

	/* customer */
	{ "customer",
	  "customer_id",
	  {
		  NAMES_AS("registered_till_id", "till", "till_id"),
		  NAMES_AS("registered_source_id", "source", "source_id"),
		  NAMES_AS("base_till_id", "till", "till_id"),
		  NAMES_AS("merged_into", "customer", "customer_id"),
		  NAMES_EACH("merged_ids", "customer", "customer_id"),
		  NAMES_AS("status_label_id", "status_label", "label_id"),
	  } },
	{ "identifier", "customer_id", { OF_CUSTOMER } },
	{ "customer_identifier", "customer_id", { OF_CUSTOMER } },
	{ "customer_note", "customer_id, note_id", { OF_CUSTOMER } },
	{ "profile", "customer_id, source_id", { OF_CUSTOMER, OF_SOURCE } },
	{ "channel", "customer_id, channel", { OF_CUSTOMER, OF_SOURCE } },
	/* Source 0 is whatever source. */
	{ "subscription",
	  "customer_id, channel, consent_no",
	  { OF_CUSTOMER, NAMES_WHEN("source_id", "source", "c.source_id <> 0") } },
	{ "field", "field_id", { NAMES_NOTHING } },
	{ "customer_field", "customer_id, field_id", { OF_CUSTOMER, NAMES("field_id", "field") } },
	/* Keyed by the mobile, which need be nobody's; a message taught it, or nobody did. */
	{ "mobile_ndnc",
	  NULL,
	  { NAMES_AS("learned_customer_id, learned_message_id", "message", "customer_id, message_id") } },
	{ "registration_request", "customer_id", { OF_CUSTOMER } },
	{ "job_run", NULL, { NAMES_NOTHING } },

	/* status */
	{ "status_label", "label_id", { NAMES_NOTHING } },
	{ "status_setting", NULL, { NAMES_NOTHING } },
	{ "customer_status_change",
	  "customer_id, change_id",
	  {
		  OF_CUSTOMER,
		  NAMES("label_id", "status_label"),
		  NAMES_AS("previous_label_id", "status_label", "label_id"),
	  } },
	{ "deletion_request",
	  "customer_id, request_id",
	  { OF_CUSTOMER, NAMES_AS("former_label_id", "status_label", "label_id"), AT_TILL, OF_SOURCE } },
	{ "deletion_request_key",
	  "customer_id, request_id",
	  { NAMES("customer_id, request_id", "deletion_request") } },

	/* event: a subscriber is told of a customer's events, which the ledger need not have */
	{ "event_subscriber", "subscriber_id", { NAMES_NOTHING } },
	/* A delivery stands behind its head, which is written with it. */
	{ "event_delivery",
	  "customer_id, subscriber_id, event_no",
	  { NAMES("subscriber_id", "event_subscriber"), NAMES("customer_id, subscriber_id", "event_head") } },
	{ "event_head",
	  "customer_id, subscriber_id",
	  { OF_CUSTOMER, NAMES("subscriber_id", "event_subscriber") } },

	/* message: customer 0 is the org itself */
	{ "sender", "sender_id", { NAMES("org_unit_id", "org_unit"), NAMES("bsp_account_id", "bsp_account") } },
	{ "bsp_account", "bsp_account_id", { NAMES_NOTHING } },
	{ "org_contact", "contact_id", { NAMES_NOTHING } },
	{ "contact_topic", NULL, { NAMES_NOTHING } },
	{ "org_delivery_code", NULL, { NAMES_NOTHING } },
	{ "contact_notice", NULL, { NAMES_NOTHING } },
	{ "message_template", "template_id", { NAMES_NOTHING } },
	{ "template_version", "template_id, language, version_no", { NAMES("template_id", "message_template") } },
	{ "message",
	  "customer_id, message_id",
	  { NAMES_WHEN("customer_id", "customer", "c.customer_id <> 0"), OF_SOURCE, NAMES("sender_id", "sender"),
		NAMES("bsp_account_id", "bsp_account"), NAMES("template_id", "message_template") } },
	/* Texts of a message, and all that becomes of it, go by its key. */
	{ "message_body", "customer_id, message_id", { OF_MESSAGE } },
	{ "message_attachment", "customer_id, message_id, attachment_no", { OF_MESSAGE } },
	{ "message_queue", "customer_id, message_id", { OF_MESSAGE } },
	{ "message_request", "customer_id, message_id", { OF_MESSAGE, NAMES("sender_id", "sender") } },
	{ "message_status", "customer_id, message_id, status_no", { OF_MESSAGE } },
	{ "provider_message",
	  "bsp_account_id",
	  { NAMES_WHEN("customer_id, message_id", "message", "c.message_id IS NOT NULL"),
		NAMES_WHEN("bsp_account_id", "bsp_account", "c.bsp_account_id <> 0") } },

	{ "reminder", "reminder_id", { OF_PROGRAM, NAMES("template_id", "message_template") } },
	{ "reminder_sent", "customer_id, reminder_id", { OF_CUSTOMER, NAMES("reminder_id", "reminder") } },
	{ "retention", NULL, { NAMES_NOTHING } },
	/* Customer 0 has what came from nobody; keys by which a message is known again go with it. */
	{ "inbound_message",
	  "customer_id, message_id",
	  { NAMES_WHEN("customer_id", "customer", "c.customer_id <> 0") } },
	{ "inbound_request", "customer_id, message_id", { NAMES("customer_id, message_id", "inbound_message") } },

	/*
	 * verification: ids below zero are nobody who is registered; a message is of the org itself then. A code goes after the last
	 * guess at it; what a use or a release names is a run, which is no row of its own.
	 */
	{ "verification_setting", NULL, { NAMES_NOTHING } },
	{ "verification_template", NULL, { NAMES_NOTHING } },
	{ "verification_code",
	  "customer_id, purpose, code_no",
	  { OF_REGISTERED, OF_PROGRAM, NAMES_WHEN("customer_id, message_id", "message", "c.customer_id > 0") } },
	{ "verification_attempt",
	  "customer_id, purpose, run_no, attempt_no",
	  { OF_REGISTERED, NAMES("customer_id, purpose, code_no", "verification_code") } },
	/* A token stands for a guess, and goes with it. */
	{ "verification_token",
	  "customer_id, purpose, run_no, attempt_no",
	  { OF_REGISTERED, NAMES("customer_id, purpose, run_no, attempt_no", "verification_attempt") } },
	{ "verification_use", "customer_id, purpose, run_no", { OF_REGISTERED } },
	{ "verification_release", "customer_id, purpose, run_no", { OF_REGISTERED } },
	/* Keyed by a digest of the address, whoever has it. */
	{ "verification_address", NULL, { NAMES_NOTHING } },

	/* card: a series of cards has the id of the series of its numbers */
	{ "number_series", "number_series_id", { NAMES_NOTHING } },
	{ "number_series_event", "number_series_id, event_id", { NAMES("number_series_id", "number_series") } },
	{ "card_series",
	  "series_id",
	  { NAMES_AS("series_id", "number_series", "number_series_id"), OF_PROGRAM } },
	{ "card_label", "label_id", { NAMES_NOTHING } },
	{ "card",
	  "card_id",
	  {
		  OF_CUSTOMER,
		  NAMES("series_id", "card_series"),
		  NAMES("label_id", "card_label"),
		  NAMES("card_external_id, card_number", "card_external_id"),
	  } },
	{ "card_external_id", NULL, { NAMES("card_number, card_external_id", "card") } },
	{ "card_change",
	  "card_id, change_id",
	  { NAMES("card_id", "card"), OF_CUSTOMER, NAMES("label_id", "card_label"),
		NAMES_AS("other_card_id", "card", "card_id") } },
	{ "generated_external_id", NULL, { NAMES_NOTHING } },

	/* ledger */
	/* The last entry closes the circle of accounts and entries. An account without entries has no last one. */
	{ "ledger_account",
	  "customer_id, program_id",
	  {
		  OF_CUSTOMER,
		  OF_PROGRAM,
		  { .columns = "customer_id, program_id, category, last_entry_no",
			.parent = "ledger_entry",
			.parent_columns = "customer_id, program_id, category, entry_no",
			.when = "c.last_entry_no <> 0" },
	  } },
	{ "ledger_event",
	  "customer_id, event_id",
	  {
		  OF_CUSTOMER,
		  NAMES("event_code", "event_type"),
		  OF_SOURCE,
		  AT_TILL,
		  AT_STORE,
		  NAMES("transaction_id", "transaction"),
	  } },
	{ "event_note", "customer_id, event_id", { OF_EVENT } },
	{ "ledger_entry",
	  "customer_id, program_id, entry_no",
	  {
		  OF_CUSTOMER,
		  OF_PROGRAM,
		  OF_EVENT,
		  NAMES("event_code", "event_type"),
		  OF_SOURCE,
		  AT_TILL,
		  AT_STORE,
		  NAMES("customer_id, program_id, category", "ledger_account"),
	  } },
	/* A lot that was transferred names the one that it comes from, under its owner of then. */
	{ "points_lot",
	  "customer_id, lot_id",
	  {
		  OF_CUSTOMER,
		  OF_PROGRAM,
		  AT_TILL,
		  NAMES("customer_id, program_id, category, entry_no", "ledger_entry"),
		  NAMES("transaction_id", "transaction"),
		  NAMES("transaction_id, line_no", "transaction_line"),
		  NAMES_AS("origin_customer_id, origin_lot_id", "points_lot", "customer_id, lot_id"),
	  } },
	{ "lot_movement",
	  "customer_id, lot_id, event_id",
	  { OF_LOT, OF_EVENT, NAMES_OF_LOT("entry_no", "ledger_entry") } },
	{ "lot_expiry_change",
	  "customer_id, lot_id, event_id",
	  { OF_LOT, OF_EVENT, NAMES_OF_LOT("entry_no", "ledger_entry") } },
	/* The redemption, and the lot that had paid, are those of whoever redeemed. */
	{ "reversal",
	  "customer_id, event_id, reversed_event_id, lot_id",
	  {
		  OF_EVENT,
		  NAMES_AS("reversed_customer_id, reversed_event_id", "event", "customer_id, event_id"),
		  NAMES_AS("reversed_customer_id, lot_id", "points_lot", "customer_id, lot_id"),
		  OF_PROGRAM,
		  NAMES("customer_id, program_id, entry_no", "ledger_entry"),
	  } },
	/*
	 * The entry is one of the customer who was locked then; the lot may be that of somebody who was merged into it. So
	 * their accounts need not be the same, and neither is asked for by the lot's own row.
	 */
	{ "lot_claim",
	  "customer_id, event_id, lot_id",
	  {
		  OF_EVENT,
		  NAMES_AS("lot_customer_id, lot_id", "points_lot", "customer_id, lot_id"),
		  NAMES("customer_id, program_id, category, entry_no", "ledger_entry"),
	  } },
	{ "ledger_day", NULL, { NAMES_NOTHING } },
	/* Ids are drawn for each note; verify_ledger compares those of events with them. */
	/* Keys stand in a file outside the database, so their ids name no rows. */
	{ "key_use", "key_id", { NAMES_NOTHING } },
	/* Seals name each other by their numbers, which verify_ledger follows. */
	{ "day_seal", "seal_no", { NAMES_NOTHING } },
	{ "day_total", "program_id", { OF_PROGRAM } },
	/* A return names its bill, and a bill that moved names its former self, which may be another customer's. */
	{ "transaction",
	  "customer_id, transaction_id",
	  {
		  OF_CUSTOMER,
		  OF_PROGRAM,
		  NAMES_AS("customer_id, transaction_id", "event", "customer_id, event_id"),
		  OF_SOURCE,
		  AT_TILL,
		  AT_STORE,
		  NAMES_AS("parent_customer_id, parent_id", "transaction", "customer_id, transaction_id"),
	  } },
	{ "transaction_line",
	  "customer_id, transaction_id, line_no",
	  { NAMES("customer_id, transaction_id", "transaction") } },
	/* A number of customer 0 is that of a bill which is tagged to an identifier; till 0 is none. */
	{ "transaction_number",
	  "customer_id, transaction_id",
	  {
		  NAMES_WHEN("customer_id, transaction_id", "transaction", "c.customer_id <> 0"),
		  NAMES_WHEN("transaction_id", "tagged_transaction", "c.customer_id = 0"),
		  NAMES_WHEN("till_id", "till", "c.till_id <> 0"),
	  } },
	{ "tagged_transaction",
	  "transaction_id",
	  { NAMES("transaction_id", "transaction_number"), OF_SOURCE, AT_TILL, AT_STORE } },
	/* Both sides have an event; the referrer's stands under the referrer. */
	{ "referral",
	  "customer_id, referral_id",
	  {
		  OF_CUSTOMER,
		  NAMES_AS("customer_id, referral_id", "event", "customer_id, event_id"),
		  NAMES_AS("referrer_id", "customer", "customer_id"),
		  NAMES_AS("referrer_id, referrer_event_id", "event", "customer_id, event_id"),
		  NAMES("transaction_id", "transaction"),
		  OF_PROGRAM,
	  } },
	{ "transaction_load", NULL, { NAMES_NOTHING } },
	{ "transaction_load_error", "line_no", { NAMES("relation", "transaction_load") } },

	/*
	 * participation: a participation and its last change name each other. Fields may be those of an account from before its
	 * program began to ask, which has no participation.
	 */
	{ "program_activation", "program_id", { OF_PROGRAM } },
	{ "activation_term",
	  "program_id, term_no",
	  { NAMES("program_id", "program_activation"), NAMES_EACH("field_ids", "field", "field_id") } },
	{ "activation_store", "program_id, store_id", { NAMES("program_id", "program_activation"), AT_STORE } },
	{ "store_sender", "store_id", { AT_STORE, NAMES("sender_id", "sender") } },
	{ "participation",
	  "customer_id, program_id",
	  { OF_CUSTOMER, OF_PROGRAM, AT_TILL, OF_SOURCE,
		NAMES_AS("customer_id, program_id, last_change_no", "participation_change",
				 "customer_id, program_id, change_no") } },
	{ "participation_change",
	  "customer_id, program_id, change_no",
	  { NAMES("customer_id, program_id", "participation") } },
	{ "participation_note",
	  "customer_id, program_id, change_no",
	  { NAMES("customer_id, program_id, change_no", "participation_change") } },
	{ "participation_field",
	  "customer_id, program_id, field_id",
	  { OF_CUSTOMER, OF_PROGRAM, NAMES("field_id", "field") } },

	/*
	 * incentive: customer 0 is nobody. Series and promotions are numbered together, and owners of limits are either. Coupons are
	 * named by their codes, as their tables are.
	 */
	{ "use_limit", "limit_id", { NAMES_NOTHING } },
	{ "limit_slot", "limit_id, slot_no", { NAMES("limit_id", "use_limit") } },
	{ "customer_use", "customer_id, limit_id", { OF_CUSTOMER, NAMES("limit_id", "use_limit") } },
	{ "incentive_use",
	  "customer_id, use_id",
	  { OF_REGISTERED, NAMES("promotion_id, version", "promotion_version"),
		NAMES("series_id", "coupon_series"), NAMES_AS("coupon_customer_id", "customer", "customer_id"),
		AT_TILL, AT_STORE, OF_SOURCE, NAMES("customer_id, transaction_id", "transaction") } },
	{ "use_return",
	  "customer_id, use_id",
	  { NAMES("customer_id, use_id", "incentive_use"), AT_TILL, OF_SOURCE } },
	{ "incentive_note", "customer_id, note_id", { OF_REGISTERED } },
	{ "incentive_request", "customer_id, result_id", { OF_REGISTERED } },
	{ "promotion", "promotion_id", { NAMES("promotion_id, version", "promotion_version") } },
	{ "promotion_version",
	  "promotion_id, version",
	  { NAMES("promotion_id", "promotion"), NAMES_EACH("store_ids", "store", "store_id") } },
	{ "code_space", "space_id", { NAMES_NOTHING } },
	{ "code_batch",
	  "space_id, first_position",
	  { NAMES("space_id", "code_space"), NAMES("promotion_id", "promotion") } },
	{ "promo_code",
	  "promotion_id",
	  { NAMES("promotion_id", "promotion"), OF_REGISTERED, NAMES("limit_id", "use_limit"),
		NAMES("promotion_id, batch_no", "code_batch") } },
	{ "customer_code",
	  "customer_id, promotion_id",
	  { OF_CUSTOMER, NAMES("promotion_id", "promotion"), NAMES("code", "promo_code") } },
	{ "coupon_series", "series_id", { NAMES("promotion_id", "promotion"), NAMES("space_id", "code_space") } },
	{ "coupon_stock", "series_id, stock_no", { NAMES("series_id", "coupon_series") } },
	{ "coupon", "coupon_id", { NAMES("series_id", "coupon_series"), OF_CUSTOMER, AT_TILL, OF_SOURCE } },
	{ "generic_coupon",
	  "customer_id, coupon_id",
	  { OF_CUSTOMER, NAMES("series_id", "coupon_series"), AT_TILL, OF_SOURCE } },
	{ "gift_voucher", "voucher_id", { OF_CUSTOMER } },
	{ "voucher_code", "voucher_id", { NAMES("voucher_id", "gift_voucher") } },
	/* A redemption of points that paid for a voucher is one of its first holder, who may be erased from it. */
	{ "voucher_movement",
	  "voucher_id, movement_no",
	  { NAMES("voucher_id", "gift_voucher"), AT_TILL, AT_STORE, OF_SOURCE,
		NAMES_AS("voucher_id, reversed_no", "voucher_movement", "voucher_id, movement_no") } },
	{ "voucher_note", "voucher_id, movement_no", { NAMES("voucher_id, movement_no", "voucher_movement") } },
	{ "voucher_request", NULL, { NAMES_EACH("voucher_ids", "gift_voucher", "voucher_id") } },
	{ "offer_claim", "offer_id", { OF_PROGRAM } },

	/* merge */
	{ "merge_record",
	  "customer_id, merge_id",
	  { OF_CUSTOMER, NAMES_AS("survivor_id", "customer", "customer_id"), AT_TILL } },
	{ "merge_line", "customer_id, line_no", { NAMES("customer_id", "merge_record") } },

	/*
	 * request: rows stand under the customer that the request was made for, also after a merge. The second customer may have
	 * been merged since, or erased: the row is there. A result is an event, a bill or a merge, as the type says, and no
	 * reference: an event stands under whoever was the customer by then.
	 */
	{ "change_request",
	  "customer_id, request_id",
	  { OF_CUSTOMER, NAMES_AS("target_id", "customer", "customer_id"), AT_TILL, OF_SOURCE } },
	{ "change_request_content", "customer_id, request_id", { OF_REQUEST } },
	{ "change_request_log", "customer_id, request_id, log_no", { OF_REQUEST } },
	{ "change_request_claim", "customer_id, request_id", { OF_REQUEST } },
	{ "change_request_key", "customer_id, request_id", { OF_REQUEST } },
	{ "change_request_setting", NULL, { NAMES_NOTHING } },
	{ "change_request_contact", "contact_id", { NAMES("contact_id", "org_contact") } },
	{ "change_request_template", "template_id", { NAMES("template_id", "message_template") } },
	{ "change_request_repeat", "customer_id, request_id", { OF_REQUEST } },
};

/* Hands the list to the lowest capability, which knows no tables of others. */
void
loyalty_references_init(void)
{
	loyalty_catalogue.tables = tables;
	loyalty_catalogue.count = lengthof(tables);
}
