/*
 * loyalty.c: the library's entry: settings, callbacks, and the hook tables through which lower capabilities
 * reach higher ones, filled here in one fixed order.
 *
 * No capability includes a header of one above it. Where a lower one must ask a higher one, it offers a hook, a
 * resolver or a list of participants, and all of them are filled here: this file alone knows everybody. The order of
 * participants matters: a merge decides and writes in that order, and an erasure goes from the capabilities that name
 * customers down to the customer itself, so that nothing is left behind by the removal of what it hung on.
 *
 * The library is loaded by the first call of a session, or by shared_preload_libraries. Nothing here reads a table.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "bill/bill_audit_store.h"
#include "bill/bill_check_store.h"
#include "bill/bill_timeline_store.h"
#include "bill/load_retention_store.h"
#include "bill/purchases_section_store.h"
#include "bill/return_hooks.h"
#include "bill/return_store.h"
#include "bill/tagged_bill.h"
#include "bill/transaction_store.h"
#include "card/card_hooks.h"
#include "card/card_section_store.h"
#include "card/card_timeline_store.h"
#include "card/card_told_store.h"
#include "common/crypto.h"
#include "common/function.h"
#include "common/guc.h"
#include "common/names.h"
#include "common/pg_compat.h"
#include "common/planning.h"
#include "customer/change_hooks.h"
#include "customer/config_guard.h"
#include "customer/erasure.h"
#include "customer/field_store.h"
#include "customer/single_view.h"
#include "customer/timeline_store.h"
#include "event/event_check.h"
#include "event/event_store.h"
#include "event/notify.h"
#include "event/subscribers.h"
#include "incentive/coupon/coupon_holding_store.h"
#include "incentive/coupon/give_back.h"
#include "incentive/coupon/list_store.h"
#include "incentive/promotion/promo_code.h"
#include "incentive/voucher/voucher_holding_store.h"
#include "ledger/jobs/reminder_topic.h"
#include "ledger/move/closing.h"
#include "ledger/move/move_store.h"
#include "ledger/posting/accounts.h"
#include "ledger/posting/posting.h"
#include "ledger/read/points_section.h"
#include "ledger/read/points_timeline.h"
#include "ledger/spend/points_brief.h"
#include "ledger/tables/bill_hooks.h"
#include "ledger/tables/guard.h"
#include "ledger/verify/audit.h"
#include "ledger/verify/told_store.h"
#include "merge/merge_check_store.h"
#include "merge/merge_timeline_store.h"
#include "merge/merge_told_store.h"
#include "merge/participants.h"
#include "message/delivery/delivery.h"
#include "message/delivery/delivery_erasure_store.h"
#include "message/delivery/message_timeline_store.h"
#include "message/delivery/report_store.h"
#include "message/inbox/inbound_timeline_store.h"
#include "message/inbox/inbox_store.h"
#include "message/inbox/reminders.h"
#include "message/inbox/retention.h"
#include "message/outbox/outbox.h"
#include "message/outbox/outbox_erasure_store.h"
#include "message/outbox/outbox_hooks.h"
#include "message/template/definition.h"
#include "org/config_hooks.h"
#include "org/org_store.h"
#include "participation/participation.h"
#include "participation/participation_section_store.h"
#include "participation/participation_timeline_store.h"
#include "references.h"
#include "request/list_store.h"
#include "request/request_holdings.h"
#include "request/request_participant.h"
#include "request/request_timeline_store.h"
#include "request/text_check.h"
#include "status/deletion.h"
#include "status/status_customer.h"
#include "status/status_store.h"
#include "status/status_timeline_store.h"
#include "verification/code_retention_store.h"
#include "verification/proof.h"
#include "verification/setting_store.h"
#include "verification/verification_erasure_store.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

/*
 * Asks everybody who has a say in a change of configuration, the lowest capability first. Each raises what it refuses;
 * the org's row is locked by the call.
 */
static void
before_config_change(LoyaltyCall *call, const char *const *values)
{
	loyalty_config_guard(call, values);
	loyalty_external_id_guard(call, values);
}

