/*
 * tagged_bill.c: bills of people who are not registered yet.
 *
 * A bill is tagged under its identifier while the identifier's key is claimed for a placeholder: the id that
 * the bill will have. A registration with the same key stands at the key's unique index until this transaction
 * ends, and finds the bill then; if the registration is first, the claim waits for it and finds an owner. So no
 * bill is tagged past its owner. The key is given up in the same transaction, and no other one ever sees the
 * placeholder.
 *
 * Attaching writes the bill as add_transaction would have, with an event that has no entries. No account takes
 * part, so the posting is made by hand: nothing is loaded, expired or chained. The customer is locked, or was
 * made by this transaction.
 *
 * May be late: all of it. The event has the time of the purchase, which is before the registration, and is
 * recorded now; the bill keeps the time at which it was tagged.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "bill/bill_record.h"
#include "bill/line_items.h"
#include "bill/tagged_bill.h"
#include "bill/tagged_bill_store.h"
#include "customer/campaign_email.h"
#include "customer/identity.h"
#include "ledger/posting/event.h"

/* Tells whether e-mails are contact data in the org, and may name campaign users. */
static bool
email_is_contact(const LoyaltyOrg *org)
{
	KeyConfig keys;

	loyalty_key_config((const char *const *) org->config, &keys);
	return !loyalty_identifier_is_key(&keys, IDENTIFIER_EMAIL);
}

/*
 * Looks and claims in turns until one of them succeeds: between the two, another transaction may get the key or
 * give it up. Claiming the key and giving it up again leaves nothing behind but the wait of others. An e-mail that is
 * contact data has no owner to be found so: behind its place the one campaign user is looked for who has it.
 */
int64
loyalty_tag_owner(const LoyaltyCall *call, IdentifierType type, const char *value, int64 placeholder_id)
{
	int32 org_id = call->org->org_id;
	LoyaltyIdentifiers keys = { { NULL } };
	int64 owners[IDENTIFIER_TYPE_COUNT] = { 0 };

	keys.values[type] = value;
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		loyalty_identifier_owners(org_id, &keys, owners);
		if (owners[type] != 0)
			return owners[type];
		if (loyalty_identifier_claim(org_id, placeholder_id, &keys) == 1)
			break;
	}
	if (type == IDENTIFIER_EMAIL && email_is_contact(call->org))
		owners[type] = loyalty_campaign_user_of_email(org_id, value, false);
	if (owners[type] != 0)
		loyalty_identifier_release(org_id, placeholder_id, type, value);
	return owners[type];
}

/*
 * Judges all that can be judged without a customer, then claims the number under customer 0. Line items are
 * kept as they were given; they were read once, so that they can be read when the bill is attached.
 */
void
loyalty_bill_tag(Operation *operation, IdentifierType type, const char *value, int64 placeholder_id)
{
	const BillRequest *request = (const BillRequest *) operation->request;
	int32 org_id = operation->call->org->org_id;
	TaggedBill tagged = { 0 };
	Transaction *transaction = &tagged.transaction;
	BillText bill;
	TimestampTz event_time;

	(void) (loyalty_bill_read(operation, &bill, LOYALTY_RAISES) &&
			loyalty_operation_event_time(operation, AT_ONCE, AT_ONCE, &event_time, LOYALTY_RAISES) &&
			loyalty_bill_check_unused(operation, LOYALTY_RAISES));
	*transaction = bill.transaction;
	transaction->transaction_id = placeholder_id;
	transaction->event_time = event_time;
	transaction->recorded_at = operation->call->now;
	tagged.reason = operation->reason;
	tagged.actor = operation->actor;
	if (!request->line_items.isnull)
		tagged.line_items = request->line_items.value;
	(void) loyalty_bill_claim(org_id, transaction, LOYALTY_RAISES);
	loyalty_tagged_bill_insert(org_id, loyalty_identifier_type_names[type], value, &tagged);
	loyalty_identifier_release(org_id, placeholder_id, type, value);
}

/*
 * Puts the bill under its customer: the number goes over, then the bill with its lines, its event without
 * entries, its note.
 */
static void
attach(Posting *posting, TaggedBill *tagged)
{
	Transaction *transaction = &tagged->transaction;
	int32 org_id = posting->call->org->org_id;
	int64 customer_id = posting->customer.customer_id;
	TransactionLine *lines = NULL;
	int line_count = 0;
	Event origin = {
		.event_id = transaction->transaction_id,
		.transaction_id = transaction->transaction_id,
		.source_id = transaction->source_id,
		.till_id = transaction->till_id,
		.store_id = transaction->store_id,
	};

	transaction->customer_id = customer_id;
	if (tagged->line_items != (Datum) 0)
		(void) loyalty_line_items(DatumGetJsonbP(tagged->line_items), &lines, &line_count, LOYALTY_RAISES);
	loyalty_tagged_number_give(org_id, transaction);
	loyalty_bill_record(posting, transaction, lines, line_count);
	loyalty_event_begin(posting, EVENT_TRANSACTION_ADD, transaction->event_time, &origin);
	loyalty_event_end(posting);
	if (tagged->reason != NULL || tagged->actor != NULL)
		loyalty_event_note_insert(NULL, org_id, customer_id, transaction->transaction_id, tagged->reason,
								  tagged->actor);
}

/*
 * Attaches what is tagged to what one customer holds to another one, or to itself. Its posting has no accounts
 * and no writer: each event is written at once.
 */
static void
attach_all(LoyaltyCall *call, int64 holder_id, int64 customer_id, bool by_email)
{
	Posting posting = {
		.call = call,
		.customer = { .customer_id = customer_id },
		.recorded_at = call->now,
	};
	TaggedBills bills = { 0 };
	int i;

	loyalty_tagged_bills_take(call->org->org_id, holder_id, by_email, &bills);
	for (i = 0; i < bills.n; i++)
		attach(&posting, &bills.items[i]);
}

/*
 * Asks for what the customer and its victims hold by now: an identifier that was kept out stays with a victim, and finds
 * the customer all the same. An e-mail that is contact data may be that of several people: bills that are tagged to it
 * are those of campaign users, whom it names.
 */
void
loyalty_tagged_bills_attach(LoyaltyCall *call, const LoyaltyRegistered *registered)
{
	bool by_email = !registered->loyalty || !email_is_contact(call->org);
	int i;

	attach_all(call, registered->customer_id, registered->customer_id, by_email);
	for (i = 0; i < registered->merged_count; i++)
		attach_all(call, registered->merged_ids[i], registered->customer_id, by_email);
}

/*
 * Asks for each of the group, since victims keep what they hold; all goes to the root, which alone is posted to.
 * Whatever is tagged to an e-mail that is about to be forgotten goes with it.
 */
void
loyalty_tagged_bills_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int64 *ids;
	int count = loyalty_customer_group(root, &ids);
	int i;

	for (i = 0; i < count; i++)
		attach_all(call, ids[i], root->customer_id, true);
}

/* Reads the mobiles once; a bill that is tagged to an old form meanwhile waits for the next call. */
void
loyalty_tagged_bills_renormalise(LoyaltyCall *call)
{
	LoyaltyRows *rows = loyalty_tagged_mobiles(call->org->org_id);
	char normal[IDENTIFIER_VALUE_BYTES];
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		const char *mobile = loyalty_row_text(rows, i, 1);

		if (loyalty_mobile_renormalise(call->org, mobile, normal))
			loyalty_tagged_mobile_move(call->org->org_id, mobile, normal);
	}
}
