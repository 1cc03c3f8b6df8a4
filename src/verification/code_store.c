/*
 * code_store.c: the statements on codes and on the addresses that get them. Codes are only added: the last one of a customer and
 * purpose counts, and those before are void. What decides is read under a snapshot taken now, whatever the isolation level: an
 * old one must not show a code as the last one that is none any more.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/points.h"
#include "common/query.h"
#include "verification/code_store.h"

#define CODE_COLUMNS \
	"c.code_no, c.message_id, c.program_id, c.key_id, c.amount, c.channel, c.sent_at, c.expires_at, c.address_digest," \
	" c.code_digest FROM loyalty_data.verification_code c WHERE c.org_id = $1 AND c.customer_id = $2 AND c.purpose = $3"

/* The last code is the one that counts: numbers are drawn under a lock, and never twice. */
static LoyaltyQuery code_latest =
	LOYALTY_STATEMENT("SELECT " CODE_COLUMNS " ORDER BY c.code_no DESC LIMIT 1", INT4OID, INT8OID, TEXTOID);

/* A code as its table has it. */
typedef struct KeptCode
{
	int64 customer_id;
	int32 org_id;
	const char *purpose;
	CodeRow code;
} KeptCode;

/* A column of it: one of the code itself, or of whose it is. */
#define KEPT(name, type, member) LOYALTY_COLUMN(name, type, KeptCode, member)

static const LoyaltyColumn sent_code_columns[] = {
	KEPT("customer_id", INT8, customer_id),
	KEPT("message_id", INT8_OR_0, code.message_id),
	KEPT("sent_at", TIME, code.sent_at),
	KEPT("expires_at", TIME, code.expires_at),
	KEPT("org_id", INT4, org_id),
	KEPT("code_no", INT4, code.code_no),
	KEPT("program_id", INT4_OR_0, code.program_id),
	KEPT("key_id", INT2, code.key_id),
	LOYALTY_COLUMN_IF("amount", POINTS, KeptCode, code.amount, code.has_amount),
	KEPT("purpose", TEXT, purpose),
	KEPT("channel", TEXT, code.channel),
	KEPT("address_digest", HASH, code.address.bytes),
	KEPT("code_digest", HASH, code.code.bytes),
};

static const LoyaltyLayout sent_code_layout =
	LOYALTY_LAYOUT("verification_code", KeptCode, sent_code_columns);

/* The code that a guess was at, which may be void by now. */
static LoyaltyQuery code_by_number = LOYALTY_FIND(sent_code_layout, "org_id, customer_id, purpose, code_no");

static LoyaltyQuery code_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.verification_code (org_id, customer_id, purpose, code_no, message_id, program_id, key_id,"
	" amount, channel, sent_at, expires_at, address_digest, code_digest)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, TEXTOID, INT4OID, INT8OID, INT4OID, INT2OID, NUMERICOID, TEXTOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, BYTEAOID, BYTEAOID);

/*
 * The row of an address in three steps: it is made where there is none, locked, and written when the rules have allowed it. So two
 * who send to one address at once are judged one after the other, though they lock different customers, or none.
 */
static LoyaltyQuery address_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.verification_address (org_id, address_digest, last_sent_at, sent_on, sends)"
	" VALUES ($1, $2, $3, $4, 0) ON CONFLICT DO NOTHING",
	INT4OID, BYTEAOID, TIMESTAMPTZOID, DATEOID);

static LoyaltyQuery address_lock =
	LOYALTY_STATEMENT("SELECT a.sent_on, a.sends FROM loyalty_data.verification_address a WHERE a.org_id = $1"
					  " AND a.address_digest = $2 FOR NO KEY UPDATE",
					  INT4OID, BYTEAOID);

static LoyaltyQuery address_count = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.verification_address SET last_sent_at = $3, sent_on = $4, sends = $5 WHERE org_id = $1"
	" AND address_digest = $2",
	INT4OID, BYTEAOID, TIMESTAMPTZOID, DATEOID, INT4OID);

/* Returns a digest as a parameter. */
static NullableDatum
digest_param(const CodeDigest *digest)
{
	bytea *bytes = palloc(VARHDRSZ + sizeof(digest->bytes));

	SET_VARSIZE(bytes, VARHDRSZ + sizeof(digest->bytes));
	memcpy(VARDATA(bytes), digest->bytes, sizeof(digest->bytes));
	return loyalty_datum(PointerGetDatum(bytes), false);
}

