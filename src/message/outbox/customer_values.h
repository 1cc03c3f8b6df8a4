/* customer_values.h: the object of values by tag that a message about a customer is made with, member by member. */
#ifndef LOYALTY_CUSTOMER_VALUES_H
#define LOYALTY_CUSTOMER_VALUES_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "customer/customer_store.h"
#include "org/call.h"

/* Begins the object, adds a member with a text (NULL: none), and ends it. Of members of one name the last one counts. */
extern void loyalty_values_begin(StringInfo json);
extern void loyalty_values_add(StringInfo json, const char *tag, const char *text);
extern Jsonb *loyalty_values_end(StringInfo json);

/* Adds what templates say of any customer, as far as it is known, and the day. */
extern void loyalty_values_add_customer(StringInfo json, const LoyaltyCall *call,
										const LoyaltyCustomer *customer);

#endif
