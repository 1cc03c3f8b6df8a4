/*
 * promotion_api.c: create_promotion, change_promotion, stop_promotion.
 *
 * A change is a new version: bills that are under way keep what they have read, and each use names its version. Changes of one
 * promotion wait for each other by its row. A maximum in total is lowered under all slots of its limit, and stopping empties
 * them, so that both are exact against bills in flight.
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "incentive/limit/limit.h"
#include "incentive/promotion/promotion.h"
#include "incentive/promotion/promotion_terms.h"

LOYALTY_FUNCTION(loyalty_create_promotion);
LOYALTY_FUNCTION(loyalty_change_promotion);
LOYALTY_FUNCTION(loyalty_stop_promotion);

/* Most uses that a limit may have: more than there are people, and sums of them fit. */
#define MOST_USES INT64CONST(1000000000000)

/* Arguments that create_promotion and change_promotion have both, each at its place. */
typedef struct PromotionPlaces
{
	int benefit;
	int condition;
	int starts_at; /* with ends_at, first_day and last_day behind it */
	int priority;
	int stacking;
	int stacking_group;
	int favour;
	int spread;
	int maximum_discount;
	int times_per_bill;
	int in_total;
	int anonymous;
	int return_policy;
	int restore_on_return;
} PromotionPlaces;

static const PromotionPlaces places_to_create = { 3, 4, 6, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22 };
static const PromotionPlaces places_to_change = { 3, 4, 5, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 };

/* Words of choices, and the letters that tables have for them, in the same order. */
static const char *const stacking_words[] = { "stack", "stop", "alone" };
static const char *const favour_words[] = { "brand", "customer" };
static const char *const return_words[] = { "share", "together" };
static const char *const trigger_words[] = { "automatic", "code", "coupon" };
static const PromotionKey trigger_keys[] = { PROMOTION_AUTOMATIC, PROMOTION_BY_CODE, PROMOTION_BY_COUPON };

/* Reads a count of at least one; 0 where it is not given. */
static int64
arg_count(FunctionCallInfo fcinfo, int n, const char *name, bool is_short, int64 most)
{
	int64 count;

	if (PG_ARGISNULL(n))
		return 0;
	count = is_short ? PG_GETARG_INT32(n) : PG_GETARG_INT64(n);
	if (count < 1 || count > most)
		loyalty_promotion_impossible(
			psprintf("\"%s\" is " INT64_FORMAT "; it may be 1 to " INT64_FORMAT ".", name, count, most));
	return count;
}

/* Reads a boolean where it is given. */
static void
arg_bool(FunctionCallInfo fcinfo, int n, bool *value)
{
	if (!PG_ARGISNULL(n))
		*value = PG_GETARG_BOOL(n);
}

/* Reads a choice where it is given; "letters" are those of the words. */
static void
arg_choice(FunctionCallInfo fcinfo, int n, const char *name, const char *const *words, int count,
		   const char *letters, char *chosen)
{
	if (!PG_ARGISNULL(n))
		*chosen = letters[loyalty_arg_word(fcinfo, n, name, words, count)];
}

/*
 * Reads the benefit and the condition. One of the two that is not given is taken as it was written, so that a change of one
 * leaves the other.
 */
static void
arg_terms(FunctionCallInfo fcinfo, const LoyaltyOrg *org, const PromotionPlaces *at,
		  PromotionDefinition *definition)
{
	PromotionDefinition before = *definition;
	PromotionGiven given;
	const PromotionGivenNames *names;
	Jsonb *benefit = PG_ARGISNULL(at->benefit) ? NULL : PG_GETARG_JSONB_P(at->benefit);
	Jsonb *condition = PG_ARGISNULL(at->condition) ? NULL : PG_GETARG_JSONB_P(at->condition);

	names = loyalty_promotion_read_documents(benefit != NULL ? benefit : loyalty_promotion_benefit(&before),
											 condition, &given);
	given.maximum_discount = fcinfo->args[at->maximum_discount];
	loyalty_promotion_terms(org, &given, names, definition);
	if (given.maximum_discount.isnull)
		definition->maximum_discount = before.maximum_discount;
	if (condition != NULL)
		return;
	definition->minimum_bill = before.minimum_bill;
	definition->more_than = before.more_than;
	definition->weekdays = before.weekdays;
	definition->from_minute = before.from_minute;
	definition->to_minute = before.to_minute;
	definition->store_ids = before.store_ids;
	definition->store_count = before.store_count;
}

