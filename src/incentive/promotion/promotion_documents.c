/*
 * promotion_documents.c: what a promotion gives and asks for, as documents.
 *
 * What is kept is written anew from the definition: one spelling, whoever gave it. What was written is read without judgement, for
 * the currency of an org may have changed since. Stores are kept beside the documents, by their ids.
 *
 * Keys that are absent ask for nothing: documents of other times, and of benefits that there are not yet, stay readable as long as
 * keys keep their meaning.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "common/args.h"
#include "common/json.h"
#include "common/points.h"
#include "common/word_rules.h"
#include "incentive/promotion/promotion_terms.h"

/* Names as they stand in documents. */
static const PromotionGivenNames document_names = {
	.type = "benefit.type",
	.value = "benefit.value",
	.maximum_discount = "maximum_discount",
	.minimum_bill = "condition.minimum_bill",
	.more_than = "condition.more_than",
	.stores = "condition.stores",
	.days = "condition.days",
	.hours = "condition.hours",
};

/* Keys that documents may have. */
static const char *const benefit_keys[] = { "type", "value", NULL };
static const char *const condition_keys[] = { "minimum_bill", "more_than", "stores", "days", "hours", NULL };

/* Raises LY909 for a value of another kind. */
pg_noreturn static void
raise_kind(const char *name, const char *wanted)
{
	loyalty_promotion_impossible(psprintf("\"%s\" is not %s.", name, wanted));
}

/* Finds a value; NULL where the key is missing or null. */
static JsonbValue *
value_of(const LoyaltyJsonObject *object, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object->container, key, strlen(key), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

/* Reads a number. */
static NullableDatum
number(const LoyaltyJsonObject *object, const char *key)
{
	JsonbValue *value = value_of(object, key);

	if (value == NULL)
		return (NullableDatum){ .isnull = true };
	if (value->type != jbvNumeric)
		raise_kind(loyalty_json_path(object, key), "a number");
	return (NullableDatum){ .value = NumericGetDatum(value->val.numeric) };
}

/*
 * Reads a list of texts as an array, which the judge of terms takes apart: it is what an argument would be. Bounds are judged
 * there, too.
 */
static NullableDatum
list(const LoyaltyJsonObject *object, const char *key)
{
	JsonbValue *value = value_of(object, key);
	Datum *items;
	int count;
	int i;

	if (value == NULL)
		return (NullableDatum){ .isnull = true };
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		raise_kind(loyalty_json_path(object, key), "a list of texts");
	count = JsonContainerSize(value->val.binary.data);
	items = palloc(sizeof(Datum) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(value->val.binary.data, i);

		if (item->type != jbvString)
			raise_kind(loyalty_json_path(object, key), "a list of texts");
		items[i] = PointerGetDatum(cstring_to_text_with_len(item->val.string.val, item->val.string.len));
	}
	return (NullableDatum){ .value = PointerGetDatum(
								construct_array(items, count, TEXTOID, -1, false, TYPALIGN_INT)) };
}

/*
 * Refuses keys that are none of the known ones: they would silently do nothing. The key is quoted, cut where it is long; its value
 * is not.
 */
static LoyaltyJsonObject
checked_object(const Jsonb *document, const char *name, const char *const *known)
{
	JsonbIterator *iterator;
	JsonbValue item;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(document))
		raise_kind(name, "an object");
	iterator = JsonbIteratorInit(unconstify(JsonbContainer *, &document->root));
	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		const char *const *key = known;

		if (token != WJB_KEY)
			continue;
		while (*key != NULL &&
			   (strlen(*key) != item.val.string.len || memcmp(*key, item.val.string.val, strlen(*key)) != 0))
			key++;
		if (*key == NULL)
			loyalty_promotion_impossible(
				psprintf("\"%s\" has a key \"%.*s\", which asks for the lines of a cart, or means nothing.",
						 name, pg_mbcliplen(item.val.string.val, item.val.string.len, LOYALTY_MAX_CODE),
						 item.val.string.val));
	}
	return loyalty_json_root(document, name, known);
}

/* Reads the parts of a condition. */
static void
read_condition(const Jsonb *condition, PromotionGiven *given)
{
	LoyaltyJsonObject object = checked_object(condition, "condition", condition_keys);
	bool more_than = false;

	given->minimum_bill = number(&object, "minimum_bill");
	given->more_than.isnull = !loyalty_json_bool(&object, "more_than", &more_than);
	given->more_than.value = BoolGetDatum(more_than);
	given->stores = list(&object, "stores");
	given->days = list(&object, "days");
	given->hours = list(&object, "hours");
}

