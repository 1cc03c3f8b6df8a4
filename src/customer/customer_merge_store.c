/*
 * customer_merge_store.c: the statements of merges on identifiers, profiles, fields, registration and groups.
 *
 * Final values are decided elsewhere (merge/identity_merge.c); a function takes what it is told, and does not look
 * whether the survivor has it. Rows of the victim stay where they are: what is taken is copied to the survivor, so
 * the victim's record can be read as it was. Only keys move, since they find the owner of today.
 *
 * Both customers are locked with their groups, so no value that is read here changes before it is written. A row that
 * was there when the merge was decided and is not there now is an internal error.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/customer_merge_store.h"
#include "customer/identity.h"

#define OF_CUSTOMER(alias) " WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2"

/* Moves a key that is the victim's and no other one; under dual eligibility most values have none. */
static LoyaltyQuery key_follow =
	LOYALTY_STATEMENT("UPDATE loyalty_data.identifier k SET customer_id = $4 WHERE k.org_id = $1"
					  " AND k.identifier_type = $2 AND k.identifier_value = $3 AND k.customer_id = $5",
					  INT4OID, TEXTOID, TEXTOID, INT8OID, INT8OID);

/* Ends an identifier on the victim's record, with the merge as its reason; answers when it was proved. */
static LoyaltyQuery identifier_leave = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.customer_identifier h SET held_until = $5, reason = 'merge'" OF_CUSTOMER(
		"h") " AND h.identifier_type = $3 AND h.identifier_value = $4 AND h.held_until IS NULL"
			 " RETURNING h.verified_at",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

/*
 * Begins an identifier on the survivor's record. The survivor may have given the same value up at this very time: then
 * that row opens again. What the victim has proved stays proved: it is one person.
 */
static LoyaltyQuery identifier_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_identifier (org_id, customer_id, identifier_type, identifier_value, held_from,"
	" verified_at) VALUES ($1, $2, $3, $4, $5, $6)"
	" ON CONFLICT (org_id, customer_id, identifier_type, identifier_value, held_from)"
	" DO UPDATE SET held_until = NULL, reason = NULL, verified_at = EXCLUDED.verified_at",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID);

#define OF_PROFILE(alias) OF_CUSTOMER(alias) " AND " alias ".source_id = $3 AND " alias ".account_id = $4"

/* Columns of a profile, and its e-mail with ASCII letters in lower case, which is its key. */
static LoyaltyQuery profile_read = LOYALTY_STATEMENT(
	"SELECT p.first_name, p.last_name, p.mobile, p.email, p.external_id, p.cuid, lower(p.email COLLATE \"C\")"
	" FROM loyalty_data.profile p" OF_PROFILE("p"),
	INT4OID, INT8OID, INT2OID, TEXTOID);

static LoyaltyQuery profile_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.profile (org_id, customer_id, source_id, account_id, first_name, last_name, mobile,"
	" email, external_id, updated_at, cuid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID);

/* E-mails are shown as typed; their key is the lower case of that. */
static LoyaltyQuery email_as_typed =
	LOYALTY_STATEMENT("SELECT v.email FROM loyalty_data.profile v" OF_CUSTOMER(
						  "v") " AND v.source_id = 1 AND lower(v.email COLLATE \"C\") = $3 LIMIT 1",
					  INT4OID, INT8OID, TEXTOID);

/* Fills gaps alone, and leaves a profile without gaps unwritten. */
static LoyaltyQuery instore_fill = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.profile p SET mobile = COALESCE(p.mobile, $3), email = COALESCE(p.email, $4),"
	" external_id = COALESCE(p.external_id, $5), updated_at = $6" OF_CUSTOMER(
		"p") " AND p.source_id = 1 AND (p.mobile IS NULL OR p.email IS NULL OR p.external_id IS NULL)",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

/* Fills gaps alone, and leaves a profile without gaps unwritten, too. Arrays take nulls for equal. */
static LoyaltyQuery profile_fill = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.profile p SET first_name = COALESCE(p.first_name, $5), last_name = COALESCE(p.last_name, $6),"
	" mobile = COALESCE(p.mobile, $7), email = COALESCE(p.email, $8), external_id = COALESCE(p.external_id, $9),"
	" updated_at = $10, cuid = COALESCE(p.cuid, $11)" OF_PROFILE(
		"p") " AND ARRAY[p.first_name, p.last_name, p.mobile, p.email, p.external_id, p.cuid] <> ARRAY["
			 "COALESCE(p.first_name, $5), COALESCE(p.last_name, $6), COALESCE(p.mobile, $7),"
			 " COALESCE(p.email, $8), COALESCE(p.external_id, $9), COALESCE(p.cuid, $11)]",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID);

