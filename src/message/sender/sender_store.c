/*
 * sender_store.c: the statements about senders, and about accounts with providers.
 *
 * Both are reference data of an org, and neither is cached with it: a message looks its sender up by an index, and no till asks
 * for any. So a change counts for the next message as soon as it is committed.
 * What changes is written under the org's lock, which the caller holds; what only adds a code meets rivals at the index.
 * Rows are never removed, since messages name them for good.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "message/sender/sender_store.h"

#define SENDER(name, type, member) LOYALTY_COLUMN(name, type, SenderRow, member)

static const LoyaltyColumn sender_columns[] = {
	SENDER("org_id", INT4, org_id),
	SENDER("sender_id", INT4, sender_id),
	SENDER("org_unit_id", INT4_OR_0, org_unit_id),
	SENDER("bsp_account_id", INT4_OR_0, bsp_account_id),
	SENDER("is_default", BOOL, is_default),
	SENDER("is_verified", BOOL, is_verified),
	SENDER("is_active", BOOL, is_active),
	SENDER("channel", TEXT, channel),
	SENDER("sender", TEXT, sender),
};

static const LoyaltyLayout sender_layout = LOYALTY_LAYOUT("sender", SenderRow, sender_columns);

/* Find a sender. Each message asks for one, so these run without the executor where they can. */
static LoyaltyQuery sender_named = LOYALTY_FIND(sender_layout, "org_id, channel, sender");
static LoyaltyQuery sender_default = LOYALTY_FIND(sender_layout, "org_id, channel", .where = "is_default");
static LoyaltyQuery sender_by_id = LOYALTY_FIND(sender_layout, "org_id, sender_id");

/* A retired one keeps its id, which messages name. */
static LoyaltyQuery sender_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.sender AS s (org_id, sender_id, channel, sender, org_unit_id, bsp_account_id, is_default,"
	" is_verified, is_active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true) ON CONFLICT (org_id, channel, sender)"
	" DO UPDATE SET org_unit_id = EXCLUDED.org_unit_id, bsp_account_id = EXCLUDED.bsp_account_id,"
	" is_default = EXCLUDED.is_default, is_verified = EXCLUDED.is_verified, is_active = true WHERE NOT s.is_active",
	INT4OID, INT4OID, TEXTOID, TEXTOID, INT4OID, INT4OID, BOOLOID, BOOLOID);

static LoyaltyQuery sender_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.sender SET org_unit_id = $3, bsp_account_id = $4, is_default = $5, is_verified = $6"
	" WHERE org_id = $1 AND sender_id = $2",
	INT4OID, INT4OID, INT4OID, INT4OID, BOOLOID, BOOLOID);

/* Goes before another becomes the default: a unique index checks each row as it is written. */
static LoyaltyQuery sender_clear_default =
	LOYALTY_STATEMENT("UPDATE loyalty_data.sender SET is_default = false WHERE org_id = $1 AND channel = $2"
					  " AND is_default",
					  INT4OID, TEXTOID);

static LoyaltyQuery sender_retire =
	LOYALTY_STATEMENT("UPDATE loyalty_data.sender SET is_default = false, is_active = false"
					  " WHERE org_id = $1 AND sender_id = $2",
					  INT4OID, INT4OID);

/* The secret is read as it is stored; it opens with the key file alone. */
static LoyaltyQuery account_by_code = LOYALTY_STATEMENT(
	"SELECT b.bsp_account_id, b.bsp, b.number, b.is_verified, b.secret, b.key_id FROM loyalty_data.bsp_account b"
	" WHERE b.org_id = $1 AND b.bsp_account = $2",
	INT4OID, TEXTOID);

static LoyaltyQuery account_by_id = LOYALTY_STATEMENT("SELECT b.bsp_account FROM loyalty_data.bsp_account b"
													  " WHERE b.org_id = $1 AND b.bsp_account_id = $2",
													  INT4OID, INT4OID);

