/*
 * request.c: filling requests, and telling a repeated one from another one.
 *
 * An idempotency key belongs to one request. Beside the key a digest of the function and its arguments is kept, so
 * that a key that comes again with other arguments is refused instead of returning the wrong result. Values are
 * digested by what they mean: a client that reads 149.90 and sends 149.9 asks the same. Arguments are those after
 * defaults were put in, so that leaving one out and giving its default are the same, too. Whom the request is about is
 * told by where the key is found: customers who were merged are one, by whatever id they are called.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "common/text_rules.h"

/* Digests a value of variable length, with its length. */
static void
digest_varlena(LoyaltyDigest *digest, Datum value)
{
	struct varlena *bytes = PG_DETOAST_DATUM_PACKED(value);

	loyalty_digest_int8(digest, VARSIZE_ANY_EXHDR(bytes));
	loyalty_digest_bytes(digest, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

/* Digests a number by value: a client that keeps 149.90 as a number sends 149.9 when it asks again. */
static void
digest_numeric(LoyaltyDigest *digest, Datum value)
{
	digest_varlena(digest, DirectFunctionCall1(numeric_trim_scale, value));
}

/*
 * Digests a document, token by token, since numbers stand in it too. Keys come in the order of jsonb, which is one for
 * all spellings of a document.
 */
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

/* Digests a text as it is read, in its normal form; a long one, which is prose, and what has no normal form, as given. */
static void
digest_text(LoyaltyDigest *digest, Datum value)
{
	struct varlena *given = PG_DETOAST_DATUM_PACKED(value);
	const char *normal = NULL;

	if (!loyalty_text_is_plain(VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given)))
		normal = loyalty_text_within(PointerGetDatum(given), LOYALTY_MAX_SHORT);
	digest_varlena(digest, PointerGetDatum(normal ? cstring_to_text(normal) : (text *) given));
}

/* Digests the parts of a time that is no instant, each as a number: a month is not thirty days. */
static void
digest_interval(LoyaltyDigest *digest, Datum value)
{
	const Interval *interval = DatumGetIntervalP(value);

	loyalty_digest_int8(digest, interval->month);
	loyalty_digest_int8(digest, interval->day);
	loyalty_digest_int8(digest, interval->time);
}

/* Digests a value by its type: texts in their normal form, numbers by value. */
static void
digest_value(LoyaltyDigest *digest, Datum value, Oid type)
{
	int16 length;
	bool by_value;

	get_typlenbyval(type, &length, &by_value);
	if (type == NUMERICOID)
		digest_numeric(digest, value);
	else if (type == TEXTOID)
		digest_text(digest, value);
	else if (type == JSONBOID)
		digest_jsonb(digest, DatumGetJsonbP(value));
	else if (type == INTERVALOID)
		digest_interval(digest, value);
	else if (type == UUIDOID)
		loyalty_digest_bytes(digest, DatumGetUUIDP(value)->data, UUID_LEN);
	else if (by_value)
		loyalty_digest_int8(digest, (int64) value);
	else if (length == -1)
		digest_varlena(digest, value);
	else
		elog(ERROR, "arguments of type %u cannot be digested", type);
}

/*
 * Digests the arguments from "first" on, but those that say whom the request is about. A null is told by a number of its own, so that it differs from an empty text.
 */
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
		if (function->is_customer[i])
			continue;
		loyalty_digest_int8(&digest, arguments[i].isnull);
		if (!arguments[i].isnull)
			digest_value(&digest, arguments[i].value, function->types[i]);
	}
	return loyalty_digest_end_int8(&digest);
}

/* Digests a call. */
int64
loyalty_request_digest(FunctionCallInfo fcinfo)
{
	const LoyaltyFunction *function = loyalty_function(fcinfo);

	return loyalty_arguments_digest(function->name, function, fcinfo->args, 0);
}

/* Digests the digest: both numbers have a fixed length. */
int64
loyalty_pair_digest(int64 request_digest, int64 customer_id)
{
	LoyaltyDigest digest;

	loyalty_digest_begin(&digest, LOYALTY_NO_KEY);
	loyalty_digest_int8(&digest, request_digest);
	loyalty_digest_int8(&digest, customer_id);
	return loyalty_digest_end_int8(&digest);
}

/*
 * Fills the fields of a request from arguments by their names. Functions that lack an argument leave its field null,
 * and the judgement is the same for all of them.
 */
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

/* Refuses a key that came before with other arguments. */
bool
loyalty_refuse_idempotency_mismatch(LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_IDEMPOTENCY_MISMATCH,
				   errmsg("the idempotency key was used before with other arguments"),
				   errhint(
					   "Give each request a key of its own, and repeat a request with the same arguments."));
}

/* Raises LY020. */
void
loyalty_raise_idempotency_mismatch(void)
{
	(void) loyalty_refuse_idempotency_mismatch(LOYALTY_RAISES);
	pg_unreachable();
}
