/*
 * values.c: values of tags. Messages name tags, which whoever wrote the template chose, and never a value.
 *
 * Values come as an object, or as a list where tags are numbers: the first one is then that of {{1}}. Booleans and
 * numbers are written as JSON writes them, and null is no value. What is neither a scalar nor null is refused even
 * where no text asks for it: it is a mistake of whoever calls.
 *
 * Texts grow with their values; each has a limit, and the buffer has one of its own, so that no template and no value
 * takes the memory of a backend.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "common/errors.h"
#include "common/word_rules.h"
#include "message/template/values.h"

/* Raises LYM05. */
pg_noreturn static void
raise_values(const char *what, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_VARIABLES_INVALID), errmsg("%s", what),
					detail ? errdetail("%s", detail) : 0));
}

/* Names the tag. */
void
loyalty_raise_no_value(const TemplatePiece *tag)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_VARIABLES_INVALID),
					errmsg("the variable \"%.*s\" has no value", (int) tag->length, tag->text)));
}

/* Returns a scalar as text. */
static const char *
value_text(const JsonbValue *value)
{
	if (value->type == jbvBool)
		return value->val.boolean ? "true" : "false";
	if (value->type == jbvNumeric)
		return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	if (value->type != jbvString)
		raise_values("a variable is neither a text nor a number", NULL);
	if (value->val.string.len > LOYALTY_VALUE_MAX * pg_database_encoding_max_length())
		raise_values("a variable is too long",
					 psprintf("At most %d characters are allowed.", LOYALTY_VALUE_MAX));
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* Refuses a second spelling of a name: which of the two a customer would read is for nobody to guess. */
static void
check_spelling(const TemplateValues *values, const char *name)
{
	int i;

	for (i = 0; i < values->count; i++)
		if (loyalty_same_word(values->names[i], name))
			raise_values(
				"a variable has two values",
				"Case, blanks, hyphens and underscores do not count in names: firstName is first_name.");
}

/*
 * Adds a value. Its length is counted in characters, and its bytes before that: a text of 1 GB is not copied to be
 * counted.
 */
static void
add(TemplateValues *values, const char *name, const JsonbValue *value)
{
	const char *text;

	if (value->type == jbvNull)
		return;
	check_spelling(values, name);
	if (values->count == TEMPLATE_VALUES_MAX)
		raise_values("there are too many variables",
					 psprintf("At most %d are allowed.", TEMPLATE_VALUES_MAX));
	text = value_text(value);
	if (pg_mbstrlen(text) > LOYALTY_VALUE_MAX)
		raise_values("a variable is too long",
					 psprintf("At most %d characters are allowed.", LOYALTY_VALUE_MAX));
	values->names[values->count] = name;
	values->values[values->count++] = text;
}

/* Goes through an object or a list; what can be no tag is passed over, since no text asks for it. */
void
loyalty_values_read(Jsonb *document, TemplateValues *values)
{
	JsonbIterator *iterator;
	JsonbValue item;
	JsonbIteratorToken token;
	const char *name = NULL;
	int place = 0;

	values->count = 0;
	if (document == NULL)
		return;
	if (JB_ROOT_IS_SCALAR(document))
		raise_values("the variables are neither an object nor a list", NULL);
	iterator = JsonbIteratorInit(&document->root);
	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			name = pnstrdup(item.val.string.val, item.val.string.len);
		else if (token == WJB_VALUE || token == WJB_ELEM)
		{
			if (token == WJB_ELEM)
				name = psprintf("%d", ++place);
			if (loyalty_template_name_fits(name))
				add(values, name, &item);
		}
	}
}

/* Appends, within the limit of a text. */
static void
append(void *to, const char *text, size_t length)
{
	StringInfo buffer = to;

	if (length > LOYALTY_RENDERED_MAX - (size_t) buffer->len)
		raise_values("the text is too long with its variables",
					 psprintf("At most %d bytes are allowed.", LOYALTY_RENDERED_MAX));
	appendBinaryStringInfo(buffer, text, (int) length);
}

/* Hands a buffer over. */
TemplateSink
loyalty_sink_into(StringInfo text)
{
	return (TemplateSink){ .write = append, .to = text };
}

/*
 * Writes to a buffer and measures it: the limit holds for what is sent, and the template alone may have been
 * shorter.
 */
const char *
loyalty_text_with_values(const char *text, const TemplateValues *values, TemplateEscape escape, int limit)
{
	StringInfoData buffer;
	TemplateSink sink;
	TemplatePiece missing;

	if (text == NULL)
		return NULL;
	initStringInfo(&buffer);
	sink = loyalty_sink_into(&buffer);
	if (!loyalty_template_write(text, values, escape, &sink, &missing))
		loyalty_raise_no_value(&missing);
	if (pg_mbstrlen_with_len(buffer.data, buffer.len) > limit)
		raise_values("the text is too long with its variables",
					 psprintf("At most %d characters are allowed.", limit));
	return buffer.data;
}
