/*
 * link_api.c: link_code and unlink_code: a code on paper becomes one that a customer has for the next checkout.
 *
 * The customer is locked, then the code. A code that may be used once is the customer's from then on, and nobody else's; one that may
 * be used more often can be linked by many. Linking counts as no use. Doing it again changes nothing and answers the same, so
 * that a call that is repeated needs no key.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/member.h"
#include "incentive/promotion/promo_code.h"

LOYALTY_FUNCTION(loyalty_link_code);
LOYALTY_FUNCTION(loyalty_unlink_code);

#define MODE_DISCOUNT 'd'

static const char *const modes[] = { "DISCOUNT" };

/* Reads the code of a call, and the promotion that it is of. */
static void
get_code(LoyaltyMember *member, FunctionCallInfo fcinfo, PromoCode *code, LoyaltyPromotion *promotion)
{
	(void) loyalty_promo_code_get(&member->call, loyalty_arg_text(fcinfo, 2, "code", LOYALTY_MAX_CODE), code,
								  LOYALTY_RAISES);
	loyalty_promotion_read(&member->call, code->promotion_id, promotion);
}

/*
 * Tells whether anybody of the customer's merge group has linked a code. Links stay under whom they were made for, so a survivor may
 * have one by its victim.
 */
static bool
is_linked(const LoyaltyMember *member, const PromoCode *code)
{
	int64 *ids;
	int count = loyalty_customer_group(&member->customer, &ids);
	int i;
	int j;

	for (i = 0; i < count; i++)
	{
		CustomerCode *links;
		int n = loyalty_customer_codes(code->org_id, ids[i], &links);

		for (j = 0; j < n; j++)
			if (links[j].promotion_id == code->promotion_id && strcmp(links[j].code, code->code) == 0)
				return true;
	}
	return false;
}

/* Writes the link. */
static void
write_link(const LoyaltyMember *member, const LoyaltyPromotion *promotion, PromoCode *code,
		   TimestampTz expires_at)
{
	CustomerCode link = { .customer_id = member->customer.customer_id,
						  .linked_at = member->call.now,
						  .expires_at = expires_at,
						  .org_id = code->org_id,
						  .promotion_id = code->promotion_id,
						  .mode = MODE_DISCOUNT,
						  .code = code->code };

	loyalty_customer_code_insert(&link);
	if (loyalty_promo_code_maximum(code, promotion) == 1)
	{
		code->customer_id = member->customer.customer_id;
		loyalty_promo_code_update(code);
	}
}

/*
 * Links a code, and answers what it is good for, and until when. Two who link one code at once wait for each other at its row: the
 * second one finds it linked.
 */
Datum
loyalty_link_code(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyPromotion promotion;
	PromoCode code;
	TimestampTz expires_at;
	Datum values[3];
	bool nulls[3] = { false };

	loyalty_member_begin(&member, fcinfo, "promo_code_link");
	(void) loyalty_arg_word(fcinfo, 3, "mode", modes, lengthof(modes));
	get_code(&member, fcinfo, &code, &promotion);
	/* Judged first, so that what is refused writes nothing; and again behind the lock. */
	(void) loyalty_promo_code_judge(&code, &promotion, &member.customer, member.call.now, LOYALTY_RAISES);
	loyalty_promo_code_lock(&member.call, &promotion, &code);
	(void) loyalty_promo_code_judge(&code, &promotion, &member.customer, member.call.now, LOYALTY_RAISES);
	expires_at = Min(code.expires_at, promotion.definition.ends_at);
	if (!is_linked(&member, &code))
		write_link(&member, &promotion, &code, expires_at);
	values[0] = CStringGetTextDatum(promotion.row.promotion);
	loyalty_end_columns(expires_at, member.call.org->zone, &values[1], &nulls[1]);
	return loyalty_call_result(&member.call, fcinfo, values, nulls);
}

/* Takes the links of a whole merge group off; LY901 where it has none, as for a code that does not exist. */
Datum
loyalty_unlink_code(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyPromotion promotion;
	PromoCode code;
	int64 *ids;
	int count;
	int removed = 0;
	int i;

	loyalty_member_begin(&member, fcinfo, "promo_code_link");
	get_code(&member, fcinfo, &code, &promotion);
	count = loyalty_customer_group(&member.customer, &ids);
	for (i = 0; i < count; i++)
		removed += loyalty_customer_code_delete(code.org_id, ids[i], code.promotion_id, code.code);
	if (removed == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_CODE_UNKNOWN),
						errmsg("the customer has linked no such promo code")));
	loyalty_promo_code_lock(&member.call, &promotion, &code);
	for (i = 0; i < count && code.customer_id != 0; i++)
		if (code.customer_id == ids[i])
			code.customer_id = 0;
	loyalty_promo_code_update(&code);
	loyalty_call_end(&member.call);
	PG_RETURN_VOID();
}
