/*
 * promotion_terms.c: judges what a promotion is to give and to ask for, whether arguments or documents said it
 * (promotion_documents.c): both come in one struct.
 *
 * A document says no more than its keys, and a key that nobody reads would be a condition that silently does not hold: so
 * everything that is not understood is refused. Amounts are whole steps of the org's currency, for a discount of half a cent could be paid
 * by no till. What is wrong is told by its name and its number, which are no secret; texts that were given are not repeated. Nothing is
 * written here and no lock is taken.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/points.h"
#include "common/points_limit.h"
#include "common/word_rules.h"
#include "incentive/promotion/promotion_terms.h"
#include "org/currency_rules.h"

#define MAX_STORES 1000

/* Says what is wrong in DETAIL. */
void
loyalty_promotion_impossible(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_IMPOSSIBLE),
					errmsg("a promotion cannot be as it is given"), errdetail_internal("%s", what)));
}

/* Looks the currency up in the org's configuration. */
int64
loyalty_org_step(const LoyaltyOrg *org)
{
	return loyalty_currency_step(org->config[CONFIG_CURRENCY_CODE]);
}

/* Reads a number of at most three decimals that a column holds. */
static int64
thousandths(const NullableDatum *given, const char *name)
{
	int64 value;

	if (loyalty_thousandths(given->value, &value) != LOYALTY_NUMERIC_OK)
		loyalty_promotion_impossible(
			psprintf("\"%s\" is no number of at most three decimals below %s.", name, POINTS_LIMIT_TEXT));
	return value;
}

/*
 * Reads an amount in whole steps, at least so much. The least amount of the currency is named in the refusal: who prices in
 * another currency sees why.
 */
static int64
amount(const LoyaltyOrg *org, const NullableDatum *given, const char *name, int64 least)
{
	int64 value = thousandths(given, name);
	int64 step = loyalty_org_step(org);

	if (value < least)
		loyalty_promotion_impossible(
			psprintf("\"%s\" is %s, which is too little.", name, loyalty_points_text(value)));
	if (value % step != 0)
		loyalty_promotion_impossible(psprintf("\"%s\" is %s; the least amount of the currency is %s.", name,
											  loyalty_points_text(value), loyalty_points_text(step)));
	return value;
}

/*
 * Reads which benefit it is, and how much. Benefits of carts, as a bundle for a price or a free product, need to know what is
 * bought; a bill that is known by its amount gets a percentage, or an amount.
 */
static void
read_benefit(const LoyaltyOrg *org, const PromotionGiven *given, const PromotionGivenNames *names,
			 PromotionDefinition *definition)
{
	const char *type = given->type.isnull ? "" : TextDatumGetCString(given->type.value);
	int place = loyalty_word_place(type, loyalty_benefit_names, BENEFIT_COUNT);

	if (place < 0)
		loyalty_promotion_impossible(
			psprintf("\"%s\" is none of %s, %s; other benefits need the lines of a cart.", names->type,
					 loyalty_benefit_names[0], loyalty_benefit_names[1]));
	definition->benefit = (BenefitType) place;
	if (given->value.isnull)
		loyalty_promotion_impossible(psprintf("\"%s\" is missing.", names->value));
	if (definition->benefit == BENEFIT_FIXED)
		definition->value = amount(org, &given->value, names->value, 1);
	else
		definition->value = thousandths(&given->value, names->value);
	if (definition->benefit == BENEFIT_PERCENT &&
		(definition->value <= 0 || definition->value > PROMOTION_WHOLE_PERCENT))
		loyalty_promotion_impossible(psprintf("\"%s\" is %s; a percentage is above 0 and at most 100.",
											  names->value, loyalty_points_text(definition->value)));
}

/* Takes a list of texts apart; an empty one, or a null in it, says nothing that could be meant. */
static int
texts(const NullableDatum *given, const char *name, int most, Datum **items)
{
	bool *nulls;
	int count;
	int i;

	if (given->isnull)
		return 0;
	deconstruct_array(DatumGetArrayTypeP(given->value), TEXTOID, -1, false, TYPALIGN_INT, items, &nulls,
					  &count);
	if (count == 0 || count > most)
		loyalty_promotion_impossible(
			psprintf("\"%s\" has %d elements; it may have 1 to %d.", name, count, most));
	for (i = 0; i < count; i++)
		if (nulls[i])
			loyalty_promotion_impossible(psprintf("\"%s\" has an element that is null.", name));
	return count;
}

/* Orders ids. */
static int
compare_ids(const void *left, const void *right)
{
	int32 one = *(const int32 *) left;
	int32 other = *(const int32 *) right;

	return (one > other) - (one < other);
}

/*
 * Reads stores by their codes; one that stands twice counts once. Ids are kept in their order, so that two lists of the same
 * stores are the same.
 */
