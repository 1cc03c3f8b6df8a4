/*
 * number_series_api.c: the trigger that gives every series of numbers its sequence. It runs for rows that a restore
 * brings, too, which is why no call makes the sequence itself.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "card/number_series_store.h"
#include "common/owner.h"
#include "common/pg_compat.h"
#include "common/trigger.h"

LOYALTY_FUNCTION(loyalty_number_series_made);

/* Columns of number_series, in the order of the table. */
#define COLUMN_ID 2
#define COLUMN_METHOD 4
#define COLUMN_OFFSET 8

static const LoyaltyTriggerKind kind = { .function = "number_series_made",
										 .table = "number_series",
										 .when = TRIGGER_EVENT_AFTER | TRIGGER_EVENT_ROW,
										 .operations = LOYALTY_ON_INSERT };

/*
 * Makes or takes over the sequence of a new row. At a restore rows come by COPY, and their sequences are there already
 * or, where data alone is restored, are not.
 */
Datum
loyalty_number_series_made(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = loyalty_trigger(fcinfo, &kind);
	LoyaltyOwner owner;
	NumberMethod method;

	method = loyalty_number_method_find(TextDatumGetCString(loyalty_trigger_column(trigger, COLUMN_METHOD)));
	loyalty_owner_enter(&owner);
	loyalty_number_sequence_provide(DatumGetInt32(loyalty_trigger_column(trigger, COLUMN_ID)),
									loyalty_number_is_random(method)
										? 0
										: DatumGetInt64(loyalty_trigger_column(trigger, COLUMN_OFFSET)));
	loyalty_owner_leave(&owner);
	return PointerGetDatum(NULL);
}
