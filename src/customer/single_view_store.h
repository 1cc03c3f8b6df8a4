/* single_view_store.h: what customers' tables keep of a customer, as one document. */
#ifndef LOYALTY_SINGLE_VIEW_STORE_H
#define LOYALTY_SINGLE_VIEW_STORE_H

#include "common/query.h"

/*
 * Reads the document of a customer; false where it does not exist. group: test or control, unless set by hand. The
 * names of the custom fields for gender and age may be NULL.
 */
extern bool loyalty_single_view_read(int32 org_id, int64 customer_id, const char *group,
									 const char *gender_field, const char *age_field, Datum *view);

/*
 * Returns a jsonb object of who a customer is: id, name, external id, loyalty type, and into whom it was merged. The
 * customer exists.
 */
extern Datum loyalty_customer_basics(int32 org_id, int64 customer_id);

/* Returns a jsonb object of what a till may know of a customer, who exists: id, masked name, loyalty type. */
extern Datum loyalty_brief_read(int32 org_id, int64 customer_id);

#endif
