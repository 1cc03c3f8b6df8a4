/*
 * verify_store.c: the statements that recompute each invariant. Reading in the order of the keys, a check costs
 * about as much as reading the tables once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "ledger/verify_store.h"

/* Names the account of row "t", for a divergence. */
#define ACCOUNT_TEXT(t)                                                                              \
	"pg_catalog.format('customer %s, program %s, category %s', " t ".customer_id, " t ".program_id," \
	" loyalty.ledger_word(" t ".category, 'category'))"

#define SAME_ACCOUNT(a, b)                                                                              \
	" " a ".org_id OPERATOR(pg_catalog.=) " b ".org_id AND " a ".customer_id OPERATOR(pg_catalog.=) " b \
	".customer_id"                                                                                      \
	" AND " a ".program_id OPERATOR(pg_catalog.=) " b ".program_id"                                     \
	" AND " a ".category OPERATOR(pg_catalog.=) " b ".category"

#define SAME_ENTRY(a, b) SAME_ACCOUNT(a, b) " AND " a ".entry_no OPERATOR(pg_catalog.=) " b ".entry_no"

#define SAME_LOT(a, b)                                                                                  \
	" " a ".org_id OPERATOR(pg_catalog.=) " b ".org_id AND " a ".customer_id OPERATOR(pg_catalog.=) " b \
	".customer_id"                                                                                      \
	" AND " a ".lot_id OPERATOR(pg_catalog.=) " b ".lot_id"

/* IS DISTINCT FROM would look for an operator on the caller's search_path. */
#define DIFFERS(a, b) \
	"(" a " OPERATOR(pg_catalog.<>) " b " OR (" a " IS NULL) OPERATOR(pg_catalog.<>) (" b " IS NULL))"

#define SUM_WHERE(what, condition) "COALESCE(pg_catalog.sum(" what ") FILTER (WHERE " condition "), 0)"

/* Movements "x" by what they do, as movement types between commas: see posting_rules.c. */
#define IS_ONE_OF(types) "x.movement_type OPERATOR(pg_catalog.=) ANY ('{" types "}')"
#define LOWERING "r,e,b,t,g,c,a,p"
#define RAISING "R,E"
#define NOT_AT_CREDITS "r,e,b,t,g,c,a"

/* What a column of a lot got by movements of some types, less what it gave by others. */
#define COLUMN_OF(to, from) \
	SUM_WHERE("x.points", IS_ONE_OF(to)) " OPERATOR(pg_catalog.-) " SUM_WHERE("x.points", IS_ONE_OF(from))

#define BELOW_ZERO(balance) "GREATEST(OPERATOR(pg_catalog.-) " balance ", 0)"

typedef struct Check
{
	const char *name;
	LoyaltyQuery query;
} Check;

#define CHECK_QUERY(text)                                                                             \
	{                                                                                                 \
		.sql = text, .nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true, \
		.limit = 1,                                                                                   \
	}

