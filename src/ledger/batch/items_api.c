/*
 * items_api.c: items of a batch that come as a document.
 *
 * PostgreSQL reads their fields, but passes over those that it does not know: a key that is mistyped posted an
 * award twice. And where a value is none of the field's type, it does not say in which item. So both are
 * looked for before. Nothing of an org is read here and nobody is asked for access: the batch function that
 * gets the items does that.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/time_rules.h"

LOYALTY_FUNCTION(loyalty_checked_items);

/* Bytes of a key that a message shows at most: as many as names have. */
#define KEY_BYTES 63

/*
 * Refuses the document with LY414: which item, what is wrong with it, and what its fields may be. The value is
 * not shown, as it may be personal data.
 */
pg_noreturn static void
refuse(int item, TupleDesc desc, const char *detail)
{
	StringInfoData fields;
	int i;

	initStringInfo(&fields);
	for (i = 0; i < desc->natts; i++)
		appendStringInfo(&fields, "%s%s", i > 0 ? ", " : "", NameStr(TupleDescAttr(desc, i)->attname));
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID), errmsg("item %d is not valid", item),
					errdetail("%s", detail), errhint("The fields of an item are: %s.", fields.data)));
}

/*
 * Finds the field of a key; LY414 where no item has it. Keys are compared by bytes: JSON knows no folding of
 * case.
 */
static Form_pg_attribute
field_of(int item, TupleDesc desc, const JsonbValue *key)
{
	int length = key->val.string.len;
	int i;

	for (i = 0; i < desc->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(desc, i)->attname);

		if (length == (int) strlen(name) && memcmp(key->val.string.val, name, length) == 0)
			return TupleDescAttr(desc, i);
	}
	refuse(item, desc,
		   psprintf("No item has a field \"%.*s\".", pg_mbcliplen(key->val.string.val, length, KEY_BYTES),
					key->val.string.val));
}

/* Returns a value as the text that PostgreSQL makes a column of: arrays and objects as JSON. */
static char *
text_of(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return JsonbToCString(NULL, value->val.binary.data, value->val.binary.len);
	}
}

/*
 * Tells whether a value is a time in ISO 8601, which means the same in every session: PostgreSQL reads that form alike under
 * each DateStyle, and the functions that make items set the time zone. The infinities are those of PostgreSQL's own
 * documents; the judgement refuses them.
 */
static bool
is_time(const JsonbValue *value)
{
	LoyaltyLocalTime time;
	const char *text;

	if (value->type != jbvString)
		return false;
	text = text_of(value);
	return loyalty_time_read(text, &time) || strcmp(text, "infinity") == 0 || strcmp(text, "-infinity") == 0;
}

/*
 * Tells whether the type of a field takes a value, by trying its input function; text takes all. Catches
 * errors of data alone. No subtransaction is needed: the caller raises another error after one that was
 * caught.
 */
static bool
is_taken(Form_pg_attribute field, const JsonbValue *value)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool taken = true;
	Oid input;
	Oid parameter;

	if (value->type == jbvNull || field->atttypid == TEXTOID)
		return true;
	if (field->atttypid == TIMESTAMPTZOID)
		return is_time(value);
	getTypeInputInfo(field->atttypid, &input, &parameter);
	PG_TRY();
	{
		(void) OidInputFunctionCall(input, text_of(value), parameter, field->atttypmod);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		if (ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		FlushErrorState();
		taken = false;
	}
	PG_END_TRY();
	return taken;
}

/* Looks at the keys and values of one item; nested values are taken whole, as the value of their key. */
static void
check_item(int item, JsonbValue *value, TupleDesc desc)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue part;
	Form_pg_attribute field = NULL;

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		refuse(item, desc, "It is no object.");
	iterator = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &part, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			field = field_of(item, desc, &part);
		else if (token == WJB_VALUE && !is_taken(field, &part))
			refuse(item, desc,
				   psprintf("Its field \"%s\" has a value that is no %s.", NameStr(field->attname),
							format_type_be(field->atttypid)));
	}
}

/*
 * Returns the document as it is, where each of its items is an object with fields of the row type $2 alone and
 * values of their types; refuses it otherwise.
 */
Datum
loyalty_checked_items(PG_FUNCTION_ARGS)
{
	Jsonb *items = PG_GETARG_JSONB_P(0);
	TupleDesc desc = lookup_rowtype_tupdesc(PG_GETARG_OID(1), -1);
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue value;
	int count = 0;

	if (!JB_ROOT_IS_ARRAY(items) || JB_ROOT_IS_SCALAR(items))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID),
						errmsg("the items are not a list of items"), errhint("Give an array of objects.")));
	iterator = JsonbIteratorInit(&items->root);
	(void) JsonbIteratorNext(&iterator, &value, false);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) == WJB_ELEM)
		check_item(++count, &value, desc);
	ReleaseTupleDesc(desc);
	PG_RETURN_JSONB_P(items);
}
