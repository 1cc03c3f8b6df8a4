/*
 * name_key_api.c: the function by which names are indexed.
 *
 * It is IMMUTABLE: it reads no table and no setting, and answers the same for the same names as long as ICU's tables of letters
 * stay what they are. A major release of ICU may bring letters that had no case before; docs/operations.md says which indexes
 * are rebuilt then. Whoever writes a profile runs it as the owner of the tables, so nobody else needs it.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/function.h"
#include "common/pg_compat.h"
#include "customer/name_key.h"

LOYALTY_FUNCTION(loyalty_name_key_sql);

/* Folds each name by itself: together they may be longer than what can be folded. */
void
loyalty_name_key(const char *const *names, int count, char *key)
{
	int i;

	key[0] = '\0';
	for (i = 0; i < count; i++)
		if (names[i] != NULL)
			loyalty_name_key_add(key, loyalty_folded_text(names[i]));
}

/* Returns the key of two names, in that order; NULL where there is none. */
Datum
loyalty_name_key_sql(PG_FUNCTION_ARGS)
{
	const char *names[2] = { NULL };
	char key[NAME_KEY_BYTES];
	int i;

	for (i = 0; i < 2; i++)
		if (!PG_ARGISNULL(i))
			names[i] = text_to_cstring(PG_GETARG_TEXT_PP(i));
	loyalty_name_key(names, 2, key);
	if (key[0] == '\0')
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(key));
}