static void
read_stores(const LoyaltyOrg *org, const PromotionGiven *given, const char *name,
			PromotionDefinition *definition)
{
	Datum *items;
	int count = texts(&given->stores, name, MAX_STORES, &items);
	int32 *ids = palloc(sizeof(int32) * Max(count, 1));
	int kept = 0;
	int i;

	for (i = 0; i < count; i++)
		ids[i] = loyalty_org_store(org, loyalty_checked_text(items[i], name, LOYALTY_MAX_CODE))->store_id;
	qsort(ids, count, sizeof(int32), compare_ids);
	for (i = 0; i < count; i++)
		if (kept == 0 || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	definition->store_ids = ids;
	definition->store_count = kept;
}

/* Reads weekdays by their names. */
static void
read_days(const PromotionGiven *given, const char *name, PromotionDefinition *definition)
{
	Datum *items;
	int count = texts(&given->days, name, PROMOTION_WEEKDAYS, &items);
	int i;

	for (i = 0; i < count; i++)
	{
		const char *day = loyalty_checked_text(items[i], name, LOYALTY_MAX_CODE);
		int place = loyalty_word_place(day, loyalty_weekday_names, PROMOTION_WEEKDAYS);

		if (place < 0)
			loyalty_promotion_impossible(
				psprintf("\"%s\" has an element that is no name of a weekday.", name));
		definition->weekdays |= 1u << place;
	}
}

/*
 * Reads from and to, which may lie across midnight. Equal times could mean no hour at all, or all of them: neither is taken. A day
 * begins at 00:00 and ends at 24:00, which is an end alone.
 */
static void
read_hours(const PromotionGiven *given, const char *name, PromotionDefinition *definition)
{
	Datum *items;
	int count = texts(&given->hours, name, 2, &items);

	definition->from_minute = -1;
	if (count == 0)
		return;
	if (count != 2 ||
		!loyalty_promotion_minute(loyalty_checked_text(items[0], name, LOYALTY_MAX_CODE),
								  &definition->from_minute) ||
		!loyalty_promotion_minute(loyalty_checked_text(items[1], name, LOYALTY_MAX_CODE),
								  &definition->to_minute) ||
		definition->from_minute == PROMOTION_DAY_MINUTES || definition->from_minute == definition->to_minute)
		loyalty_promotion_impossible(
			psprintf("\"%s\" is not two different times of the day as [\"09:00\", \"17:30\"].", name));
}

/* Reads days and hours. */
void
loyalty_promotion_times(const PromotionGiven *given, const PromotionGivenNames *names,
						PromotionDefinition *definition)
{
	definition->weekdays = 0;
	read_days(given, names->days, definition);
	read_hours(given, names->hours, definition);
}

/* Begins with the benefit: what a promotion gives is what it is. */
void
loyalty_promotion_terms(const LoyaltyOrg *org, const PromotionGiven *given, const PromotionGivenNames *names,
						PromotionDefinition *definition)
{
	read_benefit(org, given, names, definition);
	definition->maximum_discount = PROMOTION_UNBOUNDED;
	if (!given->maximum_discount.isnull)
		definition->maximum_discount = amount(org, &given->maximum_discount, names->maximum_discount, 1);
	definition->minimum_bill = 0;
	if (!given->minimum_bill.isnull)
		definition->minimum_bill = amount(org, &given->minimum_bill, names->minimum_bill, 0);
	definition->more_than = !given->more_than.isnull && DatumGetBool(given->more_than.value);
	if (definition->more_than && given->minimum_bill.isnull)
		loyalty_promotion_impossible(
			psprintf("\"%s\" goes with \"%s\".", names->more_than, names->minimum_bill));
	loyalty_promotion_times(given, names, definition);
	read_stores(org, given, names->stores, definition);
}

/* Reads an end as an instant or as a day; "behind" days are to be counted to the one after it. */
static void
read_end(const LoyaltyOrg *org, const NullableDatum *instant, const char *instant_name,
		 const NullableDatum *day, const char *day_name, int behind, TimestampTz *at)
{
	DateADT date = day->isnull ? 0 : DatumGetDateADT(day->value);

	if (!instant->isnull && !day->isnull)
		loyalty_promotion_impossible(psprintf("\"%s\" and \"%s\" say the same.", instant_name, day_name));
	(void) loyalty_read_time_or(instant, instant_name, *at, at, LOYALTY_RAISES);
	if (day->isnull)
		return;
	/* Days of the years that instants may be of, but for the last one, which has no end that could be written. */
	if (date < loyalty_local_date(EARLIEST_TIME, org->zone) || date >= LATEST_DAY)
		loyalty_promotion_impossible(psprintf("\"%s\" is no day of the years 1900 to 9999.", day_name));
	*at = loyalty_start_of_day(date + behind, org->zone);
}

/* Begins days at the org's midnight, and ends them at the next one: clocks that change in between do not matter. */
void
loyalty_promotion_window(const LoyaltyOrg *org, const PromotionWindow *window, TimestampTz *starts_at,
						 TimestampTz *ends_at)
{
	read_end(org, &window->starts_at, "starts_at", &window->first_day, "first_day", 0, starts_at);
	read_end(org, &window->ends_at, "ends_at", &window->last_day, "last_day", 1, ends_at);
	if (*starts_at >= *ends_at)
		loyalty_promotion_impossible("It would end before it begins.");
}