/* Tells subscribers of a registration, or of one that found a customer. */
static void
tell_registration(LoyaltyCall *call, const LoyaltyRegistered *registered)
{
	LoyaltyNotice notice = { .customer_id = registered->customer_id,
							 .event_name = registered->created ? "customer_registration" : "customer_update",
							 .event_time = call->now };

	notice.details = registered->created ? (registered->loyalty ? "\"loyalty_type\":\"loyalty\""
																: "\"loyalty_type\":\"non_loyalty\"")
										 : "\"operation\":\"registration\"";
	loyalty_notify(call, &notice);
}

/*
 * Tells everybody who has something for a customer who has registered, the lowest capability first: cards of the
 * series that registrations issue, then bills that were tagged to the customer's identifiers, then participations, which
 * may be complete by now.
 */
static void
after_register(LoyaltyCall *call, const LoyaltyRegistered *registered)
{
	tell_registration(call, registered);
	loyalty_cards_register(call, registered);
	loyalty_tagged_bills_attach(call, registered);
	loyalty_participation_customer_changed(call, registered->customer_id);
}

/* Opens the accounts of who became a loyalty customer, then lets it take part where programs register by themselves. */
static void
after_enrol(LoyaltyCall *call, const LoyaltyEnrolment *enrolment)
{
	loyalty_ledger_open_accounts(call, enrolment);
	loyalty_participation_register(call, enrolment);
}

/* Refuses a server that is too old. A library that was built with newer headers runs on an older server of the same major. */
static void
require_server(void)
{
	if (atoi(GetConfigOption("server_version_num", false, false)) < LOYALTY_OLDEST_SERVER)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("loyalty needs PostgreSQL " LOYALTY_OLDEST_SERVER_TEXT " or newer"),
						errhint("Update the server to the latest release of its major version.")));
}

/* Starts what belongs to no call: settings, libsodium, caches and what empties them. */
static void
start(void)
{
	require_server();
	loyalty_guc_init();
	loyalty_crypto_init();
	loyalty_names_init();
	loyalty_planning_init();
	loyalty_function_init();
	loyalty_org_store_init();
	loyalty_references_init();
	loyalty_ledger_guard_init();
}

/* Fills the hooks through which lower capabilities ask higher ones. Each is filled once; none is optional. */
static void
fill_hooks(void)
{
	loyalty_outbox_hooks.acknowledged = loyalty_delivery_acknowledged;
	loyalty_org_hooks.load_status = loyalty_status_load;
	loyalty_org_hooks.load_subscribers = loyalty_subscribers_load;
	loyalty_org_hooks.subscribers_amiss = loyalty_subscribers_amiss;
	loyalty_org_hooks.load_verification = loyalty_verification_load;
	loyalty_org_hooks.messages_late = loyalty_messages_late;
	loyalty_notice_hooks.wanted = loyalty_notice_wanted;
	loyalty_notice_hooks.notify = loyalty_notify;
	loyalty_org_hooks.after_create = loyalty_standard_fields_make;
	loyalty_template_hooks.check_version = loyalty_request_template_check;
	loyalty_deletion_hooks.requested = loyalty_request_deletion_told;
	loyalty_code_hooks.before_activation = loyalty_participation_before_code;
	/* Proofs are asked for by customers, cards and points, and judged where codes are. */
	loyalty_proof_hooks.judge = loyalty_proof_is_good;
	loyalty_proof_hooks.use = loyalty_proof_is_used_up;
	loyalty_config_hooks.before_change = before_config_change;
	loyalty_status_hooks = loyalty_status_of_customers;
	loyalty_registration_hooks.generates_external_id = loyalty_external_id_is_generated;
	loyalty_registration_hooks.external_id = loyalty_external_id_generate;
	loyalty_registration_hooks.after_enrol = after_enrol;
	loyalty_change_hooks.customer_changed = loyalty_participation_customer_changed;
	/* Rules of participation are judged by postings, which see them in the cached org, and wherever a customer changes. */
	loyalty_org_hooks.load_participation = loyalty_participation_load;
	loyalty_registration_hooks.after_register = after_register;
	loyalty_registration_hooks.auto_merge = loyalty_merge_at_registration;
	loyalty_registration_hooks.renormalize_mobiles = loyalty_tagged_bills_renormalise;
	loyalty_bill_hooks.find = loyalty_bill_find;
	loyalty_bill_hooks.time = loyalty_transaction_time;
	loyalty_bill_hooks.numbers = loyalty_transaction_numbers;
	/* Uses of a bill come back with its last part. */
	loyalty_return_hooks.completed = loyalty_coupons_of_bill_return;
}

