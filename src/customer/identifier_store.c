/*
 * identifier_store.c: the statements on identifiers: who owns which key, and who holds which values.
 *
 * Two tables, two questions. "identifier" has the keys: its primary key is org, type and value, so registrations race
 * on that index, and its customer_id is the owner of today, the root of the holder's merge group, which takes one
 * probe to find. "customer_identifier" has all that somebody holds or held, contact data included, under
 * the id of the record it was written for; a merge leaves there what the survivor did not take.
 *
 * Whoever writes either for an existing customer has locked that customer's row. A key that nobody owns is guarded by
 * nothing but the index: claiming it may wait for a transaction that inserted the same one, and tells by its count
 * who was first.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/customer_store.h"

/* Row of the table of keys. */
typedef struct KeyRow
{
	int32 org_id;
	const char *type;
	const char *value;
	int64 customer_id;
} KeyRow;

#define KEY(name, type, member) LOYALTY_COLUMN(name, type, KeyRow, member)

static const LoyaltyColumn key_columns[] = {
	KEY("org_id", INT4, org_id),
	KEY("identifier_type", TEXT, type),
	KEY("identifier_value", TEXT, value),
	KEY("customer_id", INT8, customer_id),
};

/* Columns and struct of the table of keys. */
static const LoyaltyLayout key_layout = LOYALTY_LAYOUT("identifier", KeyRow, key_columns);

/* Row of the table of what customers hold or held. */
typedef struct HeldRow
{
	int32 org_id;
	int64 customer_id;
	LoyaltyHeld held;
	TimestampTz held_from;
	TimestampTz held_until;
	bool is_over; /* false: held now, and held_until is NULL */
	const char *reason;
	const char *actor;
} HeldRow;

#define HELD(name, type, member) LOYALTY_COLUMN(name, type, HeldRow, member)

static const LoyaltyColumn held_columns[] = {
	HELD("org_id", INT4, org_id),
	HELD("customer_id", INT8, customer_id),
	HELD("identifier_type", TEXT, held.type),
	HELD("identifier_value", TEXT, held.value),
	HELD("held_from", TIME, held_from),
	LOYALTY_COLUMN_IF("held_until", TIME, HeldRow, held_until, is_over),
	HELD("reason", TEXT, reason),
	HELD("actor", TEXT, actor),
};

static const LoyaltyLayout held_layout = LOYALTY_LAYOUT("customer_identifier", HeldRow, held_columns);

/* Values of a customer, ended ones too: there are few, and the order makes them the same list for every reader. */
static LoyaltyQuery held_now =
	LOYALTY_FIND(held_layout, "org_id, customer_id", .order = "identifier_type, identifier_value");
static LoyaltyQuery held_seen =
	LOYALTY_FIND_SEEN(held_layout, "org_id, customer_id", .order = "identifier_type, identifier_value");

/* Owners of keys, as committed for those who write, and under the caller's snapshot for those who only read. */
static LoyaltyQuery owner_now = LOYALTY_FIND(key_layout, "org_id, identifier_type, identifier_value");
static LoyaltyQuery owner_seen = LOYALTY_FIND_SEEN(key_layout, "org_id, identifier_type, identifier_value");

/* Claims one key a statement: on several servers an INSERT of several rows may miscount how many went in. */
static LoyaltyQuery key_claim = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.identifier (org_id, customer_id, identifier_type, identifier_value)"
	" VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, TEXTOID, TEXTOID);

const IdentifierType loyalty_identifier_claim_order[IDENTIFIER_TYPE_COUNT] = {
	IDENTIFIER_EMAIL,
	IDENTIFIER_EXTERNAL_ID,
	IDENTIFIER_MOBILE,
};

/*
 * Customers who hold a piece of contact data, at most two: they show already that no single one has it. A victim counts
 * as its survivor.
 */
