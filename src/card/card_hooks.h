/* card_hooks.h: what loyalty.c puts into the hooks of lower capabilities. */
#ifndef LOYALTY_CARD_HOOKS_H
#define LOYALTY_CARD_HOOKS_H

#include "customer/erasure.h"
#include "customer/identifier_resolver.h"
#include "customer/registration_hooks.h"

extern const LoyaltyIdentifierResolver loyalty_card_number_resolver;
extern const LoyaltyIdentifierResolver loyalty_card_external_id_resolver;

/* For loyalty_config_hooks.before_change: whether external ids can be generated as the keys say. */
extern void loyalty_external_id_guard(LoyaltyCall *call, const char *const *values);

/* For loyalty_registration_hooks. */
extern bool loyalty_external_id_is_generated(LoyaltyCall *call, int16 source_id, const char *account_id);
extern const char *loyalty_external_id_generate(LoyaltyCall *call);
extern void loyalty_cards_register(LoyaltyCall *call, const LoyaltyRegistered *registered);

/* For loyalty_erasure_add: cards stay without an owner, deleted; nobody finds out whose they were. */
extern void loyalty_cards_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
