/*
 * referral_store.c: the statements on referrals. A referral stands under the referee that it was written for;
 * after a merge the bill is that of the survivor's group, so each of the group is asked.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/referral_store.h"
#include "bill/transaction_store.h"
#include "common/query.h"

/* The conflict is with the bill's referral; one without a bill conflicts with nothing, since its id is new. */
static LoyaltyQuery referral_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.referral (org_id, customer_id, referral_id, referrer_id, referrer_event_id,"
	" transaction_id, program_id) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, INT8OID, INT8OID, INT8OID, INT8OID, INT4OID);

/* The referral of a bill. */
static LoyaltyQuery referral_of_bill =
	LOYALTY_STATEMENT("SELECT r.referral_id, r.customer_id, r.referrer_id, r.referrer_event_id, r.program_id"
					  " FROM loyalty_data.referral r WHERE r.org_id = $1"
					  " AND r.customer_id = $2 AND r.transaction_id = $3",
					  INT4OID, INT8OID, INT8OID);

/* The referrer of a bill's referral, whatever became of it: a lock too many does no harm. */
static LoyaltyQuery referrers_of_bill =
	LOYALTY_STATEMENT("SELECT r.referrer_id FROM loyalty_data.referral r WHERE r.org_id = $1"
					  " AND r.customer_id = $2 AND r.transaction_id = $3",
					  INT4OID, INT8OID, INT8OID);

/* Lets the unique index decide; returns false instead of the index's own error. */
bool
loyalty_referral_insert(int32 org_id, const Referral *referral)
{
	return LOYALTY_EXECUTE(&referral_insert, LOYALTY_CUSTOMER(org_id, referral->referee_id),
						   loyalty_int8(referral->referral_id), loyalty_int8(referral->referrer_id),
						   loyalty_int8(referral->referrer_event_id),
						   loyalty_int8_or_null(referral->transaction_id),
						   loyalty_int4(referral->program_id)) == 1;
}

/* Runs a statement about one customer and the id of a bill or an event. */
static LoyaltyRows *
run(LoyaltyQuery *query, int32 org_id, int64 customer_id, int64 id)
{
	return LOYALTY_QUERY(query, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(id));
}

/*
 * Asks member by member: a bill has one referral. Whether it was taken back need not be asked: that comes with the
 * bill's last part, and nothing names a bill after that.
 */
bool
loyalty_referral_of_bill(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id,
						 Referral *referral)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyRows *rows = run(&referral_of_bill, org_id, ids[i], transaction_id);

		if (rows->count == 0)
			continue;
		*referral = (Referral){
			.referral_id = loyalty_row_int8(rows, 0, 1),
			.referee_id = loyalty_row_int8(rows, 0, 2),
			.referrer_id = loyalty_row_int8(rows, 0, 3),
			.referrer_event_id = loyalty_row_int8(rows, 0, 4),
			.program_id = loyalty_row_int4(rows, 0, 5),
			.transaction_id = transaction_id,
		};
		return true;
	}
	return false;
}

/*
 * Returns the owner of today, as committed: a merge that was committed since the caller's snapshot counts. 0:
 * nobody.
 */
static int64
root_of(int32 org_id, int64 customer_id)
{
	LoyaltyCustomer customer;

	if (!loyalty_customer_read_now(org_id, customer_id, &customer))
		return 0;
	return customer.merged_into ? customer.merged_into : customer_id;
}

/* Takes the lowest, for it is the one that must be locked before the referee; the others may be locked after. */
int64
loyalty_referrer_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number, bool any_till,
						   int32 till_id)
{
	Transaction *bills;
	int count = loyalty_transactions_of_number(org_id, customer, number, any_till, till_id, &bills);
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);
	int64 lowest = 0;
	int i;
	int m;

	for (i = 0; i < count; i++)
		for (m = 0; m < members; m++)
		{
			LoyaltyRows *rows = run(&referrers_of_bill, org_id, ids[m], bills[i].transaction_id);
			uint64 r;

			for (r = 0; r < rows->count; r++)
			{
				int64 root = root_of(org_id, loyalty_row_int8(rows, r, 1));

				if (root != 0 && (lowest == 0 || root < lowest))
					lowest = root;
			}
		}
	return lowest;
}
