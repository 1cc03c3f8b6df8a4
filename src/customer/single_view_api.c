/*
 * single_view_api.c: customer_single_view and customer_brief: what staff see of a customer, and the little that a till does.
 *
 * The first part is this capability's, in one statement; sections of others are appended. All read under the caller's
 * snapshot and nothing is locked, so the parts agree with each other. A customer who was merged is shown by its own
 * record; the document says into whom. A till has the person in front of it, so its document is the survivor's.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "customer/find.h"
#include "customer/member.h"
#include "customer/reach.h"
#include "customer/single_view.h"
#include "customer/single_view_store.h"

LOYALTY_FUNCTION(loyalty_customer_single_view);
LOYALTY_FUNCTION(loyalty_customer_brief);

static LoyaltySections of_single_view;
static LoyaltySections of_brief;

/* Returns the document of a customer. */
Datum
loyalty_customer_single_view(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	int64 customer_id;
	Datum view;

	loyalty_call_begin(&call, fcinfo);
	loyalty_customer_named(&call, fcinfo, 2, &customer);
	customer_id = customer.customer_id;
	if (!loyalty_single_view_read(call.org->org_id, customer_id,
								  loyalty_automatic_group(call.org, customer_id),
								  call.org->config[CONFIG_GENDER_FIELD], call.org->config[CONFIG_AGE_FIELD],
								  &view))
		loyalty_raise_customer_unknown(customer_id);
	view = loyalty_sections_join(&of_single_view, &call, customer_id, view);
	loyalty_call_end(&call);
	PG_RETURN_DATUM(view);
}

/* Returns what a till needs to know of the person in front of it, without anything that tells who that is. */
Datum
loyalty_customer_brief(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	Datum brief;

	loyalty_call_begin(&call, fcinfo);
	loyalty_customer_named(&call, fcinfo, 2, &customer);
	loyalty_customer_survivor(&call, &customer);
	brief = loyalty_sections_join(&of_brief, &call, customer.customer_id,
								  loyalty_brief_read(call.org->org_id, customer.customer_id));
	loyalty_call_end(&call);
	PG_RETURN_DATUM(brief);
}

/* Appends to the list of the single view. */
void
loyalty_single_view_add(LoyaltySection section)
{
	loyalty_section_add(&of_single_view, section);
}

/* Appends to the list of the brief. */
void
loyalty_brief_add(LoyaltySection section)
{
	loyalty_section_add(&of_brief, section);
}
