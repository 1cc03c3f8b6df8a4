/*
 * error_codes.c: the list behind the view loyalty.error_codes, made from the same error_codes.def as the constants.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/srf.h"

LOYALTY_FUNCTION(loyalty_error_code_list);

/* Codes in the order of the list. */
static const struct
{
	int sqlstate;
	const char *name;
	const char *meaning;
} error_codes[] = {
#define LOYALTY_ERROR(name, d1, d2, d3, meaning) { ERRCODE_LOYALTY_##name, #name, meaning },
#include "common/error_codes.def"
#undef LOYALTY_ERROR
};

/* Looks it up. One code is the server's: an item of a batch that met a newer row fails with 40001, and its caller reads why. */
const char *
loyalty_error_meaning_or_null(int sqlstate)
{
	int i;

	for (i = 0; i < (int) lengthof(error_codes); i++)
		if (error_codes[i].sqlstate == sqlstate)
			return error_codes[i].meaning;
	if (sqlstate == ERRCODE_T_R_SERIALIZATION_FAILURE)
		return "what it is about changed at the same time; repeat it";
	return NULL;
}

/* Takes any other for an error of the caller's. */
const char *
loyalty_error_meaning(int sqlstate)
{
	const char *meaning = loyalty_error_meaning_or_null(sqlstate);

	if (meaning == NULL)
		elog(ERROR, "SQLSTATE %s is not one of ours", unpack_sql_state(sqlstate));
	return meaning;
}

/* Returns all codes with names and meanings. */
Datum
loyalty_error_code_list(PG_FUNCTION_ARGS)
{
	int i;

	loyalty_set_begin(fcinfo);
	for (i = 0; i < (int) lengthof(error_codes); i++)
	{
		const char *texts[] = { unpack_sql_state(error_codes[i].sqlstate), error_codes[i].name,
								error_codes[i].meaning };

		loyalty_set_add_texts(fcinfo, lengthof(texts), texts);
	}
	return (Datum) 0;
}
