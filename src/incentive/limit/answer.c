/* answer.c: numbers of a first answer in the document of its request. Knows no table. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "incentive/limit/answer.h"

/* Writes it as a text that is read: documents have one form then, whoever made them. */
Jsonb *
loyalty_answer_of_number(const char *key, int64 number)
{
	char *text = psprintf("{\"%s\": " INT64_FORMAT "}", key, number);

	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
}

/* Looks the key up; the document is ours, so the number is whole. */
int64
loyalty_answer_number(const Jsonb *answer, const char *key, int64 otherwise)
{
	JsonbValue *value;

	if (answer == NULL)
		return otherwise;
	value = getKeyJsonValueFromContainer((JsonbContainer *) &answer->root, key, strlen(key), NULL);
	if (value == NULL || value->type != jbvNumeric)
		return otherwise;
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
}
