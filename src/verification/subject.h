/* subject.h: whom a call about codes names, and where codes for them go. */
#ifndef LOYALTY_VERIFICATION_SUBJECT_H
#define LOYALTY_VERIFICATION_SUBJECT_H

#include "postgres.h"

#include "verification/code.h"

/* Somebody who is named, as the arguments say. */
typedef struct NamedSubject
{
	bool has_id;
	int64 customer_id;
	const char *type;	 /* of the identifier; NULL: none is given */
	const char *value;	 /* of it */
	const char *channel; /* that a code shall go by; NULL: any */
} NamedSubject;

/*
 * Finds and locks who is named, passes the guard of statuses, and fills subject, channel and address of a request; the address is
 * NULL where only the customer is named, or nobody has the identifier. Registrations confirm an address that need be nobody's, so
 * an identifier names no customer there. "customer" is where the row goes. LY001, LY003, LY102, LY103, LY106, LY107, LY125, LY201.
 */
extern void loyalty_subject_find(LoyaltyCall *call, const NamedSubject *named, CodePurpose purpose,
								 LoyaltyCustomer *customer, LoyaltyCodeRequest *request);

#endif
