/*
 * jobs_store.c: the statements of jobs and of what they change: lots by their ids, changes of expiry, conversions, and
 * pg_cron.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "common/query.h"
#include "ledger/jobs/jobs_store.h"
#include "ledger/tables/lot_store.h"

/* A lot by its whole key, open or not. */
static LoyaltyQuery lot_by_id =
	LOYALTY_STATEMENT("SELECT " LOYALTY_LOT_COLUMN " FROM loyalty_data.points_lot l WHERE l.org_id = $1"
					  " AND l.customer_id = $2 AND l.lot_id = $3",
					  INT4OID, INT8OID, INT8OID);

/*
 * The change of an event, with what expired by it: the entry of that expiry comes after the change's, though the id of
 * its event was drawn before. No other expiry of the lot has both.
 */
static LoyaltyQuery change_of_event = LOYALTY_STATEMENT(
	"SELECT c.lot_id, c.entry_no, c.old_expires_at, c.new_expires_at, (SELECT COALESCE(sum(x.points), 0)"
	" FROM loyalty_data.lot_movement x WHERE x.org_id = $1 AND x.customer_id = $2"
	" AND x.lot_id = c.lot_id AND x.movement_type = 'e'"
	" AND x.entry_no > c.entry_no AND x.event_id < $3),"
	" (SELECT l.program_id FROM loyalty_data.points_lot l WHERE l.org_id = $1 AND l.customer_id = $2"
	" AND l.lot_id = c.lot_id)"
	" FROM loyalty_data.lot_expiry_change c WHERE c.org_id = $1"
	" AND c.customer_id = $2 AND c.event_id = $3",
	INT4OID, INT8OID, INT8OID);

/* Runs a statement about a row of a customer. */
static LoyaltyRows *
run(LoyaltyQuery *query, int32 org_id, int64 customer_id, int64 key)
{
	return LOYALTY_QUERY(query, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(key));
}

/* Reads the lot as it is now, since its customer is locked. */
bool
loyalty_lot_find(int32 org_id, int64 customer_id, int64 lot_id, Lot *lot)
{
	LoyaltyRows *rows = run(&lot_by_id, org_id, customer_id, lot_id);

	if (rows->count == 0)
		return false;
	*lot = loyalty_lot_of_row(rows, 0);
	return true;
}

/* Reads one row at most: an event changes one expiry. Nulls of times are NEVER. */
bool
loyalty_expiry_change_of_event(int32 org_id, int64 customer_id, int64 event_id, ExpiryChange *change,
							   int64 *expired, int32 *program_id)
{
	LoyaltyRows *rows = run(&change_of_event, org_id, customer_id, event_id);

	if (rows->count == 0)
		return false;
	*change = (ExpiryChange){
		.lot_id = loyalty_row_int8(rows, 0, 1),
		.entry_no = loyalty_row_int4(rows, 0, 2),
		.old_expires_at = loyalty_row_int8_or(rows, 0, 3, NEVER),
		.new_expires_at = loyalty_row_int8_or(rows, 0, 4, NEVER),
	};
	*expired = loyalty_row_points(rows, 0, 5);
	*program_id = loyalty_row_int4(rows, 0, 6);
	return true;
}

/*
 * The movements of an event that left a promised account; all are of one program where a caller unlocked one bill or
 * lot.
 */
static LoyaltyQuery conversion_of_event =
	LOYALTY_STATEMENT("SELECT count(*)::int4, COALESCE(sum(m.points), 0), COALESCE(min(l.program_id), 0)"
					  " FROM loyalty_data.lot_movement m JOIN loyalty_data.points_lot l ON l.org_id = $1"
					  " AND l.customer_id = $2 AND l.lot_id = m.lot_id WHERE m.org_id = $1"
					  " AND m.customer_id = $2 AND m.event_id = $3"
					  " AND m.movement_type = 'c'",
					  INT4OID, INT8OID, INT8OID);

/* Reads the aggregates, which are one row whatever the event did. */
int
loyalty_event_conversion(int32 org_id, int64 customer_id, int64 event_id, int64 *points, int32 *program_id)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&conversion_of_event, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id));

	*points = loyalty_row_points(rows, 0, 2);
	*program_id = loyalty_row_int4(rows, 0, 3);
	return loyalty_row_int4(rows, 0, 1);
}

/* Customers who have accounts, or will; the primary key has the order. */
static LoyaltyQuery customers_loyal = LOYALTY_STATEMENT(
	"SELECT c.customer_id FROM loyalty_data.customer c WHERE c.org_id = $1 AND c.customer_id > $2"
	" AND c.loyalty_type = 'l' AND c.merged_into IS NULL AND c.erased_at IS NULL"
	" ORDER BY c.customer_id LIMIT $3",
	INT4OID, INT8OID, INT4OID);

/* Reads without locks: each customer is locked later, and judged then. */
int
loyalty_customers_loyal(int32 org_id, int64 after, int limit, int64 *customers)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&customers_loyal, loyalty_int4(org_id), loyalty_int8(after), loyalty_int4(limit));
	uint64 i;

	for (i = 0; i < rows->count; i++)
		customers[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}

/* The function of pg_cron, which exists where the extension does: the caller has looked. */
static LoyaltyQuery job_schedule =
	LOYALTY_STATEMENT("SELECT cron.schedule($1, $2, $3)", TEXTOID, TEXTOID, TEXTOID);

/* Quotes the org's code, so that whatever it contains stays a literal. */
char *
loyalty_job_command(const char *procedure, const char *org)
{
	return psprintf("CALL loyalty.%s(%s)", procedure, quote_literal_cstr(org));
}

/* Calls pg_cron under the search path of the caller; the name of its function has its schema. */
void
loyalty_job_schedule(const char *name, const char *times, const char *command)
{
	LOYALTY_EXECUTE(&job_schedule, loyalty_text(name), loyalty_text(times), loyalty_text(command));
}
