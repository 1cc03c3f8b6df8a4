/*
 * promo_code.c: promo codes as they are presented.
 *
 * A code that has a row is found by it; else the permutation of its space says which position it has, and the batch of that position
 * says whose it is. So a code that nobody has used takes no room, and one that does not exist leaves no trace: a million wrong
 * codes write nothing.
 *
 * The row of a generated code comes with its first use, link or revocation. It has what the batch had then; that the batch was revoked
 * since is looked up with it. Uses below a hundred are counted in the row, under its lock; more have a limit with slots, so that a code
 * that many people use at once has no hot row.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/errors.h"
#include "customer/erasure.h"
#include "incentive/limit/limit.h"
#include "incentive/promotion/code_space.h"
#include "incentive/promotion/promo_code.h"

/* Makes what the row of a generated code would be. */
static void
of_batch(const CodeBatch *batch, const char *text, PromoCode *code)
{
	*code = (PromoCode){ .org_id = batch->org_id,
						 .promotion_id = batch->promotion_id,
						 .created_at = batch->created_at,
						 .expires_at = batch->expires_at,
						 .revoked_at = batch->revoked_at,
						 .batch_no = batch->batch_no,
						 .origin = CODE_GENERATED,
						 .code = text,
						 .display_code = text,
						 .distribution = batch->distribution,
						 .partner = batch->partner };
}

/* Lets a batch that was revoked revoke its codes. */
static void
heed_batch(PromoCode *code)
{
	CodeBatch batch;

	if (code->batch_no != 0 &&
		loyalty_code_batch_read(code->org_id, code->promotion_id, code->batch_no, &batch))
		code->revoked_at = Min(code->revoked_at, batch.revoked_at);
}

/* Finds the batch that made a code. */
static bool
find_generated(LoyaltyCall *call, const char *text, PromoCode *code)
{
	CodeSpace space;
	CodeBatch batch;
	int64 position;

	if (!loyalty_code_find_position(call, text, &space, &position) || space.serves != SPACE_OF_BATCHES ||
		!loyalty_code_batch_of_position(call->org->org_id, space.space_id, position, &batch))
		return false;
	of_batch(&batch, text, code);
	return true;
}

/* Looks for the row, then for the batch. */
bool
loyalty_promo_code_find(LoyaltyCall *call, const char *text, PromoCode *code)
{
	char *normal = palloc(CODE_BYTES);

	if (!loyalty_code_normal(text, normal))
		return false;
	if (loyalty_promo_code_row_read(call->org->org_id, normal, code))
	{
		heed_batch(code);
		return true;
	}
	return find_generated(call, normal, code);
}

/* Refuses what it does not find; the message does not say the code. */
bool
loyalty_promo_code_get(LoyaltyCall *call, const char *text, PromoCode *code, LoyaltyRefusal *refusal)
{
	if (!loyalty_promo_code_find(call, text, code))
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_INCENTIVE_CODE_UNKNOWN,
					   errmsg("there is no such promo code"));
	return true;
}

/*
 * Inserts the row where there is none yet: another one who does waits, and finds it. The limit is made by whoever holds the lock first:
 * a code that has been counted by its row goes on so.
 */
void
loyalty_promo_code_lock(LoyaltyCall *call, const LoyaltyPromotion *promotion, PromoCode *code)
{
	const char *key = code->code;
	int64 maximum;

	if (!code->is_stored)
	{
		PromoCode row = *code;

		/* The batch keeps by itself that it was revoked. */
		row.revoked_at = DT_NOEND;
		(void) loyalty_promo_code_insert(&row);
	}
	if (!loyalty_promo_code_row_lock(call->org->org_id, key, code))
		elog(ERROR, "a promo code of promotion %d is not there", promotion->row.promotion_id);
	maximum = loyalty_promo_code_maximum(code, promotion);
	if (code->limit_id == 0 && code->used == 0 && maximum >= CODE_USES_WITH_SLOTS &&
		maximum != PROMOTION_UNBOUNDED)
	{
		code->limit_id =
			loyalty_limit_create(code->org_id, code->promotion_id, LIMIT_CODE, code->code, maximum, -1);
		loyalty_promo_code_update(code);
	}
	heed_batch(code);
}

/* Prefers what the code says itself. */
int64
loyalty_promo_code_maximum(const PromoCode *code, const LoyaltyPromotion *promotion)
{
	if (code->redemptions != 0)
		return code->redemptions;
	return promotion->version.per_code != 0 ? promotion->version.per_code : PROMOTION_UNBOUNDED;
}

/* Asks the limit where there is one. */
int64
loyalty_promo_code_left(const PromoCode *code, const LoyaltyPromotion *promotion)
{
	LoyaltyLimit limit;
	int64 maximum = loyalty_promo_code_maximum(code, promotion);

	if (code->limit_id != 0)
	{
		loyalty_limit_read(code->org_id, code->limit_id, &limit);
		return loyalty_limit_left(&limit);
	}
	return maximum == PROMOTION_UNBOUNDED ? maximum : Max(maximum - code->used, 0);
}

/* Tells whether a code is linked to somebody outside of a merge group. */
static bool
is_of_other(const PromoCode *code, const LoyaltyCustomer *customer)
{
	int64 *ids;
	int count = customer == NULL ? 0 : loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
		if (ids[i] == code->customer_id)
			return false;
	return code->customer_id != 0;
}

/* Judges in the order in which coupons are judged. */
bool
loyalty_promo_code_judge(const PromoCode *code, const LoyaltyPromotion *promotion,
						 const LoyaltyCustomer *customer, TimestampTz at, LoyaltyRefusal *refusal)
{
	PromoCodeUse use = { .is_of_other = is_of_other(code, customer),
						 .is_revoked = code->revoked_at != DT_NOEND,
						 .expires_at = Min(code->expires_at, promotion->definition.ends_at),
						 .left = loyalty_promo_code_left(code, promotion),
						 .at = at };

	switch (loyalty_promo_code_obstacle(&use))
	{
		case CODE_FINE:
			return true;
		case CODE_OF_ANOTHER:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_COUPON_OF_OTHER,
						   errmsg("the promo code is linked to another customer"));
		case CODE_TAKEN_BACK:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_INCENTIVE_REVOKED, errmsg("the promo code was revoked"));
		case CODE_HAS_EXPIRED:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_INCENTIVE_EXPIRED, errmsg("the promo code has expired"),
						   errdetail("It was good before %s.", timestamptz_to_str(use.expires_at)));
		case CODE_USED_UP:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_INCENTIVE_USED_UP, errmsg("the promo code is used up"));
	}
	return true;
}

/* Goes by the list: links go, codes stay. */
void
loyalty_promo_codes_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_holdings_erase(&loyalty_promo_code_holdings, call->org->org_id, root);
}