static LoyaltyQuery field_read = LOYALTY_STATEMENT(
	"SELECT v.field_value::text, v.number_value FROM loyalty_data.customer_field v" OF_CUSTOMER(
		"v") " AND v.field_id = $3",
	INT4OID, INT8OID, INT4OID);

static LoyaltyQuery field_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_field (org_id, customer_id, field_id, field_value, number_value, updated_at)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, customer_id, field_id) DO UPDATE SET"
	" field_value = EXCLUDED.field_value, number_value = EXCLUDED.number_value, updated_at = EXCLUDED.updated_at",
	INT4OID, INT8OID, INT4OID, TEXTOID, NUMERICOID, TIMESTAMPTZOID);

/* Columns of a registration, handed on one by one to the statement after it. */
static LoyaltyQuery registration_read = LOYALTY_STATEMENT(
	"SELECT v.registered_on, v.registered_till_id, v.registered_source_id, v.base_till_id FROM loyalty_data.customer v" OF_CUSTOMER(
		"v"),
	INT4OID, INT8OID);

static LoyaltyQuery registration_take =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer c SET registered_on = $3, registered_till_id = $4,"
					  " registered_source_id = $5, base_till_id = $6" OF_CUSTOMER("c"),
					  INT4OID, INT8OID, TIMESTAMPTZOID, INT4OID, INT2OID, INT4OID);

/* Two sides of one fact: the survivor's list of ids, and the root in the row of each of them. */
static LoyaltyQuery survivor_group =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer c SET merged_ids = $3" OF_CUSTOMER("c"), INT4OID, INT8OID,
					  INT8ARRAYOID);

static LoyaltyQuery victim_root =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer c SET merged_into = $3" OF_CUSTOMER("c"), INT4OID,
					  INT8OID, INT8OID);

/*
 * Moves the keys of one member of the victim's group. They are looked for by what the member holds, since the table
 * of keys has no index by customer. Each is the victim's by its owner, whichever record holds it: the root of a group
 * owns all its keys.
 */
static void
follow_keys(const MergePair *pair, int64 member)
{
	LoyaltyHeld *held;
	int count = loyalty_identifiers_held(pair->org_id, member, false, &held);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyParams params = { 0 };

		loyalty_param(&params, loyalty_int4(pair->org_id));
		loyalty_param(&params, loyalty_text(held[i].type));
		loyalty_param(&params, loyalty_text(held[i].value));
		loyalty_param(&params, loyalty_int8(pair->survivor_id));
		loyalty_param(&params, loyalty_int8(pair->victim_id));
		loyalty_execute(&key_follow, &params);
	}
}

/* Goes over the whole group: a record that was merged into the victim before may still hold values that found it. */
void
loyalty_keys_follow(const MergePair *pair, const LoyaltyCustomer *victim)
{
	int64 *ids;
	int count = loyalty_customer_group(victim, &ids);
	int i;

	for (i = 0; i < count; i++)
		follow_keys(pair, ids[i]);
}

/* Ends one identifier on the victim's record and begins it on the survivor's, at one time. */
static void
take_identifier(const MergePair *pair, const LoyaltyHeld *held, TimestampTz now)
{
	LoyaltyRows *left = LOYALTY_QUERY(&identifier_leave, LOYALTY_CUSTOMER(pair->org_id, pair->victim_id),
									  loyalty_text(held->type), loyalty_text(held->value), loyalty_time(now));
	NullableDatum verified_at = loyalty_datum((Datum) 0, true);

	if (left->count > 0)
		verified_at.value = loyalty_row_datum(left, 0, 1, &verified_at.isnull);
	LOYALTY_EXECUTE(&identifier_take, LOYALTY_CUSTOMER(pair->org_id, pair->survivor_id),
					loyalty_text(held->type), loyalty_text(held->value), loyalty_time(now), verified_at);
}

/* Takes from the victim's own record only. An empty prefix takes all of the type. */
void
loyalty_identifiers_take(const MergePair *pair, const char *type, const char *prefix, TimestampTz now)
{
	LoyaltyHeld *held;
	int count = loyalty_identifiers_held(pair->org_id, pair->victim_id, false, &held);
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(held[i].type, type) == 0 && strncmp(held[i].value, prefix, strlen(prefix)) == 0)
			take_identifier(pair, &held[i], now);
}

/* Adds the parameters that statements about one profile begin with. */
static void
param_profile(LoyaltyParams *params, int32 org_id, int64 customer_id, const LoyaltyProfile *profile)
{
	loyalty_param_customer(params, org_id, customer_id);
	loyalty_param(params, loyalty_int2(profile->source_id));
	loyalty_param(params, loyalty_text(profile->account_id));
}

/* Returns the preferred text where there is one. */
static const char *
either(const char *preferred, const char *other)
{
	return preferred ? preferred : other;
}

