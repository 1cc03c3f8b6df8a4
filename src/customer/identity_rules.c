/*
 * identity_rules.c: the normal forms of e-mails and external ids (a library knows mobiles, common/phone.cpp), and the
 * rule that says which types are keys.
 *
 * Texts are in the database's encoding; bytes from 0x80 on are letters here. So nothing depends on a locale or an
 * encoding: two servers agree about which customers are the same, and so do a database and its restored copy. The
 * price is that only ASCII letters of an e-mail lose their case.
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

/* Puts dual eligibility first: there the primary alone is a key, whatever is said of e-mails. */
bool
loyalty_identifier_is_key(const KeyConfig *config, IdentifierType type)
{
	return type == config->primary || (!config->dual && (type != IDENTIFIER_EMAIL || config->email_unique));
}

/* Tells whether a character is ASCII white space. The C library's isspace() would depend on the locale. */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Copies nothing: callers judge the length before they take bytes. */
const char *
loyalty_trimmed(const char *text, size_t *length)
{
	size_t end;

	while (is_space(*text))
		text++;
	for (end = strlen(text); end > 0 && is_space(text[end - 1]); end--)
		;
	*length = end;
	return text;
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
	size_t length;
	const char *start = loyalty_trimmed(email, &length);
	const char *at = memchr(start, '@', length);
	size_t i;

	if (length > EMAIL_MAX_BYTES || at == NULL || !local_part_ok(start, at - start) ||
		!domain_ok(at + 1, length - (at - start) - 1))
		return false;
	for (i = 0; i < length; i++)
	{
		typed[i] = start[i];
		key[i] = start[i] >= 'A' && start[i] <= 'Z' ? (char) (start[i] - 'A' + 'a') : start[i];
	}
	typed[length] = key[length] = '\0';
	return true;
}

/*
 * Tells whether a control character stands at a position: an ASCII one, or one of those that UTF-8 and the ISO 8859
 * encodings have above them, as UTF-8 writes them. The text ends with a zero byte, so looking one byte ahead is safe.
 */
static bool
is_control(const char *text, size_t i)
{
	unsigned char c = (unsigned char) text[i];
	unsigned char next = (unsigned char) text[i + 1];

	return c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next < 0xa0);
}

/* Refuses control characters, which no till shows: two ids that look alike would be two customers. */
bool
loyalty_external_id_normal(const char *external_id, char *normal)
{
	size_t length;
	const char *start = loyalty_trimmed(external_id, &length);
	size_t i;

	if (length == 0 || length > EXTERNAL_ID_MAX_BYTES)
		return false;
	for (i = 0; i < length; i++)
		if (is_control(start, i))
			return false;
	memcpy(normal, start, length);
	normal[length] = '\0';
	return true;
}
