/*
 * card_series_api.c: series of cards and their labels, stock, previews, usage.
 *
 * A series and its numbers come into being together. Labels and defaults change under the lock of the org, so that of
 * two calls at once the later one waits and sees what the other did. Imports sort what they are given before they
 * write, so that two imports never wait for each other in a circle. Previews use nothing up, and may be out of date as
 * soon as others draw.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/timestamp.h"

#include "card/card.h"
#include "card/external_id.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "common/word_rules.h"

/* Bounds of single calls: cards that are made or imported, numbers that are previewed. */
#define MAX_BATCH 100000
#define MAX_PREVIEW 1000

LOYALTY_FUNCTION(loyalty_create_card_series);
LOYALTY_FUNCTION(loyalty_create_card_label);
LOYALTY_FUNCTION(loyalty_set_default_card_label);
LOYALTY_FUNCTION(loyalty_generate_cards);
LOYALTY_FUNCTION(loyalty_import_cards);
LOYALTY_FUNCTION(loyalty_preview_card_numbers);
LOYALTY_FUNCTION(loyalty_preview_external_ids);
LOYALTY_FUNCTION(loyalty_card_status_word);
LOYALTY_FUNCTION(loyalty_number_series_usage);

static const char *const card_types[] = { "physical", "digital" };

static void arg_series(FunctionCallInfo fcinfo, LoyaltyCall *call, CardSeries *series, NumberShape *shape);
static CardStatus arg_status(FunctionCallInfo fcinfo, int n);
static int arg_count(FunctionCallInfo fcinfo, int n, int most);
static int arg_texts(FunctionCallInfo fcinfo, int n, const char *name, const char ***numbers);

/* Creates a series. The insert itself finds a duplicate, since another session may be creating the same one. */
Datum
loyalty_create_card_series(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CardSeries series = { 0 };
	CardSeries other;
	NumberShape shape = { 0 };

	loyalty_call_begin(&call, fcinfo);
	arg_series(fcinfo, &call, &series, &shape);
	loyalty_number_check(&shape, ERRCODE_LOYALTY_NUMBERS_IMPOSSIBLE);
	/* A series of cards has the id of the series of its numbers. */
	series.series_id = loyalty_number_series_create(&call, PURPOSE_CARDS, &shape);
	if (!loyalty_card_series_insert(call.org->org_id, &series))
	{
		if (loyalty_card_series_read(call.org->org_id, series.series, &other))
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUPLICATE_NAME),
							errmsg("series of cards \"%s\" exists already", series.series)));
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_SERIES_EXISTS),
						errmsg("a series of the same prefix, suffix and length exists already"),
						errdetail("Prefix \"%s\", suffix \"%s\", length %d.", series.prefix, series.suffix,
								  series.length)));
	}
	loyalty_call_end(&call);
	PG_RETURN_INT32(series.series_id);
}

/* Creates a label of a status; the first one becomes its default. */
Datum
loyalty_create_card_label(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CardStatus status;
	const char *label;
	int32 label_id;

	loyalty_call_begin(&call, fcinfo);
	status = arg_status(fcinfo, 1);
	label = loyalty_arg_key(fcinfo, 2, "label");
	loyalty_call_lock_org(&call);
	label_id = loyalty_next_reference_id();
	if (!loyalty_card_label_insert(call.org->org_id, label_id, label, status))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUPLICATE_NAME),
						errmsg("label \"%s\" of cards exists already", label)));
	loyalty_call_end(&call);
	PG_RETURN_INT32(label_id);
}

/*
 * Makes a label the default. The org is locked: of two calls at once the later one waits, and then sees what the other
 * made the default.
 */
