/*
 * event_notice.c: what subscribers are told of a posting: its entries with their balances, so that who adds them up has the
 * balances of the ledger, and of a bill its number and amount. The event that opens the accounts of a registration moves
 * nothing and is not told: the registration is. The customer is locked.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "event/notify.h"
#include "ledger/posting/event_notice.h"
#include "ledger/tables/code_rules.h"

/* Appends an entry: where, which way, how much, and what stands there afterwards. */
static void
append_entry(StringInfo json, const LoyaltyOrg *org, const Entry *entry)
{
	appendStringInfoString(json, "{\"program\":");
	escape_json(json, loyalty_org_program_by_id(org, entry->program_id)->program);
	appendStringInfoString(json, ",\"category\":\"");
	appendStringInfoString(json, loyalty_code_word("category", (char) entry->category));
	appendStringInfoString(json, "\",\"entry_type\":\"");
	appendStringInfoString(json, loyalty_code_word("entry_type", (char) entry->entry_type));
	appendStringInfoString(json, "\",\"points\":");
	appendStringInfoString(json, loyalty_points_text(entry->points));
	appendStringInfoString(json, ",\"balance_after\":");
	appendStringInfoString(json, loyalty_points_text(entry->balance_after));
	appendStringInfoChar(json, '}');
}

/* Writes what the event says beyond its name and time. */
static const char *
details_of(const Posting *posting, const PostedBill *bill)
{
	const Event *event = &posting->event;
	StringInfoData json;
	int i;

	initStringInfo(&json);
	if (event->transaction_id != 0)
		appendStringInfo(&json, "\"transaction_id\":" INT64_FORMAT ",", event->transaction_id);
	if (bill->event_id == event->event_id && bill->number != NULL)
	{
		appendStringInfoString(&json, "\"transaction_number\":");
		escape_json(&json, bill->number);
		appendStringInfoChar(&json, ',');
	}
	if (bill->event_id == event->event_id)
		appendStringInfo(&json, "\"amount\":%s,", loyalty_points_text(bill->amount));
	appendStringInfoString(&json, "\"points\":");
	appendStringInfoString(&json, loyalty_points_text(event->net_points));
	appendStringInfoString(&json, ",\"entries\":[");
	for (i = 0; i < posting->entries.n; i++)
	{
		if (i > 0)
			appendStringInfoChar(&json, ',');
		append_entry(&json, posting->call->org, &posting->entries.items[i].entry);
	}
	appendStringInfoChar(&json, ']');
	return json.data;
}

/* Asks first whether anybody wants it: most orgs have no subscribers. */
void
loyalty_event_tell(Posting *posting)
{
	PostedBill bill = posting->told_bill;
	LoyaltyNotice notice = { .customer_id = posting->customer.customer_id,
							 .event_id = posting->event.event_id,
							 .event_time = posting->event.event_time };

	posting->told_bill = (PostedBill){ 0 };
	if (posting->call->org->subscribers == NULL)
		return;
	notice.event_name = loyalty_event_code_notice(posting->event.event_code);
	if (notice.event_name == NULL || !loyalty_notice_wanted(posting->call, notice.event_name))
		return;
	notice.details = details_of(posting, &bill);
	loyalty_notify(posting->call, &notice);
}