/*
 * Reads when it is good. An end that is not given stays as it is, so that a change of one end is judged with the other one that
 * there is.
 */
static void
arg_window(FunctionCallInfo fcinfo, const LoyaltyOrg *org, int n, PromotionRow *row)
{
	PromotionWindow window = { .starts_at = fcinfo->args[n],
							   .ends_at = fcinfo->args[n + 1],
							   .first_day = fcinfo->args[n + 2],
							   .last_day = fcinfo->args[n + 3] };

	loyalty_promotion_window(org, &window, &row->starts_at, &row->ends_at);
}

/*
 * Reads how a promotion gets on with others, and what of it comes back. None of it matters to a bill that is known by its amount; it is kept
 * from the start, so that a promotion need not be made anew when its bills are known by their lines.
 */
static void
arg_behaviour(FunctionCallInfo fcinfo, const PromotionPlaces *at, LoyaltyPromotion *promotion)
{
	PromotionVersion *version = &promotion->version;
	char stacking = version->stacking;
	char favour = version->favour;
	char return_policy = version->return_policy;
	const char *group;

	arg_choice(fcinfo, at->stacking, "stacking", stacking_words, lengthof(stacking_words), "spa", &stacking);
	arg_choice(fcinfo, at->favour, "favour", favour_words, lengthof(favour_words), "bc", &favour);
	arg_choice(fcinfo, at->return_policy, "return_policy", return_words, lengthof(return_words), "st",
			   &return_policy);
	version->stacking = (PromotionStacking) stacking;
	version->favour = (PromotionFavour) favour;
	version->return_policy = (PromotionReturns) return_policy;
	if (!PG_ARGISNULL(at->priority))
		version->priority = PG_GETARG_INT32(at->priority);
	group = loyalty_arg_key_or_null(fcinfo, at->stacking_group, "stacking_group", LOYALTY_MAX_CODE);
	if (group != NULL)
		version->stacking_group = group;
	if (!PG_ARGISNULL(at->times_per_bill))
		version->times_per_bill =
			(int32) arg_count(fcinfo, at->times_per_bill, "times_per_bill", true, PG_INT32_MAX);
	arg_bool(fcinfo, at->spread, &version->spread);
	arg_bool(fcinfo, at->restore_on_return, &version->restore_on_return);
	arg_bool(fcinfo, at->anonymous, &promotion->definition.anonymous);
}

/* Reads what both calls have, over what a promotion is. */
static void
arg_promotion(FunctionCallInfo fcinfo, const LoyaltyOrg *org, const PromotionPlaces *at,
			  LoyaltyPromotion *promotion)
{
	arg_terms(fcinfo, org, at, &promotion->definition);
	arg_window(fcinfo, org, at->starts_at, &promotion->row);
	arg_behaviour(fcinfo, at, promotion);
}

/*
 * Makes the limits of a new promotion. That of a code comes with the code, or with its first use: most codes are used once, and have
 * none.
 */
static void
create_limits(const LoyaltyPromotion *promotion)
{
	const PromotionVersion *version = &promotion->version;
	const PromotionRow *row = &promotion->row;

	if (version->in_total != 0)
		(void) loyalty_limit_create(row->org_id, row->promotion_id, LIMIT_TOTAL, NULL, version->in_total, -1);
	if (version->per_customer != 0)
		(void) loyalty_limit_create(row->org_id, row->promotion_id, LIMIT_CUSTOMER, NULL,
									version->per_customer, -1);
}

