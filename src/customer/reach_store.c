/* reach_store.c: the statements on how one customer is reached. Nobody is locked for them. */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/reach_store.h"

/* Address of a channel. */
typedef struct AddressRow
{
	int32 org_id;
	int64 customer_id;
	const char *channel;
	const char *address;
	int16 source_id;
	const char *account_id;
	bool is_verified;
	bool is_primary;
	TimestampTz updated_at;
} AddressRow;

#define ADDRESS(name, type, member) LOYALTY_COLUMN(name, type, AddressRow, member)

static const LoyaltyColumn address_columns[] = {
	ADDRESS("org_id", INT4, org_id),		   ADDRESS("customer_id", INT8, customer_id),
	ADDRESS("channel", TEXT, channel),		   ADDRESS("address", TEXT, address),
	ADDRESS("source_id", INT2, source_id),	   ADDRESS("account_id", TEXT, account_id),
	ADDRESS("is_verified", BOOL, is_verified), ADDRESS("is_primary", BOOL, is_primary),
	ADDRESS("updated_at", TIME, updated_at),
};

static const LoyaltyLayout address_layout = LOYALTY_LAYOUT("channel", AddressRow, address_columns);

/* Consent, as it was recorded. */
typedef struct ConsentRow
{
	int32 org_id;
	int64 customer_id;
	const char *channel;
	int16 source_id;
	const char *account_id;
	const char *purpose;
	int32 consent_no;
	bool opted_in;
	TimestampTz consented_at;
	TimestampTz recorded_at;
	const char *consent_source;
} ConsentRow;

#define CONSENT(name, type, member) LOYALTY_COLUMN(name, type, ConsentRow, member)

static const LoyaltyColumn consent_columns[] = {
	CONSENT("org_id", INT4, org_id),
	CONSENT("customer_id", INT8, customer_id),
	CONSENT("channel", TEXT, channel),
	CONSENT("source_id", INT2, source_id),
	CONSENT("account_id", TEXT, account_id),
	CONSENT("purpose", TEXT, purpose),
	CONSENT("consent_no", INT4, consent_no),
	CONSENT("opted_in", BOOL, opted_in),
	CONSENT("consented_at", TIME, consented_at),
	CONSENT("recorded_at", TIME, recorded_at),
	CONSENT("consent_source", TEXT, consent_source),
};

static const LoyaltyLayout consent_layout = LOYALTY_LAYOUT("subscription", ConsentRow, consent_columns);

/* Every message asks for these, twice, so that they run without the executor where they can. */
static LoyaltyQuery addresses_of_channel = LOYALTY_FIND(address_layout, "org_id, customer_id, channel");
static LoyaltyQuery consents_of =
	LOYALTY_FIND(consent_layout, "org_id, customer_id",
				 .order = "channel, source_id, account_id, purpose, consent_no");

static LoyaltyQuery group_by_hand = LOYALTY_STATEMENT(
	"SELECT c.test_control FROM loyalty_data.customer c WHERE c.org_id = $1 AND c.customer_id = $2"
	" AND c.test_control IS NOT NULL",
	INT4OID, INT8OID);

static LoyaltyQuery standard_field = LOYALTY_STATEMENT(
	"SELECT v.field_value::text FROM loyalty_data.customer_field v JOIN loyalty_data.field f ON f.org_id = v.org_id"
	" AND f.field_id = v.field_id WHERE v.org_id = $1 AND v.customer_id = $2 AND f.entity = 'customer'"
	" AND f.kind = 'standard' AND f.name = $3",
	INT4OID, INT8OID, TEXTOID);

/* Tells whether an address is to be used before another one. */
static bool
comes_first(const AddressRow *one, const AddressRow *other)
{
	if (one->is_primary != other->is_primary)
		return one->is_primary;
	if (one->updated_at != other->updated_at)
		return one->updated_at > other->updated_at;
	return strcmp(one->address, other->address) < 0;
}

/* Takes the one that was written last where none is primary, so that the answer does not change by itself. */
const char *
loyalty_channel_address(int32 org_id, int64 customer_id, const char *channel, bool *is_primary)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&addresses_of_channel, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(channel));
	AddressRow first = { 0 };
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		AddressRow row;

		loyalty_row_read(rows, i, &address_layout, &row);
		if (i == 0 || comes_first(&row, &first))
			first = row;
	}
	*is_primary = first.is_primary;
	return first.address;
}

/* Reads by the primary key, which has what is about one thing together, the last one last. */
int
loyalty_consents_of(int32 org_id, int64 customer_id, HeldConsent **consents)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&consents_of, LOYALTY_CUSTOMER(org_id, customer_id));
	int count = 0;
	uint64 i;

	*consents = palloc(sizeof(HeldConsent) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
	{
		ConsentRow row;

		loyalty_row_read(rows, i, &consent_layout, &row);
		loyalty_consent_hold(*consents, &count,
							 &(HeldConsent){ .channel = row.channel,
											 .purpose = row.purpose,
											 .source_id = row.source_id,
											 .account_id = row.account_id,
											 .opted_in = row.opted_in,
											 .consented_at = row.consented_at });
	}
	return count;
}

/* Finds no row where nothing was set. */
char
loyalty_customer_group_by_hand(int32 org_id, int64 customer_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&group_by_hand, LOYALTY_CUSTOMER(org_id, customer_id));

	return rows->count > 0 ? loyalty_row_char(rows, 0, 1) : 0;
}

/* Finds the field by its name, which an org cannot change. */
const char *
loyalty_standard_field(int32 org_id, int64 customer_id, const char *name)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&standard_field, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(name));

	return rows->count > 0 ? loyalty_row_text(rows, 0, 1) : NULL;
}
