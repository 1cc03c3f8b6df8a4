/*
 * ndnc_api.c: set_ndnc_status: what the do-not-call register says of a mobile, whoever has it. It locks no
 * customer, since the register is about numbers; of two calls about one number the later one waits, and stays.
 * What was learned from a report goes, and a later report goes over what was set.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/phone.h"
#include "customer/identity.h"
#include "customer/ndnc_store.h"

LOYALTY_FUNCTION(loyalty_set_ndnc_status);

/* Words that the table has, too. */
static const char *const ndnc_statuses[] = { NDNC_REGISTERED, NDNC_NOT_REGISTERED, "unknown" };

static Datum arg_industries(FunctionCallInfo fcinfo, int n);

/* Writes what the do-not-call register says of a mobile. Nobody need have the mobile: lists come from outside. */
Datum
loyalty_set_ndnc_status(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyNdnc ndnc = { .learned_at = DT_NOBEGIN };
	const char *mobile;

	loyalty_call_begin(&call, fcinfo);
	mobile =
		loyalty_identifier_checked(call.org, IDENTIFIER_MOBILE,
								   loyalty_arg_text(fcinfo, 1, "mobile", LOYALTY_PHONE_MAX), "mobile", NULL);
	ndnc.status =
		ndnc_statuses[loyalty_arg_word(fcinfo, 2, "status", ndnc_statuses, lengthof(ndnc_statuses))];
	ndnc.industries = arg_industries(fcinfo, 3);
	if (ndnc.industries != (Datum) 0 && strcmp(ndnc.status, NDNC_REGISTERED) != 0)
		loyalty_raise_not_allowed("industries", "none but with the status registered");
	ndnc.updated_at = call.now;
	loyalty_ndnc_store(call.org->org_id, mobile, &ndnc);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Returns the list of industries in the spelling of CONF_ORG_INDUSTRY, whose words they are; 0 where none is given. */
static Datum
arg_industries(FunctionCallInfo fcinfo, int n)
{
	const char *allowed = loyalty_config_entries[CONFIG_ORG_INDUSTRY].allowed;
	Datum *values;
	bool *nulls;
	int count;
	int i;

	if (PG_ARGISNULL(n))
		return (Datum) 0;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &count);
	if (count > LOYALTY_MAX_CODE)
		loyalty_raise_not_allowed("industries", allowed);
	for (i = 0; i < count; i++)
	{
		const NullableDatum given = { values[i], nulls[i] };
		char canonical[CONFIG_VALUE_MAX + 1];
		const char *word;

		(void) loyalty_read_text(&given, "industries", LOYALTY_MAX_CODE, &word, LOYALTY_RAISES);
		if (!loyalty_config_accepts(CONFIG_ORG_INDUSTRY, word, canonical))
			loyalty_raise_not_allowed("industries", allowed);
		values[i] = CStringGetTextDatum(canonical);
	}
	return count == 0 ? (Datum) 0
					  : PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT));
}
