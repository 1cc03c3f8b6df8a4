/*
 * verify_data_api.c: verify_data: whether rows name rows that are there, as foreign keys would see to it.
 *
 * One statement for each reference of the catalogue reads all rows that the org has in the table, under the
 * caller's snapshot: all references are judged as of one moment. Nothing is locked, and writers are
 * not kept waiting.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/pg_compat.h"
#include "common/srf.h"
#include "org/call.h"
#include "org/references.h"

LOYALTY_FUNCTION(loyalty_verify_data);

/* Returns the first row that names nothing, and how many there are. Keys are ids, so no personal data is told. */
static char *
detail_of(const LoyaltyOrphans *orphans)
{
	const char *rows = orphans->count == 1 ? "row" : "rows";

	if (orphans->first == NULL)
		return psprintf(INT64_FORMAT " %s", orphans->count, rows);
	return psprintf("%s (" INT64_FORMAT " %s)", orphans->first, orphans->count, rows);
}

/* Adds the row of one reference to the result. */
static void
verify_reference(FunctionCallInfo fcinfo, const LoyaltyDataTable *table, const LoyaltyReference *reference,
				 int32 org_id)
{
	LoyaltyOrphans orphans = loyalty_orphans_find(table, reference, org_id);
	Datum values[3] = { CStringGetTextDatum(loyalty_reference_words(table, reference)),
						BoolGetDatum(orphans.count == 0), (Datum) 0 };
	bool nulls[3] = { false, false, orphans.count == 0 };

	if (orphans.count > 0)
		values[2] = CStringGetTextDatum(detail_of(&orphans));
	loyalty_set_add(fcinfo, values, nulls);
}

/* Returns a row for each reference, whether it holds or not, so that a reader sees what was looked at. */
Datum
loyalty_verify_data(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	for (i = 0; i < loyalty_catalogue.count; i++)
	{
		const LoyaltyDataTable *table = &loyalty_catalogue.tables[i];
		const LoyaltyReference *reference;

		CHECK_FOR_INTERRUPTS();
		for (reference = table->references; reference->columns != NULL; reference++)
			verify_reference(fcinfo, table, reference, call.org->org_id);
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}
