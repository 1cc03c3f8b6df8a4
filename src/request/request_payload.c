/*
 * request_payload.c: documents of requests as arguments of the calls that they will come to.
 *
 * A request is approved as if the direct call had been made: so its document has the names of that call's arguments, and each
 * value goes into the place and type that the function has for it. Types are judged here, when a request is made and again when
 * it is approved; what values mean is for the judgement of the call. Messages name keys and never values.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "common/clock.h"
#include "common/errors.h"
#include "common/json_value.h"
#include "common/params.h"
#include "common/pg_compat.h"
#include "request/request_payload.h"

/* Raises LY124. */
pg_noreturn static void
raise_type(const char *name, Oid type)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAYLOAD_INVALID),
					errmsg("\"payload.%s\" has a value that is no %s", name, format_type_be(type))));
}

/* Reads a time; one without a zone is the org's. */
static Datum
time_of(const LoyaltyOrg *org, const char *name, const JsonbValue *value)
{
	LoyaltyLocalTime time;
	TimestampTz at;

	if (!loyalty_time_read(loyalty_json_value_text(value), &time) ||
		!loyalty_time_instant(&time, org->zone, &at))
		raise_type(name, TIMESTAMPTZOID);
	return TimestampTzGetDatum(at);
}

/*
 * Makes a value of a type. A text must be one: 007 and 7 would be the same number. A document stands as it is, and is read by whoever
 * the argument is for; all else goes through the input function of its type, which was tried before, so that no error shows
 * the value.
 */
static Datum
value_of(const LoyaltyOrg *org, const char *name, JsonbValue *value, Oid type)
{
	Oid input;
	Oid parameter;

	if (type == TIMESTAMPTZOID)
		return time_of(org, name, value);
	if (type == JSONBOID)
		return JsonbPGetDatum(JsonbValueToJsonb(value));
	if ((type == TEXTOID && value->type != jbvString) || !loyalty_json_value_fits(value, type, -1))
		raise_type(name, type);
	getTypeInputInfo(type, &input, &parameter);
	return OidInputFunctionCall(input, loyalty_json_value_text(value), parameter, -1);
}

/* Goes through the arguments, not through the keys: the root knows which keys there may be. */
NullableDatum *
loyalty_request_arguments(const LoyaltyOrg *org, const LoyaltyFunction *function, const Jsonb *payload,
						  const char *const *allowed)
{
	LoyaltyJsonObject root = loyalty_json_root(payload, "payload", allowed);
	NullableDatum *arguments = palloc0(sizeof(NullableDatum) * function->count);
	int i;

	for (i = 0; i < function->count; i++)
	{
		const char *name = function->arguments[i];
		JsonbValue *value = getKeyJsonValueFromContainer(root.container, name, strlen(name), NULL);

		arguments[i].isnull = value == NULL || value->type == jbvNull;
		if (!arguments[i].isnull)
			arguments[i].value = value_of(org, name, value, function->types[i]);
	}
	return arguments;
}

/* An argument that the function lacks is an error of ours. */
void
loyalty_request_argument(const LoyaltyFunction *function, NullableDatum *arguments, const char *name,
						 NullableDatum value)
{
	int place = loyalty_function_place(function, name);

	if (place < 0)
		elog(ERROR, "function \"%s\" has no argument \"%s\"", function->name, name);
	arguments[place] = value;
}
