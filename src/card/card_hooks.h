/* card_hooks.h: hooks of lower capabilities that cards fill, by way of loyalty.c. */
#ifndef LOYALTY_CARD_HOOKS_H
#define LOYALTY_CARD_HOOKS_H

#include "customer/erasure.h"
#include "customer/holding_store.h"
#include "customer/identifier_resolver.h"
#include "customer/registration_hooks.h"

/* Resolvers by number and by external id of a card. */
extern const LoyaltyIdentifierResolver loyalty_card_number_resolver;
extern const LoyaltyIdentifierResolver loyalty_card_external_id_resolver;

/* Hook loyalty_config_hooks.before_change: refuses keys by which no external id could be generated. */
extern void loyalty_external_id_guard(LoyaltyCall *call, const char *const *values);

/*
 * Hooks of registrations: if an external id is generated for a source account, the id itself, and cards to issue.
 */
extern bool loyalty_external_id_is_generated(LoyaltyCall *call, int16 source_id, const char *account_id);
extern const char *loyalty_external_id_generate(LoyaltyCall *call);
extern void loyalty_cards_register(LoyaltyCall *call, const LoyaltyRegistered *registered);

/*
 * Eraser, for loyalty_erasure_add: cards stay without an owner, deleted; nobody finds out whose they were. The merge
 * group is locked.
 */
extern void loyalty_cards_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_card_holdings;

#endif