static LoyaltyQuery holders_of_contact = LOYALTY_STATEMENT_SEEN(
	"SELECT DISTINCT COALESCE(c.merged_into, c.customer_id) FROM loyalty_data.customer_identifier i"
	" JOIN loyalty_data.customer c ON c.org_id = i.org_id"
	" AND c.customer_id = i.customer_id"
	" WHERE i.org_id = $1 AND i.identifier_type = $2"
	" AND i.identifier_value = $3 AND i.held_until IS NULL LIMIT 2",
	INT4OID, TEXTOID, TEXTOID);

/*
 * Campaign users who hold an e-mail, at most two: they show already that no single one has it. A victim counts as its
 * survivor.
 */
#define CAMPAIGN_HOLDERS \
	"SELECT DISTINCT r.customer_id FROM loyalty_data.customer_identifier i" \
	" JOIN loyalty_data.customer c ON c.org_id = i.org_id AND c.customer_id = i.customer_id" \
	" JOIN loyalty_data.customer r ON r.org_id = c.org_id" \
	" AND r.customer_id = COALESCE(c.merged_into, c.customer_id)" \
	" WHERE i.org_id = $1 AND i.identifier_type = 'email' AND i.identifier_value = $2 AND i.held_until IS NULL" \
	" AND r.loyalty_type = 'n' AND ($3 OR NOT EXISTS (SELECT FROM loyalty_data.customer_identifier m" \
	" WHERE m.org_id = r.org_id AND m.customer_id = r.customer_id AND m.identifier_type = 'mobile'" \
	" AND m.held_until IS NULL)) LIMIT 2"

static LoyaltyQuery campaign_holders_now = LOYALTY_STATEMENT(CAMPAIGN_HOLDERS, INT4OID, TEXTOID, BOOLOID);
static LoyaltyQuery campaign_holders_seen =
	LOYALTY_STATEMENT_SEEN(CAMPAIGN_HOLDERS, INT4OID, TEXTOID, BOOLOID);

/* Ends what is held now. History has the old value under the time, reason and actor of the change. */
static LoyaltyQuery identifier_close =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer_identifier SET held_until = $5, reason = $6, actor = $7"
					  " WHERE org_id = $1 AND customer_id = $2 AND identifier_type = $3"
					  " AND identifier_value = $4 AND held_until IS NULL",
					  INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID);

/*
 * Deletes a key of this owner alone. Contact data has no key, and a key of somebody else stays: then nothing is
 * deleted, which is no error.
 */
static LoyaltyQuery key_give_up = LOYALTY_STATEMENT("DELETE FROM loyalty_data.identifier WHERE org_id = $1"
													" AND customer_id = $2 AND identifier_type = $3"
													" AND identifier_value = $4",
													INT4OID, INT8OID, TEXTOID, TEXTOID);

/*
 * Begins to hold a value. The same value may begin twice at one time, where a transaction gives it up and takes it
 * again: then the row that ended is opened.
 */
static LoyaltyQuery identifier_hold = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_identifier (org_id, customer_id, identifier_type, identifier_value,"
	" held_from, actor) VALUES ($1, $2, $3, $4, $5, $6)"
	" ON CONFLICT (org_id, customer_id, identifier_type, identifier_value, held_from)"
	" DO UPDATE SET held_until = NULL, reason = NULL, actor = excluded.actor",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID);

/* Rows are freed at once: a load of customers looks for thousands in one call. */
int64
loyalty_key_owner(int32 org_id, const char *type, const char *value, bool seen)
{
	KeyRow row = { 0 };
	LoyaltyRows *rows = LOYALTY_QUERY(seen ? &owner_seen : &owner_now, loyalty_int4(org_id),
									  loyalty_text(type), loyalty_text(value));

	if (rows->count > 0)
		loyalty_row_read(rows, 0, &key_layout, &row);
	loyalty_rows_free(rows);
	return row.customer_id;
}

/* Looks for each key that is given: a probe of the primary key each, three at most. */
static void
owners_by(bool seen, int32 org_id, const LoyaltyIdentifiers *keys, int64 *owners)
{
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		owners[type] = keys->values[type] ? loyalty_key_owner(org_id, loyalty_identifier_type_names[type],
															  keys->values[type], seen)
										  : 0;
}

