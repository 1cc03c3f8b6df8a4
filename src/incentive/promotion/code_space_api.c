/*
 * code_space_api.c: the trigger that gives a space of coupons its sequence. It runs for rows that a restore brings, too, which is why
 * no call makes the sequence itself.
 */
#include "postgres.h"

#include "card/number_series_store.h"
#include "common/owner.h"
#include "common/pg_compat.h"
#include "common/trigger.h"
#include "incentive/promotion/code_space_store.h"

LOYALTY_FUNCTION(loyalty_code_space_made);

static const LoyaltyTriggerKind kind = { .function = "code_space_made",
										 .table = "code_space",
										 .when = TRIGGER_EVENT_AFTER | TRIGGER_EVENT_ROW,
										 .operations = LOYALTY_ON_INSERT };

/* Columns of code_space, in the order of the table. */
#define COLUMN_ID 2
#define COLUMN_SERVES 6

/* Makes or takes over the sequence of a new row of coupons; batches are counted in their space's row. */
Datum
loyalty_code_space_made(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = loyalty_trigger(fcinfo, &kind);
	LoyaltyOwner owner;

	if (DatumGetChar(loyalty_trigger_column(trigger, COLUMN_SERVES)) != SPACE_OF_COUPONS)
		return PointerGetDatum(NULL);
	loyalty_owner_enter(&owner);
	loyalty_number_sequence_provide(DatumGetInt32(loyalty_trigger_column(trigger, COLUMN_ID)), 0);
	loyalty_owner_leave(&owner);
	return PointerGetDatum(NULL);
}