/* Leaves alone what is an argument beside the documents. */
const PromotionGivenNames *
loyalty_promotion_read_documents(const Jsonb *benefit, const Jsonb *condition, PromotionGiven *given)
{
	LoyaltyJsonObject object = checked_object(benefit, "benefit", benefit_keys);
	const char *type = loyalty_json_text(&object, "type", LOYALTY_MAX_CODE);

	given->type.isnull = type == NULL;
	if (type != NULL)
		given->type.value = CStringGetTextDatum(type);
	given->value = number(&object, "value");
	given->minimum_bill.isnull = given->more_than.isnull = true;
	given->stores.isnull = given->days.isnull = given->hours.isnull = true;
	if (condition != NULL)
		read_condition(condition, given);
	return &document_names;
}

/* Adds a key with a value. */
static void
put(JsonbParseState **state, const char *key, JsonbValue *value)
{
	JsonbValue name = { .type = jbvString };

	name.val.string.val = pstrdup(key);
	name.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &name);
	pushJsonbValue(state, WJB_VALUE, value);
}

/* Adds a number without zeros behind its last digit. */
static void
put_number(JsonbParseState **state, const char *key, int64 value)
{
	JsonbValue number_value = { .type = jbvNumeric };

	number_value.val.numeric =
		DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, loyalty_numeric(value)));
	put(state, key, &number_value);
}

/* Makes a text of a document. */
static JsonbValue
text_value(const char *text)
{
	JsonbValue value = { .type = jbvString };

	value.val.string.val = pstrdup(text);
	value.val.string.len = strlen(text);
	return value;
}

/* Opens a list under a key. */
static void
open_list(JsonbParseState **state, const char *key)
{
	JsonbValue name = text_value(key);

	pushJsonbValue(state, WJB_KEY, &name);
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
}

/* Writes type and value. */
Jsonb *
loyalty_promotion_benefit(const PromotionDefinition *definition)
{
	JsonbParseState *state = NULL;
	JsonbValue type = text_value(loyalty_benefit_names[definition->benefit]);

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	put(&state, "type", &type);
	put_number(&state, "value", definition->value);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* Writes weekdays from Monday on. */
static void
put_days(JsonbParseState **state, unsigned weekdays)
{
	int i;

	open_list(state, "days");
	for (i = 0; i < PROMOTION_WEEKDAYS; i++)
	{
		JsonbValue day = text_value(loyalty_weekday_names[i]);

		if (weekdays & 1u << i)
			pushJsonbValue(state, WJB_ELEM, &day);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* Writes from and to. */
static void
put_hours(JsonbParseState **state, int from_minute, int to_minute)
{
	JsonbValue from = text_value(psprintf("%02d:%02d", from_minute / 60, from_minute % 60));
	JsonbValue to = text_value(psprintf("%02d:%02d", to_minute / 60, to_minute % 60));

	open_list(state, "hours");
	pushJsonbValue(state, WJB_ELEM, &from);
	pushJsonbValue(state, WJB_ELEM, &to);
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
}

/* Writes what is asked for, and nothing of what is not. */
Jsonb *
loyalty_promotion_condition(const PromotionDefinition *definition)
{
	JsonbParseState *state = NULL;
	JsonbValue more_than = { .type = jbvBool, .val.boolean = true };

	if (definition->minimum_bill == 0 && !definition->more_than && definition->weekdays == 0 &&
		definition->from_minute < 0)
		return NULL;
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	if (definition->minimum_bill > 0 || definition->more_than)
		put_number(&state, "minimum_bill", definition->minimum_bill);
	if (definition->more_than)
		put(&state, "more_than", &more_than);
	if (definition->weekdays != 0)
		put_days(&state, definition->weekdays);
	if (definition->from_minute >= 0)
		put_hours(&state, definition->from_minute, definition->to_minute);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* Reads an amount as it was written, whatever the currency is now. */
static int64
written(const NullableDatum *given)
{
	return given->isnull ? 0 : loyalty_stored_thousandths(given->value);
}

/*
 * Reads with the readers of what is given, but for amounts: they were whole steps when they were written, and are good as they
 * stand. A row that somebody has changed by hand is refused as a document would be.
 */
void
loyalty_promotion_read_written(const Jsonb *benefit, const Jsonb *condition, PromotionDefinition *definition)
{
	PromotionGiven given = { 0 };
	const PromotionGivenNames *names = loyalty_promotion_read_documents(benefit, condition, &given);
	int place =
		loyalty_word_place(TextDatumGetCString(given.type.value), loyalty_benefit_names, BENEFIT_COUNT);

	definition->benefit = (BenefitType) place;
	definition->value = written(&given.value);
	definition->minimum_bill = written(&given.minimum_bill);
	definition->more_than = !given.more_than.isnull && DatumGetBool(given.more_than.value);
	loyalty_promotion_times(&given, names, definition);
}
