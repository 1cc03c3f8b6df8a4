/*
 * code_retention_store.c: codes and guesses that count for nothing any more, of which an org keeps the story for a time.
 *
 * The latest run and the latest code of a customer and purpose stay, however old: failures, a block and the next numbers stand in
 * them. A guess of an earlier run is good for nothing but as a proof, and that for a day at most: what goes is a day older than the
 * org asks for. So nothing of it can be asked about while it goes. Customers are locked ascending, as an erasure locks them;
 * who is nobody cannot be.
 *
 * Who is nobody has no deletion of its own: there even the latest goes, once nothing has happened for so long, and no sooner than the
 * longest block is over. What hangs on guesses goes before them, so that whoever enters a code meanwhile finds either all or nothing.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/clock.h"
#include "common/query.h"
#include "customer/customer_store.h"
#include "verification/code_retention_store.h"

/* The longest time for which a code is alive, or a guess is a proof: a bound of the rules. */
#define LONGEST_USE USECS_PER_DAY

/* The longest block, in the same way. */
#define LONGEST_BLOCK (30 * USECS_PER_DAY)

/* Guesses before the latest run of that customer. */
#define GUESS_IS_OLD(customer) \
	"a.org_id = $1 AND a.entered_at < $2 AND a.run_no < (SELECT max(m.run_no) FROM loyalty_data.verification_attempt m" \
	" WHERE m.org_id = $1 AND m.customer_id = " customer " AND m.purpose = a.purpose)"

/* Codes before the latest one, at which no guess was made that is still there. */
#define CODE_IS_OLD(customer) \
	"c.org_id = $1 AND c.sent_at < $2 AND c.code_no < (SELECT max(m.code_no) FROM loyalty_data.verification_code m" \
	" WHERE m.org_id = $1 AND m.customer_id = " customer " AND m.purpose = c.purpose)" \
	" AND NOT EXISTS (SELECT FROM loyalty_data.verification_attempt g WHERE g.org_id = $1 AND g.customer_id = " customer \
	" AND g.purpose = c.purpose AND g.code_no = c.code_no)"

/* Ids below zero of which nothing is younger. */
#define NOBODY_IS_OLD(customer) \
	customer \
		" < 0 AND NOT EXISTS (SELECT FROM loyalty_data.verification_code y WHERE y.org_id = $1 AND y.customer_id = " customer \
		" AND y.sent_at >= $2) AND NOT EXISTS (SELECT FROM loyalty_data.verification_attempt y WHERE y.org_id = $1" \
		" AND y.customer_id = " customer " AND y.entered_at >= $2)"

static LoyaltyQuery nobodies_old = LOYALTY_STATEMENT(
	"SELECT DISTINCT o.customer_id FROM (SELECT c.customer_id FROM loyalty_data.verification_code c WHERE c.org_id = $1"
	" AND c.sent_at < $2 AND " NOBODY_IS_OLD("c.customer_id") " LIMIT $3) o ORDER BY o.customer_id",
	INT4OID, TIMESTAMPTZOID, INT4OID);

/* All of nobody, in this order. */
#define OF_NOBODY(table) \
	LOYALTY_STATEMENT("DELETE FROM loyalty_data." table " t WHERE t.org_id = $1 AND t.customer_id = $3" \
					  " AND " NOBODY_IS_OLD("$3"), \
					  INT4OID, TIMESTAMPTZOID, INT8OID)

static LoyaltyQuery nobodies[] = {
	OF_NOBODY("verification_token"),   OF_NOBODY("verification_use"),  OF_NOBODY("verification_release"),
	OF_NOBODY("verification_attempt"), OF_NOBODY("verification_code"),
};

static LoyaltyQuery guesses_old = LOYALTY_STATEMENT(
	"SELECT DISTINCT o.customer_id FROM (SELECT a.customer_id FROM loyalty_data.verification_attempt a"
	" WHERE " GUESS_IS_OLD("a.customer_id") " LIMIT $3) o ORDER BY o.customer_id",
	INT4OID, TIMESTAMPTZOID, INT4OID);

static LoyaltyQuery codes_old = LOYALTY_STATEMENT(
	"SELECT DISTINCT o.customer_id FROM (SELECT c.customer_id FROM loyalty_data.verification_code c"
	" WHERE " CODE_IS_OLD("c.customer_id") " LIMIT $3) o ORDER BY o.customer_id",
	INT4OID, TIMESTAMPTZOID, INT4OID);

