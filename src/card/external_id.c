/*
 * external_id.c: generated external ids: the guard of their configuration keys, and the ids that registrations get or
 * somebody asks for.
 *
 * The keys describe the shape of the ids; each shape has a series of its own, made when the keys are set, so that a
 * shape that comes back goes on where it ended. A number is generated once for ever: the digests of all that were made
 * are kept, also after the customer is gone. Registrations draw from a sequence and wait for nobody; a number that is
 * somebody's already is passed over.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "card/card_hooks.h"
#include "card/external_id.h"
#include "card/external_id_store.h"
#include "card/source_list_rules.h"
#include "common/errors.h"
#include "customer/customer_store.h"

/* Keys that say if and how external ids are generated; a change of any of them is judged. */
static const ConfigKey shape_keys[] = {
	CONFIG_NUMBER_GENERATION,	CONFIG_NUMBER_AS_EXTERNAL_ID,  CONFIG_NUMBER_METHOD,
	CONFIG_NUMBER_LENGTH,		CONFIG_NUMBER_OFFSET,		   CONFIG_NUMBER_PREFIX,
	CONFIG_NUMBER_SUFFIX,		CONFIG_NUMBER_CHECKSUM_VALUES, CONFIG_USE_EXTERNAL_ID,
	CONFIG_EXTERNAL_ID_SOURCES,
};

/* Tells whether a key is on in a set of values that are to be in force. */
static bool
is_true(const char *const *values, ConfigKey key)
{
	return values[key] != NULL && loyalty_config_number(key, values[key]) != 0;
}

/*
 * Reads the shape from the keys. A suffix that the method has no place for is left out: returns whether that was so.
 */
static bool
read_shape(const char *const *values, NumberShape *shape)
{
	const char *prefix = values[CONFIG_NUMBER_PREFIX];
	const char *suffix = values[CONFIG_NUMBER_SUFFIX];
	bool left_out;

	shape->method = loyalty_number_method_find(values[CONFIG_NUMBER_METHOD]);
	shape->length = (int) loyalty_config_number(CONFIG_NUMBER_LENGTH, values[CONFIG_NUMBER_LENGTH]);
	shape->prefix = prefix ? prefix : "";
	shape->suffix = suffix ? suffix : "";
	shape->offset = loyalty_config_number(CONFIG_NUMBER_OFFSET, values[CONFIG_NUMBER_OFFSET]);
	shape->checksum_prefix = strcmp(values[CONFIG_NUMBER_CHECKSUM_VALUES], "PREFIX") == 0;
	left_out = shape->suffix[0] != '\0' && !loyalty_number_takes_suffix(shape->method);
	if (left_out)
		shape->suffix = "";
	return left_out;
}

/* Tells whether a value changes; NULL is none. */
static bool
differs(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

/* Refuses a list that is none (LY011), and sources that do not exist (LY008). */
static void
check_sources(const char *list)
{
	SourceEntry *entries = palloc(sizeof(SourceEntry) * SOURCE_LIST_MAX);
	int count = loyalty_source_list_parse(list, entries);
	int i;

	if (count < 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_LOYALTY_CONFIG_INVALID),
			 errmsg("configuration key \"%s\" does not take that value",
					loyalty_config_entries[CONFIG_EXTERNAL_ID_SOURCES].key),
			 errhint(
				 "Give a JSON list of texts \"source:account\", as in [\"INSTORE:\", \"WEB_ENGAGE:shop\"].")));
	for (i = 0; i < count; i++)
		(void) loyalty_source_id(entries[i].source);
}

/* Tells whether registrations of any source account are to get an id; a list that was checked is in force. */
static bool
lists_sources(const char *list)
{
	SourceEntry *entries = palloc(sizeof(SourceEntry) * SOURCE_LIST_MAX);

	return list != NULL && loyalty_source_list_parse(list, entries) > 0;
}

/* Returns the series of a shape, and makes it where the shape is new: a shape that comes back repeats no number. */
static int32
series_of_shape(LoyaltyCall *call, const NumberShape *shape)
{
	int32 found = loyalty_number_series_find(call->org->org_id, shape);

	return found != 0 ? found : loyalty_number_series_create(call, PURPOSE_EXTERNAL_IDS, shape);
}

/*
 * Judges the keys together. They are set one by one, so most is judged only while generation is on; letters in a
 * checksum at once. An org that generates numbers of cards alone may take no external ids; one that lists sources for
 * them may not. The series is made here, so that a preview has nothing to write.
 */
static void
check_shape(LoyaltyCall *call, const char *const *values)
{
	NumberShape shape;
	bool left_out = read_shape(values, &shape);

	if (loyalty_number_problem(&shape) == NUMBER_PREFIX_NOT_DIGITS ||
		is_true(values, CONFIG_NUMBER_GENERATION))
		loyalty_number_check(&shape, ERRCODE_LOYALTY_CONFIG_REFUSED);
	if (!is_true(values, CONFIG_NUMBER_GENERATION) || !is_true(values, CONFIG_NUMBER_AS_EXTERNAL_ID))
		return;
	if (!is_true(values, CONFIG_USE_EXTERNAL_ID) && !lists_sources(values[CONFIG_EXTERNAL_ID_SOURCES]))
		return;
	if (!is_true(values, CONFIG_USE_EXTERNAL_ID))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
						errmsg("generated external ids need configuration key \"%s\"",
							   loyalty_config_entries[CONFIG_USE_EXTERNAL_ID].key)));
	if (left_out)
		ereport(WARNING,
				(errmsg("generated external ids have no suffix"),
				 errdetail("Method %s has no place for one.", loyalty_number_method_names[shape.method])));
	(void) series_of_shape(call, &shape);
}

