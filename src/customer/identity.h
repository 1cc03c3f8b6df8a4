/* identity.h: what calls about identifiers share: the configuration they read, and normal forms. */
#ifndef LOYALTY_IDENTITY_H
#define LOYALTY_IDENTITY_H

#include "postgres.h"

#include "common/pg_compat.h"
#include "customer/profile_store.h"
#include "customer/registration_rules.h"

/* Reads which types are keys where these values (CONFIG_COUNT of them) are in force. */
extern void loyalty_key_config(const char *const *values, KeyConfig *keys);

/* Reads the configuration that registrations are judged by. */
extern void loyalty_registration_config(const LoyaltyOrg *org, RegistrationConfig *config);

/*
 * Writes the normal form of a value and the form that is shown to buffers of IDENTIFIER_VALUE_BYTES; false where it
 * has none. Raises nothing.
 */
extern bool loyalty_identifier_normalise(const LoyaltyOrg *org, IdentifierType type, const char *given,
										 char *key, char *shown);

/*
 * Returns the normal form, and in "shown" (unless NULL) the other one, copied to the current context; raises the
 * error of the type, which names "field" and never the value.
 */
extern const char *loyalty_identifier_checked(const LoyaltyOrg *org, IdentifierType type, const char *given,
											  const char *field, const char **shown);

/* Words for LY003 where a campaign user is given an external id. */
#define LOYALTY_CAMPAIGN_USER_KNOWN_BY "none for a non_loyalty customer, known by mobile or e-mail only"

/* Raises LY105 where the org does not use external ids. */
extern void loyalty_external_id_used(const LoyaltyOrg *org);

/*
 * Fills source and account of a profile, which stay the caller's texts. Sources other than INSTORE need
 * CONF_CLIENT_V2_API_ENABLED, and some an account id.
 */
extern void loyalty_source_checked(const LoyaltyOrg *org, const char *source, const char *account_id,
								   LoyaltyProfile *profile);

/*
 * Raises where CONF_RESTRICT_ORPHAN_V2_PROFILE forbids a profile of that source: the customer (0: none) has no
 * INSTORE profile.
 */
extern void loyalty_orphan_checked(const LoyaltyOrg *org, int16 source_id, int64 customer_id);

/* Returns a key of a source in normal form; NULL for NULL. Raises LY104, where "field" is for the message. */
extern const char *loyalty_source_key_checked(const char *given, const char *field);

/* Returns the text that the stored form of a source's keys begins with: source and account, which make it unique. */
extern const char *loyalty_source_prefix(const LoyaltyProfile *profile);

/* Returns the stored form of a key of the profile, NULL where it has none of that type. */
extern const char *loyalty_source_key_value(const LoyaltyProfile *profile, SourceKey key);

/*
 * Reads a stored form: fills source and account of the profile and returns the value. NULL where it is none, or names
 * no source that there is.
 */
extern const char *loyalty_source_key_read(const char *stored, LoyaltyProfile *profile);

/* Returns the type of that name; raises LY106. Keys of sources are no such types. */
extern IdentifierType loyalty_identifier_type_arg(const char *name);

/* Raises LY106; "types" are those that would do. */
pg_noreturn extern void loyalty_raise_identifier_type(const char *types);

/* Lists the types of identifiers, and the keys of sources, for that. */
#define LOYALTY_IDENTIFIER_TYPES "mobile, email, external_id"
#define LOYALTY_SOURCE_KEYS "cuid, wechat, line, facebook, mobile_push"

/* Writes a mobile as it most likely is, without asking the library; false where there is no guess. See phone.h. */
extern bool loyalty_mobile_guess(const LoyaltyOrg *org, const char *given, char *key);

/* Writes the normal form that a stored mobile has by now to such a buffer; false where it has none, or the same. */
extern bool loyalty_mobile_renormalise(const LoyaltyOrg *org, const char *stored, char *key);

#endif