/* Reads the owners as committed, and by this transaction: what a writing call decides by. */
void
loyalty_identifier_owners(int32 org_id, const LoyaltyIdentifiers *keys, int64 owners[IDENTIFIER_TYPE_COUNT])
{
	owners_by(false, org_id, keys, owners);
}

/* Reads the owners under the caller's snapshot, so that they agree with the rest of a call that only reads. */
void
loyalty_identifier_owners_seen(int32 org_id, const LoyaltyIdentifiers *keys,
							   int64 owners[IDENTIFIER_TYPE_COUNT])
{
	owners_by(true, org_id, keys, owners);
}

/* Adds the parameters that every statement about one identifier of a customer begins with. */
static void
param_identifier(LoyaltyParams *params, int32 org_id, int64 customer_id, const char *type, const char *value)
{
	loyalty_param_customer(params, org_id, customer_id);
	loyalty_param(params, loyalty_text(type));
	loyalty_param(params, loyalty_text(value));
}

/*
 * Inserts one key. One that another transaction is inserting is waited for, and is then lost or free. A lost key
 * raises nothing.
 */
bool
loyalty_key_claim(int32 org_id, int64 customer_id, const char *type, const char *value)
{
	LoyaltyParams params = { 0 };

	param_identifier(&params, org_id, customer_id, type, value);
	return loyalty_execute(&key_claim, &params) == 1;
}

/*
 * Inserts the keys one by one. The caller sees by the count that one is lost, and undoes the round, with the keys that
 * went in.
 */
int
loyalty_identifier_claim(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *keys)
{
	int claimed = 0;
	int i;

	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
	{
		IdentifierType type = loyalty_identifier_claim_order[i];

		if (keys->values[type] != NULL)
			claimed += loyalty_key_claim(org_id, customer_id, loyalty_identifier_type_names[type],
										 keys->values[type]);
	}
	return claimed;
}

/* Reads one key by the caller's snapshot: one probe of its index. */
int64
loyalty_identifier_find(int32 org_id, IdentifierType type, const char *value)
{
	return loyalty_key_owner(org_id, loyalty_identifier_type_names[type], value, true);
}

/*
 * Returns nobody where several have the value: which of them is meant cannot be known, and a guess would give one
 * person's points to another.
 */
int64
loyalty_contact_find(int32 org_id, IdentifierType type, const char *value)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&holders_of_contact, loyalty_int4(org_id),
									  loyalty_text(loyalty_identifier_type_names[type]), loyalty_text(value));

	return rows->count == 1 ? loyalty_row_int8(rows, 0, 1) : 0;
}

/* Looks at whoever holds the e-mail: the index of values has the few rows. */
int64
loyalty_campaign_email_find(int32 org_id, const char *email, bool alone, bool seen, bool *several)
{
	LoyaltyRows *rows = LOYALTY_QUERY(seen ? &campaign_holders_seen : &campaign_holders_now,
									  loyalty_int4(org_id), loyalty_text(email), loyalty_bool(alone));

	*several = rows->count > 1;
	return rows->count == 1 ? loyalty_row_int8(rows, 0, 1) : 0;
}

/* Deletes the key and leaves alone what customers hold. */
void
loyalty_identifier_release(int32 org_id, int64 customer_id, IdentifierType type, const char *value)
{
	LoyaltyParams params = { 0 };

	param_identifier(&params, org_id, customer_id, loyalty_identifier_type_names[type], value);
	loyalty_execute(&key_give_up, &params);
}

