/*
 * bsp_account_api.c: create_bsp_account, update_bsp_account, bsp_secret.
 *
 * The keys of an account go into the table as one sealed document (common/seal.h), which belongs to org and account: put into
 * another row it does not open. loyalty_gateway alone reads them back, since it is who calls the provider. What is set under
 * an old key of the key file opens as long as the file has that key, and what is set anew is sealed under the one in use. No
 * message says what a caller gave here: a key may stand in the place of its name.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/jsonb.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/seal.h"
#include "message/sender/sender_rules.h"
#include "message/sender/sender_store.h"

#define MAX_KEYS 20

LOYALTY_FUNCTION(loyalty_create_bsp_account);
LOYALTY_FUNCTION(loyalty_update_bsp_account);
LOYALTY_FUNCTION(loyalty_bsp_secret);

/* Raises LYM09 for keys that are no document of texts. */
static void
check_shape(Jsonb *secrets)
{
	JsonbIterator *iterator;
	JsonbValue item;
	JsonbIteratorToken token;
	bool is_well = JB_ROOT_IS_OBJECT(secrets) && JB_ROOT_COUNT(secrets) <= MAX_KEYS;

	iterator = JsonbIteratorInit(&secrets->root);
	while (is_well && (token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
		if (token == WJB_KEY || token == WJB_VALUE)
			is_well = item.type == jbvString && item.val.string.len > 0 &&
					  pg_mbstrlen_with_len(item.val.string.val, item.val.string.len) <= LOYALTY_MAX_TEXT;
	if (!is_well)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_BSP_ACCOUNT),
				 errmsg("the keys of an account are not an object of names and texts"),
				 errdetail("There may be %d of them, of 1 to %d characters.", MAX_KEYS, LOYALTY_MAX_TEXT)));
}

/* Reads the keys of an account: those that its provider needs are there, or LYM09 names the one that is not. */
static Jsonb *
arg_secrets(FunctionCallInfo fcinfo, int n, const char *bsp)
{
	Jsonb *secrets;
	const char *key;
	int i;

	if (PG_ARGISNULL(n))
		loyalty_raise_missing("secrets");
	secrets = PG_GETARG_JSONB_P(n);
	check_shape(secrets);
	if (JB_ROOT_COUNT(secrets) == 0)
		loyalty_raise_missing("secrets");
	for (i = 0; (key = loyalty_bsp_key(bsp, i)) != NULL; i++)
		if (getKeyJsonValueFromContainer(&secrets->root, key, strlen(key), NULL) == NULL)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_BSP_ACCOUNT),
							errmsg("key \"%s\" of the account is missing", key),
							errdetail("An account with %s needs it.", bsp)));
	return secrets;
}

/* Names the row that keys of an account are sealed for. */
static LoyaltySealOf
seal_of(const LoyaltyCall *call, const BspAccountRow *row)
{
	return (LoyaltySealOf){ .kind = "bsp_account", .org_id = call->org->org_id, .id = row->bsp_account_id };
}

/* Seals the keys into the row, under the key in use, and wipes their text; LYM10 without a key file. */
static void
seal(const LoyaltyCall *call, BspAccountRow *row, Jsonb *secrets)
{
	char *text = JsonbToCString(NULL, &secrets->root, VARSIZE(secrets));
	bool is_sealed = loyalty_seal(seal_of(call, row), text, &row->secret, &row->key_id);

	explicit_bzero(text, strlen(text));
	if (!is_sealed)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_SECRET_NEEDS_KEY_FILE),
						errmsg("secrets are sealed under the key file, and there is none"),
						errhint("Name a file of keys by loyalty.key_file.")));
}

/* Reads a telephone number, or another one by which the provider knows the account; NULL: none. */
static const char *
arg_number(FunctionCallInfo fcinfo, int n)
{
	if (loyalty_arg_text_or_null(fcinfo, n, "number", LOYALTY_MAX_CODE) == NULL)
		return NULL;
	return loyalty_arg_key(fcinfo, n, "number");
}

/* Reads a provider: known ones by any spelling, others in small letters. */
static const char *
arg_bsp(FunctionCallInfo fcinfo, int n)
{
	const char *given = loyalty_arg_key(fcinfo, n, "bsp");
	const char *known = loyalty_bsp_known(given);

	return known != NULL ? known : asc_tolower(given, strlen(given));
}

/* Makes an account with its keys; returns its id. */
Datum
loyalty_create_bsp_account(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	BspAccountRow row = { 0 };
	Jsonb *secrets;

	loyalty_call_begin(&call, fcinfo);
	row.bsp_account = loyalty_arg_key(fcinfo, 1, "bsp_account");
	row.bsp = arg_bsp(fcinfo, 2);
	row.number = arg_number(fcinfo, 3);
	row.is_verified = loyalty_arg_bool(fcinfo, 4, "is_verified");
	secrets = arg_secrets(fcinfo, 5, row.bsp);
	row.bsp_account_id = loyalty_next_reference_id();
	seal(&call, &row, secrets);
	if (!loyalty_bsp_account_insert(call.org->org_id, &row, call.now))
		loyalty_raise_duplicate("account", row.bsp_account);
	loyalty_call_end(&call);
	PG_RETURN_INT32(row.bsp_account_id);
}

/* Reads argument 1 of a call about an account there is. */
static void
arg_account(FunctionCallInfo fcinfo, const LoyaltyCall *call, BspAccountRow *row)
{
	const char *bsp_account = loyalty_arg_text(fcinfo, 1, "bsp_account", LOYALTY_MAX_CODE);

	if (!loyalty_bsp_account_read(call->org->org_id, bsp_account, row))
		loyalty_bsp_account_raise_unknown(bsp_account);
}

/* Changes what is given. Keys are replaced as a whole, so that an old one does not stay behind. */
Datum
loyalty_update_bsp_account(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	BspAccountRow row;
	const char *number;

	loyalty_call_begin(&call, fcinfo);
	number = arg_number(fcinfo, 2);
	(void) loyalty_arg_text(fcinfo, 1, "bsp_account", LOYALTY_MAX_CODE);
	loyalty_call_lock_org(&call);
	arg_account(fcinfo, &call, &row);
	if (number != NULL)
		row.number = number;
	if (!PG_ARGISNULL(3))
		row.is_verified = PG_GETARG_BOOL(3);
	if (!PG_ARGISNULL(4))
	{
		seal(&call, &row, arg_secrets(fcinfo, 4, row.bsp));
		loyalty_bsp_account_store_secret(call.org->org_id, &row, call.now);
	}
	loyalty_bsp_account_update(call.org->org_id, &row);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/*
 * Returns the keys of an account to who calls its provider. They are made in the caller's memory, and the text that they were
 * opened to is wiped.
 */
Datum
loyalty_bsp_secret(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	BspAccountRow row;
	MemoryContext inner;
	char *text;
	Datum secrets;

	loyalty_call_begin(&call, fcinfo);
	arg_account(fcinfo, &call, &row);
	text = loyalty_unseal(seal_of(&call, &row), row.secret, row.key_id);
	inner = MemoryContextSwitchTo(call.result_context);
	secrets = DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
	MemoryContextSwitchTo(inner);
	explicit_bzero(text, strlen(text));
	loyalty_call_end(&call);
	PG_RETURN_DATUM(secrets);
}
