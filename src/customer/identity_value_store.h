/*
 * identity_value_store.h: everything that is known of a customer's identity, as a list of values that merges compare.
 */
#ifndef LOYALTY_IDENTITY_VALUE_STORE_H
#define LOYALTY_IDENTITY_VALUE_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* Kinds of things that are known of a customer; within one, an item names it. */
typedef enum IdentityPart
{
	PART_IDENTIFIER = 'i',
	PART_REGISTRATION = 'r',
	PART_NDNC = 'n', /* the do-not-call status of the mobile, where there is one */
	PART_SUBSCRIPTIONS = 's',
	PART_TEST_CONTROL = 't',
	PART_LOYALTY_TYPE = 'l',
	PART_PROFILE = 'p',
	PART_FIELD = 'f',
} IdentityPart;

/* Value of one item; texts live in the context of the reader. */
typedef struct IdentityValue
{
	IdentityPart part;
	const char *item;	/* unique in its part */
	const char *value;	/* NULL: none */
	int32 id;			/* of the source, or of the field; 0 elsewhere */
	const char *detail; /* the source's account id, or the kind of the field */
	TimestampTz at;		/* of the do-not-call status: since when; DT_NOBEGIN: there is none */
} IdentityValue;

/* Reads all values of a customer by part and item; "seen": under the caller's snapshot. Returns how many. */
extern int loyalty_identity_values(int32 org_id, int64 customer_id, bool seen, IdentityValue **values);

/* Compares two values by part, then by item: the order in which they are read. */
extern int loyalty_identity_compare(const IdentityValue *left, const IdentityValue *right);

#endif
