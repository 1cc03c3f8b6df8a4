/*
 * request.c: filling requests, and telling a repeated one from another one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/request.h"

static void
digest_varlena(LoyaltyDigest *digest, Datum value)
{
	struct varlena *bytes = PG_DETOAST_DATUM_PACKED(value);

	loyalty_digest_int8(digest, VARSIZE_ANY_EXHDR(bytes));
	loyalty_digest_bytes(digest, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

/* By value: a client that keeps 149.90 as a number sends 149.9 when it asks again. */
static void
digest_numeric(LoyaltyDigest *digest, Datum value)
{
	digest_varlena(digest, DirectFunctionCall1(numeric_trim_scale, value));
}

/* A document, token by token, since numbers stand in it too. */
static void
digest_jsonb(LoyaltyDigest *digest, Jsonb *document)
{
	JsonbIterator *iterator = JsonbIteratorInit(&document->root);
	JsonbIteratorToken token;
	JsonbValue value;

	while ((token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
	{
		loyalty_digest_int8(digest, token);
		if (token != WJB_KEY && token != WJB_VALUE && token != WJB_ELEM)
			continue;
		loyalty_digest_int8(digest, value.type);
		if (value.type == jbvNumeric)
			digest_numeric(digest, NumericGetDatum(value.val.numeric));
		else if (value.type == jbvBool)
			loyalty_digest_int8(digest, value.val.boolean);
		else if (value.type == jbvString)
		{
			loyalty_digest_int8(digest, value.val.string.len);
			loyalty_digest_bytes(digest, value.val.string.val, value.val.string.len);
		}
	}
}

/* Texts as given; numbers by value. */
static void
digest_value(LoyaltyDigest *digest, Datum value, Oid type)
{
	int16 length;
	bool by_value;

	get_typlenbyval(type, &length, &by_value);
	if (type == NUMERICOID)
		digest_numeric(digest, value);
	else if (type == JSONBOID)
		digest_jsonb(digest, DatumGetJsonbP(value));
	else if (by_value)
		loyalty_digest_int8(digest, (int64) value);
	else if (length == -1)
		digest_varlena(digest, value);
	else
		elog(ERROR, "arguments of type %u cannot be digested", type);
}

int64
loyalty_arguments_digest(const char *name, const LoyaltyFunction *function, const NullableDatum *arguments,
						 int first)
{
	LoyaltyDigest digest;
	int i;

	loyalty_digest_begin(&digest, LOYALTY_NO_KEY);
	loyalty_digest_text(&digest, name);
	for (i = first; i < function->count; i++)
	{
		loyalty_digest_int8(&digest, arguments[i].isnull);
		if (!arguments[i].isnull)
			digest_value(&digest, arguments[i].value, function->types[i]);
	}
	return loyalty_digest_end_int8(&digest);
}

int64
loyalty_request_digest(FunctionCallInfo fcinfo)
{
	const LoyaltyFunction *function = loyalty_function(fcinfo);

	return loyalty_arguments_digest(function->name, function, fcinfo->args, 0);
}

void
loyalty_request_fill(const LoyaltyFunction *function, const LoyaltyRequestField *fields, int count,
					 const NullableDatum *arguments, void *request)
{
	static const NullableDatum nothing = { .isnull = true };
	const int *places = loyalty_function_places(function, fields, count);
	int i;

	for (i = 0; i < count; i++)
		*(NullableDatum *) ((char *) request + fields[i].offset) =
			places[i] < 0 ? nothing : arguments[places[i]];
}

bool
loyalty_refuse_idempotency_mismatch(LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_IDEMPOTENCY_MISMATCH,
				   errmsg("the idempotency key was used before with other arguments"),
				   errhint(
					   "Give each request a key of its own, and repeat a request with the same arguments."));
}

void
loyalty_raise_idempotency_mismatch(void)
{
	(void) loyalty_refuse_idempotency_mismatch(LOYALTY_RAISES);
	pg_unreachable();
}
