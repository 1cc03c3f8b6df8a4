/*
 * delivery_code_api.c: set_delivery_code: what a status or error code of a provider means to an org.
 *
 * The catalogue that the extension brings knows the words of some providers, and those that many have in common; an org whose provider
 * has others, or means something else by them, says so by lines of its own. A line goes before the catalogue's of the same key, in
 * whatever spelling that was given. Reports are judged as they come: one that was recorded stays as it was judged. What changes is
 * written under the org's lock.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/word_rules.h"
#include "message/delivery/delivery_store.h"
#include "org/call.h"

LOYALTY_FUNCTION(loyalty_set_delivery_code);

/* Positions of the arguments, from 0, which is the org. */
enum Argument
{
	ARG_BSP = 1,
	ARG_PROVIDER_STATUS,
	ARG_ERROR_CODE,
	ARG_DELIVERY_STATUS,
	ARG_CAUSE,
};

/* Reads a part of the key; NULL stands for any, which is an empty text. One that has no letters or digits would be one, too. */
static const char *
key_part(FunctionCallInfo fcinfo, int n, const char *name, int limit)
{
	const char *text = loyalty_arg_key_or_null(fcinfo, n, name, limit);

	if (text == NULL)
		return "";
	if (loyalty_same_word(text, ""))
		loyalty_raise_not_allowed(name, "texts with a letter or a digit, or NULL for any");
	return text;
}

/* Reads what the line says. A status of a provider means a delivery status, and a code alone a cause. */
static void
read_meaning(FunctionCallInfo fcinfo, DeliveryCode *code)
{
	code->cause = loyalty_arg_text_or_null(fcinfo, ARG_CAUSE, "cause", LOYALTY_MAX_NAME);
	if (code->cause != NULL && loyalty_same_word(code->cause, DELIVERY_CAUSE_DND))
		code->cause = DELIVERY_CAUSE_DND;
	if (loyalty_arg_text_or_null(fcinfo, ARG_DELIVERY_STATUS, "delivery_status", LOYALTY_MAX_CODE) != NULL)
		code->delivery_status =
			loyalty_delivery_status_at(loyalty_arg_word(fcinfo, ARG_DELIVERY_STATUS, "delivery_status",
														loyalty_delivery_status_words, DELIVERY_STATUSES));
	if (code->delivery_status == '\0' && code->cause == NULL)
		return;
	if (code->provider_status[0] == '\0' && code->delivery_status != '\0')
		loyalty_raise_not_allowed("delivery_status", "none for an error code alone, whatever the status");
	if (code->provider_status[0] != '\0' && code->delivery_status == '\0')
		loyalty_raise_missing("delivery_status");
}

/* Writes a line of the org, or takes it away where it says nothing. */
Datum
loyalty_set_delivery_code(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	DeliveryCode code = { 0 };
	DeliveryCode *codes;
	int count;

	loyalty_call_begin(&call, fcinfo);
	code.bsp = key_part(fcinfo, ARG_BSP, "bsp", LOYALTY_MAX_CODE);
	code.provider_status = key_part(fcinfo, ARG_PROVIDER_STATUS, "provider_status", LOYALTY_MAX_NAME);
	code.error_code = key_part(fcinfo, ARG_ERROR_CODE, "error_code", LOYALTY_MAX_NAME);
	if (code.provider_status[0] == '\0' && code.error_code[0] == '\0')
		loyalty_raise_missing("provider_status");
	read_meaning(fcinfo, &code);
	loyalty_call_lock_org(&call);
	count = loyalty_delivery_codes(call.org->org_id, &codes);
	loyalty_delivery_code_spell(codes, count, &code);
	if (code.delivery_status == '\0' && code.cause == NULL)
		loyalty_delivery_code_clear(call.org->org_id, &code);
	else
		loyalty_delivery_code_store(call.org->org_id, &code);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
