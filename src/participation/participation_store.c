/*
 * participation_store.c: the statements on participations, their changes, notes and fields, and on what terms ask of.
 *
 * All are about one customer, who is locked by the caller, so that a status is read, judged and written without a gap.
 * Changes are numbered by the participation's own row and never touched again; what people wrote of them stands apart, where
 * an erasure reaches it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/array.h"
#include "customer/name_store.h"
#include "participation/participation_store.h"

/* A row of participation, of which the program alone is read. */
typedef struct ParticipationRow
{
	int64 customer_id;
	TimestampTz enrolled_at;
	TimestampTz activated_at;
	int32 org_id;
	int32 program_id;
	int32 last_change_no;
	int32 till_id;
	char status;
	char origin;
} ParticipationRow;

/* A column of it. */
#define PARTICIPATION(name, type) LOYALTY_COLUMN(#name, type, ParticipationRow, name)

static const LoyaltyColumn participation_columns[] = {
	PARTICIPATION(customer_id, INT8),
	PARTICIPATION(enrolled_at, TIME),
	PARTICIPATION(activated_at, TIME_OR_BEGIN),
	PARTICIPATION(org_id, INT4),
	PARTICIPATION(program_id, INT4),
	PARTICIPATION(last_change_no, INT4),
	PARTICIPATION(till_id, INT4_OR_0),
	PARTICIPATION(status, CHAR),
	PARTICIPATION(origin, CHAR),
};

static const LoyaltyLayout participation_layout =
	LOYALTY_LAYOUT("participation", ParticipationRow, participation_columns);

/*
 * By an index of those alone that are not confirmed, and without a statement: every change of a customer asks, and most customers
 * have none.
 */
static LoyaltyQuery participations_open =
	LOYALTY_FIND(participation_layout, "org_id, customer_id", .order = "program_id",
				 .where = "status = 'n'::\"char\"");

/* A row that is there already keeps what it began with. Changes are numbered by it. */
static LoyaltyQuery participation_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.participation AS p (org_id, customer_id, program_id, status, origin, till_id,"
	" enrolled_at, activated_at, last_change_no, source_id) VALUES ($1, $2, $3, $4, $5, $6, $7,"
	" CASE WHEN $4 = 'a' THEN $7 END, 1, $8) ON CONFLICT (org_id, customer_id, program_id) DO UPDATE"
	" SET status = EXCLUDED.status, activated_at = COALESCE(EXCLUDED.activated_at, p.activated_at),"
	" last_change_no = p.last_change_no + 1 RETURNING p.last_change_no",
	INT4OID, INT8OID, INT4OID, CHAROID, CHAROID, INT4OID, TIMESTAMPTZOID, INT2OID);

/* Keys are the customer's, whatever the program: a customer has few participations. */
static LoyaltyQuery repeat_find = LOYALTY_STATEMENT(
	"SELECT p.request_digest, p.missing_at_first FROM loyalty_data.participation p WHERE p.org_id = $1"
	" AND p.customer_id = $2 AND p.idempotency_digest = $3",
	INT4OID, INT8OID, UUIDOID);

static LoyaltyQuery repeat_store = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.participation SET idempotency_digest = $4, request_digest = $5, missing_at_first = $6"
	" WHERE org_id = $1 AND customer_id = $2 AND program_id = $3",
	INT4OID, INT8OID, INT4OID, UUIDOID, INT8OID, TEXTARRAYOID);

/* Appends to the history: a change is written once. */
static LoyaltyQuery change_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.participation_change (org_id, customer_id, program_id, change_no, old_status,"
	" new_status, cause, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	INT4OID, INT8OID, INT4OID, INT4OID, CHAROID, CHAROID, CHAROID, TIMESTAMPTZOID);

/* Keeps what people wrote, where anything was written. */
static LoyaltyQuery note_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.participation_note (org_id, customer_id, program_id, change_no, reason, actor)"
	" VALUES ($1, $2, $3, $4, $5, $6)",
	INT4OID, INT8OID, INT4OID, INT4OID, TEXTOID, TEXTOID);

