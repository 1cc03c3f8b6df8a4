/*
 * code_taken_store.c: the statements that look for a code in all tables that have codes.
 *
 * A coupon that is issued moves its code from the stock to the coupons, without the org's lock. So the stock is asked first: a code that is
 * no longer there is among the coupons by then.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "incentive/promotion/code_taken_store.h"

/* Looks for one code. */
static LoyaltyQuery one_of_table[] = {
	LOYALTY_STATEMENT("SELECT 1 FROM loyalty_data.promo_code c WHERE c.org_id = $1 AND c.code = $2", INT4OID,
					  TEXTOID),
	LOYALTY_STATEMENT("SELECT 1 FROM loyalty_data.coupon_stock c WHERE c.org_id = $1 AND c.coupon_code = $2",
					  INT4OID, TEXTOID),
	LOYALTY_STATEMENT("SELECT 1 FROM loyalty_data.coupon c WHERE c.org_id = $1 AND c.coupon_code = $2",
					  INT4OID, TEXTOID),
	LOYALTY_STATEMENT(
		"SELECT 1 FROM loyalty_data.coupon_series c WHERE c.org_id = $1 AND c.generic_code = $2 LIMIT 1",
		INT4OID, TEXTOID),
};

/*
 * Looks for any code that lies from $2 on and before $3, in the order of bytes, and matches $4. The range is that of the prefix, so that
 * an index finds it; spaces are made seldom, and one without a prefix reads all codes.
 */
static LoyaltyQuery any_of_table[] = {
	LOYALTY_STATEMENT(
		"SELECT 1 FROM loyalty_data.promo_code c WHERE c.org_id = $1 AND c.code >= $2 COLLATE \"C\" AND c.code < $3 COLLATE \"C\""
		" AND c.code ~ $4 COLLATE \"C\" LIMIT 1",
		INT4OID, TEXTOID, TEXTOID, TEXTOID),
	LOYALTY_STATEMENT(
		"SELECT 1 FROM loyalty_data.coupon_stock c WHERE c.org_id = $1 AND c.coupon_code >= $2 COLLATE \"C\""
		" AND c.coupon_code < $3 COLLATE \"C\" AND c.coupon_code ~ $4 COLLATE \"C\" LIMIT 1",
		INT4OID, TEXTOID, TEXTOID, TEXTOID),
	LOYALTY_STATEMENT(
		"SELECT 1 FROM loyalty_data.coupon c WHERE c.org_id = $1 AND c.coupon_code >= $2 COLLATE \"C\""
		" AND c.coupon_code < $3 COLLATE \"C\" AND c.coupon_code ~ $4 COLLATE \"C\" LIMIT 1",
		INT4OID, TEXTOID, TEXTOID, TEXTOID),
	LOYALTY_STATEMENT(
		"SELECT 1 FROM loyalty_data.coupon_series c WHERE c.org_id = $1 AND c.generic_code >= $2 COLLATE \"C\""
		" AND c.generic_code < $3 COLLATE \"C\" AND c.generic_code ~ $4 COLLATE \"C\" LIMIT 1",
		INT4OID, TEXTOID, TEXTOID, TEXTOID),
};

/* Asks table by table, under snapshots of its own: what others have committed counts, whatever the isolation level. */
bool
loyalty_code_is_taken(int32 org_id, const char *code)
{
	int i;

	for (i = 0; i < lengthof(one_of_table); i++)
	{
		LoyaltyRows *rows =
			loyalty_query_latest(&one_of_table[i], LOYALTY_GIVEN(loyalty_int4(org_id), loyalty_text(code)));
		bool is_taken = rows->count > 0;

		loyalty_rows_free(rows);
		if (is_taken)
			return true;
	}
	return false;
}

/* Writes the shape as a regular expression. None of the characters of a prefix means anything there. */
bool
loyalty_code_shape_is_taken(int32 org_id, const CodeShape *shape)
{
	/* No character of a code lies behind z, or is one: the range ends with the codes of the prefix. */
	const char *end = psprintf("%sz", shape->prefix);
	const char *pattern = psprintf("^%s[" CODE_SYMBOLS "]{%d}$", shape->prefix, shape->length);
	int i;

	for (i = 0; i < lengthof(any_of_table); i++)
		if (loyalty_query_latest(&any_of_table[i],
								 LOYALTY_GIVEN(loyalty_int4(org_id), loyalty_text(shape->prefix),
											   loyalty_text(end), loyalty_text(pattern)))
				->count > 0)
			return true;
	return false;
}