Datum
loyalty_set_default_card_label(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CardStatus status;
	const char *label;
	int32 label_id;

	loyalty_call_begin(&call, fcinfo);
	status = arg_status(fcinfo, 1);
	label = loyalty_arg_text(fcinfo, 2, "label", LOYALTY_MAX_CODE);
	loyalty_call_lock_org(&call);
	label_id = loyalty_card_label_find(call.org->org_id, status, label);
	if (label_id == 0)
		loyalty_card_label_raise_unknown(status, label);
	loyalty_card_label_set_default(call.org->org_id, status, label_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Makes cards in stock. */
Datum
loyalty_generate_cards(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CardSeries series;
	int count;

	loyalty_call_begin(&call, fcinfo);
	loyalty_card_series_get(&call, loyalty_arg_text(fcinfo, 1, "series", LOYALTY_MAX_CODE), &series);
	count = arg_count(fcinfo, 2, MAX_BATCH);
	(void) loyalty_cards_generate(&call, series.series_id, count);
	loyalty_call_end(&call);
	PG_RETURN_INT32(count);
}

/* Card that is imported. */
typedef struct GivenCard
{
	const char *card_number;
	const char *external_id;
} GivenCard;

/* Orders cards by number, byte by byte. */
static int
compare_numbers(const void *left, const void *right)
{
	return strcmp(((const GivenCard *) left)->card_number, ((const GivenCard *) right)->card_number);
}

/* Orders cards by external id, byte by byte. */
static int
compare_external_ids(const void *left, const void *right)
{
	return strcmp(((const GivenCard *) left)->external_id, ((const GivenCard *) right)->external_id);
}

/*
 * Inserts cards sorted by number, so that two imports never wait for each other in a circle. Returns how many numbers
 * were free.
 */
static int
import_cards(LoyaltyCall *call, int32 series_id, GivenCard *cards, int count)
{
	int free = 0;
	int i;

	qsort(cards, count, sizeof(GivenCard), compare_numbers);
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (loyalty_card_insert(call->org->org_id, series_id, loyalty_next_id(), cards[i].card_number,
								call->now))
			free++;
	}
	return free;
}

/* Gives external ids in their own order, for the same reason. Returns how many were free. */
static int
import_external_ids(LoyaltyCall *call, GivenCard *cards, int count)
{
	int free = 0;
	int i;

	qsort(cards, count, sizeof(GivenCard), compare_external_ids);
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (loyalty_card_external_id_give(call->org->org_id, cards[i].card_number, cards[i].external_id))
			free++;
	}
	return free;
}

/* Imports all cards or none: the message says how many are in the way, and not which. */
Datum
loyalty_import_cards(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CardSeries series;
	const char **numbers;
	const char **external_ids = NULL;
	GivenCard *cards;
	int free;
	int count;
	int i;

	loyalty_call_begin(&call, fcinfo);
	loyalty_card_series_get(&call, loyalty_arg_text(fcinfo, 1, "series", LOYALTY_MAX_CODE), &series);
	count = arg_texts(fcinfo, 2, "card_numbers", &numbers);
	if (!PG_ARGISNULL(3) && arg_texts(fcinfo, 3, "card_external_ids", &external_ids) != count)
		loyalty_raise_not_allowed("card_external_ids", "as many texts as card numbers");
	cards = palloc0(sizeof(GivenCard) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		cards[i].card_number = numbers[i];
		cards[i].external_id = external_ids ? external_ids[i] : NULL;
	}
	free = import_cards(&call, series.series_id, cards, count);
	if (free == count && external_ids != NULL)
		free = import_external_ids(&call, cards, count);
	if (free < count)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_EXISTS),
						errmsg("numbers or external ids of cards are taken, or given twice"),
						errdetail("Given are %d, free are %d.", count, free)));
	loyalty_call_end(&call);
	PG_RETURN_INT32(count);
}

/* Adds to a set the numbers that a series is to make next, without those that are taken. */
static void
add_preview(FunctionCallInfo fcinfo, LoyaltyCall *call, const NumberSource *source, int wanted)
{
	char number[NUMBER_BYTES];
	const char *shown = number;
	int64 ahead;

	for (ahead = 0; wanted > 0 && loyalty_numbers_preview(source, ahead, number); ahead++)
	{
		CHECK_FOR_INTERRUPTS();
		if (source->series.purpose == PURPOSE_CARDS ? loyalty_card_exists(call->org->org_id, number)
													: loyalty_external_id_is_taken(call, number))
			continue;
		loyalty_set_add_texts(fcinfo, 1, &shown);
		wanted--;
	}
}

