/*
 * single_view_api.c: customer_single_view: all that is kept of a customer, as one document.
 *
 * The first part is this capability's, in one statement; sections of others are appended. All read under the caller's
 * snapshot and nothing is locked, so the parts agree with each other. A customer who was merged is shown by its own
 * record; the document says into whom.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/pg_compat.h"
#include "customer/find.h"
#include "customer/member.h"
#include "customer/single_view.h"
#include "customer/single_view_store.h"

LOYALTY_FUNCTION(loyalty_customer_single_view);

static LoyaltySection sections[LOYALTY_MAX_SECTIONS];
static int section_count;

static const char *automatic_group(const LoyaltyOrg *org, int64 customer_id);

/*
 * Returns the document of a customer. It is put together in SPI's memory, which ends with the call, so the result is
 * copied, once, into the caller's.
 */
Datum
loyalty_customer_single_view(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	int64 customer_id;
	MemoryContext spi_context;
	Datum view;
	int i;

	loyalty_call_begin(&call, fcinfo);
	loyalty_customer_named(&call, fcinfo, 2, &customer);
	customer_id = customer.customer_id;
	if (!loyalty_single_view_read(call.org->org_id, customer_id, automatic_group(call.org, customer_id),
								  call.org->config[CONFIG_GENDER_FIELD], call.org->config[CONFIG_AGE_FIELD],
								  &view))
		loyalty_raise_customer_unknown(customer_id);
	for (i = 0; i < section_count; i++)
		view = DirectFunctionCall2(jsonb_concat, view, sections[i](&call, customer_id));
	spi_context = MemoryContextSwitchTo(call.result_context);
	view = PointerGetDatum(PG_DETOAST_DATUM_COPY(view));
	MemoryContextSwitchTo(spi_context);
	loyalty_call_end(&call);
	PG_RETURN_DATUM(view);
}

/* Appends: a later section wins where two have one key, as jsonb is joined. */
void
loyalty_single_view_add(LoyaltySection section)
{
	if (section_count == LOYALTY_MAX_SECTIONS)
		elog(ERROR, "too many sections of the single view");
	sections[section_count++] = section;
}

/*
 * Returns the group that a percentage gives: a hundredth of the customers for each per cent, by a digest of the id,
 * so that others who join, and a percentage that grows, move nobody out of control.
 */
static const char *
automatic_group(const LoyaltyOrg *org, int64 customer_id)
{
	LoyaltyDigest digest;

	loyalty_digest_begin(&digest, LOYALTY_NO_KEY);
	loyalty_digest_int8(&digest, org->org_id);
	loyalty_digest_int8(&digest, customer_id);
	return (uint64) loyalty_digest_end_int8(&digest) % 100 <
				   (uint64) org->config_number[CONFIG_CONTROL_PERCENTAGE]
			   ? "control"
			   : "test";
}
