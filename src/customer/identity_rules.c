/*
 * identity_rules.c: the normal forms of identifiers, but for mobiles, which a library knows. Texts are in the
 * database's encoding; bytes from 0x80 on are letters here.
 */
#include "customer/identity_rules.h"

#include <string.h>

#define LOCAL_PART_MAX 64
#define LABEL_MAX 63

const char *const loyalty_identifier_type_names[IDENTIFIER_TYPE_COUNT] = {
	[IDENTIFIER_MOBILE] = "mobile",
	[IDENTIFIER_EMAIL] = "email",
	[IDENTIFIER_EXTERNAL_ID] = "external_id",
};

IdentifierType
loyalty_identifier_type_find(const char *name)
{
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (strcmp(name, loyalty_identifier_type_names[type]) == 0)
			break;
	return (IdentifierType) type;
}

bool
loyalty_identifier_is_key(const KeyConfig *config, IdentifierType type)
{
	return type == config->primary || (!config->dual && (type != IDENTIFIER_EMAIL || config->email_unique));
}

/* ASCII white space: the C library's answer would depend on the locale. */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

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

static bool
is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		   (unsigned char) c >= 0x80;
}

/* What stands before the @: unquoted, with the characters that browsers accept in a form. */
static bool
local_part_ok(const char *part, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!is_alphanumeric(part[i]) && strchr(".!#$%&'*+/=?^_`{|}~-", part[i]) == NULL)
			return false;
	return length >= 1 && length <= LOCAL_PART_MAX;
}

/* What stands after it: at least two labels with dots between them, no hyphen at the end of any. */
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

/* ASCII controls, and those that UTF-8 and the ISO 8859 encodings have above them. */
static bool
is_control(const char *text, size_t i)
{
	unsigned char c = (unsigned char) text[i];
	unsigned char next = (unsigned char) text[i + 1];

	return c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next < 0xa0);
}

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