/* Adds those who take part in deletions and exports; the order is part of what they do. */
static void
add_erasers(void)
{
	/* Requests first: what is pending is declined, before anything goes that it is about. */
	loyalty_erasure_add(loyalty_requests_erase, &loyalty_request_holdings);
	/*
	 * Bills that wait are attached first, which writes lines whose attributes go next; identifiers, by which waiting
	 * bills are found, go last.
	 */
	loyalty_erasure_add(loyalty_tagged_bills_erase, &loyalty_tagged_bill_holdings);
	loyalty_erasure_add(loyalty_bill_lines_erase, &loyalty_bill_holdings);
	loyalty_erasure_add(loyalty_merge_erase, &loyalty_merge_holdings);
	loyalty_erasure_add(loyalty_vouchers_erase, &loyalty_voucher_holdings);
	loyalty_erasure_add(loyalty_promo_codes_erase, &loyalty_promo_code_holdings);
	loyalty_erasure_add(loyalty_participation_erase, &loyalty_participation_holdings);
	loyalty_erasure_add(loyalty_coupons_erase, &loyalty_coupon_holdings);
	loyalty_erasure_add(loyalty_ledger_erase, &loyalty_ledger_holdings);
	/* Events that subscribers were told of stay, under the bare id: it says nothing of a person. */
	loyalty_erasure_add(loyalty_events_erase, &loyalty_event_holdings);
	loyalty_erasure_add(loyalty_cards_erase, &loyalty_card_holdings);
	loyalty_erasure_add(loyalty_delivery_erase, &loyalty_delivery_holdings);
	loyalty_erasure_add(loyalty_inbox_erase, &loyalty_inbox_holdings);
	loyalty_erasure_add(loyalty_verification_erase, &loyalty_verification_holdings);
	loyalty_erasure_add(loyalty_outbox_erase, &loyalty_outbox_holdings);
	loyalty_erasure_add(loyalty_status_erase, &loyalty_status_holdings);
	loyalty_erasure_add(loyalty_customer_erase, &loyalty_customer_holdings);
}

/* Adds those who take part in merges; the order is part of what they do. */
static void
add_merges(void)
{
	/* Identifiers and consents come first: which of the victim's messages may still go hangs on nothing behind them. */
	loyalty_merge_add(&loyalty_identity_participant);
	loyalty_merge_add(&loyalty_contact_participant);
	loyalty_merge_add(&loyalty_status_participant);
	loyalty_merge_add(&loyalty_message_participant);
	loyalty_merge_add(&loyalty_card_participant);
	loyalty_merge_add(&loyalty_ledger_participant);
	/* Participations come behind the accounts that have their copies. */
	loyalty_merge_add(&loyalty_participation_participant);
	loyalty_merge_add(&loyalty_incentive_participant);
	loyalty_merge_add(&loyalty_request_participant);
}

/* Adds those who take part in look-ups, verification and the single view; the order is part of what they do. */
static void
add_participants(void)
{
	/* Cards stand for their owners wherever a customer is named. */
	loyalty_identifier_resolver_add(&loyalty_card_number_resolver);
	loyalty_identifier_resolver_add(&loyalty_card_external_id_resolver);

	/* The checks of verify_ledger, in the order of its answer. */
	loyalty_audit_add(&loyalty_reversals_check);
	loyalty_audit_add(&loyalty_claims_check);
	loyalty_audit_add(&loyalty_bills_check);
	loyalty_audit_add(&loyalty_returns_check);
	loyalty_audit_add(&loyalty_bill_hashes_check);
	loyalty_audit_add(&loyalty_referrals_check);
	loyalty_audit_add(&loyalty_enrolments_check);
	loyalty_audit_add(&loyalty_merges_check);
	loyalty_audit_add(&loyalty_participations_check);
	loyalty_audit_add(&loyalty_requests_check);
}

