/*
 * limits.c: limits of variables, as a template has them, and the values that a call gives.
 *
 * A limit is a number of characters, which a provider gave with its approval or an org with its layout in mind. A
 * variable without one may have 1,024. Limits are kept as they came, in the version: they hold for its text alone.
 *
 * Values are judged by the tags that a version has, in whichever of its texts they stand, and not by what a call
 * gives: a value that no text asks for is never looked at. Faults are told by the name of the tag, which stands in the
 * template.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "message/template/limits.h"
#include "message/template/values.h"
#include "message/template/whatsapp_rules.h"

/* Reads a whole number from 1 to the longest value; 0: it is none. */
static int
limit_of_value(const JsonbValue *value)
{
	const char *text;
	char *end;
	long number;

	if (value->type != jbvNumeric)
		return 0;
	text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	number = strtol(text, &end, 10);
	return *end != '\0' || number < 1 || number > LOYALTY_VALUE_MAX ? 0 : (int) number;
}

/* Reads pairs. */
void
loyalty_limits_read(Jsonb *document, VariableLimits *limits)
{
	JsonbIterator *iterator;
	JsonbValue item;
	JsonbIteratorToken token;

	limits->count = 0;
	if (document == NULL)
		return;
	if (!JB_ROOT_IS_OBJECT(document) || JB_ROOT_COUNT(document) > TEMPLATE_VALUES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID),
				 errmsg("\"variable_limits\" is not an object of at most %d limits", TEMPLATE_VALUES_MAX)));
	iterator = JsonbIteratorInit(&document->root);
	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			limits->names[limits->count] = pnstrdup(item.val.string.val, item.val.string.len);
		if (token != WJB_VALUE)
			continue;
		limits->limits[limits->count] = limit_of_value(&item);
		if (limits->limits[limits->count] == 0 || !loyalty_template_name_fits(limits->names[limits->count]))
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID),
							errmsg("\"variable_limits\" has a limit that is not a whole number from 1 to %d",
								   LOYALTY_VALUE_MAX)));
		limits->count++;
	}
}

/* Looks a tag up. */
int
loyalty_limit_of(const VariableLimits *limits, const TemplatePiece *tag)
{
	int i;

	for (i = 0; i < limits->count; i++)
		if (loyalty_template_is_tag(tag, limits->names[i]))
			return limits->limits[i];
	return LOYALTY_VALUE_MAX;
}

/* Raises LYM05 for a value. */
pg_noreturn static void
raise_value(const TemplatePiece *tag, const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_VARIABLES_INVALID),
					errmsg("the variable \"%.*s\" is not allowed", (int) tag->length, tag->text),
					errdetail("What is wrong: %s.", what)));
}

/*
 * Goes through the tags of a text. What WhatsApp asks of a value is asked first; the limit is counted once more by
 * the server, whose encoding may be another one than that of the rules.
 */
void
loyalty_limits_check(const char *text, const TemplateValues *values, const VariableLimits *limits,
					 bool is_whatsapp)
{
	TemplatePiece piece;

	while (text != NULL && loyalty_template_next(&text, &piece))
	{
		const char *value;
		int limit;
		WhatsappFault fault;

		if (!piece.is_tag)
			continue;
		value = loyalty_template_value(values, &piece);
		if (value == NULL)
			loyalty_raise_no_value(&piece);
		limit = loyalty_limit_of(limits, &piece);
		fault = is_whatsapp ? loyalty_whatsapp_value(value, limit) : WHATSAPP_FINE;
		if (fault == WHATSAPP_FINE && pg_mbstrlen(value) > limit)
			fault = WHATSAPP_LONG;
		if (fault != WHATSAPP_FINE)
			raise_value(&piece, loyalty_whatsapp_fault_text(fault));
	}
}