/* Makes a promotion. */
Datum
loyalty_create_promotion(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyPromotion promotion;

	loyalty_call_begin(&call, fcinfo);
	loyalty_promotion_init(&promotion);
	promotion.row.promotion = loyalty_arg_key(fcinfo, 1, "promotion");
	promotion.row.name = loyalty_arg_text(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	if (PG_ARGISNULL(3))
		loyalty_raise_missing("benefit");
	promotion.version.key =
		trigger_keys[loyalty_arg_word(fcinfo, 5, "trigger", trigger_words, lengthof(trigger_words))];
	arg_promotion(fcinfo, call.org, &places_to_create, &promotion);
	promotion.version.in_total =
		arg_count(fcinfo, places_to_create.in_total, "redemptions_total", false, MOST_USES);
	promotion.version.per_code = arg_count(fcinfo, 18, "redemptions_per_code", false, MOST_USES);
	promotion.version.per_customer = arg_count(fcinfo, 19, "redemptions_per_customer", false, MOST_USES);
	(void) loyalty_promotion_define(&call, &promotion);
	create_limits(&promotion);
	loyalty_call_end(&call);
	PG_RETURN_INT32(promotion.row.promotion_id);
}

/*
 * Gives the limit in total another maximum. A promotion that had none has not counted what was used, so it gets none: a limit that
 * began now would promise more than it says.
 */
static void
change_total(const LoyaltyPromotion *promotion, int64 maximum)
{
	LoyaltyLimit limit;

	if (!loyalty_limit_find(promotion->row.org_id, promotion->row.promotion_id, LIMIT_TOTAL, &limit))
		loyalty_promotion_impossible(
			"\"redemptions_total\" cannot be set: the promotion was made without, and has not counted its uses.");
	loyalty_limit_change(&limit, maximum, limit.notify_at);
}

/* Refuses to change what was stopped: it would not begin again. */
static void
require_running(const LoyaltyPromotion *promotion)
{
	if (promotion->row.stopped_at != DT_NOEND)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_REVOKED),
						errmsg("promotion \"%s\" was stopped", promotion->row.promotion),
						errhint("Create another one.")));
}

/*
 * Changes what is given, as a new version. The promotion's row is locked first and slots last, as in a use, so that a change and
 * a use wait for each other in one direction.
 */
Datum
loyalty_change_promotion(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyPromotion promotion;
	const char *name;
	int64 in_total;

	loyalty_call_begin(&call, fcinfo);
	loyalty_promotion_lock(&call, loyalty_arg_text(fcinfo, 1, "promotion", LOYALTY_MAX_CODE), &promotion);
	require_running(&promotion);
	name = loyalty_arg_text_or_null(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	if (name != NULL)
		promotion.row.name = name;
	arg_promotion(fcinfo, call.org, &places_to_change, &promotion);
	in_total = arg_count(fcinfo, places_to_change.in_total, "redemptions_total", false, MOST_USES);
	if (in_total != 0)
	{
		change_total(&promotion, in_total);
		promotion.version.in_total = in_total;
	}
	loyalty_promotion_redefine(&call, &promotion);
	loyalty_call_end(&call);
	PG_RETURN_INT32(promotion.row.version);
}

/*
 * Ends a promotion now, for good. One that was stopped stays as it was. Its limit is closed under all slots, each of which waits for
 * whoever takes from it: what is committed afterwards was in flight without a limit, or is refused.
 */
Datum
loyalty_stop_promotion(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyPromotion promotion;
	LoyaltyLimit limit;

	loyalty_call_begin(&call, fcinfo);
	loyalty_promotion_lock(&call, loyalty_arg_text(fcinfo, 1, "promotion", LOYALTY_MAX_CODE), &promotion);
	if (promotion.row.stopped_at == DT_NOEND)
	{
		promotion.row.stopped_at = call.now;
		loyalty_promotion_row_update(&promotion.row);
		if (loyalty_limit_find(promotion.row.org_id, promotion.row.promotion_id, LIMIT_TOTAL, &limit))
			loyalty_limit_close(&limit);
	}
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