/* Values of fields, as those of customers are written. */
static LoyaltyQuery value_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.participation_field AS v (org_id, customer_id, program_id, field_id, field_value,"
	" number_value, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	" ON CONFLICT (org_id, customer_id, program_id, field_id) DO UPDATE SET field_value = EXCLUDED.field_value,"
	" number_value = EXCLUDED.number_value, updated_at = EXCLUDED.updated_at"
	" WHERE v.field_value <> EXCLUDED.field_value",
	INT4OID, INT8OID, INT4OID, INT4OID, TEXTOID, NUMERICOID, TIMESTAMPTZOID);

/* Takes a value away, by the whole key. */
static LoyaltyQuery value_remove = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.participation_field v WHERE v.org_id = $1 AND v.customer_id = $2"
	" AND v.program_id = $3 AND v.field_id = $4",
	INT4OID, INT8OID, INT4OID, INT4OID);

/* Values of a victim, and filling in what the survivor lacks of them: its own ones stay. */
static LoyaltyQuery values_of_customer =
	LOYALTY_STATEMENT("SELECT v.program_id, v.field_id, v.field_value, v.number_value"
					  " FROM loyalty_data.participation_field v WHERE v.org_id = $1 AND v.customer_id = $2"
					  " ORDER BY v.program_id, v.field_id",
					  INT4OID, INT8OID);
static LoyaltyQuery value_fill = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.participation_field (org_id, customer_id, program_id, field_id, field_value,"
	" number_value, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, INT4OID, INT4OID, TEXTOID, NUMERICOID, TIMESTAMPTZOID);

/*
 * Rows of fields and of profiles, as far as they say what there is: the columns behind these are not read. Each is found by the
 * beginning of its table's key, as fields and profiles of one person are few.
 */
typedef struct FieldRow
{
	int64 customer_id;
	int32 org_id;
	int32 program_id; /* of a participation */
	int32 field_id;
} FieldRow;

/* A profile and its names, each of which may be missing. */
typedef struct NameRow
{
	int64 customer_id;
	int32 org_id;
	int16 source_id;
	const char *account_id;
	const char *first_name;
	const char *last_name;
} NameRow;

/* Columns of them. */
#define FIELD(name, type) LOYALTY_COLUMN(#name, type, FieldRow, name)
#define NAME(name, type) LOYALTY_COLUMN(#name, type, NameRow, name)

static const LoyaltyColumn customer_field_columns[] = {
	FIELD(org_id, INT4),
	FIELD(customer_id, INT8),
	FIELD(field_id, INT4),
};
static const LoyaltyColumn participation_field_columns[] = {
	FIELD(org_id, INT4),
	FIELD(customer_id, INT8),
	FIELD(program_id, INT4),
	FIELD(field_id, INT4),
};
static const LoyaltyColumn name_columns[] = {
	NAME(org_id, INT4),		NAME(customer_id, INT8), NAME(source_id, INT2),
	NAME(account_id, TEXT), NAME(first_name, TEXT),	 NAME(last_name, TEXT),
};

static const LoyaltyLayout customer_field_layout =
	LOYALTY_LAYOUT("customer_field", FieldRow, customer_field_columns);
static const LoyaltyLayout participation_field_layout =
	LOYALTY_LAYOUT("participation_field", FieldRow, participation_field_columns);
static const LoyaltyLayout name_layout = LOYALTY_LAYOUT("profile", NameRow, name_columns);

/* All fields and names of one customer. */
static LoyaltyQuery fields_of_customer = LOYALTY_FIND(customer_field_layout, "org_id, customer_id");
static LoyaltyQuery fields_of_participation =
	LOYALTY_FIND(participation_field_layout, "org_id, customer_id, program_id");
static LoyaltyQuery names_of_customer = LOYALTY_FIND(name_layout, "org_id, customer_id");

/* Words of what is held. */
#define SAYS_STATUS(column) "'" column "', loyalty_data.ledger_word(t." column ", 'participation')"

/* Rows that are held: statuses stay, under the bare id; what people wrote, and the fields, go. */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD(
		"participation",
		SAYS_PROGRAM ", " SAYS_TILL ", " SAYS_SOURCE ", " SAYS_STATUS(
			"status") ", 'origin', CASE t.origin WHEN 'e' THEN 'enrolment' WHEN 'r' THEN 'registration'"
					  " WHEN 's' THEN 'status' WHEN 'g' THEN 'merge' END",
		LOYALTY_KEEPS),
	LOYALTY_HELD(
		"participation_change",
		SAYS_PROGRAM ", " SAYS_STATUS("old_status") ", " SAYS_STATUS(
			"new_status") ", 'cause', CASE t.cause WHEN 'e' THEN 'enrolment' WHEN 'r' THEN 'registration'"
						  " WHEN 't' THEN 'terms_met' WHEN 's' THEN 'status' WHEN 'g' THEN 'merge' END",
		LOYALTY_KEEPS),
	LOYALTY_HELD("participation_note", SAYS_PROGRAM, LOYALTY_DELETES("participation_note")),
	LOYALTY_HELD("participation_field",
				 SAYS_PROGRAM ", 'field', (SELECT q.name FROM loyalty_data.field q WHERE q.org_id = t.org_id"
							  " AND q.field_id = t.field_id)",
				 LOYALTY_DELETES("participation_field")),
};

