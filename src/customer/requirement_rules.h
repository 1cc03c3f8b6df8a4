/* requirement_rules.h: identifiers that customers must bring, and must keep. Knows no server. */
#ifndef LOYALTY_REQUIREMENT_RULES_H
#define LOYALTY_REQUIREMENT_RULES_H

#include "customer/registration_rules.h"

/*
 * Tells whether a registration, of a loyalty customer or of a campaign user, lacks an identifier that the
 * configuration requires; "missing" is its type, or IDENTIFIER_TYPE_COUNT where any that finds it again would do.
 */
extern bool loyalty_registration_lacks(const RegistrationConfig *config, bool loyalty, const bool *given,
									   IdentifierType *missing);

/* Rest of the identifiers of a customer's group, when one is given up. */
typedef struct IdentifiersLeft
{
	bool types[IDENTIFIER_TYPE_COUNT]; /* at least one of that type */
	bool source_key;				   /* at least one key of any source */
} IdentifiersLeft;

/*
 * Tells whether a loyalty customer or a campaign user may give up an identifier of a type (IDENTIFIER_TYPE_COUNT: a key
 * of a source): it is not the last one of a type that is required, nor the last one that finds the customer.
 */
extern bool loyalty_release_allowed(const RegistrationConfig *config, bool loyalty, IdentifierType type,
									const IdentifiersLeft *left);

#endif