/* Deletions of a customer, guesses first: the rest hangs on them. */
static LoyaltyQuery deletions[] = {
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.verification_attempt a WHERE a.customer_id = $3"
					  " AND " GUESS_IS_OLD("$3"),
					  INT4OID, TIMESTAMPTZOID, INT8OID),
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.verification_code c WHERE c.customer_id = $3"
					  " AND " CODE_IS_OLD("$3"),
					  INT4OID, TIMESTAMPTZOID, INT8OID),
};

/* Rows of a table whose guesses are gone. */
#define ORPHANS(table, more) \
	LOYALTY_STATEMENT("DELETE FROM loyalty_data." table " t WHERE t.org_id = $1 AND t.customer_id = $2" \
					  " AND NOT EXISTS (SELECT FROM loyalty_data.verification_attempt g WHERE g.org_id = $1" \
					  " AND g.customer_id = $2 AND g.purpose = t.purpose AND g.run_no = t.run_no" more ")", \
					  INT4OID, INT8OID)

static LoyaltyQuery orphans[] = {
	ORPHANS("verification_token", " AND g.attempt_no = t.attempt_no"),
	ORPHANS("verification_use", ""),
	ORPHANS("verification_release", ""),
};

/* Addresses that got their last code on a day that is over: their number is of that day. */
static LoyaltyQuery addresses_forget = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.verification_address a WHERE (a.org_id, a.address_digest) IN (SELECT o.org_id,"
	" o.address_digest FROM loyalty_data.verification_address o WHERE o.org_id = $1 AND o.last_sent_at < $2 LIMIT $3)",
	INT4OID, TIMESTAMPTZOID, INT4OID);

/* Deletes what is old of one customer, who is locked. */
static void
forget_of(int32 org_id, int64 customer_id, TimestampTz before)
{
	int i;

	for (i = 0; i < lengthof(deletions); i++)
		LOYALTY_EXECUTE(&deletions[i], loyalty_int4(org_id), loyalty_time(before), loyalty_int8(customer_id));
	for (i = 0; i < lengthof(orphans); i++)
		LOYALTY_EXECUTE(&orphans[i], LOYALTY_CUSTOMER(org_id, customer_id));
}

/* Deletes what a statement finds; returns of how many customers. */
static int64
forget_found(LoyaltyQuery *found, int32 org_id, TimestampTz before, int limit)
{
	LoyaltyRows *rows = LOYALTY_QUERY(found, loyalty_int4(org_id), loyalty_time(before), loyalty_int4(limit));
	LoyaltyCustomer customer;
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		int64 customer_id = loyalty_row_int8(rows, i, 1);

		if (customer_id > 0)
			(void) loyalty_customer_lock(org_id, customer_id, &customer);
		forget_of(org_id, customer_id, before);
	}
	return (int64) rows->count;
}

/* Deletes all of those who are nobody and of whom nothing was heard since; returns how many there were. */
static int64
forget_nobodies(int32 org_id, TimestampTz before, int limit)
{
	TimestampTz silent = Min(before, loyalty_wall_clock() - LONGEST_BLOCK);
	LoyaltyRows *rows =
		LOYALTY_QUERY(&nobodies_old, loyalty_int4(org_id), loyalty_time(silent), loyalty_int4(limit));
	uint64 row;
	int i;

	for (row = 0; row < rows->count; row++)
		for (i = 0; i < lengthof(nobodies); i++)
			LOYALTY_EXECUTE(&nobodies[i], loyalty_int4(org_id), loyalty_time(silent),
							loyalty_int8(loyalty_row_int8(rows, row, 1)));
	return (int64) rows->count;
}

/* Goes on to the next kind where nothing was found of the one before. */
static int64
forget(LoyaltyCall *call, TimestampTz before, int limit, int64 *after)
{
	int32 org_id = call->org->org_id;
	int64 count;

	before -= LONGEST_USE;
	count = forget_found(&guesses_old, org_id, before, limit);
	if (count == 0)
		count = forget_found(&codes_old, org_id, before, limit);
	if (count == 0)
		count = forget_nobodies(org_id, before, limit);
	if (count == 0)
		count = (int64) LOYALTY_EXECUTE(&addresses_forget, loyalty_int4(org_id), loyalty_time(before),
										loyalty_int4(limit));
	return count;
}

const LoyaltyRetention loyalty_codes_retention = { .what = "codes", .forget = forget };
