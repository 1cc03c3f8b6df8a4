/* identifier_change.h: changes of what a customer, who is locked, is known by; shared by the calls that make them. */
#ifndef LOYALTY_IDENTIFIER_CHANGE_H
#define LOYALTY_IDENTIFIER_CHANGE_H

#include "customer/identity.h"
#include "customer/member.h"

/* Identifier that a call gives a customer, checked. */
typedef struct LoyaltyChange
{
	IdentifierType type;
	const char *value;	/* in normal form */
	const char *shown;	/* as profiles show it */
	const char *reason; /* of the end of the old one, for history; NULL: none */
	bool is_permitted;	/* somebody has allowed it: the switches for updates are not asked */
	bool
		is_proved; /* its proof was judged, or it needs none; else it is refused where the org requires one */
} LoyaltyChange;

/* Limits of the values as given, in characters, by type. */
extern const int loyalty_identifier_longest[IDENTIFIER_TYPE_COUNT];

/*
 * Checks an identifier that a call gives a customer, and fills type, value and what is shown of it; "field" names it in
 * messages. Raises LY003 for a campaign user, LY102 to LY105.
 */
extern void loyalty_change_read(const LoyaltyMember *member, IdentifierType type, const char *given,
								const char *type_field, const char *field, LoyaltyChange *change);

/*
 * Makes such a change as change_identifier does, for a customer who is locked, with the configuration held: LY101, LY113,
 * LY114.
 */
extern void loyalty_change_make(LoyaltyMember *member, const LoyaltyChange *change);

/* Raises LY003 where an external id, of which "field" is the name, is given to a campaign user. */
extern void loyalty_campaign_user_checked(const LoyaltyCustomer *customer, IdentifierType type,
										  const char *field);

/*
 * Raises LY101 where the org requires the primary identifier, and the customer has none and is given none by this
 * call.
 */
extern void loyalty_primary_checked(const LoyaltyMember *member, const LoyaltyIdentifiers *held,
									const LoyaltyIdentifiers *given);

/* Raises LY114 where the org does not let identifiers of that type be replaced or given up. */
extern void loyalty_update_checked(const LoyaltyOrg *org, IdentifierType type);

/* Raises LY113: the value, of the type of that name, belongs to another customer. */
pg_noreturn extern void loyalty_raise_identifier_taken(const char *type, int64 owner_id);

/*
 * Makes the customer the owner of a key, of the type of that name, unless it is already. Raises LY113, and 40001 where
 * nobody can tell whose it is.
 */
extern void loyalty_key_take(const LoyaltyMember *member, const char *type, const char *value);

/*
 * Makes the customer hold the value in place of what it holds of that type, if anything, and INSTORE profiles show it.
 * One that it holds already changes nothing. Raises LY113 and LY114.
 */
extern void loyalty_identifier_change(LoyaltyMember *member, const LoyaltyIdentifiers *held,
									  const LoyaltyChange *change);

#endif
