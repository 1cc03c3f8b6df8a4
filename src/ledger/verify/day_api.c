/*
 * day_api.c: close_day, a procedure that commits: first the new first open day, so that every backend hears of it;
 * then, when nobody is left who may post to an older one, the seal.
 *
 * Steps for each day that needs a seal: the first open day moves on, and commits; the turn is taken, which one session
 * has at a time in an org; whoever may have asked for the org's first open day before is waited for; the closed days
 * are sealed, and that commits, which ends the turn. No customer is locked, and calls go on all the while: their
 * entries are booked on the new day. Readers are not waited for, nor are other orgs. No snapshot is held while waiting:
 * VACUUM would keep what it sees.
 *
 * The answer is the hash of the last seal, for whoever keeps it outside of the database (verify_ledger).
 *
 * May be late: the seal. A call that was stopped, or an error, leaves a day closed without; the next call seals that
 * day first. Each call frame opens and closes within one transaction, so an error finds the session with its caller.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "tcop/pquery.h"
#include "utils/builtins.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/job.h"
#include "ledger/tables/anchor_store.h"
#include "ledger/verify/seal.h"
#include "org/org_lock.h"

LOYALTY_FUNCTION(loyalty_close_day);

/* Reads the day to close, by default yesterday where the org is; it must be over. */
static DateADT
read_day(FunctionCallInfo fcinfo, const LoyaltyCall *call)
{
	DateADT today = loyalty_local_date(call->now, call->org->zone);
	DateADT day = PG_ARGISNULL(1) ? today - 1 : PG_GETARG_DATEADT(1);

	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TIME_INVALID), errmsg("argument \"posting_day\" is infinite")));
	if (day >= today)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DAY_NOT_OVER), errmsg("the day is not over"),
						errdetail("It is %s, today is %s.", loyalty_day_text(day), loyalty_day_text(today))));
	return day;
}

/*
 * Closes the next day that needs a seal: one that an earlier call left closed without, else the day asked for. False
 * where that is sealed. A day between is closed with it: a seal covers all days since the last one.
 */
static bool
open_next_day(FunctionCallInfo fcinfo, int32 *org_id, DateADT *day)
{
	LoyaltyCall call;
	DateADT first_open;
	DateADT sealed;
	DateADT asked;

	loyalty_call_begin(&call, fcinfo);
	*org_id = call.org->org_id;
	asked = read_day(fcinfo, &call);
	loyalty_day_read(*org_id, &first_open, &sealed);
	*day = asked;
	if (first_open != DATEVAL_NOBEGIN && first_open - 1 > sealed && sealed < asked)
		*day = first_open - 1;
	else if (sealed < asked)
		loyalty_day_open(*org_id, asked + 1);
	loyalty_call_end(&call);
	return sealed < asked;
}

/* Seals a closed day, unless somebody else did meanwhile: the row is read once the turn is ours. */
static void
seal_day(FunctionCallInfo fcinfo, DateADT day)
{
	LoyaltyCall call;
	DateADT first_open;
	DateADT sealed;

	loyalty_call_begin(&call, fcinfo);
	loyalty_day_read(call.org->org_id, &first_open, &sealed);
	if (sealed < day)
	{
		loyalty_seal_day(&call, day);
		ereport(NOTICE, (errmsg("sealed the books up to %s", loyalty_day_text(day))));
	}
	loyalty_call_end(&call);
}

/* Returns the hash of the last seal as text, in the caller's memory; NULL: nothing was ever sealed. */
static const char *
last_seal(FunctionCallInfo fcinfo, MemoryContext caller)
{
	LoyaltyCall call;
	DaySeal seal;
	char *hash = NULL;

	loyalty_call_begin(&call, fcinfo);
	if (loyalty_seal_last(call.org->org_id, &seal))
	{
		hash = MemoryContextAlloc(caller, 2 * ENTRY_HASH_BYTES + 1);
		hex_encode((const char *) seal.hash, ENTRY_HASH_BYTES, hash);
		hash[2 * ENTRY_HASH_BYTES] = '\0';
	}
	loyalty_call_end(&call);
	return hash;
}

/* Makes the row that CALL answers. */
static Datum
close_day_result(FunctionCallInfo fcinfo, const char *hash)
{
	TupleDesc desc;
	Datum value = hash ? CStringGetTextDatum(hash) : (Datum) 0;
	bool isnull = hash == NULL;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "close_day answers no row");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), &value, &isnull));
}

/*
 * The procedure. The portal's snapshot is made again after each commit, for the statements of the call frame; before
 * the wait it is not, since the wait must hold none.
 */
Datum
loyalty_close_day(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	const char *hash;
	int32 org_id;
	DateADT day;

	loyalty_require_no_transaction(fcinfo, "close_day");
	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	EnsurePortalSnapshotExists();
	while (open_next_day(fcinfo, &org_id, &day))
	{
		SPI_commit();
		loyalty_org_lock_out(org_id, ORG_LOCK_CLOSING);
		loyalty_org_wait_out(org_id, ORG_LOCK_DAY);
		EnsurePortalSnapshotExists();
		seal_day(fcinfo, day);
		SPI_commit();
		EnsurePortalSnapshotExists();
	}
	hash = last_seal(fcinfo, caller);
	SPI_finish();
	return close_day_result(fcinfo, hash);
}
