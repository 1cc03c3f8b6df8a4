/*
 * series.c: making series of coupons, and uploading their codes.
 *
 * A series is made with its promotion, its limits and its codes in one go, under the org's lock, and that of
 * its codes: so no two series, and no series and an upload, take the same code. Codes are compared in their normal form, with all
 * codes and shapes that the org has (promotion/code_space.c).
 *
 * Every series has a limit of issues, also one without a maximum: its slots count what was issued, so that another maximum can be set
 * later and is exact from the first moment on, and so that the view of series counts no coupons. The other limits are made where they are
 * given.
 *
 * The code of a generic series stands among the coupons, under nobody: whoever presents it is looked for there like any other code.
 * Its holders have rows of their own, keyed by who they are.
 *
 * Locks: the org, then its codes, to the end of the transaction. Series are few and made by people.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "incentive/coupon/coupon_store.h"
#include "incentive/coupon/series.h"
#include "incentive/limit/limit.h"
#include "incentive/promotion/code_space.h"
#include "incentive/promotion/promotion.h"

#define USUAL_COUPONS 1000000 /* of a series without a limit */

/* Names of the arguments that say what a coupon is worth, for messages. */
static const PromotionGivenNames term_names = {
	"discount_type", "discount_value", "maximum_discount", "minimum_bill", NULL, "stores", "days", "hours"
};

/* Makes the promotion that says what the coupons of a series are worth; it goes by the name of the series. */
static int32
define_promotion(LoyaltyCall *call, const SeriesGiven *given)
{
	LoyaltyPromotion promotion;

	loyalty_promotion_init(&promotion);
	loyalty_promotion_terms(call->org, &given->terms, &term_names, &promotion.definition);
	promotion.row.name = given->series.name;
	promotion.version.key = PROMOTION_BY_COUPON;
	promotion.definition.anonymous = given->series.any_user;
	return loyalty_promotion_define(call, &promotion);
}

/* Finds the promotion that a series takes, which must be one by coupon: LY908, LY909. */
static int32
find_promotion(LoyaltyCall *call, const char *code)
{
	LoyaltyPromotion promotion;

	loyalty_promotion_get(call, code, &promotion);
	if (promotion.version.key != PROMOTION_BY_COUPON)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_IMPOSSIBLE),
						errmsg("promotion \"%s\" is not one of coupons", code)));
	return promotion.row.promotion_id;
}

/* Makes a limit that is given. */
static void
make_limit(const IssueSeries *series, LimitKind kind, int64 maximum)
{
	if (maximum != LIMIT_UNBOUNDED)
		(void) loyalty_limit_create(series->org_id, series->series_id, kind, NULL, maximum, -1);
}

/*
 * Makes the limits: that of issues always, since it counts them. They come behind the series, which they name as their owner; all
 * have the id of one sequence, so that a series and a promotion are never taken for each other.
 */
static void
make_limits(const SeriesGiven *given)
{
	const IssueSeries *series = &given->series;

	(void) loyalty_limit_create(series->org_id, series->series_id, LIMIT_ISSUES, NULL, given->issue_limit,
								given->notify_at);
	make_limit(series, LIMIT_TOTAL, given->redemptions_total);
	make_limit(series, LIMIT_CUSTOMER, given->redemptions_per_customer);
	make_limit(series, LIMIT_CUSTOMER_ISSUES, given->coupons_per_customer);
}

/* Keeps the generic code among the coupons: it is found like any other, and belongs to nobody. */
static void
make_generic_code(LoyaltyCall *call, const SeriesGiven *given)
{
	int16 source_id;
	Coupon coupon = {
		.coupon_id = loyalty_next_id(),
		.issued_at = call->now,
		.valid_from = call->now,
		.expires_at = DT_NOEND,
		.revoked_at = DT_NOEND,
		.org_id = call->org->org_id,
		.series_id = given->series.series_id,
		.code = given->series.generic_code,
		.display_code = given->generic_display,
	};

	(void) loyalty_org_named_source(call->org, "INSTORE", &source_id, LOYALTY_RAISES);
	coupon.source_id = source_id;
	loyalty_coupon_insert(&coupon);
}

/*
 * Provides the space of its codes, which must be so large that nobody guesses one of as many coupons as there may be; of a series
 * without a limit that is a million.
 */
static void
provide_space(LoyaltyCall *call, SeriesGiven *given)
{
	CodeShape shape = { .prefix = given->code_prefix, .length = given->code_length, .has_check = true };
	int64 codes = given->issue_limit == LIMIT_UNBOUNDED ? USUAL_COUPONS : given->issue_limit;

	loyalty_codes_require_sparse(call->org, &shape, codes);
	given->series.space_id = loyalty_code_space_provide(call, &shape, SPACE_OF_COUPONS);
}

/* Writes the series behind its promotion, which it names, and in front of its limits, which name it. */
int32
loyalty_series_create(LoyaltyCall *call, SeriesGiven *given)
{
	IssueSeries *series = &given->series;
	const char *generic = series->generic_code;

	series->series_id = loyalty_next_reference_id();
	loyalty_codes_lock(call);
	if (series->code_type == COUPON_CODE_GENERATED)
		provide_space(call, given);
	else if (series->code_type == COUPON_CODE_GENERIC)
		loyalty_codes_require_free(call, &generic, 1);
	series->promotion_id =
		given->promotion != NULL ? find_promotion(call, given->promotion) : define_promotion(call, given);
	if (!loyalty_issue_series_insert(series))
		loyalty_raise_duplicate("series of coupons", series->series);
	make_limits(given);
	if (series->code_type == COUPON_CODE_GENERIC)
		make_generic_code(call, given);
	return series->series_id;
}

/* ---- uploads */

/* Compares them with each other and with all that the org has, and writes them in one go. */
void
loyalty_stock_add(LoyaltyCall *call, const IssueSeries *series, StockCode *codes, int count)
{
	const char **texts = palloc(sizeof(char *) * count);
	int64 first = loyalty_stock_next_no(series->org_id, series->series_id);
	int i;

	for (i = 0; i < count; i++)
	{
		texts[i] = codes[i].code;
		codes[i].org_id = series->org_id;
		codes[i].series_id = series->series_id;
		codes[i].stock_no += first;
	}
	loyalty_codes_lock(call);
	loyalty_codes_require_free(call, texts, count);
	loyalty_stock_insert(codes, count);
}
