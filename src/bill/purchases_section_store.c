/*
 * purchases_section_store.c: the statements behind the bills of customer_single_view.
 *
 * Bills stand under whoever made them, so each member of the merge group is asked: for its sums, for its first and its
 * last bills, and for what came back of those that are shown, since a survivor returns the bills of its victims. A bill
 * that was booked for the wrong customer and moved is none of its purchases. All of a customer's bills are read for the
 * sums; nothing is locked, and all is seen under the caller's snapshot.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

#include "bill/purchases_section_store.h"
#include "common/array.h"
#include "common/points.h"
#include "customer/customer_store.h"

#define SHOWN 10 /* of the last bills; the statement has the number, too */

/* Sums over all bills of a member, and the bills that are not its own any more. Those may be another member's. */
static LoyaltyQuery sums_of_bills = LOYALTY_STATEMENT(
	"SELECT count(*) FILTER (WHERE t.transaction_type <> 'b') - count(*) FILTER (WHERE t.return_kind = 'm'),"
	" COALESCE(sum(CASE WHEN t.transaction_type = 'b' THEN - t.amount ELSE t.amount END), 0),"
	" array_agg(t.parent_id) FILTER (WHERE t.return_kind = 'm')"
	" FROM loyalty_data.transaction t WHERE t.org_id = $1 AND t.customer_id = $2",
	INT4OID, INT8OID);

/* A bill as the section shows it, but for what came back of it. */
#define BILL \
	"SELECT t.event_time, t.transaction_id, jsonb_build_object('transaction_id', t.transaction_id," \
	" 'transaction_number', t.transaction_number, 'transaction_type'," \
	" loyalty_data.ledger_word(t.transaction_type, 'transaction_type'), 'event_time', t.event_time, 'till', l.till," \
	" 'store', s.store, 'amount', t.amount) FROM loyalty_data.transaction t" \
	" LEFT JOIN loyalty_data.till l ON l.org_id = t.org_id AND l.till_id = t.till_id" \
	" LEFT JOIN loyalty_data.store s ON s.org_id = t.org_id AND s.store_id = t.store_id" \
	" WHERE t.org_id = $1 AND t.customer_id = $2 AND t.transaction_type <> 'b' AND t.transaction_id <> ALL ($3)"

/* The first bill of a member, and its last ones. */
static LoyaltyQuery first_and_last_bills =
	LOYALTY_STATEMENT_SEEN("SELECT b.* FROM ((" BILL
						   " ORDER BY t.event_time, t.transaction_id LIMIT 1) UNION ALL (" BILL
						   " ORDER BY t.event_time DESC, t.transaction_id DESC LIMIT 10)) b",
						   INT4OID, INT8OID, INT8ARRAYOID);

/* Returns of some bills by a member. Ids of bills are unique in the database, whoever made them. */
static LoyaltyQuery returned_of_bills = LOYALTY_STATEMENT_SEEN(
	"SELECT t.parent_id, sum(t.amount) FROM loyalty_data.transaction t WHERE t.org_id = $1"
	" AND t.customer_id = $2 AND t.transaction_type = 'b' AND t.parent_id = ANY ($3) GROUP BY t.parent_id",
	INT4OID, INT8OID, INT8ARRAYOID);

/* A bill that is shown. */
typedef struct ShownBill
{
	TimestampTz event_time;
	int64 transaction_id;
	char *json; /* an object, but for its last brace */
	int64 returned;
} ShownBill;

/* Sums and bills of the section, as the group is gone through. */
typedef struct Purchases
{
	int32 org_id;
	int members;
	int64 *group;
	int64 number;
	int64 amount; /* net of returns */
	LOYALTY_ARRAY(int64) moved;
	LOYALTY_ARRAY(ShownBill)
	bills; /* a bill may be there twice: a member's first one, and of its last ones */
} Purchases;

/* Adds up the bills of all members, and notes those that were moved away. */
static void
read_sums(Purchases *purchases)
{
	int m;

	for (m = 0; m < purchases->members; m++)
	{
		LoyaltyRows *rows =
			loyalty_query_seen(&sums_of_bills,
							   LOYALTY_GIVEN(LOYALTY_CUSTOMER(purchases->org_id, purchases->group[m])));
		bool isnull;
		Datum moved = loyalty_row_datum(rows, 0, 3, &isnull);
		Datum *ids = NULL;
		int count = 0;
		int i;

		purchases->number += loyalty_row_int8(rows, 0, 1);
		loyalty_add_points(&purchases->amount, loyalty_row_points(rows, 0, 2));
		if (!isnull)
			deconstruct_array(DatumGetArrayTypeP(moved), INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &ids,
							  NULL, &count);
		for (i = 0; i < count; i++)
			LOYALTY_APPEND(purchases->moved, DatumGetInt64(ids[i]));
	}
}

/* Sums as the section does, over what is committed now: the caller writes. */
int64
loyalty_purchases_amount(int32 org_id, const LoyaltyCustomer *customer)
{
	int64 amount = 0;
	int64 *group;
	int members = loyalty_customer_group(customer, &group);
	int m;

	for (m = 0; m < members; m++)
		loyalty_add_points(&amount, loyalty_row_points(LOYALTY_QUERY(&sums_of_bills,
																	 LOYALTY_CUSTOMER(org_id, group[m])),
													   0, 2));
	return amount;
}