/* Leaves out what has ended. Texts and the array are in the current context. */
int
loyalty_identifiers_held(int32 org_id, int64 customer_id, bool seen, LoyaltyHeld **held)
{
	int count = 0;
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(seen ? &held_seen : &held_now, LOYALTY_CUSTOMER(org_id, customer_id));

	*held = palloc(sizeof(LoyaltyHeld) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
	{
		HeldRow row = { 0 };

		loyalty_row_read(rows, i, &held_layout, &row);
		if (!row.is_over)
			(*held)[count++] = row.held;
	}
	return count;
}

/*
 * Sorts what is held by type. Keys of sources, and types of capabilities above, have no place there. A customer holds one value
 * of a type at most: whoever adds a second one ends the first.
 */
static void
held_by_type(int32 org_id, int64 customer_id, bool seen, LoyaltyIdentifiers *identifiers)
{
	LoyaltyHeld *held;
	int count = loyalty_identifiers_held(org_id, customer_id, seen, &held);
	int i;

	memset(identifiers, 0, sizeof(*identifiers));
	for (i = 0; i < count; i++)
	{
		IdentifierType type = loyalty_identifier_type_find(held[i].type);

		if (type < IDENTIFIER_TYPE_COUNT)
			identifiers->values[type] = held[i].value;
	}
}

/* Reads as committed, for calls that hold the customer's lock. */
void
loyalty_identifiers_read(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held)
{
	held_by_type(org_id, customer_id, false, held);
}

/* Reads under the caller's snapshot, for calls that only read. */
void
loyalty_identifiers_seen(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held)
{
	held_by_type(org_id, customer_id, true, held);
}

/* Compares prefixes in memory: the few values of one customer are read anyway, and LIKE would ask for quoting. */
const char *
loyalty_identifier_scoped(int32 org_id, int64 customer_id, const char *type, const char *prefix)
{
	LoyaltyHeld *held;
	int count = loyalty_identifiers_held(org_id, customer_id, false, &held);
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(held[i].type, type) == 0 && strncmp(held[i].value, prefix, strlen(prefix)) == 0)
			return held[i].value;
	return NULL;
}

/* Goes over the group: a type that the survivor has had of its own stays with a victim. */
bool
loyalty_group_holds(int32 org_id, const LoyaltyCustomer *root, IdentifierType type)
{
	int64 *ids;
	int count = loyalty_customer_group(root, &ids);
	LoyaltyIdentifiers held;
	int i;

	for (i = 0; i < count; i++)
	{
		loyalty_identifiers_read(org_id, ids[i], &held);
		if (held.values[type] != NULL)
			return true;
	}
	return false;
}

/*
 * Ends the value on the customer's record and on the records of those who were merged into it, too: an identifier
 * that stayed with a victim finds the survivor, and nobody is found by what was given up. The group is read from the
 * row as it is now, since a merge in this transaction may have changed it. The key goes last, when nobody holds it
 * any more.
 */
void
loyalty_identifier_close(int32 org_id, int64 customer_id, const char *type, const char *value,
						 TimestampTz held_until, const char *reason, const char *actor)
{
	LoyaltyCustomer customer;
	LoyaltyParams key = { 0 };
	int64 *ids;
	int count;
	int i;

	if (!loyalty_customer_read_now(org_id, customer_id, &customer))
		elog(ERROR, "customer " INT64_FORMAT " does not exist", customer_id);
	count = loyalty_customer_group(&customer, &ids);
	for (i = 0; i < count; i++)
	{
		LoyaltyParams params = { 0 };

		param_identifier(&params, org_id, ids[i], type, value);
		loyalty_param(&params, loyalty_time(held_until));
		loyalty_param(&params, loyalty_text(reason));
		loyalty_param(&params, loyalty_text(actor));
		loyalty_execute(&identifier_close, &params);
	}
	param_identifier(&key, org_id, customer_id, type, value);
	loyalty_execute(&key_give_up, &key);
}

/* Adds a value to what the customer holds; the key of it, if it is one, was claimed before. */
void
loyalty_identifier_add(int32 org_id, int64 customer_id, const char *type, const char *value,
					   TimestampTz held_from, const char *actor)
{
	LoyaltyParams params = { 0 };

	param_identifier(&params, org_id, customer_id, type, value);
	loyalty_param(&params, loyalty_time(held_from));
	loyalty_param(&params, loyalty_text(actor));
	loyalty_execute(&identifier_hold, &params);
}

/* Adds the given ones, each by its own statement; NULL ones are left alone. */
void
loyalty_identifiers_insert(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *added,
						   TimestampTz held_from, const char *actor)
{
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (added->values[type] != NULL)
			loyalty_identifier_add(org_id, customer_id, loyalty_identifier_type_names[type],
								   added->values[type], held_from, actor);
}
