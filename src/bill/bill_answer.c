/*
 * bill_answer.c: answers about bills that are there already: that of a repeated request, and the warnings of any.
 *
 * A repeat is answered by the event of the first call, the bill's row and the balance after the event: all of them are
 * never changed. Nothing is locked here but what the operation has locked, and nothing is written.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "bill/bill.h"

/*
 * Finds the program by the lot of the first result: its default may have changed since. The points are those of
 * the event.
 */
void
loyalty_bill_again(Operation *operation, const EarlierEvent *earlier, PostingResult *result)
{
	int32 org_id = operation->call->org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	const LoyaltyProgram *program;
	Transaction bill;
	int32 program_id;

	*result = (PostingResult){ .event_id = earlier->event_id, .points = earlier->net_points };
	if (!operation->posting.customer.loyalty)
		return;
	if (loyalty_transaction_read(org_id, customer_id, earlier->event_id, &bill))
		result->no_points = bill.no_points;
	(void) loyalty_operation_locate(operation, LOYALTY_RAISES);
	/* A bill that earned nothing has no lot to name its program: the arguments, the same as then, still do. */
	if (!loyalty_lot_of_event(org_id, customer_id, earlier->event_id, &program_id, &result->expires_at))
	{
		(void) loyalty_operation_program_if_any(operation, &program, LOYALTY_RAISES);
		if (program == NULL)
			return;
		program_id = program->program_id;
	}
	result->current_points = loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id);
}

/* Sets the element behind the last one; most bills have no warning, and make an empty array. */
Datum
loyalty_bill_warnings(Datum warnings, char no_points)
{
	ArrayType *array;
	int place;

	if (warnings == (Datum) 0)
		warnings = PointerGetDatum(construct_empty_array(TEXTOID));
	if (no_points == NO_POINTS_NONE)
		return warnings;
	array = DatumGetArrayTypeP(warnings);
	place = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) + 1;
	return array_set_element(PointerGetDatum(array), 1, &place,
							 CStringGetTextDatum(loyalty_code_word("no_points", no_points)), false, -1, -1,
							 false, TYPALIGN_INT);
}
