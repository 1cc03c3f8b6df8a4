/*
 * identity_rules.c: what e-mails and external ids are (a library knows mobiles, common/phone.cpp), and the rule that
 * says which types are keys.
 *
 * Texts come in their normal form (common/text.h) and in the database's encoding; bytes from 0x80 on are letters here. So
 * nothing depends on a locale or an encoding: two servers agree about which customers are the same, and so do a database
 * and its restored copy. The price is that only ASCII letters of an e-mail lose their case.
 */
#include "customer/identity_rules.h"

#include <string.h>

#include "common/word_rules.h"

/* Bounds of an e-mail's parts, in bytes, as mail servers have them. */
#define LOCAL_PART_MAX 64
#define LABEL_MAX 63

const char *const loyalty_identifier_type_names[IDENTIFIER_TYPE_COUNT] = {
	[IDENTIFIER_MOBILE] = "mobile",
	[IDENTIFIER_EMAIL] = "email",
	[IDENTIFIER_EXTERNAL_ID] = "external_id",
};

/* Searches three names. */
IdentifierType
loyalty_identifier_type_find(const char *name)
{
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (loyalty_same_word(name, loyalty_identifier_type_names[type]))
			break;
	return (IdentifierType) type;
}

const char *const loyalty_source_key_names[SOURCE_KEY_COUNT] = {
	[SOURCE_KEY_CUID] = "cuid",			[SOURCE_KEY_WECHAT] = "wechat",			  [SOURCE_KEY_LINE] = "line",
	[SOURCE_KEY_FACEBOOK] = "facebook", [SOURCE_KEY_MOBILE_PUSH] = "mobile_push",
};

const int loyalty_source_key_longest[SOURCE_KEY_COUNT] = {
	[SOURCE_KEY_CUID] = EXTERNAL_ID_MAX,	   [SOURCE_KEY_WECHAT] = SOURCE_KEY_MAX,
	[SOURCE_KEY_LINE] = SOURCE_KEY_MAX,		   [SOURCE_KEY_FACEBOOK] = SOURCE_KEY_MAX,
	[SOURCE_KEY_MOBILE_PUSH] = SOURCE_KEY_MAX,
};

/* Compares names as they are written, too. */
SourceKey
loyalty_source_key_find(const char *name)
{
	int key;

	for (key = 0; key < SOURCE_KEY_COUNT; key++)
		if (loyalty_same_word(name, loyalty_source_key_names[key]))
			break;
	return (SourceKey) key;
}

/* Puts dual eligibility first: there the primary alone is a key, whatever is said of e-mails. */
bool
loyalty_identifier_is_key(const KeyConfig *config, IdentifierType type)
{
	return type == config->primary || (!config->dual && (type != IDENTIFIER_EMAIL || config->email_unique));
}

/* Tells whether a byte is a letter or a digit, or part of a letter beyond ASCII. */
static bool
is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		   (unsigned char) c >= 0x80;
}

/* Judges the part before the @: unquoted, with the characters that browsers accept in a form. */
static bool
local_part_ok(const char *part, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!is_alphanumeric(part[i]) && strchr(".!#$%&'*+/=?^_`{|}~-", part[i]) == NULL)
			return false;
	return length >= 1 && length <= LOCAL_PART_MAX;
}

/*
 * Judges the part after the @: at least two labels with dots between them, no hyphen at either end of any. The loop
 * goes one past the end, where the last label is judged as if a dot came.
 */
static bool
domain_ok(const char *domain, size_t length)
{
	size_t start = 0;
	int labels = 0;
	size_t i;

	for (i = 0; i <= length; i++)
	{
		if (i < length && domain[i] != '.')
		{
			if (!is_alphanumeric(domain[i]) && domain[i] != '-')
				return false;
			continue;
		}
		if (i == start || i - start > LABEL_MAX || domain[start] == '-' || domain[i - 1] == '-')
			return false;
		labels++;
		start = i + 1;
	}
	return labels >= 2;
}

/*
 * Splits at the first @; a second one fails as a character of the domain. The length is judged before anything is
 * written: the buffers are larger than any e-mail that passes.
 */
bool
loyalty_email_normal(const char *email, char *key, char *typed)
{
	size_t length = strlen(email);
	const char *at = strchr(email, '@');
	size_t i;

	if (length > EMAIL_MAX_BYTES || at == NULL || !local_part_ok(email, at - email) ||
		!domain_ok(at + 1, length - (at - email) - 1))
		return false;
	for (i = 0; i < length; i++)
	{
		typed[i] = email[i];
		key[i] = email[i] >= 'A' && email[i] <= 'Z' ? (char) (email[i] - 'A' + 'a') : email[i];
	}
	typed[length] = key[length] = '\0';
	return true;
}

/* Leaves what may stand in a text to its normal form. */
bool
loyalty_external_id_fits(const char *external_id)
{
	size_t length = strlen(external_id);

	return length >= 1 && length <= EXTERNAL_ID_MAX_BYTES;
}

/* Leaves what may stand in a text to its normal form, and does not know which key it is. */
bool
loyalty_source_key_fits(const char *value)
{
	size_t length = strlen(value);

	return length >= 1 && length <= SOURCE_KEY_MAX_BYTES;
}
