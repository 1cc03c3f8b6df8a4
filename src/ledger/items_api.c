/*
 * items_api.c: items of a batch that come as a document. PostgreSQL reads their fields; that it passes over those that it
 * does not know is what this is against: a key that is mistyped posted an award twice.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "utils/jsonb.h"
#include "utils/typcache.h"

#include "common/errors.h"
#include "common/pg_compat.h"

LOYALTY_FUNCTION(loyalty_checked_items);

/* LY414: which item, and what its fields may be. */
static void
refuse(int item, TupleDesc desc)
{
	StringInfoData fields;
	int i;

	initStringInfo(&fields);
	for (i = 0; i < desc->natts; i++)
		appendStringInfo(&fields, "%s%s", i > 0 ? ", " : "", NameStr(TupleDescAttr(desc, i)->attname));
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID), errmsg("item %d is not valid", item),
					errdetail("It is no object, or has a field of another name."),
					errhint("The fields of an item are: %s.", fields.data)));
}

static bool
is_field(TupleDesc desc, const JsonbValue *key)
{
	int i;

	for (i = 0; i < desc->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(desc, i)->attname);

		if (key->val.string.len == (int) strlen(name) && memcmp(key->val.string.val, name, strlen(name)) == 0)
			return true;
	}
	return false;
}

static void
check_item(int item, JsonbValue *value, TupleDesc desc)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue field;

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		refuse(item, desc);
	iterator = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &field, true)) != WJB_DONE)
		if (token == WJB_KEY && !is_field(desc, &field))
			refuse(item, desc);
}

/* The document as it is, where each of its items is an object with fields of the row type $2 alone. */
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