/* Reads the columns of a customer's profile of a source and account; returns its e-mail in lower case, or NULL. */
static const char *
read_columns(int32 org_id, int64 customer_id, LoyaltyProfile *profile)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	param_profile(&params, org_id, customer_id, profile);
	rows = loyalty_query(&profile_read, &params);
	if (rows->count != 1)
		elog(ERROR, "a profile of customer " INT64_FORMAT " has vanished", customer_id);
	profile->first_name = loyalty_row_text_or_null(rows, 0, 1);
	profile->last_name = loyalty_row_text_or_null(rows, 0, 2);
	profile->mobile = loyalty_row_text_or_null(rows, 0, 3);
	profile->email = loyalty_row_text_or_null(rows, 0, 4);
	profile->external_id = loyalty_row_text_or_null(rows, 0, 5);
	profile->keys[SOURCE_KEY_CUID] = loyalty_row_text_or_null(rows, 0, 6);
	return loyalty_row_text_or_null(rows, 0, 7);
}

/*
 * Reads what the victim's profile says. An INSTORE profile shows what its customer has, which is the survivor's by
 * now: identifiers come before this. The e-mail stays as the victim typed it, unless the survivor has another one:
 * then the survivor's key is shown.
 */
static void
read_profile(const MergePair *pair, LoyaltyProfile *profile)
{
	LoyaltyIdentifiers held;
	const char *email;
	const char *lower = read_columns(pair->org_id, pair->victim_id, profile);

	if (profile->source_id != SOURCE_INSTORE)
		return;
	loyalty_identifiers_read(pair->org_id, pair->survivor_id, &held);
	email = held.values[IDENTIFIER_EMAIL];
	profile->mobile = either(held.values[IDENTIFIER_MOBILE], profile->mobile);
	profile->external_id = either(held.values[IDENTIFIER_EXTERNAL_ID], profile->external_id);
	if (email != NULL && (lower == NULL || strcmp(lower, email) != 0))
		profile->email = email;
}

/* Writes a profile of the survivor by one of two statements, which have the same parameters. */
static void
write_profile(LoyaltyQuery *query, const MergePair *pair, const LoyaltyProfile *profile, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_profile(&params, pair->org_id, pair->survivor_id, profile);
	loyalty_param(&params, loyalty_text(profile->first_name));
	loyalty_param(&params, loyalty_text(profile->last_name));
	loyalty_param(&params, loyalty_text(profile->mobile));
	loyalty_param(&params, loyalty_text(profile->email));
	loyalty_param(&params, loyalty_text(profile->external_id));
	loyalty_param(&params, loyalty_time(now));
	loyalty_param(&params, loyalty_text(profile->keys[SOURCE_KEY_CUID]));
	loyalty_execute(query, &params);
}

/*
 * Writes the profile first: keys of the source hang on it. Such a key is an identifier whose prefix names
 * source and account, so it moves as identifiers do.
 */
void
loyalty_profile_take(const MergePair *pair, int16 source_id, const char *account_id, TimestampTz now)
{
	LoyaltyProfile profile = { .source_id = source_id, .account_id = account_id };
	int key;

	read_profile(pair, &profile);
	write_profile(&profile_insert, pair, &profile, now);
	for (key = 0; key < SOURCE_KEY_COUNT; key++)
		loyalty_identifiers_take(pair, loyalty_source_key_names[key], loyalty_source_prefix(&profile), now);
}

/*
 * Leaves the identifiers of an INSTORE profile alone: those that the survivor has are shown by loyalty_instore_fill. A
 * key of the source is taken where the survivor has none of that type there; who has no such keys, as nearly all, costs the
 * look at the victim's.
 */
void
loyalty_profile_fill(const MergePair *pair, int16 source_id, const char *account_id, TimestampTz now)
{
	LoyaltyProfile profile = { .source_id = source_id, .account_id = account_id };
	const char *prefix = loyalty_source_prefix(&profile);
	LoyaltyHeld *held;
	int count;
	int key;
	int i;

	(void) read_columns(pair->org_id, pair->victim_id, &profile);
	if (source_id == SOURCE_INSTORE)
		profile.mobile = profile.email = profile.external_id = NULL;
	write_profile(&profile_fill, pair, &profile, now);
	count = loyalty_identifiers_held(pair->org_id, pair->victim_id, false, &held);
	for (key = 0; key < SOURCE_KEY_COUNT; key++)
		for (i = 0; i < count; i++)
			if (strcmp(held[i].type, loyalty_source_key_names[key]) == 0 &&
				strncmp(held[i].value, prefix, strlen(prefix)) == 0 &&
				loyalty_identifier_scoped(pair->org_id, pair->survivor_id, held[i].type, prefix) == NULL)
				loyalty_identifiers_take(pair, held[i].type, prefix, now);
}