const LoyaltyHoldings loyalty_participation_holdings = { holdings, lengthof(holdings) };

/* Keeps the ids of the programs alone. */
int
loyalty_participations_open(int32 org_id, int64 customer_id, int32 **programs)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&participations_open, LOYALTY_CUSTOMER(org_id, customer_id));
	uint64 i;

	*programs = palloc(sizeof(int32) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
	{
		ParticipationRow row;

		loyalty_row_read(rows, i, &participation_layout, &row);
		(*programs)[i] = row.program_id;
	}
	return (int) rows->count;
}

/* Numbers the change by the row, which is written with it. */
void
loyalty_participation_write(int32 org_id, int64 customer_id, int32 program_id,
							const ParticipationChange *change, TimestampTz now)
{
	int32 change_no = loyalty_row_int4(
		LOYALTY_QUERY(&participation_store, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id),
					  loyalty_char((char) change->new_status), loyalty_char((char) change->cause),
					  loyalty_int4_or_null(change->till_id), loyalty_time(now),
					  loyalty_datum(Int16GetDatum(change->source_id), change->source_id == 0)),
		0, 1);

	LOYALTY_EXECUTE(&change_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id),
					loyalty_int4(change_no), loyalty_char((char) change->old_status),
					loyalty_char((char) change->new_status), loyalty_char((char) change->cause),
					loyalty_time(now));
	if (change->reason != NULL || change->actor != NULL)
		LOYALTY_EXECUTE(&note_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id),
						loyalty_int4(change_no), loyalty_text(change->reason), loyalty_text(change->actor));
}

/* Asks member by member: rows of those who were merged stand under their own ids, and each has few. */
bool
loyalty_participation_repeat(int32 org_id, const LoyaltyCustomer *root, ParticipationRepeat *repeat)
{
	int64 *ids;
	int members = loyalty_customer_group(root, &ids);
	int m;

	for (m = 0; m < members; m++)
	{
		LoyaltyRows *rows = LOYALTY_QUERY(&repeat_find, LOYALTY_CUSTOMER(org_id, ids[m]),
										  loyalty_datum(UUIDPGetDatum(&repeat->digest), false));

		if (rows->count == 0)
			continue;
		repeat->request_digest = loyalty_row_int8(rows, 0, 1);
		repeat->missing = loyalty_row_value(rows, 0, 2);
		return true;
	}
	return false;
}

