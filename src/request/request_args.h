/* request_args.h: arguments that several calls about change requests have. */
#ifndef LOYALTY_REQUEST_ARGS_H
#define LOYALTY_REQUEST_ARGS_H

#include "postgres.h"

#include "fmgr.h"

#include "request/request_rules.h"

/* A type of requests, by its word: LY601 for any other. */
extern RequestType loyalty_request_type_given(FunctionCallInfo fcinfo, int n);

#endif
