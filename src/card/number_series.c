/*
 * number_series.c: drawing numbers from a series.
 *
 * The counter of a series is a sequence: registrations draw at once and none waits for another's transaction. What is
 * drawn is used up, also by a call that is rolled back, so numbers have gaps and never repeat. A series that is nearly
 * used warns once, or once in each of several calls that find it at the same time.
 */
#include "postgres.h"

#include "card/number_series.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/nodes.h"

/* Explains the room for the serial: the length, less what the other parts take. */
static char *
arithmetic(const NumberShape *shape)
{
	int check = loyalty_number_checksum(shape->method) == CHECKSUM_NONE ? 0 : 1;

	return psprintf(
		"Length %d, less prefix %d, less check digit %d, less suffix %d, leaves %d digits for the serial.",
		shape->length, (int) strlen(shape->prefix), check, (int) strlen(shape->suffix),
		loyalty_number_width(shape));
}

/* Raises what is impossible in a shape, with the code of the caller's subject. */
void
loyalty_number_check(const NumberShape *shape, int sqlstate)
{
	const char *method = loyalty_number_method_names[shape->method];

	switch (loyalty_number_problem(shape))
	{
		case NUMBER_OK:
			return;
		case NUMBER_LENGTH:
			ereport(ERROR,
					(errcode(sqlstate), errmsg("numbers of that length cannot be made"),
					 errdetail("The length is %d; it may be 1 to %d.", shape->length, NUMBER_MAX_LENGTH)));
			break;
		case NUMBER_AFFIX_LETTERS:
			ereport(ERROR,
					(errcode(sqlstate), errmsg("prefix and suffix must be letters and digits of ASCII")));
			break;
		case NUMBER_SUFFIX_INAPPLICABLE:
			ereport(ERROR, (errcode(sqlstate), errmsg("method %s has no place for a suffix", method),
							errhint("Suffixes go with AUTO_INC and RANDOM.")));
			break;
		case NUMBER_PREFIX_NOT_DIGITS:
			ereport(ERROR,
					(errcode(sqlstate), errmsg("a prefix that enters the checksum must be of digits"),
					 errhint("Leave the prefix out of the checksum, or its letters out of the prefix.")));
			break;
		case NUMBER_NO_ROOM:
			ereport(ERROR, (errcode(sqlstate), errmsg("the parts of the number leave no room for a serial"),
							errdetail_internal("%s", arithmetic(shape))));
			break;
		case NUMBER_OFFSET:
			ereport(ERROR,
					(errcode(sqlstate), errmsg("the offset leaves no serial"),
					 errdetail("%s The offset is " INT64_FORMAT ".", arithmetic(shape), shape->offset)));
			break;
	}
}

/* Makes a series; its sequence is made by a trigger of the table. */
int32
loyalty_number_series_create(LoyaltyCall *call, NumberPurpose purpose, const NumberShape *shape)
{
	NumberSeries series = { .org_id = call->org->org_id,
							.number_series_id = loyalty_next_reference_id(),
							.purpose = purpose,
							.shape = *shape,
							.key_id = loyalty_key_in_use() };

	randombytes_buf(series.seed, NUMBER_SEED_BYTES);
	loyalty_number_series_insert(&series);
	sodium_memzero(series.seed, NUMBER_SEED_BYTES);
	return series.number_series_id;
}

/* Refuses where the org makes no numbers: its cards come from elsewhere, or are not to become more. */
static void
require_generation(const LoyaltyCall *call)
{
	if (!call->org->config_number[CONFIG_NUMBER_GENERATION])
		ereport(
			ERROR,
			(errcode(ERRCODE_LOYALTY_CONFIG_REFUSED), errmsg("the org does not generate numbers of cards"),
			 errhint("CONF_CARD_NUMBER_GENERATION_ENABLED turns it on. Numbers that were made elsewhere come "
					 "with loyalty.import_cards().")));
}

/*
 * Reads a series and derives its key, if the org makes numbers at all. On a worker of a cluster the counter would be
 * another one: refused.
 */
void
loyalty_numbers_open(NumberSource *source, LoyaltyCall *call, int32 number_series_id)
{
	require_generation(call);
	memset(source, 0, sizeof(NumberSource));
	source->call = call;
	source->highest = -1;
	loyalty_nodes_require_coordinator();
	if (!loyalty_number_series_read(call->org->org_id, number_series_id, &source->series))
		elog(ERROR, "series of numbers %d does not exist", number_series_id);
	source->sequence = loyalty_number_sequence(number_series_id);
	loyalty_number_key(source->series.key_id, "numbers of a series", source->series.seed, source->key);
}

/* Returns the counter's next value, unless others draw first. */
static int64
next_counter(const NumberSource *source)
{
	int64 first = loyalty_number_first(&source->series.shape);

	return Max(first, loyalty_number_sequence_last(source->sequence, first - 1) + 1);
}

/* Raises LY304 with what is left and what was asked for. */
static void
raise_exhausted(const NumberSource *source, int64 left, int64 asked)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_NUMBERS_EXHAUSTED), errmsg("the series has not enough numbers left"),
			 errdetail("Left are " INT64_FORMAT " of " INT64_FORMAT " numbers, asked for are " INT64_FORMAT
					   ".",
					   left, loyalty_number_space(&source->series.shape), asked),
			 errhint("Create a series with another prefix, or with more digits.")));
}

/* Refuses early: a call that asks for more than is left uses nothing up. Others may draw meanwhile. */
void
loyalty_numbers_require(const NumberSource *source, int64 count)
{
	int64 left = loyalty_number_left(&source->series.shape, next_counter(source));

	if (left < count)
		raise_exhausted(source, left, count);
}

/* Draws the next number. Where the offset was raised since, the counter is moved there first. */
void
loyalty_numbers_draw(NumberSource *source, char *number)
{
	const NumberShape *shape = &source->series.shape;
	int64 counter = loyalty_number_sequence_next(source->sequence);

	if (counter < loyalty_number_first(shape))
	{
		loyalty_number_sequence_advance(source->sequence, loyalty_number_first(shape));
		counter = loyalty_number_sequence_next(source->sequence);
	}
	if (!loyalty_number_make(shape, counter, loyalty_number_round, source->key, number))
		raise_exhausted(source, 0, 1);
	source->highest = counter;
}

/* Makes a number ahead of the counter. */
bool
loyalty_numbers_preview(const NumberSource *source, int64 ahead, char *number)
{
	const NumberShape *shape = &source->series.shape;
	int64 next = next_counter(source);

	return ahead < loyalty_number_left(shape, next) &&
		   loyalty_number_make(shape, next + ahead, loyalty_number_round, source->key, number);
}

/*
 * Wipes the key, and warns: a call that finds the series nearly used and no warning of it writes one. Calls that do not
 * see each other's warning yet write one each.
 */
void
loyalty_numbers_close(NumberSource *source)
{
	const NumberSeries *series = &source->series;
	int64 space = loyalty_number_space(&series->shape);
	int percent = (int) source->call->org->config_number[CONFIG_NUMBER_WARNING_PERCENT];
	int64 used = source->highest + 1 - loyalty_number_first(&series->shape);

	sodium_memzero(source->key, sizeof(source->key));
	if (source->highest < 0 || used < loyalty_number_threshold(space, percent) ||
		loyalty_number_series_is_warned(series->org_id, series->number_series_id, percent))
		return;
	loyalty_number_series_warn(series, percent, used, space, source->call->now);
	ereport(WARNING, (errmsg("a series of numbers is nearly used"),
					  errdetail("Used are " INT64_FORMAT " of " INT64_FORMAT " numbers.", used, space)));
}