/* Returns the next numbers of a series. */
Datum
loyalty_preview_card_numbers(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CardSeries series;
	NumberSource source;

	loyalty_set_begin_scalars(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	loyalty_card_series_get(&call, loyalty_arg_text(fcinfo, 1, "series", LOYALTY_MAX_CODE), &series);
	loyalty_numbers_open(&source, &call, series.series_id);
	add_preview(fcinfo, &call, &source, arg_count(fcinfo, 2, MAX_PREVIEW));
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Returns the next external ids; LY012 where the org generates none. */
Datum
loyalty_preview_external_ids(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	NumberSource source;

	loyalty_set_begin_scalars(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	loyalty_external_ids_open(&source, &call);
	add_preview(fcinfo, &call, &source, arg_count(fcinfo, 1, MAX_PREVIEW));
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Returns the word of a status to the views; NULL for a letter that is none. */
Datum
loyalty_card_status_word(PG_FUNCTION_ARGS)
{
	const char *word = loyalty_card_status_name((CardStatus) PG_GETARG_CHAR(0));

	if (word == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(word));
}

/* Returns size and use of a series, for the view; nulls for an org that the caller may not see. */
Datum
loyalty_number_series_usage(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	NumberSeries series;
	Datum values[2] = { 0 };
	bool nulls[2] = { true, true };
	int32 *visible;
	int count;
	int i;

	loyalty_call_begin_without_org(&call);
	visible = loyalty_org_visible(call.owner.caller, &count);
	for (i = 0; i < count && !PG_ARGISNULL(0) && !PG_ARGISNULL(1); i++)
	{
		int64 first;
		int64 last;

		/* Anybody may call this with any ids: a series that the caller may not see is as if it were not there. */
		if (visible[i] != PG_GETARG_INT32(0) ||
			!loyalty_number_series_read(visible[i], PG_GETARG_INT32(1), &series))
			continue;
		first = loyalty_number_first(&series.shape);
		last = loyalty_number_sequence_last(loyalty_number_sequence(series.number_series_id), first - 1);
		values[0] = Int64GetDatum(loyalty_number_space(&series.shape));
		values[1] = Int64GetDatum(DatumGetInt64(values[0]) - loyalty_number_left(&series.shape, last + 1));
		nulls[0] = nulls[1] = false;
	}
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Reads a status of cards. */
static CardStatus
arg_status(FunctionCallInfo fcinfo, int n)
{
	CardStatus status = loyalty_card_status_find(loyalty_arg_text(fcinfo, n, "status", LOYALTY_MAX_CODE));

	if (status == CARD_UNKNOWN)
		loyalty_raise_not_allowed("status", loyalty_card_status_names());
	return status;
}

/* Reads a number from 1 to a limit. */
static int
arg_count(FunctionCallInfo fcinfo, int n, int most)
{
	int32 count = loyalty_arg_int4(fcinfo, n, "count");

	if (count < 1 || count > most)
		loyalty_raise_not_allowed("count", psprintf("1 to %d", most));
	return count;
}

/* Reads a text as a number is issued; LY308 for one that cannot be one. Its position is told, not the number. */
static const char *
number_of_element(Datum text, int position)
{
	const char *given = loyalty_text_within(text, LOYALTY_MAX_NAME);
	char number[NUMBER_BYTES];

	if (given == NULL || !loyalty_number_as_issued(given, number))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_NUMBER_INVALID),
						errmsg("element %d of the numbers of cards cannot be one", position),
						errhint("Numbers and external ids of cards are 1 to %d letters and digits of ASCII.",
								NUMBER_MAX_LENGTH)));
	return pstrdup(number);
}

/* Reads an array of numbers as they are issued, at most MAX_BATCH of them. */
static int
arg_texts(FunctionCallInfo fcinfo, int n, const char *name, const char ***numbers)
{
	ArrayType *array;
	Datum *elements;
	int count;
	int i;

	if (PG_ARGISNULL(n))
		loyalty_raise_missing(name);
	array = PG_GETARG_ARRAYTYPE_P(n);
	if (ARR_NDIM(array) != 1 || array_contains_nulls(array) || ArrayGetNItems(1, ARR_DIMS(array)) > MAX_BATCH)
		loyalty_raise_not_allowed(name, psprintf("one-dimensional arrays of 1 to %d texts, none of them NULL",
												 MAX_BATCH));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	*numbers = palloc(sizeof(char *) * Max(count, 1));
	for (i = 0; i < count; i++)
		(*numbers)[i] = number_of_element(elements[i], i + 1);
	return count;
}

/* Reads days and months; NULL: none. */
static const Interval *
arg_validity(FunctionCallInfo fcinfo, int n)
{
	const Interval *validity;

	if (PG_ARGISNULL(n))
		return NULL;
	validity = PG_GETARG_INTERVAL_P(n);
	if (validity->time != 0 || !loyalty_card_validity_fits(validity->month, validity->day))
		loyalty_raise_not_allowed(
			"validity", "days, months and years, together from a day to a hundred years (36525 days)");
	return validity;
}

/* Reads a prefix or suffix, '' where there is none: letters of numbers are capitals. */
static char *
arg_affix(FunctionCallInfo fcinfo, int n, const char *name)
{
	const char *affix = loyalty_arg_text_or_null(fcinfo, n, name, NUMBER_MAX_LENGTH);

	return affix ? asc_toupper(affix, strlen(affix)) : pstrdup("");
}

/* Reads the shape of the numbers: arguments 4 to 8, and 11. */
static void
arg_shape(FunctionCallInfo fcinfo, NumberShape *shape)
{
	const char *includes = loyalty_arg_text(fcinfo, 11, "checksum_includes", LOYALTY_MAX_CODE);

	shape->method = loyalty_number_method_find(loyalty_arg_text(fcinfo, 4, "method", LOYALTY_MAX_CODE));
	if (shape->method == METHOD_COUNT)
		loyalty_raise_not_allowed("method",
								  "AUTO_INC, LUHN_ALGO, MOD7_ALGO, RANDOM, RANDOM_LUHN, RANDOM_MOD7");
	shape->length = loyalty_arg_int4(fcinfo, 5, "length");
	shape->prefix = arg_affix(fcinfo, 6, "prefix");
	shape->suffix = arg_affix(fcinfo, 7, "suffix");
	shape->offset = loyalty_arg_int8(fcinfo, 8, "serial_offset");
	shape->checksum_prefix = loyalty_same_word(includes, "PREFIX");
	if (!shape->checksum_prefix && !loyalty_same_word(includes, "NONE"))
		loyalty_raise_not_allowed("checksum_includes", "NONE, PREFIX");
}

/* Reads all arguments of a series. */
static void
arg_series(FunctionCallInfo fcinfo, LoyaltyCall *call, CardSeries *series, NumberShape *shape)
{
	const char *program = loyalty_arg_text_or_null(fcinfo, 13, "program", LOYALTY_MAX_CODE);

	series->series = loyalty_arg_key(fcinfo, 1, "series");
	series->name = loyalty_arg_text(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	series->card_type =
		card_types[loyalty_arg_word(fcinfo, 3, "card_type", card_types, lengthof(card_types))];
	arg_shape(fcinfo, shape);
	series->prefix = shape->prefix;
	series->suffix = shape->suffix;
	series->length = shape->length;
	series->max_active = PG_ARGISNULL(9) ? 0 : PG_GETARG_INT32(9);
	if (!PG_ARGISNULL(9) && series->max_active < 1)
		loyalty_raise_not_allowed("max_active_per_customer", "1 and more, or NULL");
	series->validity = arg_validity(fcinfo, 10);
	series->program_id = program ? loyalty_org_program(call->org, program)->program_id : 0;
	series->issue =
		(CardIssue) loyalty_card_issue_find(loyalty_arg_text(fcinfo, 12, "issue", LOYALTY_MAX_CODE));
	if (series->issue == 0)
		loyalty_raise_not_allowed("issue", "never, every_registration, named_registration");
}
