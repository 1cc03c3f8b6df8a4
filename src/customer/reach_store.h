/* reach_store.h: the statements of reach.c. */
#ifndef LOYALTY_REACH_STORE_H
#define LOYALTY_REACH_STORE_H

#include "postgres.h"

#include "customer/contact_merge_store.h"

/* Returns the primary address of a channel, else the one that was written last; NULL: there is none. */
extern const char *loyalty_channel_address(int32 org_id, int64 customer_id, const char *channel,
										   bool *is_primary);

/* Reads the consents of a customer that are in force, without the names of their sources; returns how many there are. */
extern int loyalty_consents_of(int32 org_id, int64 customer_id, HeldConsent **consents);

/* Returns the group that was set by hand: 't', 'c', or 0 for none. */
extern char loyalty_customer_group_by_hand(int32 org_id, int64 customer_id);

/* Returns the value of a standard field, or NULL. */
extern const char *loyalty_standard_field(int32 org_id, int64 customer_id, const char *name);

#endif
