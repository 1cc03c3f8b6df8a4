/*
 * note_api.c: add_customer_note and delete_customer_note: what staff write down about a customer.
 *
 * A note is free text, and so a datum of the person: it is erased and exported with it, and in no view. It changes nothing
 * that is known of the customer, so subscribers are not told of one, and no status stops it: whoever is blocked is talked
 * about. The customer's row is locked first, for the idempotency key and for merges. Nothing is late.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "customer/member.h"
#include "customer/note_store.h"
#include "customer/status_hooks.h"

LOYALTY_FUNCTION(loyalty_add_customer_note);
LOYALTY_FUNCTION(loyalty_delete_customer_note);

/* Raises LY206 where the customer was deleted for good. */
static void
guard(LoyaltyCall *call, const LoyaltyCustomer *customer)
{
	loyalty_status_hooks.guard(call, customer, "customer_note");
}

/* Tells whether the key of the call brought a note before: its id is set then. LY020 where that one was another request. */
static bool
is_repeat(const LoyaltyCall *call, FunctionCallInfo fcinfo, const LoyaltyCustomer *root, CustomerNote *note)
{
	const char *key = loyalty_arg_text_or_null(fcinfo, 4, "idempotency_key", LOYALTY_MAX_NAME);
	int64 digest;

	if (key == NULL)
		return false;
	digest = loyalty_request_digest(fcinfo);
	note->has_key = true;
	loyalty_idempotency_digest(key, &note->key_digest);
	if (!loyalty_note_find(call->org->org_id, root, note))
	{
		note->request_digest = digest;
		return false;
	}
	if (note->request_digest != digest)
		loyalty_raise_idempotency_mismatch();
	return true;
}

/*
 * Locks the customer, or the survivor of one who was merged: a key of before the merge finds its note whoever of the group
 * repeats it. What is new is for the survivor alone. Returns what is_repeat does.
 */
static bool
lock_and_find(const LoyaltyCall *call, FunctionCallInfo fcinfo, LoyaltyCustomer *customer, CustomerNote *note)
{
	int64 customer_id = loyalty_arg_int8(fcinfo, 1, "customer_id");
	int64 root_id = customer_id;

	loyalty_customers_lock_roots(call->org->org_id, &root_id, 1);
	if (!loyalty_customer_lock(call->org->org_id, root_id, customer))
		loyalty_raise_customer_unknown(customer_id);
	if (is_repeat(call, fcinfo, customer, note))
		return true;
	loyalty_customer_lock_root(call->org->org_id, customer_id, customer);
	return false;
}

/* Writes a note down and returns its id. */
Datum
loyalty_add_customer_note(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	CustomerNote note = { 0 };

	loyalty_call_begin(&call, fcinfo);
	note.note = loyalty_arg_text(fcinfo, 2, "note", LOYALTY_MAX_TEXT);
	note.actor = loyalty_arg_text_or_null(fcinfo, 3, "actor", LOYALTY_MAX_NAME);
	if (!lock_and_find(&call, fcinfo, &customer, &note))
	{
		guard(&call, &customer);
		note.note_id = loyalty_next_id();
		note.noted_at = call.now;
		loyalty_note_insert(call.org->org_id, customer.customer_id, &note);
	}
	loyalty_call_end(&call);
	PG_RETURN_INT64(note.note_id);
}

/* Takes a note away, with all that it says. */
Datum
loyalty_delete_customer_note(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	int64 note_id;

	loyalty_call_begin(&call, fcinfo);
	loyalty_customer_lock_root(call.org->org_id, loyalty_arg_int8(fcinfo, 1, "customer_id"), &customer);
	note_id = loyalty_arg_int8(fcinfo, 2, "note_id");
	guard(&call, &customer);
	if (!loyalty_note_delete(call.org->org_id, &customer, note_id))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_NOTE_UNKNOWN),
						errmsg("customer " INT64_FORMAT " has no note " INT64_FORMAT, customer.customer_id,
							   note_id)));
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
