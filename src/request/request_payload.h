/* request_payload.h: documents of requests as arguments of the calls that they will come to. */
#ifndef LOYALTY_REQUEST_PAYLOAD_H
#define LOYALTY_REQUEST_PAYLOAD_H

#include "postgres.h"

#include "common/function.h"
#include "common/json.h"
#include "org/org_store.h"

/*
 * Returns the arguments of a function, from the keys of a document that have their names, NULL for all others, and without
 * defaults. The document is an object whose keys are among the allowed ones (NULL ends them); times without a zone are the
 * org's. Raises LY124.
 */
extern NullableDatum *loyalty_request_arguments(const LoyaltyOrg *org, const LoyaltyFunction *function,
												const Jsonb *payload, const char *const *allowed);

/* Puts an argument into its place. */
extern void loyalty_request_argument(const LoyaltyFunction *function, NullableDatum *arguments,
									 const char *name, NullableDatum value);

#endif
