/*
 * erasure.h: what deleting a customer for good, and export_customer, ask of every capability that keeps anything of a person.
 * Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_ERASURE_H
#define LOYALTY_ERASURE_H

#include "lib/stringinfo.h"

#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "org/call.h"

#define LOYALTY_MAX_ERASERS 24

/*
 * Erases or replaces what the capability keeps of a customer and of everybody merged into it (loyalty_param_group);
 * their rows are locked. Facts that are not of the person stay, under the bare ids.
 */
typedef void (*LoyaltyEraser)(LoyaltyCall *call, const LoyaltyCustomer *root);

/*
 * Adds an eraser with the list of what it erases, or shows only (NULL: none); called once for each at load, the highest
 * capability first: it may find its rows by those of a lower one, which must still be there.
 */
extern void loyalty_erasure_add(LoyaltyEraser eraser, const LoyaltyHoldings *holdings);

/* Runs all erasers, in that order. */
extern void loyalty_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

/* Runs what a deletion does to the rows of a list that name the customer, for all members of its merge group. */
extern void loyalty_holdings_erase(const LoyaltyHoldings *holdings, int32 org_id,
								   const LoyaltyCustomer *root);

/*
 * Appends what all lists hold about a merge group to a JSON object that is open: each table's name with an array of its
 * rows. Sees what the caller's statement sees.
 */
extern void loyalty_holdings_show(StringInfo json, const LoyaltyCall *call, const LoyaltyCustomer *root);

/* Erases identifiers, profiles, channels, consents, fields and requests of registrations, and what is held of them. */
extern void loyalty_customer_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_customer_holdings;

/* A name: what a customer is called, or was. */
typedef struct LoyaltyName
{
	const char *type;
	const char *value;
	bool is_held;	/* now, by the customer itself */
	bool of_others; /* somebody outside the group holds it now */
} LoyaltyName;

/*
 * Reads what a member of a group is called, "seen" under the caller's snapshot; returns how many names there are. Whatever
 * may be a mobile is among them.
 */
extern int loyalty_names_read(int32 org_id, const LoyaltyCustomer *root, int64 customer_id, bool seen,
							  LoyaltyName **names);

#endif
