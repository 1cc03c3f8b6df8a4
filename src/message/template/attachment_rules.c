/*
 * attachment_rules.c: what a file says of itself. Images are looked at before they are queued: base64 that was not decoded,
 * or decoded twice, reaches a customer as a broken picture and nobody else at all.
 *
 * Magic bytes are the first ones that every file of the type has; what follows is not looked at, since whoever opens a
 * picture judges it better than a rule here could. Types that have none (text, PDF, whatever an org sends) are taken
 * as given.
 *
 * A file name stands in a header of the mail and becomes a name on the disk of a reader. So it has no part of a path,
 * whichever system's, and no control character; quoting and the encoding of what lies beyond ASCII are the business of
 * whoever writes the mail (RFC 2231), and need nothing from here.
 *
 * Types are compared in lower case. image/jpg is what many systems say of image/jpeg, and is taken for it.
 */
#include "message/template/attachment_rules.h"

#include <string.h>

/* Types by the ending of a name, and how images of them begin. */
static const struct
{
	const char *ending;
	const char *type;
	const char *magic; /* NULL: anything */
	size_t magic_size;
} kinds[] = {
	{ "png", "image/png", "\x89PNG\r\n\x1a\n", 8 },
	{ "jpg", "image/jpeg", "\xff\xd8\xff", 3 },
	{ "jpeg", "image/jpeg", "\xff\xd8\xff", 3 },
	{ "gif", "image/gif", "GIF87a", 6 },
	{ "gif", "image/gif", "GIF89a", 6 },
	{ "pdf", "application/pdf", NULL, 0 },
	{ "txt", "text/plain", NULL, 0 },
	{ "csv", "text/csv", NULL, 0 },
	{ "htm", "text/html", NULL, 0 },
	{ "html", "text/html", NULL, 0 },
	{ "ics", "text/calendar", NULL, 0 },
	{ "json", "application/json", NULL, 0 },
	{ "xml", "application/xml", NULL, 0 },
	{ "zip", "application/zip", NULL, 0 },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* Folds an ASCII letter. */
static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/* Compares in any case. */
static bool
same(const char *left, const char *right)
{
	for (; *left != '\0' && lower(*left) == lower(*right); left++, right++)
		continue;
	return *left == *right;
}

/* Looks for the control characters of ASCII and, in UTF-8, for those behind it and the separators of lines. */
bool
loyalty_header_fits(const char *text)
{
	const unsigned char *at = (const unsigned char *) text;

	for (; *at != '\0'; at++)
		if (*at < ' ' || *at == 0x7F || (at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F) ||
			(at[0] == 0xE2 && at[1] == 0x80 && (at[2] == 0xA8 || at[2] == 0xA9)))
			return false;
	return true;
}

/* Refuses paths, whichever system's. */
bool
loyalty_file_name_fits(const char *name)
{
	return name[0] != '\0' && strlen(name) <= ATTACHMENT_NAME_MAX && strpbrk(name, "/\\") == NULL &&
		   strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Tells whether a sign may stand in the name of a type. */
static bool
is_token_sign(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
		   c == '_' || c == '+';
}

/* Takes what stands in angle brackets without any quoting. */
bool
loyalty_content_id_fits(const char *content_id)
{
	size_t length = strlen(content_id);

	for (; *content_id != '\0'; content_id++)
		if (*content_id != '@' && (!is_token_sign(*content_id) || *content_id == '+'))
			return false;
	return length > 0 && length <= 100;
}

/*
 * Copies "image/png", in lower case; a bare word is the ending of a name. Parts of mails and whole ones are no files: a mail
 * carries them as they stand and never in base64 (RFC 2046, 5), as files are sent.
 */
static bool
read_type(const char *given, char *type)
{
	const char *slash = strchr(given, '/');
	size_t i;

	for (i = 0; i < KIND_COUNT && slash == NULL; i++)
		if (same(given, kinds[i].ending))
		{
			strcpy(type, kinds[i].type);
			return true;
		}
	if (slash == NULL || slash == given || slash[1] == '\0' || strlen(given) >= ATTACHMENT_TYPE_BYTES)
		return false;
	for (i = 0; given[i] != '\0'; i++)
	{
		if (given + i != slash && !is_token_sign(given[i]))
			return false;
		type[i] = lower(given[i]);
	}
	type[i] = '\0';
	if (strcmp(type, "image/jpg") == 0)
		strcpy(type, "image/jpeg");
	return strncmp(type, "multipart/", 10) != 0 && strncmp(type, "message/", 8) != 0;
}

/* Prefers what is said to what a name looks like. */
bool
loyalty_file_type(const char *given, const char *name, char *type)
{
	const char *dot = strrchr(name, '.');
	size_t i;

	if (given != NULL)
		return read_type(given, type);
	for (i = 0; i < KIND_COUNT && dot != NULL; i++)
		if (same(dot + 1, kinds[i].ending))
		{
			strcpy(type, kinds[i].type);
			return true;
		}
	strcpy(type, "application/octet-stream");
	return true;
}

/* Looks for first bytes. */
bool
loyalty_file_is_image(const char *type)
{
	size_t i;

	for (i = 0; i < KIND_COUNT; i++)
		if (kinds[i].magic != NULL && strcmp(type, kinds[i].type) == 0)
			return true;
	return false;
}

/* Compares with each way in which the type begins. */
bool
loyalty_file_begins_as(const char *type, const unsigned char *content, size_t size)
{
	size_t i;

	for (i = 0; i < KIND_COUNT; i++)
		if (kinds[i].magic != NULL && strcmp(type, kinds[i].type) == 0 && size >= kinds[i].magic_size &&
			memcmp(content, kinds[i].magic, kinds[i].magic_size) == 0)
			return true;
	return false;
}

/* Looks at the scheme, in any case. */
bool
loyalty_is_data_uri(const char *data, size_t size)
{
	static const char scheme[] = "data:";
	size_t i;

	for (i = 0; i < sizeof(scheme) - 1; i++)
		if (i == size || lower(data[i]) != scheme[i])
			return false;
	return true;
}
