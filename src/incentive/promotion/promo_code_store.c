/*
 * promo_code_store.c: the statements on promo codes and their links. A row is found by the code alone, and locked by whoever uses it,
 * links it or takes it back; the unique index settles who writes it first.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "incentive/promotion/promo_code_store.h"

#define CODE(name, type, member) LOYALTY_COLUMN(name, type, PromoCode, member)
#define LINK(name, type, member) LOYALTY_COLUMN(name, type, CustomerCode, member)

/* Columns of promo_code, in the order of the table. */
static const LoyaltyColumn code_columns[] = {
	CODE("org_id", INT4, org_id),
	CODE("promotion_id", INT4, promotion_id),
	CODE("used", INT8, used),
	CODE("redemptions", INT8_OR_0, redemptions),
	CODE("customer_id", INT8_OR_0, customer_id),
	CODE("created_at", TIME, created_at),
	CODE("expires_at", TIME_OR_NEVER, expires_at),
	CODE("revoked_at", TIME_OR_END, revoked_at),
	CODE("batch_no", INT4_OR_0, batch_no),
	CODE("limit_id", INT4_OR_0, limit_id),
	CODE("origin", CODE, origin),
	CODE("code", TEXT, code),
	CODE("display_code", TEXT, display_code),
	CODE("distribution", TEXT, distribution),
	CODE("partner", TEXT, partner),
};

/* Columns of customer_code, in the order of the table. */
static const LoyaltyColumn link_columns[] = {
	LINK("customer_id", INT8, customer_id),
	LINK("linked_at", TIME, linked_at),
	LINK("expires_at", TIME_OR_NEVER, expires_at),
	LINK("org_id", INT4, org_id),
	LINK("promotion_id", INT4, promotion_id),
	LINK("mode", CHAR, mode),
	LINK("code", TEXT, code),
};

static const LoyaltyLayout code_layout = LOYALTY_LAYOUT("promo_code", PromoCode, code_columns);
static const LoyaltyLayout link_layout = LOYALTY_LAYOUT("customer_code", CustomerCode, link_columns);

static LoyaltyQuery code_of_key = LOYALTY_FIND(code_layout, "org_id, code");
static LoyaltyQuery code_locked = LOYALTY_LOCK(code_layout, "org_id, code");
static LoyaltyQuery code_update = LOYALTY_UPDATE(code_layout, "org_id, code");
static LoyaltyQuery links_of_customer =
	LOYALTY_FIND(link_layout, "org_id, customer_id", .order = "promotion_id, code");

/* Waits for whoever writes the same code, and finds it there then. */
static LoyaltyQuery code_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.promo_code (org_id, promotion_id, used, redemptions, customer_id, created_at, expires_at, revoked_at,"
	" batch_no, limit_id, origin, code, display_code, distribution, partner)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, INT8OID, INT8OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID,
	INT4OID, CHAROID, TEXTOID, TEXTOID, TEXTOID, TEXTOID);

static LoyaltyQuery link_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_code (customer_id, linked_at, expires_at, org_id, promotion_id, mode, code)"
	" VALUES ($2, $3, $4, $1, $5, $6, $7) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, CHAROID, TEXTOID);

static LoyaltyQuery link_delete =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.customer_code WHERE org_id = $1"
					  " AND customer_id = $2 AND promotion_id = $3 AND code = $4",
					  INT4OID, INT8OID, INT4OID, TEXTOID);

/* Words for the promotion of a code. */
#define SAYS_PROMOTION \
	"'promotion', (SELECT q.promotion FROM loyalty_data.promotion q WHERE q.org_id = t.org_id" \
	" AND q.promotion_id = t.promotion_id), " SAYS_LAST_DAY("last_day", "expires_at")

/* Rows that are held: a code stays, and is nobody's afterwards. */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("customer_code", SAYS_PROMOTION, LOYALTY_DELETES("customer_code")),
	LOYALTY_HELD("promo_code", SAYS_PROMOTION, LOYALTY_BLANKS("promo_code", "customer_id = NULL")),
};

const LoyaltyHoldings loyalty_promo_code_holdings = { holdings, lengthof(holdings) };

/* Returns a time as a parameter; an infinity is one here, and no null. */
static NullableDatum
moment(TimestampTz at)
{
	return loyalty_datum(TimestampTzGetDatum(at), false);
}

/* Adds the parameters in the order of the columns. */
bool
loyalty_promo_code_insert(const PromoCode *code)
{
	return LOYALTY_EXECUTE(&code_insert, loyalty_int4(code->org_id), loyalty_int4(code->promotion_id),
						   loyalty_int8(code->used), loyalty_int8_or_null(code->redemptions),
						   loyalty_int8_or_null(code->customer_id), moment(code->created_at),
						   moment(code->expires_at), loyalty_time(code->revoked_at),
						   loyalty_int4_or_null(code->batch_no), loyalty_int4_or_null(code->limit_id),
						   loyalty_char(code->origin), loyalty_text(code->code),
						   loyalty_text(code->display_code), loyalty_text(code->distribution),
						   loyalty_text(code->partner)) == 1;
}

/* Reads the one row that there may be. */
static bool
code_by_key(LoyaltyQuery *query, int32 org_id, const char *code, PromoCode *found)
{
	LoyaltyRows *rows = LOYALTY_QUERY(query, loyalty_int4(org_id), loyalty_text(code));

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &code_layout, found);
	found->is_stored = true;
	return true;
}

/* Takes no lock. */
bool
loyalty_promo_code_row_read(int32 org_id, const char *code, PromoCode *found)
{
	return code_by_key(&code_of_key, org_id, code, found);
}

/* Waits for whoever uses or links the same code. */
bool
loyalty_promo_code_row_lock(int32 org_id, const char *code, PromoCode *found)
{
	return code_by_key(&code_locked, org_id, code, found);
}

/* Writes all of it. */
void
loyalty_promo_code_update(const PromoCode *code)
{
	if (loyalty_write(&code_update, code, 1) != 1)
		elog(ERROR, "a promo code of promotion %d is not there", code->promotion_id);
}

/* Stands under the customer who is locked. */
void
loyalty_customer_code_insert(const CustomerCode *link)
{
	LOYALTY_EXECUTE(&link_insert, LOYALTY_CUSTOMER(link->org_id, link->customer_id), moment(link->linked_at),
					moment(link->expires_at), loyalty_int4(link->promotion_id), loyalty_char(link->mode),
					loyalty_text(link->code));
}

/* Looks for the customer itself: whoever was merged into it has rows of its own. */
bool
loyalty_customer_code_delete(int32 org_id, int64 customer_id, int32 promotion_id, const char *code)
{
	return LOYALTY_EXECUTE(&link_delete, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(promotion_id),
						   loyalty_text(code)) == 1;
}

/* Reads them whole. */
int
loyalty_customer_codes(int32 org_id, int64 customer_id, CustomerCode **links)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&links_of_customer, LOYALTY_CUSTOMER(org_id, customer_id));
	uint64 i;

	*links = palloc(sizeof(CustomerCode) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		loyalty_row_read(rows, i, &link_layout, &(*links)[i]);
	return (int) rows->count;
}