/* clang-format off */
static const Check checks[] = {
	/* Numbers without a gap, balances that follow, times that never run backwards, the account as the last entry left it. */
	[CHECK_ENTRY_CHAIN] = { "entries follow each other", CHECK_QUERY(
		"SELECT CASE WHEN e.entry_no IS NULL THEN " ACCOUNT_TEXT("a") " ELSE " ACCOUNT_TEXT("e") " END OPERATOR(pg_catalog.||)"
		" pg_catalog.format(', entry %s: number, balance or time does not follow from entry %s (balance after %s, before %s)',"
		" COALESCE(e.entry_no, a.last_entry_no), e.before_no, e.balance_after, e.before_balance)"
		" FROM (SELECT x.org_id, x.customer_id, x.program_id, x.category, x.entry_no, x.entry_type, x.points,"
		"  x.balance_after, x.effective_at, v.recorded_at, x.posting_day,"
		"  pg_catalog.lag(x.entry_no, 1, 0) OVER w AS before_no,"
		"  pg_catalog.lag(x.balance_after, 1, 0::pg_catalog.numeric) OVER w AS before_balance,"
		"  pg_catalog.lag(x.effective_at) OVER w AS before_effective, pg_catalog.lag(v.recorded_at) OVER w AS before_recorded,"
		"  pg_catalog.lead(x.entry_no) OVER w IS NULL AS is_last"
		"  FROM loyalty.ledger_entry x LEFT JOIN loyalty.ledger_event v ON v.org_id OPERATOR(pg_catalog.=) x.org_id"
		"   AND v.customer_id OPERATOR(pg_catalog.=) x.customer_id AND v.event_id OPERATOR(pg_catalog.=) x.event_id"
		"  WHERE x.org_id OPERATOR(pg_catalog.=) $1"
		"  WINDOW w AS (PARTITION BY x.org_id, x.customer_id, x.program_id, x.category ORDER BY x.entry_no)) e"
		" FULL JOIN (SELECT * FROM loyalty.ledger_account z WHERE z.org_id OPERATOR(pg_catalog.=) $1) a"
		" ON" SAME_ACCOUNT("e", "a") " WHERE e.entry_no IS NULL OR a.last_entry_no IS NULL"
		" OR e.entry_no OPERATOR(pg_catalog.<>) (e.before_no OPERATOR(pg_catalog.+) 1)"
		" OR e.balance_after OPERATOR(pg_catalog.<>) (e.before_balance OPERATOR(pg_catalog.+)"
		"  CASE WHEN e.entry_type OPERATOR(pg_catalog.=) 'd' THEN OPERATOR(pg_catalog.-) e.points ELSE e.points END)"
		" OR e.effective_at OPERATOR(pg_catalog.<) e.before_effective OR e.recorded_at OPERATOR(pg_catalog.<) e.before_recorded"
		" OR (e.entry_no OPERATOR(pg_catalog.>) 1 AND e.entry_type OPERATOR(pg_catalog.=) 'o')"
		" OR (e.entry_type OPERATOR(pg_catalog.=) ANY ('{c,d}') AND e.points OPERATOR(pg_catalog.<=) 0)"
		" OR (e.is_last AND (e.entry_no OPERATOR(pg_catalog.<>) a.last_entry_no"
		"  OR e.balance_after OPERATOR(pg_catalog.<>) a.balance OR e.effective_at OPERATOR(pg_catalog.<>) a.last_effective_at"
		"  OR e.recorded_at OPERATOR(pg_catalog.<>) a.last_recorded_at))") },

	[CHECK_BALANCE_IS_LOTS] = { "balance is the sum of lots less arrears", CHECK_QUERY(
		"SELECT " ACCOUNT_TEXT("a") " OPERATOR(pg_catalog.||) pg_catalog.format("
		"': balance %s, open lots %s, arrears %s', a.balance, COALESCE(l.remaining, 0), a.arrears)"
		" FROM loyalty.ledger_account a LEFT JOIN (SELECT x.org_id, x.customer_id, x.program_id, x.category,"
		"  pg_catalog.sum(x.remaining) AS remaining, pg_catalog.min(x.expires_at) AS next_expiry_at"
		"  FROM loyalty.points_lot x WHERE x.org_id OPERATOR(pg_catalog.=) $1 AND x.remaining OPERATOR(pg_catalog.>) 0"
		"  GROUP BY x.org_id, x.customer_id, x.program_id, x.category) l ON" SAME_ACCOUNT("l", "a") " WHERE a.org_id OPERATOR(pg_catalog.=) $1"
		" AND (a.balance OPERATOR(pg_catalog.<>) (COALESCE(l.remaining, 0) OPERATOR(pg_catalog.-) a.arrears)"
		"  OR a.arrears OPERATOR(pg_catalog.<) 0"
		"  OR (a.arrears OPERATOR(pg_catalog.>) 0 AND l.remaining OPERATOR(pg_catalog.>) 0)"
		"  OR " DIFFERS("l.next_expiry_at", "a.next_expiry_at") ")") },

	/* A movement takes from one column of its lot and gives to another: what each column got less what it gave. */
	[CHECK_LOT_COLUMNS] = { "lots add up and follow from their movements", CHECK_QUERY(
		"SELECT pg_catalog.format('customer %s, lot %s: points %s, remaining %s, redeemed %s (movements %s),"
		" expired %s (%s), returned %s (%s), transferred %s (%s), merged %s (%s), converted %s (%s), adjusted %s (%s),"
		" arrears paid %s (%s)', l.customer_id, l.lot_id, l.points, l.remaining, l.redeemed, m.redeemed,"
		" l.expired, m.expired, l.returned, m.returned, l.transferred, m.transferred, l.merged, m.merged,"
		" l.converted, m.converted, l.adjusted, m.adjusted, l.arrears_paid, m.arrears_paid)"
		" FROM loyalty.points_lot l CROSS JOIN LATERAL (SELECT"
		" " COLUMN_OF("r", "R,s") " AS redeemed,"
		" " COLUMN_OF("e", "E") " AS expired,"
		" " SUM_WHERE("x.points", IS_ONE_OF("b,s,u,q")) " AS returned,"
		" " COLUMN_OF("t", "u") " AS transferred,"
		" " SUM_WHERE("x.points", IS_ONE_OF("g")) " AS merged,"
		" " SUM_WHERE("x.points", IS_ONE_OF("c")) " AS converted,"
		" " SUM_WHERE("x.points", IS_ONE_OF("a")) " AS adjusted,"
		" " COLUMN_OF("p", "q") " AS arrears_paid"
		" FROM loyalty.lot_movement x WHERE" SAME_LOT("x", "l") ") m"
		" WHERE l.org_id OPERATOR(pg_catalog.=) $1 AND (l.remaining OPERATOR(pg_catalog.<) 0"
		" OR l.points OPERATOR(pg_catalog.<>) (l.remaining OPERATOR(pg_catalog.+) l.redeemed OPERATOR(pg_catalog.+) l.expired"
		"  OPERATOR(pg_catalog.+) l.returned OPERATOR(pg_catalog.+) l.transferred OPERATOR(pg_catalog.+) l.merged"
		"  OPERATOR(pg_catalog.+) l.converted OPERATOR(pg_catalog.+) l.adjusted OPERATOR(pg_catalog.+) l.arrears_paid)"
		" OR l.redeemed OPERATOR(pg_catalog.<>) m.redeemed OR l.expired OPERATOR(pg_catalog.<>) m.expired"
		" OR l.returned OPERATOR(pg_catalog.<>) m.returned OR l.transferred OPERATOR(pg_catalog.<>) m.transferred"
		" OR l.merged OPERATOR(pg_catalog.<>) m.merged OR l.converted OPERATOR(pg_catalog.<>) m.converted"
		" OR l.adjusted OPERATOR(pg_catalog.<>) m.adjusted OR l.arrears_paid OPERATOR(pg_catalog.<>) m.arrears_paid)") },

	/*
	 * Movements belong to an entry of their lot's account and to its event. Those that lower "remaining" pay a debit to
	 * the last point, but for what goes below zero; at a credit they pay just the arrears that it lifts.
	 */
	[CHECK_DEBITS_PAID] = { "debits are paid by movements", CHECK_QUERY(
		"SELECT " ACCOUNT_TEXT("d") " OPERATOR(pg_catalog.||) pg_catalog.format("
		"', entry %s: %s points, movements out of lots of %s, arrears %s', d.entry_no, d.points, d.lowered, d.arrears)"
		" FROM (SELECT COALESCE(e.customer_id, m.customer_id) AS customer_id, COALESCE(e.program_id, m.program_id) AS program_id,"
		"  COALESCE(e.category, m.category) AS category, COALESCE(e.entry_no, m.entry_no) AS entry_no, e.entry_type,"
		"  e.points, e.event_id, e.arrears, COALESCE(m.lowered, 0) AS lowered, COALESCE(m.raised, 0) AS raised,"
		"  m.first_event, m.last_event, COALESCE(m.others, 0) AS others"
		"  FROM (SELECT z.org_id, z.customer_id, z.program_id, z.category, z.entry_no, z.entry_type, z.points, z.event_id,"
		"   " BELOW_ZERO("z.balance_after") " OPERATOR(pg_catalog.-) " BELOW_ZERO("z.before") " AS arrears"
		"   FROM (SELECT y.*, CASE WHEN y.entry_type OPERATOR(pg_catalog.=) 'd'"
		"     THEN y.balance_after OPERATOR(pg_catalog.+) y.points"
		"     ELSE y.balance_after OPERATOR(pg_catalog.-) y.points END AS before"
		"    FROM loyalty.ledger_entry y WHERE y.org_id OPERATOR(pg_catalog.=) $1) z) e"
		"  FULL JOIN (SELECT x.org_id, x.customer_id, l.program_id, l.category, x.entry_no,"
		"   " SUM_WHERE("x.points", IS_ONE_OF(LOWERING)) " AS lowered,"
		"   " SUM_WHERE("x.points", IS_ONE_OF(RAISING)) " AS raised,"
		"   " SUM_WHERE("x.points", IS_ONE_OF(NOT_AT_CREDITS)) " AS others,"
		"   pg_catalog.min(x.event_id) AS first_event, pg_catalog.max(x.event_id) AS last_event"
		"   FROM loyalty.lot_movement x LEFT JOIN loyalty.points_lot l ON" SAME_LOT("l", "x")
		"   WHERE x.org_id OPERATOR(pg_catalog.=) $1"
		"   GROUP BY x.org_id, x.customer_id, l.program_id, l.category, x.entry_no) m ON" SAME_ENTRY("e", "m") ") d"
		" WHERE d.points IS NULL OR d.first_event OPERATOR(pg_catalog.<>) d.event_id"
		" OR d.last_event OPERATOR(pg_catalog.<>) d.event_id OR CASE WHEN d.entry_type OPERATOR(pg_catalog.=) 'd'"
		"  THEN d.points OPERATOR(pg_catalog.<>) (d.lowered OPERATOR(pg_catalog.+) d.arrears)"
		"   OR d.raised OPERATOR(pg_catalog.<>) 0"
		"  ELSE d.lowered OPERATOR(pg_catalog.<>) (OPERATOR(pg_catalog.-) d.arrears)"
		"   OR d.others OPERATOR(pg_catalog.<>) 0 END") },

	[CHECK_CREDITS_ARE_LOTS] = { "credits are lots", CHECK_QUERY(
		"SELECT " ACCOUNT_TEXT("d") " OPERATOR(pg_catalog.||) pg_catalog.format("
		"', entry %s: a credit of %s, lots of %s', d.entry_no, d.points, d.lots)"
		" FROM (SELECT COALESCE(e.customer_id, l.customer_id) AS customer_id, COALESCE(e.program_id, l.program_id) AS program_id,"
		"  COALESCE(e.category, l.category) AS category, COALESCE(e.entry_no, l.entry_no) AS entry_no, e.points, l.lots"
		"  FROM (SELECT * FROM loyalty.ledger_entry z WHERE z.org_id OPERATOR(pg_catalog.=) $1"
		"   AND (z.entry_type OPERATOR(pg_catalog.=) 'c' OR (z.entry_type OPERATOR(pg_catalog.=) 'o'"
		"    AND z.points OPERATOR(pg_catalog.>) 0))) e"
		"  FULL JOIN (SELECT y.org_id, y.customer_id, y.program_id, y.category, y.entry_no, pg_catalog.sum(y.points) AS lots"
		"   FROM (SELECT w.org_id, w.customer_id, w.program_id, w.category, w.entry_no, w.points FROM loyalty.points_lot w"
		"     WHERE w.org_id OPERATOR(pg_catalog.=) $1"
		"    UNION ALL SELECT x.org_id, x.customer_id, v.program_id, v.category, x.entry_no, x.points"
		"     FROM loyalty.lot_movement x JOIN loyalty.points_lot v ON" SAME_LOT("v", "x")
		"     WHERE x.org_id OPERATOR(pg_catalog.=) $1 AND " IS_ONE_OF(RAISING) ") y"
		"   GROUP BY y.org_id, y.customer_id, y.program_id, y.category, y.entry_no) l ON" SAME_ENTRY("e", "l") ") d"
		" WHERE " DIFFERS("d.points", "d.lots")) },

	[CHECK_TRIAL_BALANCE] = { "trial balance", CHECK_QUERY(
		"SELECT pg_catalog.format('program %s: the accounts hold %s, the house accounts %s; converted %s, in transit %s',"
		" COALESCE(a.program_id, h.program_id), a.balance, h.total, h.converted, h.in_transit)"
		" FROM (SELECT x.program_id, pg_catalog.sum(x.balance) AS balance FROM loyalty.ledger_account x"
		"  WHERE x.org_id OPERATOR(pg_catalog.=) $1 GROUP BY x.program_id) a"
		" FULL JOIN (SELECT y.program_id, pg_catalog.sum(y.signed) AS total,"
		"  " SUM_WHERE("y.signed", "y.house_account OPERATOR(pg_catalog.=) 'c'") " AS converted,"
		"  " SUM_WHERE("y.signed", "y.house_account OPERATOR(pg_catalog.=) ANY ('{t,g}')") " AS in_transit"
		"  FROM (SELECT z.program_id, z.house_account, CASE WHEN z.entry_type OPERATOR(pg_catalog.=) 'd'"
		"   THEN OPERATOR(pg_catalog.-) z.points ELSE z.points END AS signed FROM loyalty.ledger_entry z"
		"   WHERE z.org_id OPERATOR(pg_catalog.=) $1) y GROUP BY y.program_id) h"
		" ON h.program_id OPERATOR(pg_catalog.=) a.program_id"
		" WHERE " DIFFERS("a.balance", "h.total") " OR h.converted OPERATOR(pg_catalog.<>) 0"
		" OR h.in_transit OPERATOR(pg_catalog.<>) 0") },

	[CHECK_COUNTERS] = { "counters follow from the entries", CHECK_QUERY(
		"SELECT " ACCOUNT_TEXT("a") " OPERATOR(pg_catalog.||) pg_catalog.format("
		"': lifetime %s (entries %s), redeemed %s (%s), expired %s (%s), returned %s (%s)', a.lifetime_points, e.lifetime,"
		" a.redeemed_points, e.redeemed, a.expired_points, e.expired, a.returned_points, e.returned)"
		" FROM loyalty.ledger_account a JOIN (SELECT x.org_id, x.customer_id, x.program_id, x.category,"
		"  " SUM_WHERE("x.points", "x.house_account OPERATOR(pg_catalog.=) ANY ('{i,m}') AND x.entry_type OPERATOR(pg_catalog.<>) 'd'") "  AS lifetime, " SUM_WHERE("x.taken", "x.house_account OPERATOR(pg_catalog.=) 'r'") " AS redeemed,"
		"  " SUM_WHERE("x.taken", "x.house_account OPERATOR(pg_catalog.=) 'e'") " AS expired,"
		"  " SUM_WHERE("x.taken", "x.house_account OPERATOR(pg_catalog.=) 'b'") " AS returned"
		"  FROM (SELECT z.*, CASE WHEN z.entry_type OPERATOR(pg_catalog.=) 'd' THEN z.points"
		"   ELSE OPERATOR(pg_catalog.-) z.points END AS taken FROM loyalty.ledger_entry z"
		"   WHERE z.org_id OPERATOR(pg_catalog.=) $1) x GROUP BY x.org_id, x.customer_id, x.program_id, x.category) e"
		" ON" SAME_ACCOUNT("e", "a") " WHERE a.org_id OPERATOR(pg_catalog.=) $1 AND (a.lifetime_points OPERATOR(pg_catalog.<>) e.lifetime"
		" OR a.redeemed_points OPERATOR(pg_catalog.<>) e.redeemed OR a.expired_points OPERATOR(pg_catalog.<>) e.expired"
		" OR a.returned_points OPERATOR(pg_catalog.<>) e.returned)") },

	[CHECK_EVENTS] = { "events match their entries", CHECK_QUERY(
		"SELECT pg_catalog.format('customer %s, event %s: net points %s, entries %s', COALESCE(v.customer_id, e.customer_id),"
		" COALESCE(v.event_id, e.event_id), v.net_points, e.net)"
		" FROM (SELECT * FROM loyalty.ledger_event z WHERE z.org_id OPERATOR(pg_catalog.=) $1) v"
		" FULL JOIN (SELECT x.org_id, x.customer_id, x.event_id, pg_catalog.sum(CASE WHEN x.entry_type OPERATOR(pg_catalog.=) 'd'"
		"  THEN OPERATOR(pg_catalog.-) x.points ELSE x.points END) AS net FROM loyalty.ledger_entry x"
		"  WHERE x.org_id OPERATOR(pg_catalog.=) $1 GROUP BY x.org_id, x.customer_id, x.event_id) e"
		" ON e.org_id OPERATOR(pg_catalog.=) v.org_id AND e.customer_id OPERATOR(pg_catalog.=) v.customer_id"
		" AND e.event_id OPERATOR(pg_catalog.=) v.event_id"
		" WHERE v.event_id IS NULL OR v.net_points OPERATOR(pg_catalog.<>) COALESCE(e.net, 0)"
		" OR (e.event_id IS NULL AND v.event_code OPERATOR(pg_catalog.<>) 10)") },

	/* No key ties the ledger to its customers; bills and accounts have events. */
	[CHECK_CUSTOMERS] = { "events have their customer", CHECK_QUERY(
		"SELECT pg_catalog.format('customer %s, event %s: the customer does not exist', v.customer_id, v.event_id)"
		" FROM loyalty.ledger_event v LEFT JOIN loyalty.customer c ON c.org_id OPERATOR(pg_catalog.=) v.org_id"
		" AND c.customer_id OPERATOR(pg_catalog.=) v.customer_id"
		" WHERE v.org_id OPERATOR(pg_catalog.=) $1 AND c.customer_id IS NULL") },

	/* A lot's expiry today is what its last change says, and each change begins where the one before ended. */
	[CHECK_EXPIRY] = { "expiries follow from their changes", CHECK_QUERY(
		"SELECT pg_catalog.format('customer %s, lot %s: expires at %s, the last change says %s', c.customer_id, c.lot_id,"
		" l.expires_at, c.new_expires_at)"
		" FROM (SELECT x.*, pg_catalog.lag(x.new_expires_at) OVER w AS before, pg_catalog.lag(x.lot_id) OVER w IS NULL AS is_first,"
		"  pg_catalog.lead(x.lot_id) OVER w IS NULL AS is_last FROM loyalty.lot_expiry_change x"
		"  WHERE x.org_id OPERATOR(pg_catalog.=) $1"
		"  WINDOW w AS (PARTITION BY x.org_id, x.customer_id, x.lot_id ORDER BY x.entry_no)) c"
		" LEFT JOIN loyalty.points_lot l ON" SAME_LOT("l", "c") " LEFT JOIN loyalty.ledger_entry e ON" SAME_ACCOUNT("e", "l") " AND e.entry_no OPERATOR(pg_catalog.=) c.entry_no"
		" WHERE l.lot_id IS NULL OR " DIFFERS("e.event_id", "c.event_id")
		" OR (NOT c.is_first AND " DIFFERS("c.before", "c.old_expires_at") ")"
		" OR (c.is_last AND " DIFFERS("c.new_expires_at", "l.expires_at") ")") },

	/* A reversal may be written for another customer of the merge group than what it takes back. */
	[CHECK_REVERSALS] = { "nothing is reversed beyond its amount", CHECK_QUERY(
		"SELECT pg_catalog.format('customer %s, event %s: net points %s, reversed %s', r.customer_id, r.reverses_event_id,"
		" v.net_points, r.net)"
		" FROM (SELECT COALESCE(c.merged_into, x.customer_id) AS customer_id, x.reverses_event_id,"
		"  pg_catalog.sum(x.net_points) AS net FROM loyalty.ledger_event x"
		"  LEFT JOIN loyalty.customer c ON c.org_id OPERATOR(pg_catalog.=) x.org_id"
		"   AND c.customer_id OPERATOR(pg_catalog.=) x.customer_id"
		"  WHERE x.org_id OPERATOR(pg_catalog.=) $1 AND x.reverses_event_id IS NOT NULL"
		"  GROUP BY COALESCE(c.merged_into, x.customer_id), x.reverses_event_id) r"
		" LEFT JOIN (SELECT COALESCE(d.merged_into, y.customer_id) AS customer_id, y.event_id, y.net_points"
		"  FROM loyalty.ledger_event y LEFT JOIN loyalty.customer d ON d.org_id OPERATOR(pg_catalog.=) y.org_id"
		"   AND d.customer_id OPERATOR(pg_catalog.=) y.customer_id WHERE y.org_id OPERATOR(pg_catalog.=) $1) v"
		"  ON v.customer_id OPERATOR(pg_catalog.=) r.customer_id AND v.event_id OPERATOR(pg_catalog.=) r.reverses_event_id"
		" WHERE v.event_id IS NULL OR pg_catalog.abs(r.net) OPERATOR(pg_catalog.>) pg_catalog.abs(v.net_points)") },

	[CHECK_TRANSACTIONS] = { "bills have their number and their event", CHECK_QUERY(
		"SELECT pg_catalog.format('customer %s, bill %s', COALESCE(b.customer_id, n.customer_id),"
		" COALESCE(b.transaction_id, n.transaction_id))"
		" FROM (SELECT * FROM loyalty.transaction z WHERE z.org_id OPERATOR(pg_catalog.=) $1) b"
		" FULL JOIN (SELECT * FROM loyalty.transaction_number y WHERE y.org_id OPERATOR(pg_catalog.=) $1) n"
		" ON n.org_id OPERATOR(pg_catalog.=) b.org_id AND n.customer_id OPERATOR(pg_catalog.=) b.customer_id"
		" AND n.transaction_id OPERATOR(pg_catalog.=) b.transaction_id"
		" LEFT JOIN loyalty.ledger_event v ON v.org_id OPERATOR(pg_catalog.=) b.org_id"
		"  AND v.customer_id OPERATOR(pg_catalog.=) b.customer_id AND v.event_id OPERATOR(pg_catalog.=) b.transaction_id"
		"  AND v.event_code OPERATOR(pg_catalog.=) 10"
		" WHERE b.transaction_id IS NULL OR n.transaction_id IS NULL OR v.event_id IS NULL"
		" OR n.transaction_number OPERATOR(pg_catalog.<>) b.transaction_number"
		" OR n.till_id OPERATOR(pg_catalog.<>) COALESCE(b.till_id, 0)") },
};
/* clang-format on */
StaticAssertDecl(lengthof(checks) == CHECK_COUNT, "checks[] is out of step with LoyaltyCheck");

static LoyaltyPlan plans[CHECK_COUNT];

const char *
loyalty_check_name(LoyaltyCheck check)
{
	return checks[check].name;
}

char *
loyalty_check_run(LoyaltyCheck check, int32 org_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	if (loyalty_query(&checks[check].query, &plans[check], &params) == 0)
		return NULL;
	return loyalty_row_text_or_null(0, 1) ? loyalty_row_text(0, 1) : pstrdup("a row without its account");
}
