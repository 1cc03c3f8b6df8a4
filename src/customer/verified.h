/* verified.h: addresses that a customer has proved to read. */
#ifndef LOYALTY_VERIFIED_H
#define LOYALTY_VERIFIED_H

#include "postgres.h"

#include "org/call.h"

/*
 * Marks an address, in normal form, of a customer who is locked, as proved at a time: the identifier of the kind of the channel (mobile or
 * email), if the customer holds it, and the address of the channel. Another value that takes its place has no mark.
 */
extern void loyalty_address_verified(const LoyaltyCall *call, int64 customer_id, const char *channel,
									 const char *address, TimestampTz at);

/* Tells whether an identifier of that type and value, which the customer holds today, was proved. */
extern bool loyalty_identifier_is_verified(int32 org_id, int64 customer_id, const char *type,
										   const char *value);

#endif
