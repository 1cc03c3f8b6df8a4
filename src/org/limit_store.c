/*
 * limit_store.c: the statements on what programs ask of redemptions and transfers. One row has both kinds of a
 * program; each kind has a statement that makes the row or changes its own columns. NULL in a column is no such
 * rule, 0 in the struct.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/points.h"
#include "common/query.h"
#include "org/limit_store.h"

/* Columns in the order in which limits_from_row reads them. */
static LoyaltyQuery limits_of_program = LOYALTY_STATEMENT(
	"SELECT l.program_id, l.transfer_renews_expiry, l.transfer_spares_registration, l.transfers_1,"
	" l.transfers_7, l.transfers_30, l.transfer_points_1, l.transfer_points_7, l.transfer_points_30,"
	" l.points_per_currency_unit, l.redemption_minimum, l.redemption_maximum, l.redemption_multiple,"
	" l.redemption_balance, l.redemption_lifetime, l.redemption_per_day, l.redemption_per_week,"
	" l.redemption_per_month FROM loyalty_data.program_limit l WHERE l.org_id = $1",
	INT4OID);

static LoyaltyQuery redemption_rules_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.program_limit AS l (org_id, program_id, points_per_currency_unit,"
	" redemption_minimum, redemption_maximum, redemption_multiple, redemption_balance, redemption_lifetime,"
	" redemption_per_day, redemption_per_week, redemption_per_month)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_id, program_id) DO UPDATE SET"
	" points_per_currency_unit = EXCLUDED.points_per_currency_unit,"
	" redemption_minimum = EXCLUDED.redemption_minimum, redemption_maximum = EXCLUDED.redemption_maximum,"
	" redemption_multiple = EXCLUDED.redemption_multiple, redemption_balance = EXCLUDED.redemption_balance,"
	" redemption_lifetime = EXCLUDED.redemption_lifetime, redemption_per_day = EXCLUDED.redemption_per_day,"
	" redemption_per_week = EXCLUDED.redemption_per_week, redemption_per_month = EXCLUDED.redemption_per_month",
	INT4OID, INT4OID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID,
	NUMERICOID, NUMERICOID);

static LoyaltyQuery transfer_rules_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.program_limit AS l (org_id, program_id, transfer_points_1, transfer_points_7,"
	" transfer_points_30, transfers_1, transfers_7, transfers_30, transfer_renews_expiry,"
	" transfer_spares_registration) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	" ON CONFLICT (org_id, program_id) DO UPDATE SET transfer_points_1 = EXCLUDED.transfer_points_1,"
	" transfer_points_7 = EXCLUDED.transfer_points_7, transfer_points_30 = EXCLUDED.transfer_points_30,"
	" transfers_1 = EXCLUDED.transfers_1, transfers_7 = EXCLUDED.transfers_7,"
	" transfers_30 = EXCLUDED.transfers_30, transfer_renews_expiry = EXCLUDED.transfer_renews_expiry,"
	" transfer_spares_registration = EXCLUDED.transfer_spares_registration",
	INT4OID, INT4OID, NUMERICOID, NUMERICOID, NUMERICOID, INT4OID, INT4OID, INT4OID, BOOLOID, BOOLOID);

/* Returns points of a row, 0 where the column is NULL. */
static int64
points_or_none(LoyaltyRows *rows, uint64 row, int column)
{
	return loyalty_row_isnull(rows, row, column) ? 0 : loyalty_row_points(rows, row, column);
}

/* Reads a row into the rules of its program. */
static void
limits_from_row(LoyaltyProgram *program, LoyaltyRows *rows, uint64 row)
{
	RedemptionRules *redemption = &program->redemption;
	TransferRules *transfer = &program->transfer;
	int i;

	transfer->renews_expiry = loyalty_row_bool(rows, row, 2);
	transfer->gives_registration = !loyalty_row_bool(rows, row, 3);
	for (i = 0; i < TRANSFER_WINDOWS; i++)
	{
		transfer->count[i] = loyalty_row_int4_or(rows, row, 4 + i, 0);
		transfer->points[i] = points_or_none(rows, row, 7 + i);
	}
	redemption->points_per_currency_unit = points_or_none(rows, row, 10);
	redemption->minimum = points_or_none(rows, row, 11);
	redemption->maximum = points_or_none(rows, row, 12);
	redemption->multiple = points_or_none(rows, row, 13);
	redemption->balance = points_or_none(rows, row, 14);
	redemption->lifetime = points_or_none(rows, row, 15);
	for (i = 0; i < REDEMPTION_PERIODS; i++)
		redemption->caps[i] = points_or_none(rows, row, 16 + i);
}

/*
 * Reads under a snapshot taken now, as all that goes into the cache. Looks for the program of each row one by
 * one: there are few.
 */
void
loyalty_limits_load(LoyaltyOrg *org)
{
	uint64 row;
	int i;
	LoyaltyRows *rows = loyalty_query_latest(&limits_of_program, LOYALTY_GIVEN(loyalty_int4(org->org_id)));

	for (row = 0; row < rows->count; row++)
		for (i = 0; i < org->program_count; i++)
			if (org->programs[i].program_id == loyalty_row_int4(rows, row, 1))
				limits_from_row(&org->programs[i], rows, row);
	loyalty_rows_free(rows);
}

/* Returns points as a parameter, NULL for 0. */
static NullableDatum
given_points(int64 points)
{
	return loyalty_datum(loyalty_numeric(points), points == 0);
}

/* Adds the parameters in the order of the statement. */
void
loyalty_redemption_rules_store(int32 org_id, int32 program_id, const RedemptionRules *rules)
{
	int i;
	LoyaltyParams params =
		LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_int4(program_id),
					   given_points(rules->points_per_currency_unit), given_points(rules->minimum),
					   given_points(rules->maximum), given_points(rules->multiple),
					   given_points(rules->balance), given_points(rules->lifetime));

	for (i = 0; i < REDEMPTION_PERIODS; i++)
		loyalty_param(&params, given_points(rules->caps[i]));
	loyalty_execute(&redemption_rules_store, &params);
}

/* Adds the parameters in the order of the statement: points of all windows, then counts. */
void
loyalty_transfer_rules_store(int32 org_id, int32 program_id, const TransferRules *rules)
{
	int i;
	LoyaltyParams params = LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_int4(program_id));

	for (i = 0; i < TRANSFER_WINDOWS; i++)
		loyalty_param(&params, given_points(rules->points[i]));
	for (i = 0; i < TRANSFER_WINDOWS; i++)
		loyalty_param(&params, loyalty_int4_or_null(rules->count[i]));
	loyalty_param(&params, loyalty_bool(rules->renews_expiry));
	loyalty_param(&params, loyalty_bool(!rules->gives_registration));
	loyalty_execute(&transfer_rules_store, &params);
}
