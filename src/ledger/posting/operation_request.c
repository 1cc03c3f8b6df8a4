/*
 * operation_request.c: filling what every operation about a customer's points is asked with.
 */
#include "postgres.h"

#include "ledger/posting/operation_request.h"

static const LoyaltyRequestField operation_fields[] = { OPERATION_FIELDS };

const RequestKind loyalty_operation_kind = { NULL, lengthof(operation_fields), operation_fields, false };

void
loyalty_operation_ask(FunctionCallInfo fcinfo, const RequestKind *kind, OperationRequest *request)
{
	loyalty_request_fill(loyalty_function(fcinfo), kind->fields, kind->field_count, fcinfo->args, request);
	request->kind = kind;
	request->digest = request->idempotency_key.isnull ? 0 : loyalty_request_digest(fcinfo);
}

void
loyalty_operation_call(LoyaltyCall *call, FunctionCallInfo fcinfo, const RequestKind *kind,
					   OperationRequest *request)
{
	loyalty_call_begin(call, fcinfo);
	loyalty_operation_ask(fcinfo, kind, request);
}

void
loyalty_operation_ask_with(const RequestKind *kind, const LoyaltyFunction *function, NullableDatum *arguments,
						   OperationRequest *request)
{
	loyalty_arguments_default(function, arguments);
	loyalty_request_fill(function, kind->fields, kind->field_count, arguments, request);
	request->kind = kind;
	request->digest = 0;
}