/* Returns an e-mail as the victim's INSTORE profile shows it, or the key where no profile does. */
static const char *
read_email_as_typed(const MergePair *pair, const char *email)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&email_as_typed, LOYALTY_CUSTOMER(pair->org_id, pair->victim_id), loyalty_text(email));

	return rows->count > 0 ? loyalty_row_text(rows, 0, 1) : email;
}

/* Comes after profiles are taken, so it fills those, too. Parameters that are NULL fill nothing. */
void
loyalty_instore_fill(const MergePair *pair, TimestampTz now)
{
	LoyaltyIdentifiers held;
	const char *email;

	loyalty_identifiers_read(pair->org_id, pair->survivor_id, &held);
	email = held.values[IDENTIFIER_EMAIL];
	LOYALTY_EXECUTE(&instore_fill, LOYALTY_CUSTOMER(pair->org_id, pair->survivor_id),
					loyalty_text(held.values[IDENTIFIER_MOBILE]),
					loyalty_text(email ? read_email_as_typed(pair, email) : NULL),
					loyalty_text(held.values[IDENTIFIER_EXTERNAL_ID]), loyalty_time(now));
}

/* Hands a column of a row on as a parameter, null or not. The rows live as long as the call. */
static void
param_column(LoyaltyParams *params, LoyaltyRows *rows, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, 0, column, &isnull);

	loyalty_param(params, loyalty_datum(value, isnull));
}

/*
 * Copies text and number as they are: the victim's value was checked when it was given, and a definition never
 * changes.
 */
void
loyalty_field_take(const MergePair *pair, int32 field_id, TimestampTz now)
{
	LoyaltyParams taken = { 0 };
	LoyaltyRows *rows =
		LOYALTY_QUERY(&field_read, LOYALTY_CUSTOMER(pair->org_id, pair->victim_id), loyalty_int4(field_id));

	if (rows->count != 1)
		elog(ERROR, "a field of customer " INT64_FORMAT " has vanished", pair->victim_id);
	loyalty_param_customer(&taken, pair->org_id, pair->survivor_id);
	loyalty_param(&taken, loyalty_int4(field_id));
	param_column(&taken, rows, 1);
	param_column(&taken, rows, 2);
	loyalty_param(&taken, loyalty_time(now));
	loyalty_execute(&field_take, &taken);
}

/* Copies four columns together: a date of one account with the till of another would be nobody's registration. */
void
loyalty_registration_take(const MergePair *pair)
{
	LoyaltyParams taken = { 0 };
	int column;
	LoyaltyRows *rows = LOYALTY_QUERY(&registration_read, LOYALTY_CUSTOMER(pair->org_id, pair->victim_id));

	if (rows->count != 1)
		elog(ERROR, "customer " INT64_FORMAT " has vanished", pair->victim_id);
	loyalty_param_customer(&taken, pair->org_id, pair->survivor_id);
	for (column = 1; column <= 4; column++)
		param_column(&taken, rows, column);
	loyalty_execute(&registration_take, &taken);
}

/* Merges two lists that ascend; nobody is in both, since everybody belongs to one root. */
static int64 *
joined_ids(const LoyaltyCustomer *survivor, const int64 *victims, int count)
{
	int64 *joined = palloc(sizeof(int64) * (survivor->merged_count + count));
	int s = 0;
	int v = 0;
	int i;

	for (i = 0; i < survivor->merged_count + count; i++)
	{
		bool mine = v == count || (s < survivor->merged_count && survivor->merged_ids[s] < victims[v]);

		joined[i] = mine ? survivor->merged_ids[s++] : victims[v++];
	}
	return joined;
}

/*
 * Writes the survivor's list, then the root of each new member, a statement each. No list names its own customer, so
 * the victim joins its members as a list of one. Paths are compressed at once: every member names the
 * root itself, and no reader follows a chain.
 */
void
loyalty_groups_join(int32 org_id, LoyaltyCustomer *survivor, const LoyaltyCustomer *victim)
{
	LoyaltyCustomer victim_alone = { .customer_id = 0, .merged_ids = &(int64){ victim->customer_id } };
	LoyaltyParams group = { 0 };
	int64 *victims;
	int count;
	int i;

	victim_alone.merged_count = 1;
	victims = joined_ids(&victim_alone, victim->merged_ids, victim->merged_count);
	count = victim->merged_count + 1;
	survivor->merged_ids = joined_ids(survivor, victims, count);
	survivor->merged_count += count;
	loyalty_param(&group, loyalty_int4(org_id));
	loyalty_param(&group, loyalty_int8(survivor->customer_id));
	loyalty_param(&group, loyalty_int8s(survivor->merged_ids, survivor->merged_count));
	loyalty_execute(&survivor_group, &group);
	for (i = 0; i < count; i++)
	{
		LOYALTY_EXECUTE(&victim_root, loyalty_int4(org_id), loyalty_int8(victims[i]),
						loyalty_int8(survivor->customer_id));
	}
}
