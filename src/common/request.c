/*
 * request.c: telling a repeated request from another one.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/request.h"

/* As given: 10 and 10.0 are different requests, and so are a default left out and the same value named. */
static void
digest_value(LoyaltyDigest *digest, Datum value, Oid type)
{
	int16 length;
	bool by_value;

	get_typlenbyval(type, &length, &by_value);
	if (by_value)
		loyalty_digest_int8(digest, (int64) value);
	else if (length == -1)
	{
		struct varlena *bytes = PG_DETOAST_DATUM_PACKED(value);

		loyalty_digest_int8(digest, VARSIZE_ANY_EXHDR(bytes));
		loyalty_digest_bytes(digest, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	}
	else
		elog(ERROR, "arguments of type %u cannot be digested", type);
}

int64
loyalty_values_digest(const char *name, const Datum *values, const bool *nulls, const Oid *types, int count)
{
	LoyaltyDigest digest;
	int i;

	loyalty_digest_begin(&digest, LOYALTY_NO_KEY);
	loyalty_digest_text(&digest, name);
	for (i = 0; i < count; i++)
	{
		loyalty_digest_int8(&digest, nulls[i]);
		if (!nulls[i])
			digest_value(&digest, values[i], types[i]);
	}
	return loyalty_digest_end_int8(&digest);
}

int64
loyalty_request_digest(FunctionCallInfo fcinfo)
{
	LoyaltyDigest digest;
	Oid *types;
	int nargs;
	int i;

	(void) get_func_signature(fcinfo->flinfo->fn_oid, &types, &nargs);
	loyalty_digest_begin(&digest, LOYALTY_NO_KEY);
	loyalty_digest_text(&digest, get_func_name(fcinfo->flinfo->fn_oid));
	for (i = 0; i < nargs; i++)
	{
		loyalty_digest_int8(&digest, PG_ARGISNULL(i));
		if (!PG_ARGISNULL(i))
			digest_value(&digest, PG_GETARG_DATUM(i), types[i]);
	}
	return loyalty_digest_end_int8(&digest);
}

void
loyalty_raise_idempotency_mismatch(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_IDEMPOTENCY_MISMATCH),
			 errmsg("the idempotency key was used before with other arguments"),
			 errhint("Give each request a key of its own, and repeat a request with the same arguments.")));
}
