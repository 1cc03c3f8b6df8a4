/*
 * text.c: the normal form of short texts in the encoding of the database.
 *
 * The rule reads UTF-8 (text_rules.c). In a database of another encoding a text goes there and back by the server's
 * conversions; one that does not survive the way, or an encoding without them, has no normal form unless it is plain
 * ASCII. A database in SQL_ASCII says nothing of its bytes, which are read as UTF-8. No table is read and nothing is
 * locked.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "common/text.h"
#include "common/text_rules.h"

/* Converts a text to a buffer that may be larger than needed; NULL where a character has no place in the encoding. */
static char *
converted(const char *text, int from, int to)
{
	int length = (int) strlen(text);
	int size = length * MAX_CONVERSION_GROWTH + 1;
	Oid conversion = FindDefaultConversionProc(from, to);
	char *result;

	if (!OidIsValid(conversion))
		return NULL;
	result = palloc(size);
	return pg_do_encoding_conversion_buf(conversion, from, to, (unsigned char *) unconstify(char *, text),
										 length, (unsigned char *) result, size, true) == length
			   ? result
			   : NULL;
}

/* Judges the length before anything is converted. */
const char *
loyalty_normal_text(const char *given)
{
	size_t length = strlen(given);
	int encoding = GetDatabaseEncoding();
	bool is_utf8 = encoding == PG_UTF8 || encoding == PG_SQL_ASCII;
	char normal[TEXT_NORMAL_BYTES];

	if (loyalty_text_is_plain(given, length))
		return given;
	if (length > TEXT_NORMAL_MAX)
		return NULL;
	if (!is_utf8)
		given = converted(given, encoding, PG_UTF8);
	if (given == NULL || !loyalty_text_normal(given, strlen(given), normal))
		return NULL;
	return is_utf8 ? pstrdup(normal) : converted(normal, PG_UTF8, encoding);
}

/* Goes through UTF-8 as the normal form does. What has no way back is searched by as it is. */
const char *
loyalty_folded_text(const char *given)
{
	int encoding = GetDatabaseEncoding();
	bool is_utf8 = encoding == PG_UTF8 || encoding == PG_SQL_ASCII;
	char folded[TEXT_FOLDED_BYTES];
	const char *text = given;

	if (strlen(given) > TEXT_NORMAL_MAX)
		return given;
	if (!is_utf8)
		text = converted(given, encoding, PG_UTF8);
	if (text == NULL || !loyalty_text_folded(text, strlen(text), folded))
		return given;
	text = is_utf8 ? pstrdup(folded) : converted(folded, PG_UTF8, encoding);
	return text != NULL ? text : given;
}

/* Looks at the first byte first: hardly any text begins with a blank, and an argument is seldom compressed. */
bool
loyalty_text_is_blank(Datum given)
{
	struct varlena *bytes = (struct varlena *) DatumGetPointer(given);
	const char *normal;

	if (!VARATT_IS_EXTERNAL(bytes) && !VARATT_IS_COMPRESSED(bytes))
	{
		if (VARSIZE_ANY_EXHDR(bytes) == 0)
			return true;
		if (*VARDATA_ANY(bytes) > ' ' && *VARDATA_ANY(bytes) <= '~')
			return false;
	}
	if (toast_raw_datum_size(given) - VARHDRSZ > TEXT_NORMAL_MAX)
		return false;
	normal = loyalty_normal_text(TextDatumGetCString(given));
	return normal != NULL && normal[0] == '\0';
}
