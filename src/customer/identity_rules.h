/* identity_rules.h: what identifies a customer, and the normal forms of it. Knows no server. */
#ifndef LOYALTY_IDENTITY_RULES_H
#define LOYALTY_IDENTITY_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* In the order in which a registration without the primary identifier looks for its customer. */
typedef enum IdentifierType
{
	IDENTIFIER_MOBILE,
	IDENTIFIER_EMAIL,
	IDENTIFIER_EXTERNAL_ID,
	IDENTIFIER_TYPE_COUNT
} IdentifierType;

#define EMAIL_MAX_BYTES 254
#define EXTERNAL_ID_MAX 100								   /* characters, */
#define EXTERNAL_ID_MAX_BYTES (4 * EXTERNAL_ID_MAX)		   /* and what they may take */
#define IDENTIFIER_VALUE_BYTES (EXTERNAL_ID_MAX_BYTES + 1) /* of a buffer for the normal form of any type */

extern const char *const loyalty_identifier_type_names[IDENTIFIER_TYPE_COUNT];

/* The type of that name, or IDENTIFIER_TYPE_COUNT. */
extern IdentifierType loyalty_identifier_type_find(const char *name);

/* The configuration that says which types are keys. */
typedef struct KeyConfig
{
	IdentifierType primary;
	bool email_unique;
	bool dual; /* dual eligibility: the primary alone is a key */
} KeyConfig;

/* Whether identifiers of a type are keys: they have one owner and find it. The others are contact data. */
extern bool loyalty_identifier_is_key(const KeyConfig *config, IdentifierType type);

/* The text without white space around it: where it starts, and its length. */
extern const char *loyalty_trimmed(const char *text, size_t *length);

/*
 * The key of an e-mail and the e-mail as typed, both trimmed, to buffers of IDENTIFIER_VALUE_BYTES; false where
 * it has no normal form.
 */
extern bool loyalty_email_normal(const char *email, char *key, char *typed);

/* The normal form of an external id, to such a buffer; its length in characters is for the caller to judge. */
extern bool loyalty_external_id_normal(const char *external_id, char *normal);

#endif
