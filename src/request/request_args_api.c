/* request_args_api.c: reads arguments that several calls about change requests have. */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "request/request_args.h"

/* Reads a word. */
RequestType
loyalty_request_type_given(FunctionCallInfo fcinfo, int n)
{
	RequestType type =
		loyalty_request_type_find(loyalty_arg_text(fcinfo, n, "request_type", LOYALTY_MAX_CODE));

	if (type == REQUEST_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_REQUEST_TYPE_INVALID), errmsg("there is no such type of requests"),
				 errhint("Types are: %s.", loyalty_request_type_names())));
	return type;
}
