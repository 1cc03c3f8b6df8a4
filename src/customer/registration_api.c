/*
 * registration_api.c: register_customer. The steps of a registration, its locks and its rounds are in registration.c;
 * here arguments are read and results made, of a first call and of one that is repeated. It locks nothing itself, and
 * nothing is late here.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "customer/proof_hooks.h"
#include "customer/registration.h"

LOYALTY_FUNCTION(loyalty_register_customer);

/*
 * Registers the customer whom identifiers name, or brings the one up to date who owns them; returns its id, what was
 * done, and warnings. The state is zeroed and allocated before SPI is connected, so it outlives what SPI frees.
 */
Datum
loyalty_register_customer(PG_FUNCTION_ARGS)
{
	Registration *reg = palloc0(sizeof(Registration));

	loyalty_call_begin(&reg->call, fcinfo);
	loyalty_registration_arguments(&reg->args, fcinfo);
	reg->args.verification = loyalty_proof_given(&fcinfo->args[20]);
	loyalty_registration_run(reg, fcinfo);
	return loyalty_registration_result(reg, fcinfo);
}

/* Returns the row of the request, which a repeated call has read from the table and any other has just filled. */
Datum
loyalty_registration_result(Registration *reg, FunctionCallInfo fcinfo)
{
	Datum values[3];
	bool nulls[3] = { false };

	values[0] = Int64GetDatum(reg->request.customer_id);
	values[1] = CStringGetTextDatum(reg->request.outcome);
	values[2] = reg->request.warnings;
	return loyalty_call_result(&reg->call, fcinfo, values, nulls);
}