/* Reads a digest; one of another length, which nobody writes, is no digest of anything. */
static void
row_digest(LoyaltyRows *rows, int column, CodeDigest *digest)
{
	bytea *bytes = loyalty_row_bytes(rows, 0, column);

	if (VARSIZE_ANY_EXHDR(bytes) != sizeof(digest->bytes))
		elog(ERROR, "a digest of a code has %d bytes", (int) VARSIZE_ANY_EXHDR(bytes));
	memcpy(digest->bytes, VARDATA_ANY(bytes), sizeof(digest->bytes));
}

/* Reads the row of a code, if there is one. */
static bool
read_code(LoyaltyRows *rows, CodeRow *code)
{
	if (rows->count == 0)
		return false;
	*code = (CodeRow){ .code_no = loyalty_row_int4(rows, 0, 1),
					   .message_id = loyalty_row_int8_or(rows, 0, 2, 0),
					   .program_id = loyalty_row_int4_or(rows, 0, 3, 0),
					   .key_id = loyalty_row_int2(rows, 0, 4),
					   .has_amount = !loyalty_row_isnull(rows, 0, 5),
					   .channel = loyalty_row_text(rows, 0, 6),
					   .sent_at = DatumGetTimestampTz(loyalty_row_value(rows, 0, 7)),
					   .expires_at = DatumGetTimestampTz(loyalty_row_value(rows, 0, 8)) };
	if (code->has_amount)
		code->amount = loyalty_row_points(rows, 0, 5);
	row_digest(rows, 9, &code->address);
	row_digest(rows, 10, &code->code);
	return true;
}

/* Goes by the number: times may be equal, and clocks may be set back. */
bool
loyalty_code_latest(int32 org_id, int64 customer_id, CodePurpose purpose, CodeRow *code)
{
	return read_code(loyalty_query_latest(&code_latest,
										  LOYALTY_GIVEN(LOYALTY_CUSTOMER(org_id, customer_id),
														loyalty_text(loyalty_code_purpose_word(purpose)))),
					 code);
}

/* Finds one by its key. */
bool
loyalty_code_read(int32 org_id, int64 customer_id, CodePurpose purpose, int32 code_no, CodeRow *code)
{
	LoyaltyRows *rows =
		loyalty_query_latest(&code_by_number, LOYALTY_GIVEN(LOYALTY_CUSTOMER(org_id, customer_id),
															loyalty_text(loyalty_code_purpose_word(purpose)),
															loyalty_int4(code_no)));
	KeptCode kept;

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &sent_code_layout, &kept);
	*code = kept.code;
	return true;
}

/* Leaves an amount out that the code is not bound to. */
bool
loyalty_code_insert(int32 org_id, int64 customer_id, CodePurpose purpose, const CodeRow *code)
{
	NullableDatum amount = loyalty_datum((Datum) 0, true);

	if (code->has_amount)
		amount = loyalty_points(code->amount);
	return LOYALTY_EXECUTE(&code_insert, LOYALTY_CUSTOMER(org_id, customer_id),
						   loyalty_text(loyalty_code_purpose_word(purpose)), loyalty_int4(code->code_no),
						   loyalty_int8_or_null(code->message_id), loyalty_int4_or_null(code->program_id),
						   loyalty_int2(code->key_id), amount, loyalty_text(code->channel),
						   loyalty_time(code->sent_at), loyalty_time(code->expires_at),
						   digest_param(&code->address), digest_param(&code->code)) == 1;
}

/*
 * Makes the row first, so that two who send to one new address wait for each other. One that is forgotten between the two statements
 * is made again: it counts from nothing then.
 */
int32
loyalty_code_address_lock(int32 org_id, const CodeDigest *address, TimestampTz now, DateADT day)
{
	LoyaltyRows *rows;

	do
	{
		CHECK_FOR_INTERRUPTS();
		LOYALTY_EXECUTE(&address_insert, loyalty_int4(org_id), digest_param(address), loyalty_time(now),
						loyalty_datum(DateADTGetDatum(day), false));
		rows = LOYALTY_QUERY(&address_lock, loyalty_int4(org_id), digest_param(address));
	} while (rows->count == 0);
	return DatumGetDateADT(loyalty_row_value(rows, 0, 1)) == day ? loyalty_row_int4(rows, 0, 2) : 0;
}

/* Writes the day with the number, which is that of the day. */
void
loyalty_code_address_count(int32 org_id, const CodeDigest *address, TimestampTz now, DateADT day, int32 sends)
{
	LOYALTY_EXECUTE(&address_count, loyalty_int4(org_id), digest_param(address), loyalty_time(now),
					loyalty_datum(DateADTGetDatum(day), false), loyalty_int4(sends));
}