/* Compares by time, the last bill first; ids decide between bills of one time. */
static int
compare_bills(const void *left, const void *right)
{
	const ShownBill *l = left;
	const ShownBill *r = right;

	if (l->event_time != r->event_time)
		return l->event_time > r->event_time ? -1 : 1;
	return l->transaction_id == r->transaction_id ? 0 : l->transaction_id > r->transaction_id ? -1 : 1;
}

/* Reads the bills that may be shown, and leaves them in order. */
static void
read_bills(Purchases *purchases)
{
	int m;

	for (m = 0; m < purchases->members; m++)
	{
		LoyaltyRows *rows =
			LOYALTY_QUERY(&first_and_last_bills, LOYALTY_CUSTOMER(purchases->org_id, purchases->group[m]),
						  loyalty_int8s(purchases->moved.items, purchases->moved.n));
		uint64 i;

		for (i = 0; i < rows->count; i++)
		{
			Jsonb *object = DatumGetJsonbP(loyalty_row_value(rows, i, 3));
			ShownBill bill = { .event_time = loyalty_row_int8(rows, i, 1),
							   .transaction_id = loyalty_row_int8(rows, i, 2),
							   .json = JsonbToCString(NULL, &object->root, VARSIZE(object)) };

			bill.json[strlen(bill.json) - 1] = '\0';
			LOYALTY_APPEND(purchases->bills, bill);
		}
	}
	if (purchases->bills.n > 1)
		qsort(purchases->bills.items, purchases->bills.n, sizeof(ShownBill), compare_bills);
}

/* Adds what came back of a bill wherever it stands. */
static void
add_returned(Purchases *purchases, int64 transaction_id, int64 amount)
{
	int i;

	for (i = 0; i < purchases->bills.n; i++)
		if (purchases->bills.items[i].transaction_id == transaction_id)
			purchases->bills.items[i].returned += amount;
}

/* Asks each member what it returned of the bills at hand. */
static void
read_returned(Purchases *purchases)
{
	int64 *ids = palloc(sizeof(int64) * Max(purchases->bills.n, 1));
	int i;

	for (i = 0; i < purchases->bills.n; i++)
		ids[i] = purchases->bills.items[i].transaction_id;
	for (i = 0; i < purchases->members && purchases->bills.n > 0; i++)
	{
		uint64 r;
		LoyaltyRows *rows =
			LOYALTY_QUERY(&returned_of_bills, LOYALTY_CUSTOMER(purchases->org_id, purchases->group[i]),
						  loyalty_int8s(ids, purchases->bills.n));

		for (r = 0; r < rows->count; r++)
			add_returned(purchases, loyalty_row_int8(rows, r, 1), loyalty_row_points(rows, r, 2));
	}
}

/* Appends a bill; NULL is none. */
static void
put_bill(StringInfo json, const ShownBill *bill)
{
	if (bill == NULL)
		appendStringInfoString(json, "null");
	else
		appendStringInfo(json, "%s, \"returned_amount\": %s}", bill->json,
						 DatumGetCString(DirectFunctionCall1(numeric_out, loyalty_numeric(bill->returned))));
}

/* Appends the last bills of all, each once: a member's first bill may be among its last ones. */
static void
put_last_bills(StringInfo json, const Purchases *purchases)
{
	const ShownBill *bills = purchases->bills.items;
	int shown = 0;
	int i;

	for (i = 0; i < purchases->bills.n && shown < SHOWN; i++)
	{
		if (i > 0 && bills[i].transaction_id == bills[i - 1].transaction_id)
			continue;
		if (shown++ > 0)
			appendStringInfoString(json, ", ");
		put_bill(json, &bills[i]);
	}
}

/* Runs inside the call of the single view, under its snapshot. */
Datum
loyalty_purchases_section(LoyaltyCall *call, int64 customer_id)
{
	Purchases purchases = { .org_id = call->org->org_id };
	LoyaltyCustomer customer;
	StringInfoData json;
	const ShownBill *bills;

	if (!loyalty_customer_read(purchases.org_id, customer_id, &customer))
		elog(ERROR, "customer " INT64_FORMAT " has vanished", customer_id);
	purchases.members = loyalty_customer_group(&customer, &purchases.group);
	read_sums(&purchases);
	read_bills(&purchases);
	read_returned(&purchases);
	bills = purchases.bills.items;
	initStringInfo(&json);
	appendStringInfo(&json, "{\"purchases\": {\"number\": " INT64_FORMAT ", \"amount\": %s, \"first_bill\": ",
					 purchases.number,
					 DatumGetCString(DirectFunctionCall1(numeric_out, loyalty_numeric(purchases.amount))));
	put_bill(&json, purchases.bills.n > 0 ? &bills[purchases.bills.n - 1] : NULL);
	appendStringInfoString(&json, ", \"last_bill\": ");
	put_bill(&json, purchases.bills.n > 0 ? &bills[0] : NULL);
	appendStringInfoString(&json, ", \"last_bills\": [");
	put_last_bills(&json, &purchases);
	appendStringInfoString(&json, "]}}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}
