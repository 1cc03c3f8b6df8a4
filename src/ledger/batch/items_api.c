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
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/typcache.h"

#include "common/errors.h"
#include "common/json_value.h"
#include "common/pg_compat.h"

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
		else if (token == WJB_VALUE && !loyalty_json_value_fits(&part, field->atttypid, field->atttypmod))
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