static LoyaltyQuery account_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.bsp_account (org_id, bsp_account_id, bsp_account, bsp, number, is_verified, secret, key_id,"
	" secret_set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, BOOLOID, BYTEAOID, INT2OID, TIMESTAMPTZOID);

static LoyaltyQuery account_update =
	LOYALTY_STATEMENT("UPDATE loyalty_data.bsp_account SET number = $3, is_verified = $4"
					  " WHERE org_id = $1 AND bsp_account_id = $2",
					  INT4OID, INT4OID, TEXTOID, BOOLOID);

/* Goes apart from the rest: number and verification change without the keys being known. */
static LoyaltyQuery account_secret =
	LOYALTY_STATEMENT("UPDATE loyalty_data.bsp_account SET secret = $3, key_id = $4, secret_set_at = $5"
					  " WHERE org_id = $1 AND bsp_account_id = $2",
					  INT4OID, INT4OID, BYTEAOID, INT2OID, TIMESTAMPTZOID);

/* Reads the first row, if there is one. */
static bool
read_sender(LoyaltyRows *rows, SenderRow *row)
{
	if (rows->count > 0)
		loyalty_row_read(rows, 0, &sender_layout, row);
	return rows->count > 0;
}

/*
 * Takes the one that is named before the default one. One that is retired or not verified speaks for nobody: networks drop what
 * comes from a name that is not registered with them. The default one is neither, which a constraint of its table holds.
 */
bool
loyalty_sender_find(int32 org_id, const char *channel, const char *name, LoyaltySender *sender)
{
	SenderRow row = { 0 };

	if (name == NULL ||
		!read_sender(LOYALTY_QUERY(&sender_named, loyalty_int4(org_id), loyalty_text(channel),
								   loyalty_text(name)),
					 &row) ||
		!row.is_active || !row.is_verified)
	{
		if (!read_sender(LOYALTY_QUERY(&sender_default, loyalty_int4(org_id), loyalty_text(channel)), &row))
			return false;
	}
	sender->sender_id = row.sender_id;
	sender->bsp_account_id = row.bsp_account_id;
	sender->sender = row.sender;
	return true;
}

/* Knows no retired ones. */
bool
loyalty_sender_read(int32 org_id, SenderRow *row)
{
	return read_sender(LOYALTY_QUERY(&sender_named, loyalty_int4(org_id), loyalty_text(row->channel),
									 loyalty_text(row->sender)),
					   row) &&
		   row->is_active;
}

/*
 * Finds retired ones, too: messages that wait keep their sender, and those that were sent show it as long as they are kept.
 */
const char *
loyalty_sender_name(int32 org_id, int32 sender_id)
{
	SenderRow row;

	if (sender_id == 0 ||
		!read_sender(LOYALTY_QUERY(&sender_by_id, loyalty_int4(org_id), loyalty_int4(sender_id)), &row))
		return NULL;
	return row.sender;
}

/* Looks an account up; 0 is none. */
const char *
loyalty_bsp_account_name(int32 org_id, int32 bsp_account_id)
{
	LoyaltyRows *rows;

	if (bsp_account_id == 0)
		return NULL;
	rows = LOYALTY_QUERY(&account_by_id, loyalty_int4(org_id), loyalty_int4(bsp_account_id));
	return rows->count == 1 ? loyalty_row_text(rows, 0, 1) : NULL;
}

/* Tells by the number of rows whether one was written. */
bool
loyalty_sender_insert(int32 org_id, const SenderRow *row)
{
	return LOYALTY_EXECUTE(&sender_insert, loyalty_int4(org_id), loyalty_int4(row->sender_id),
						   loyalty_text(row->channel), loyalty_text(row->sender),
						   loyalty_int4_or_null(row->org_unit_id), loyalty_int4_or_null(row->bsp_account_id),
						   loyalty_bool(row->is_default), loyalty_bool(row->is_verified)) == 1;
}

/* Writes all that may change. */
void
loyalty_sender_update(int32 org_id, const SenderRow *row)
{
	LOYALTY_EXECUTE(&sender_update, loyalty_int4(org_id), loyalty_int4(row->sender_id),
					loyalty_int4_or_null(row->org_unit_id), loyalty_int4_or_null(row->bsp_account_id),
					loyalty_bool(row->is_default), loyalty_bool(row->is_verified));
}

/* Clears whichever sender is the default of the channel. */
void
loyalty_sender_clear_default(int32 org_id, const char *channel)
{
	LOYALTY_EXECUTE(&sender_clear_default, loyalty_int4(org_id), loyalty_text(channel));
}

/* Keeps the row. */
void
loyalty_sender_retire(int32 org_id, int32 sender_id)
{
	LOYALTY_EXECUTE(&sender_retire, loyalty_int4(org_id), loyalty_int4(sender_id));
}

/* Reads the secret sealed. */
bool
loyalty_bsp_account_read(int32 org_id, const char *bsp_account, BspAccountRow *row)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&account_by_code, loyalty_int4(org_id), loyalty_text(bsp_account));

	if (rows->count == 0)
		return false;
	row->bsp_account_id = loyalty_row_int4(rows, 0, 1);
	row->bsp_account = bsp_account;
	row->bsp = loyalty_row_text(rows, 0, 2);
	row->number = loyalty_row_text_or_null(rows, 0, 3);
	row->is_verified = loyalty_row_bool(rows, 0, 4);
	row->secret = loyalty_row_bytes(rows, 0, 5);
	row->key_id = loyalty_row_int2(rows, 0, 6);
	return true;
}

/* Meets a rival at the index of codes. */
bool
loyalty_bsp_account_insert(int32 org_id, const BspAccountRow *row, TimestampTz now)
{
	return LOYALTY_EXECUTE(&account_insert, loyalty_int4(org_id), loyalty_int4(row->bsp_account_id),
						   loyalty_text(row->bsp_account), loyalty_text(row->bsp), loyalty_text(row->number),
						   loyalty_bool(row->is_verified), loyalty_varlena(row->secret),
						   loyalty_int2(row->key_id), loyalty_time(now)) == 1;
}

/* Writes what is no secret. */
void
loyalty_bsp_account_update(int32 org_id, const BspAccountRow *row)
{
	LOYALTY_EXECUTE(&account_update, loyalty_int4(org_id), loyalty_int4(row->bsp_account_id),
					loyalty_text(row->number), loyalty_bool(row->is_verified));
}

/* Replaces the secret. */
void
loyalty_bsp_account_store_secret(int32 org_id, const BspAccountRow *row, TimestampTz now)
{
	LOYALTY_EXECUTE(&account_secret, loyalty_int4(org_id), loyalty_int4(row->bsp_account_id),
					loyalty_varlena(row->secret), loyalty_int2(row->key_id), loyalty_time(now));
}
