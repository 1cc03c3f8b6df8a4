/* json_value.c: values of documents as values of SQL types, for items of batches and payloads of requests. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "common/json_value.h"
#include "common/time_rules.h"

/* Allocates in the current context. */
char *
loyalty_json_value_text(const JsonbValue *value)
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
	text = loyalty_json_value_text(value);
	return loyalty_time_read(text, &time) || strcmp(text, "infinity") == 0 || strcmp(text, "-infinity") == 0;
}

/*
 * Tries the input function of the type. Catches
 * errors of data alone. No subtransaction is needed: the caller raises another error after one that was
 * caught.
 */
bool
loyalty_json_value_fits(const JsonbValue *value, Oid type, int32 typmod)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool taken = true;
	Oid input;
	Oid parameter;

	if (value->type == jbvNull || type == TEXTOID)
		return true;
	if (type == TIMESTAMPTZOID)
		return is_time(value);
	getTypeInputInfo(type, &input, &parameter);
	PG_TRY();
	{
		(void) OidInputFunctionCall(input, loyalty_json_value_text(value), parameter, typmod);
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
