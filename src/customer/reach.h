/* reach.h: where a customer may be reached, and what it said to that: what is asked before anything is sent. */
#ifndef LOYALTY_REACH_H
#define LOYALTY_REACH_H

#include "postgres.h"

#include "customer/contact_merge_store.h"
#include "customer/customer_store.h"
#include "org/call.h"

/*
 * Returns the address of a channel, NULL where there is none: the primary one, else the identifier of its kind, else the
 * latest that is known.
 */
extern const char *loyalty_reach_address(int32 org_id, int64 customer_id, const char *channel);

/*
 * Finds the consent that decides about messages of a channel, purpose and source: the newest that was given for the source, else
 * the newest for whatever source. False: there is none. Of two at one instant the refusal decides.
 */
extern bool loyalty_reach_consent(int32 org_id, int64 customer_id, const char *channel, const char *purpose,
								  int16 source_id, HeldConsent *consent);

/* Returns the newest of consents that is for a channel, a purpose and a source (0: for whatever source); NULL: there is none. */
extern const HeldConsent *loyalty_consent_newest(const HeldConsent *consents, int count, const char *channel,
												 const char *purpose, int16 source_id);

/* Tells whether a customer is of the control group, by hand or by the org's percentage. */
extern bool loyalty_reach_is_control(const LoyaltyOrg *org, int64 customer_id);

/* Returns the group that the percentage gives: control or test. */
extern const char *loyalty_automatic_group(const LoyaltyOrg *org, int64 customer_id);

/* Returns the language of a customer, its standard field, or NULL. */
extern const char *loyalty_reach_language(int32 org_id, int64 customer_id);

#endif
