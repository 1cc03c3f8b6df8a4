/*
 * sender_api.c: create_sender, update_sender, set_default_sender, retire_sender.
 *
 * Senders of an org change under its lock, so that of two calls at once the later one sees which sender the other made the
 * default. Rows are never removed, since messages name them: a sender that is retired is found by nobody, and comes back
 * where it is created again. What speaks for the org must be verified, or every message would be refused where it is sent.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "customer/channels.h"
#include "message/sender/sender_rules.h"
#include "message/sender/sender_store.h"
#include "org/org_unit_store.h"

LOYALTY_FUNCTION(loyalty_create_sender);
LOYALTY_FUNCTION(loyalty_update_sender);
LOYALTY_FUNCTION(loyalty_set_default_sender);
LOYALTY_FUNCTION(loyalty_retire_sender);

/* Raises LYM14. A sender may be a number or an address, so it is not quoted. */
pg_noreturn static void
raise_unknown(void)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_SENDER_UNKNOWN), errmsg("the org has no such sender"),
					errhint("The view loyalty.senders lists those of each channel.")));
}

/* Raises LYM14 for a default sender that is not verified. */
static void
check_default(const SenderRow *row)
{
	if (row->is_default && !row->is_verified)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_SENDER_UNKNOWN), errmsg("a default sender must be verified")));
}

/* Reads arguments 1 and 2 of a call about a sender there is, under the org's lock. */
static void
arg_sender(FunctionCallInfo fcinfo, LoyaltyCall *call, SenderRow *row)
{
	loyalty_call_begin(call, fcinfo);
	row->sender = loyalty_arg_text(fcinfo, 1, "sender", LOYALTY_MAX_SHORT);
	row->channel = loyalty_consent_channel_checked(loyalty_arg_text(fcinfo, 2, "channel", LOYALTY_MAX_CODE),
												   NULL, "channel");
	loyalty_call_lock_org(call);
	if (!loyalty_sender_read(call->org->org_id, row))
		raise_unknown();
}

/* Reads the unit of argument n, by its code; 0: none is given. */
static int32
arg_org_unit(FunctionCallInfo fcinfo, const LoyaltyCall *call, int n)
{
	const char *org_unit = loyalty_arg_text_or_null(fcinfo, n, "org_unit", LOYALTY_MAX_CODE);

	return org_unit == NULL ? 0 : loyalty_org_unit_id(call->org->org_id, org_unit);
}

/* Reads the account of argument n, by its code; 0: none is given. */
static int32
arg_account(FunctionCallInfo fcinfo, const LoyaltyCall *call, int n)
{
	const char *bsp_account = loyalty_arg_text_or_null(fcinfo, n, "bsp_account", LOYALTY_MAX_CODE);
	LoyaltyBspAccount account = { 0 };

	if (bsp_account != NULL)
		loyalty_bsp_account_get(call, bsp_account, &account);
	return account.bsp_account_id;
}

/*
 * Makes a sender, or takes a retired one up again; returns its id. The default one of before steps down first. The id of a
 * sender that comes back is its old one, so it is read from the row.
 */
Datum
loyalty_create_sender(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	SenderRow row = { 0 };

	loyalty_call_begin(&call, fcinfo);
	row.sender = loyalty_arg_key(fcinfo, 1, "sender");
	row.channel = loyalty_consent_channel_checked(loyalty_arg_text(fcinfo, 2, "channel", LOYALTY_MAX_CODE),
												  NULL, "channel");
	if (!loyalty_sender_fits(row.channel, row.sender))
		loyalty_raise_not_allowed("sender", loyalty_sender_wanted(row.channel));
	row.org_unit_id = arg_org_unit(fcinfo, &call, 3);
	row.is_default = loyalty_arg_bool(fcinfo, 4, "is_default");
	row.bsp_account_id = arg_account(fcinfo, &call, 5);
	row.is_verified = loyalty_arg_bool(fcinfo, 6, "is_verified");
	check_default(&row);
	loyalty_call_lock_org(&call);
	row.sender_id = loyalty_next_reference_id();
	if (row.is_default)
		loyalty_sender_clear_default(call.org->org_id, row.channel);
	if (!loyalty_sender_insert(call.org->org_id, &row))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUPLICATE_NAME),
						errmsg("the org has this sender of channel %s already", row.channel)));
	(void) loyalty_sender_read(call.org->org_id, &row);
	loyalty_call_end(&call);
	PG_RETURN_INT32(row.sender_id);
}

/*
 * Changes what is given of a sender. NULL leaves a unit or an account as it is; a sender that shall have none is retired and
 * created again.
 */
Datum
loyalty_update_sender(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	SenderRow row = { 0 };
	int32 org_unit_id;
	int32 bsp_account_id;

	arg_sender(fcinfo, &call, &row);
	org_unit_id = arg_org_unit(fcinfo, &call, 3);
	bsp_account_id = arg_account(fcinfo, &call, 4);
	if (org_unit_id != 0)
		row.org_unit_id = org_unit_id;
	if (bsp_account_id != 0)
		row.bsp_account_id = bsp_account_id;
	if (!PG_ARGISNULL(5))
		row.is_verified = PG_GETARG_BOOL(5);
	check_default(&row);
	loyalty_sender_update(call.org->org_id, &row);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Makes a sender the one that speaks for the org on its channel, in the place of another one. */
Datum
loyalty_set_default_sender(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	SenderRow row = { 0 };

	arg_sender(fcinfo, &call, &row);
	row.is_default = true;
	check_default(&row);
	loyalty_sender_clear_default(call.org->org_id, row.channel);
	loyalty_sender_update(call.org->org_id, &row);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Takes a sender out of use; the org has no default one on the channel then, if it was that. */
Datum
loyalty_retire_sender(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	SenderRow row = { 0 };

	arg_sender(fcinfo, &call, &row);
	loyalty_sender_retire(call.org->org_id, row.sender_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
