/*
 * number_series_api.c: the trigger that gives every series of numbers its sequence. It runs for rows that a restore
 * brings, too, which is why no call makes the sequence itself.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "card/number_series_store.h"
#include "common/owner.h"
#include "common/pg_compat.h"

LOYALTY_FUNCTION(loyalty_number_series_made);

/* Columns of number_series, in the order of the table. */
#define COLUMN_ID 2
#define COLUMN_METHOD 4
#define COLUMN_OFFSET 8

/* Returns a column of the new row. */
static Datum
column(const TriggerData *trigger, int number)
{
	bool isnull;
	Datum value =
		heap_getattr(trigger->tg_trigtuple, number, RelationGetDescr(trigger->tg_relation), &isnull);

	if (isnull)
		elog(ERROR, "column %d of number_series is null", number);
	return value;
}

/*
 * Makes or takes over the sequence of a new row. At a restore rows come by COPY, and their sequences are there already
 * or, where data alone is restored, are not.
 */
Datum
loyalty_number_series_made(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	LoyaltyOwner owner;
	NumberMethod method;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) || !TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("number_series_made must be a row trigger after inserts")));
	method = loyalty_number_method_find(TextDatumGetCString(column(trigger, COLUMN_METHOD)));
	loyalty_owner_enter(&owner);
	loyalty_number_sequence_provide(DatumGetInt32(column(trigger, COLUMN_ID)),
									loyalty_number_is_random(method)
										? 0
										: DatumGetInt64(column(trigger, COLUMN_OFFSET)));
	loyalty_owner_leave(&owner);
	return PointerGetDatum(NULL);
}
