/*
 * mobile_store.c: the statements about mobiles whose normal form has changed.
 *
 * A mobile stands in what customers hold, which change_identifier writes too, and beside it in profiles and channels,
 * which show it, and in the do-not-call register, which is keyed by it. A table of this capability that comes to hold
 * mobiles belongs here. All go by the customer's key or the mobile's; who looks for them goes through an org once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/mobile_store.h"
#include "customer/ndnc_store.h"

#define ROWS_PER_FETCH 1000

/* Owners come ascending, since they are locked in that order; one after the other asks what it has, by its key. */
static LoyaltyQuery mobiles_known = LOYALTY_STATEMENT(
	"SELECT COALESCE(c.merged_into, c.customer_id), c.customer_id, m.mobile, m.is_held"
	" FROM loyalty_data.customer c CROSS JOIN LATERAL (SELECT k.mobile, bool_or(k.is_held) AS is_held FROM ("
	"SELECT i.identifier_value::text AS mobile, true AS is_held FROM loyalty_data.customer_identifier i"
	" WHERE i.org_id = $1 AND i.customer_id = c.customer_id AND i.identifier_type = 'mobile' AND i.held_until IS NULL"
	" UNION ALL SELECT p.mobile, false FROM loyalty_data.profile p"
	" WHERE p.org_id = $1 AND p.customer_id = c.customer_id AND p.mobile IS NOT NULL"
	" UNION ALL SELECT h.address::text, false FROM loyalty_data.channel h"
	" WHERE h.org_id = $1 AND h.customer_id = c.customer_id AND h.channel IN ('mobile', 'whatsapp')) k"
	" GROUP BY k.mobile) m WHERE c.org_id = $1 AND COALESCE(c.merged_into, c.customer_id) > $2"
	" ORDER BY COALESCE(c.merged_into, c.customer_id), c.customer_id, m.mobile",
	INT4OID, INT8OID);

static LoyaltyQuery profile_mobile =
	LOYALTY_STATEMENT("UPDATE loyalty_data.profile SET mobile = $4, updated_at = $5 WHERE org_id = $1"
					  " AND customer_id = $2 AND mobile = $3",
					  INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

/* Passes over an address that the customer has in its new form as well: the old one goes then. */
static LoyaltyQuery channel_mobile = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.channel c SET address = $4, updated_at = $5 WHERE c.org_id = $1 AND c.customer_id = $2"
	" AND c.channel = $6 AND c.address = $3 AND NOT EXISTS (SELECT FROM loyalty_data.channel o"
	" WHERE o.org_id = $1 AND o.customer_id = $2 AND o.channel = $6 AND o.address = $4)",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID);

static LoyaltyQuery channel_mobile_gone =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.channel WHERE org_id = $1 AND customer_id = $2"
					  " AND channel = $4 AND address = $3",
					  INT4OID, INT8OID, TEXTOID, TEXTOID);

static LoyaltyQuery ndnc_mobiles = LOYALTY_STATEMENT(
	"SELECT d.mobile::text FROM loyalty_data.mobile_ndnc d WHERE d.org_id = $1 ORDER BY d.mobile", INT4OID);

static LoyaltyQuery ndnc_gone =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.mobile_ndnc WHERE org_id = $1 AND mobile = $2", INT4OID,
					  TEXTOID);

/* Reads under a snapshot of its own: whoever moves a mobile looks again once the owner is locked. */
LoyaltyCursor *
loyalty_mobiles_known(int32 org_id, int64 after_owner_id)
{
	return loyalty_cursor_open(&mobiles_known,
							   LOYALTY_GIVEN(loyalty_int4(org_id), loyalty_int8(after_owner_id)),
							   ROWS_PER_FETCH);
}

/* Reads the columns in the order of the statement. */
void
loyalty_mobile_read(const LoyaltyCursor *cursor, KnownMobile *mobile)
{
	*mobile = (KnownMobile){
		.owner_id = loyalty_row_int8(cursor->rows, cursor->row, 1),
		.customer_id = loyalty_row_int8(cursor->rows, cursor->row, 2),
		.value = loyalty_row_text(cursor->rows, cursor->row, 3),
		.is_held = loyalty_row_bool(cursor->rows, cursor->row, 4),
	};
}

/* Writes a mobile in the place of another one in a channel; deletes the address that could not be written anew. */
static void
replace_in_channel(int32 org_id, int64 customer_id, const char *channel, const char *from, const char *to,
				   TimestampTz now)
{
	LOYALTY_EXECUTE(&channel_mobile, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(from),
					loyalty_text(to), loyalty_time(now), loyalty_text(channel));
	LOYALTY_EXECUTE(&channel_mobile_gone, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(from),
					loyalty_text(channel));
}

/* Knows the two channels whose addresses are mobiles. */
void
loyalty_mobile_replace(int32 org_id, int64 customer_id, const char *from, const char *to, TimestampTz now)
{
	LOYALTY_EXECUTE(&profile_mobile, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(from),
					loyalty_text(to), loyalty_time(now));
	replace_in_channel(org_id, customer_id, "mobile", from, to, now);
	replace_in_channel(org_id, customer_id, "whatsapp", from, to, now);
}

/* Goes member by member; a profile shows none then. */
void
loyalty_mobile_forget(const LoyaltyMember *member, const char *mobile)
{
	int32 org_id = member->call.org->org_id;
	int64 *ids;
	int count = loyalty_customer_group(&member->customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		LOYALTY_EXECUTE(&profile_mobile, LOYALTY_CUSTOMER(org_id, ids[i]), loyalty_text(mobile),
						loyalty_text(NULL), loyalty_time(member->call.now));
		LOYALTY_EXECUTE(&channel_mobile_gone, LOYALTY_CUSTOMER(org_id, ids[i]), loyalty_text(mobile),
						loyalty_text("mobile"));
		LOYALTY_EXECUTE(&channel_mobile_gone, LOYALTY_CUSTOMER(org_id, ids[i]), loyalty_text(mobile),
						loyalty_text("whatsapp"));
	}
	LOYALTY_EXECUTE(&ndnc_gone, loyalty_int4(org_id), loyalty_text(mobile));
}

/* Reads all of them at once: a register has no more rows than there are customers who were looked up. */
LoyaltyRows *
loyalty_ndnc_mobiles(int32 org_id)
{
	return LOYALTY_QUERY(&ndnc_mobiles, loyalty_int4(org_id));
}

/* Writes the new one first, and deletes: the key is the mobile. */
void
loyalty_ndnc_move(int32 org_id, const char *from, const char *to)
{
	LoyaltyNdnc ndnc;
	LoyaltyNdnc known;

	if (!loyalty_ndnc_read(org_id, from, false, &ndnc))
		return;
	if (!loyalty_ndnc_read(org_id, to, false, &known))
		loyalty_ndnc_store(org_id, to, &ndnc);
	LOYALTY_EXECUTE(&ndnc_gone, loyalty_int4(org_id), loyalty_text(from));
}
