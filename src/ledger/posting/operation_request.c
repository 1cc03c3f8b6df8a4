/*
 * operation_request.c: filling what every operation about a customer's points is asked with. Nothing is read or judged
 * here, so that a call and an item of a batch are refused in the same order, by the same judgement. Defaults are those
 * of the SQL function, for items too, which have no other.
 */
#include "postgres.h"

#include "ledger/posting/operation_request.h"

static const LoyaltyRequestField operation_fields[] = { OPERATION_FIELDS };

const RequestKind loyalty_operation_kind = { NULL, lengthof(operation_fields), operation_fields, false };

/* Digests the request where it has a key, and not otherwise: that reads every argument. */
void
loyalty_operation_ask(FunctionCallInfo fcinfo, const RequestKind *kind, OperationRequest *request)
{
	loyalty_request_fill(loyalty_function(fcinfo), kind->fields, kind->field_count, fcinfo->args, request);
	request->kind = kind;
	request->digest = request->idempotency_key.isnull ? 0 : loyalty_request_digest(fcinfo);
	request->other_id = 0;
}

/* The call is open first, since that puts the defaults in the place of NULLs. */
void
loyalty_operation_call(LoyaltyCall *call, FunctionCallInfo fcinfo, const RequestKind *kind,
					   OperationRequest *request)
{
	loyalty_call_begin(call, fcinfo);
	loyalty_operation_ask(fcinfo, kind, request);
}

/* Puts the defaults in itself: nobody has called the function. */
void
loyalty_operation_ask_with(const RequestKind *kind, const LoyaltyFunction *function, NullableDatum *arguments,
						   OperationRequest *request)
{
	loyalty_arguments_default(function, arguments);
	loyalty_request_fill(function, kind->fields, kind->field_count, arguments, request);
	request->kind = kind;
	request->digest = 0;
	request->other_id = 0;
}
