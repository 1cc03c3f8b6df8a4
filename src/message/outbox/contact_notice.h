/*
 * contact_notice.h: telling contacts of the org of something, once for each time that it happens: for capabilities above and
 * below, in the caller's transaction.
 */
#ifndef LOYALTY_CONTACT_NOTICE_H
#define LOYALTY_CONTACT_NOTICE_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "org/call.h"

/* Notice that contacts shall have. */
typedef struct LoyaltyContactNotice
{
	const char *topic;
	const char *template_name; /* its code */
	Jsonb *variables;		   /* NULL: none */
	const char *dedupe_key;	   /* what happened: a series, its limit and a threshold; told of once */
	bool has_amount;
	int64 amount; /* thousandths: of what the topic asks for, such as a customer's purchases */
} LoyaltyContactNotice;

/*
 * Tells the contacts of the topic, each by a message of its own that goes with this transaction; returns how many. None where
 * the topic is never told of, or not from this amount on; where nobody can be reached by the template's channel; and where it
 * was told of before under that key, which of sessions at once is waited for. Raises what templates and senders raise.
 */
extern int loyalty_contacts_notify(LoyaltyCall *call, const LoyaltyContactNotice *notice);

#endif
