/*
 * identity_rules.h: the types of identifiers, which of them are keys, and what e-mails and external ids
 * are. Knows no server.
 */
#ifndef LOYALTY_IDENTITY_RULES_H
#define LOYALTY_IDENTITY_RULES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Types, in the order in which a registration without the primary identifier looks for its customer. Arrays of one
 * element for each type are indexed by it.
 */
typedef enum IdentifierType
{
	IDENTIFIER_MOBILE,
	IDENTIFIER_EMAIL,
	IDENTIFIER_EXTERNAL_ID,
	IDENTIFIER_TYPE_COUNT
} IdentifierType;

#define EMAIL_MAX_BYTES 254
#define EXTERNAL_ID_MAX 100								   /* characters, */
#define EXTERNAL_ID_MAX_BYTES (4 * EXTERNAL_ID_MAX)		   /* and the bytes that they may take */
#define IDENTIFIER_VALUE_BYTES (EXTERNAL_ID_MAX_BYTES + 1) /* of a buffer for the normal form of any type */

/* Names of the types, as calls, tables and messages have them. */
extern const char *const loyalty_identifier_type_names[IDENTIFIER_TYPE_COUNT];

/* Returns the type of that name, or IDENTIFIER_TYPE_COUNT. */
extern IdentifierType loyalty_identifier_type_find(const char *name);

/*
 * Types of keys that one account of a source gives its customers: unique in that account, and told of with it. In the
 * order in which they are claimed, behind all keys of the types above.
 */
typedef enum SourceKey
{
	SOURCE_KEY_CUID, /* what the source calls the customer */
	SOURCE_KEY_WECHAT,
	SOURCE_KEY_LINE,
	SOURCE_KEY_FACEBOOK,
	SOURCE_KEY_MOBILE_PUSH,
	SOURCE_KEY_COUNT
} SourceKey;

#define SOURCE_KEY_MAX 255						  /* characters of the longest, */
#define SOURCE_KEY_MAX_BYTES (4 * SOURCE_KEY_MAX) /* and the bytes that they may take */

extern const char *const loyalty_source_key_names[SOURCE_KEY_COUNT];

/* Limits of the values, in characters. */
extern const int loyalty_source_key_longest[SOURCE_KEY_COUNT];

/* Returns the type of that name, or SOURCE_KEY_COUNT. */
extern SourceKey loyalty_source_key_find(const char *name);

/* Configuration that says which types are keys. */
typedef struct KeyConfig
{
	IdentifierType primary;
	bool email_unique; /* true: e-mails are keys, though they are not primary */
	bool dual;		   /* dual eligibility: the primary alone is a key */
} KeyConfig;

/* Tells whether identifiers of a type are keys: they have one owner and find it. The others are contact data. */
extern bool loyalty_identifier_is_key(const KeyConfig *config, IdentifierType type);

/*
 * Writes the key of an e-mail and the e-mail as typed to buffers of IDENTIFIER_VALUE_BYTES; false where the text, which
 * is in its normal form, is none.
 */
extern bool loyalty_email_normal(const char *email, char *key, char *typed);

/* Tells whether a text in its normal form can be an external id; its length in characters is for the caller to judge. */
extern bool loyalty_external_id_fits(const char *external_id);

/* Tells the same of a key of a source. */
extern bool loyalty_source_key_fits(const char *value);

#endif