/*
 * Adds the sections of the single view and of the brief for a till, in the order of the documents. What a section says of a customer is of
 * its merge group, as reads are.
 */
static void
add_sections(void)
{
	loyalty_single_view_add(loyalty_status_single_view);
	loyalty_single_view_add(loyalty_points_section);
	loyalty_single_view_add(loyalty_purchases_section);
	loyalty_single_view_add(loyalty_cards_section);
	loyalty_single_view_add(loyalty_participations_section);
	loyalty_single_view_add(loyalty_coupons_section);
	loyalty_single_view_add(loyalty_interactions_section);
	loyalty_single_view_add(loyalty_requests_section);
	loyalty_brief_add(loyalty_status_single_view);
	loyalty_brief_add(loyalty_points_brief);
	loyalty_brief_add(loyalty_participations_section);
	loyalty_brief_add(loyalty_coupons_brief);
}

/*
 * Adds what knows something of a customer's history, for customer_timeline. Lines of all of them come in one order of time, so
 * the order here is that of the kinds in messages and pages alone: who the customer is, who spoke with it, what it has and did,
 * and what was decided about it.
 */
static void
add_timeline(void)
{
	loyalty_timeline_add(&loyalty_registration_timeline);
	loyalty_timeline_add(&loyalty_note_timeline);
	loyalty_timeline_add(&loyalty_status_timeline);
	loyalty_timeline_add(&loyalty_deletion_timeline);
	loyalty_timeline_add(&loyalty_message_timeline);
	loyalty_timeline_add(&loyalty_inbound_timeline);
	loyalty_timeline_add(&loyalty_card_timeline);
	loyalty_timeline_add(&loyalty_points_timeline);
	loyalty_timeline_add(&loyalty_bill_timeline);
	loyalty_timeline_add(&loyalty_participation_timeline);
	loyalty_timeline_add(&loyalty_merge_timeline);
	loyalty_timeline_add(&loyalty_request_timeline);
}

/*
 * Adds the checks of events, in the order in which verify_channels answers them: what was told hangs together, and each thing that
 * happens was told.
 */
static void
add_event_checks(void)
{
	loyalty_event_check_add(&loyalty_event_order_check);
	loyalty_event_check_add(&loyalty_registrations_told_check);
	loyalty_event_check_add(&loyalty_statuses_told_check);
	loyalty_event_check_add(&loyalty_cards_told_check);
	loyalty_event_check_add(&loyalty_ledger_told_check);
	loyalty_event_check_add(&loyalty_ledger_only_told_check);
	loyalty_event_check_add(&loyalty_merges_told_check);
}

/*
 * Adds what jobs of messages go through: topics of reminders, in the order of lists of them; and kinds of what is kept for a time,
 * in the order of runs. Reports come first: they are many, and may go before their messages.
 */
static void
add_timed(void)
{
	loyalty_reminder_topic_add(&loyalty_points_reminder_topic);
	loyalty_reminder_topic_add(&loyalty_birthday_topic);
	loyalty_reminder_topic_add(&loyalty_anniversary_topic);
	loyalty_retention_add(&loyalty_reports_retention);
	loyalty_retention_add(&loyalty_messages_retention);
	loyalty_retention_add(&loyalty_inbound_retention);
	loyalty_retention_add(&loyalty_reminders_retention);
	loyalty_retention_add(&loyalty_events_retention);
	loyalty_retention_add(&loyalty_load_errors_retention);
	loyalty_retention_add(&loyalty_codes_retention);
}

/* Runs as the library is loaded: before the first call of a session, or by the postmaster where it is preloaded. */
void
_PG_init(void)
{
	start();
	fill_hooks();
	add_erasers();
	add_merges();
	add_participants();
	add_sections();
	add_timeline();
	add_event_checks();
	add_timed();
}