/* Goes by the whole key of the participation, which the same call has just made, so that the row is there and nobody else has it. */
void
loyalty_participation_keep_key(int32 org_id, int64 customer_id, int32 program_id,
							   const ParticipationRepeat *repeat)
{
	LOYALTY_EXECUTE(&repeat_store, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id),
					loyalty_datum(UUIDPGetDatum(&repeat->digest), false),
					loyalty_int8(repeat->request_digest), loyalty_datum(repeat->missing, false));
}

/* Writes what was given, and leaves the rest. */
void
loyalty_participation_fields_write(int32 org_id, int64 customer_id, int32 program_id,
								   const LoyaltyFieldValues *values, TimestampTz now)
{
	int i;

	for (i = 0; i < values->given.n; i++)
	{
		const LoyaltyFieldValue *value = &values->given.items[i];
		LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id),
											  loyalty_int4(value->field_id));

		if (value->text == NULL)
		{
			loyalty_execute(&value_remove, &params);
			continue;
		}
		loyalty_param(&params, loyalty_text(value->text));
		loyalty_param(&params, loyalty_datum(value->number, !value->has_number));
		loyalty_param(&params, loyalty_time(now));
		loyalty_execute(&value_store, &params);
	}
}

/* Goes over the victim's values, of which there are few; a value that the survivor has stays. */
void
loyalty_participation_fields_join(const MergePair *pair, TimestampTz now)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&values_of_customer, LOYALTY_CUSTOMER(pair->org_id, pair->victim_id));
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		bool isnull;
		Datum number = loyalty_row_datum(rows, i, 4, &isnull);

		LOYALTY_EXECUTE(&value_fill, LOYALTY_CUSTOMER(pair->org_id, pair->survivor_id),
						loyalty_int4(loyalty_row_int4(rows, i, 1)),
						loyalty_int4(loyalty_row_int4(rows, i, 2)),
						loyalty_text(loyalty_row_text(rows, i, 3)), loyalty_datum(number, isnull),
						loyalty_time(now));
	}
}

/* Adds the fields of some rows to those that have a value. */
static void
add_fields(KnownData *known, LoyaltyRows *rows, const LoyaltyLayout *layout)
{
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		FieldRow row;

		loyalty_row_read(rows, i, layout, &row);
		known->field_ids[known->field_count++] = row.field_id;
	}
}

/* Keeps ids alone: a row is a value. */
void
loyalty_known_fields(int32 org_id, int64 customer_id, int32 program_id, KnownData *known)
{
	LoyaltyRows *of_customer = LOYALTY_QUERY(&fields_of_customer, LOYALTY_CUSTOMER(org_id, customer_id));
	LoyaltyRows *of_participation = NULL;
	uint64 count = of_customer->count;

	if (program_id != 0)
	{
		of_participation = LOYALTY_QUERY(&fields_of_participation, LOYALTY_CUSTOMER(org_id, customer_id),
										 loyalty_int4(program_id));
		count += of_participation->count;
	}
	known->field_ids = palloc(sizeof(int32) * Max(count, 1));
	known->field_count = 0;
	add_fields(known, of_customer, &customer_field_layout);
	if (of_participation != NULL)
		add_fields(known, of_participation, &participation_field_layout);
}

/* Takes a name of any profile for known, as whoever is asked for the customer's gets one of them. */
void
loyalty_known_names(int32 org_id, int64 customer_id, KnownData *known)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&names_of_customer, LOYALTY_CUSTOMER(org_id, customer_id));
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		NameRow row;

		loyalty_row_read(rows, i, &name_layout, &row);
		known->data[TERM_FIRST_NAME] |= row.first_name != NULL;
		known->data[TERM_LAST_NAME] |= row.last_name != NULL;
	}
}