/* Judges a change of configuration before it is written, as far as it concerns these keys. */
void
loyalty_external_id_guard(LoyaltyCall *call, const char *const *values)
{
	const char *sources = values[CONFIG_EXTERNAL_ID_SOURCES];
	int i;

	if (sources != NULL && differs(sources, call->org->config[CONFIG_EXTERNAL_ID_SOURCES]))
		check_sources(sources);
	for (i = 0; i < (int) lengthof(shape_keys); i++)
		if (differs(values[shape_keys[i]], call->org->config[shape_keys[i]]))
		{
			check_shape(call, values);
			return;
		}
}

/* Tells whether registrations of a source account get an id: those that the org lists do, and no other. */
bool
loyalty_external_id_is_generated(LoyaltyCall *call, int16 source_id, const char *account_id)
{
	const LoyaltyOrg *org = call->org;
	const char *list = org->config[CONFIG_EXTERNAL_ID_SOURCES];
	SourceEntry *entries;
	int count;
	int i;

	if (!org->config_number[CONFIG_NUMBER_GENERATION] || !org->config_number[CONFIG_NUMBER_AS_EXTERNAL_ID])
		return false;
	/* A list is parsed at each registration: it was checked when it was set, and is short. */
	if (list == NULL)
		return false;
	entries = palloc(sizeof(SourceEntry) * SOURCE_LIST_MAX);
	count = loyalty_source_list_parse(list, entries);
	for (i = 0; i < count; i++)
		if (loyalty_source_id(entries[i].source) == source_id &&
			loyalty_source_entry_holds(&entries[i], account_id))
			return true;
	return false;
}

/*
 * Opens the series, whoever gets its numbers: the list of sources is about registrations alone. The shape is that of
 * the configuration: the offset may have changed since the series was made.
 */
void
loyalty_external_ids_open(NumberSource *source, LoyaltyCall *call)
{
	const int64 *config = call->org->config_number;
	NumberShape shape;

	if (!config[CONFIG_NUMBER_GENERATION] || !config[CONFIG_NUMBER_AS_EXTERNAL_ID] ||
		!config[CONFIG_USE_EXTERNAL_ID])
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_CONFIG_REFUSED), errmsg("the org does not generate external ids"),
				 errhint(
					 "CONF_CARD_NUMBER_GENERATION_ENABLED turns it on, unless "
					 "CONF_GEN_CARD_NUMBER_AS_EXTERNAL_ID_ENABLED or CONF_USERS_USE_EXTERNAL_ID is off.")));
	(void) read_shape((const char *const *) call->org->config, &shape);
	loyalty_number_check(&shape, ERRCODE_LOYALTY_CONFIG_REFUSED);
	loyalty_numbers_open(source, call, series_of_shape(call, &shape));
	source->series.shape = shape;
}

/* Digests a number without a key, so that a restored backup knows it again. */
static void
digest_of(const char *number, pg_uuid_t *digest)
{
	LoyaltyDigest state;

	loyalty_digest_begin(&state, LOYALTY_NO_KEY);
	loyalty_digest_text(&state, number);
	StaticAssertStmt(LOYALTY_HASH_BYTES == UUID_LEN, "a digest fits a uuid");
	loyalty_digest_end(&state, digest->data);
}

/* Tells whether a customer has the number as external id already. */
static bool
is_somebodys(LoyaltyCall *call, const char *number)
{
	LoyaltyIdentifiers keys = { { NULL } };
	int64 owners[IDENTIFIER_TYPE_COUNT];

	keys.values[IDENTIFIER_EXTERNAL_ID] = number;
	loyalty_identifier_owners(call->org->org_id, &keys, owners);
	return owners[IDENTIFIER_EXTERNAL_ID] != 0;
}

/* Tells whether a number was ever generated or is somebody's. */
bool
loyalty_external_id_is_taken(LoyaltyCall *call, const char *number)
{
	pg_uuid_t digest;

	digest_of(number, &digest);
	return loyalty_generated_id_known(call->org->org_id, &digest) || is_somebodys(call, number);
}

/* Draws the next number that nobody has and that was never generated. */
const char *
loyalty_external_id_generate(LoyaltyCall *call)
{
	NumberSource source;
	char number[NUMBER_BYTES];
	pg_uuid_t digest;

	loyalty_external_ids_open(&source, call);
	do
	{
		CHECK_FOR_INTERRUPTS();
		loyalty_numbers_draw(&source, number);
		digest_of(number, &digest);
	} while (is_somebodys(call, number) || !loyalty_generated_id_claim(call->org->org_id, &digest));
	loyalty_numbers_close(&source);
	return pstrdup(number);
}
