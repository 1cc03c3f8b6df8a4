/*
 * explain_api.c: explain_registration: the decision about a registration, without carrying it out.
 *
 * It runs the checks and the rules of a registration, and asks the guard of statuses as that does, but locks nothing
 * and reads under the caller's snapshot: somebody may be faster before the registration itself. A check that fails
 * before the decision fails here with the same error; a refusal of the decision or of a status is told in the row.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "common/pg_compat.h"
#include "customer/registration.h"
#include "customer/status_hooks.h"

/* Bound of the texts: four checks before the rows, every row, and the statuses, with one to spare. */
#define MAX_CHECKS (REGISTRATION_ROWS + 5 + MAX_REGISTRATION_OPERATIONS)
#define OUTCOME_BLOCKED "status_blocks"

/* Words of all outcomes, those that refuse, too. */
static const char *const outcome_names[REGISTRATION_OUTCOME_COUNT] = {
	[REGISTRATION_CREATED] = "created",
	[REGISTRATION_UPDATED] = "updated",
	[REGISTRATION_MERGED] = "merged",
	[REGISTRATION_CONFLICT] = "customer_conflict",
	[REGISTRATION_SECONDARY_TAKEN] = "secondary_taken",
	[REGISTRATION_PRIMARY_MISMATCH] = "primary_mismatch",
	[REGISTRATION_TYPE_CONFLICT] = "loyalty_type_conflict",
};

LOYALTY_FUNCTION(loyalty_explain_registration);

static void read_owners(Registration *reg);
static Datum owners_json(const Registration *reg);
static Datum checks_made(const Registration *reg, bool *blocked);

/*
 * Returns number and outcome of the row, the customer, the owners by type, the checks in their order, and warnings.
 * The orphan check comes behind the decision, as in a registration, and raises. A status that refuses takes the place
 * of the outcome.
 */
Datum
loyalty_explain_registration(PG_FUNCTION_ARGS)
{
	Registration *reg = palloc0(sizeof(Registration));
	const RegistrationDecision *decision = &reg->decision;
	Datum values[6];
	bool nulls[6] = { false };
	bool blocked = false;

	loyalty_call_begin(&reg->call, fcinfo);
	loyalty_registration_arguments(&reg->args, fcinfo);
	loyalty_registration_check(reg);
	read_owners(reg);
	reg->decision = loyalty_registration_decide(&reg->facts);
	loyalty_registration_check_decided(reg);
	values[0] = Int32GetDatum(decision->row);
	values[5] = checks_made(reg, &blocked);
	values[1] = CStringGetTextDatum(blocked ? OUTCOME_BLOCKED : outcome_names[decision->outcome]);
	nulls[2] = decision->customer == REGISTRATION_NOBODY;
	values[2] = nulls[2] ? (Datum) 0 : Int64GetDatum(reg->facts.owners[decision->customer].customer_id);
	values[3] = owners_json(reg);
	values[4] = loyalty_registration_warnings(reg);
	return loyalty_call_result(&reg->call, fcinfo, values, nulls);
}

/*
 * Reads the owners as registration does, but without locks. Identifiers that this snapshot sees have owners that it
 * sees.
 */
static void
read_owners(Registration *reg)
{
	int32 org_id = reg->call.org->org_id;
	int64 distinct[REGISTRATION_OWNERS];
	int count;
	int i;

	loyalty_registration_no_owners(reg);
	loyalty_registration_owners(reg, true, reg->owners);
	count = loyalty_registration_distinct(reg->owners, distinct);
	for (i = 0; i < count; i++)
	{
		LoyaltyIdentifiers held;

		if (!loyalty_customer_read(org_id, distinct[i], &reg->customers[i]))
			elog(ERROR, "the owner of a key does not exist");
		loyalty_identifiers_seen(org_id, distinct[i], &held);
		loyalty_registration_add_owner(reg, &reg->customers[i], &held);
	}
}

/* Writes an object of types and ids, which need no quoting. */
static Datum
owners_json(const Registration *reg)
{
	StringInfoData json;
	int type;

	initStringInfo(&json);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (reg->owners[type] != 0)
			appendStringInfo(&json, "%s\"%s\": " INT64_FORMAT, json.len > 0 ? ", " : "",
							 loyalty_identifier_type_names[type], reg->owners[type]);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(psprintf("{%s}", json.data)));
}

/*
 * Adds what the guard of statuses says of everybody whom the registration touches; true where it refuses. All are
 * asked, so that one call tells of every obstacle.
 */
static bool
add_status_checks(const Registration *reg, Datum *checks, int *count)
{
	RegistrationOperation operations[MAX_REGISTRATION_OPERATIONS];
	int n = loyalty_registration_operations(reg, operations);
	bool blocked = false;
	int i;

	for (i = 0; i < n; i++)
	{
		const LoyaltyCustomer *customer = &reg->customers[operations[i].owner];
		const char *why = loyalty_status_hooks.refusal(&reg->call, customer, operations[i].operation);

		blocked = blocked || why != NULL;
		checks[(*count)++] =
			CStringGetTextDatum(psprintf("status of customer " INT64_FORMAT ", %s: %s", customer->customer_id,
										 operations[i].operation, why ? why : "passed"));
	}
	return blocked;
}

/*
 * Lists the checks. Checks before the decision have passed, or the call would have failed as the registration would;
 * then come the rows that do not fit, the one that does, and the statuses.
 */
static Datum
checks_made(const Registration *reg, bool *blocked)
{
	static const char *const before[] = { "required identifiers and their normal forms: passed",
										  "registration date: passed", "source and account: passed",
										  "tills, loyalty type and fields: passed" };
	Datum checks[MAX_CHECKS];
	int count = 0;
	int row;

	for (row = 0; row < lengthof(before); row++)
		checks[count++] = CStringGetTextDatum(before[row]);
	for (row = 1; row < (int) reg->decision.row; row++)
		checks[count++] = CStringGetTextDatum(psprintf("row %d does not fit", row));
	checks[count++] = CStringGetTextDatum(
		psprintf("row %d fits: %s", row, loyalty_registration_row_text(reg->decision.row)));
	*blocked = add_status_checks(reg, checks, &count);
	return PointerGetDatum(construct_array(checks, count, TEXTOID, -1, false, TYPALIGN_INT));
}
