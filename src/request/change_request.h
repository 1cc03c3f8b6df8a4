/* change_request.h: a change request as it stands in tables. */
#ifndef LOYALTY_CHANGE_REQUEST_H
#define LOYALTY_CHANGE_REQUEST_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/jsonb.h"
#include "utils/uuid.h"

#include "request/request_rules.h"

/*
 * Row of a request. It stands under the customer for whom it was made, also after a merge: a merge that moved rows would have to
 * write their keys anew, and a log with them. Roles are kept by their names, as those of deletions are, since four eyes are about
 * roles; the names of people are content.
 */
typedef struct ChangeRequest
{
	int64 customer_id;
	int64 request_id;
	int64 target_id; /* the second customer; 0: none */
	int64 result_id; /* of the approval: an event, a bill or a merge; 0: none */
	TimestampTz requested_at;
	TimestampTz decided_at; /* LATEST_TIME and later: not decided */
	int32 org_id;
	int32 till_id;	 /* 0: none */
	int16 source_id; /* 0: none */
	int16 escalated_step;
	RequestType type;
	RequestState status;
	char origin;
	bool accept_warnings;
	bool one_step;
	bool auto_approved;
	bool is_old_proved; /* by a code to it, as the request was made */
	bool is_new_proved;
	const char *requested_by; /* roles */
	const char *decided_by;	  /* NULL: not decided */
} ChangeRequest;

/*
 * Content: what a request says, which goes with the person. Texts are NULL where there is none. The old value is in the form in
 * which the customer holds it, the new one in that which profiles will show; of a merge both are how staff named the two, and
 * are looked up by nobody.
 */
typedef struct ChangeRequestContent
{
	const char *old_value; /* in normal form, as the next */
	const char *new_value;
	Jsonb *payload;	  /* NULL: none */
	Jsonb *relied_on; /* old values of fields; NULL: none */
	Datum warnings;	  /* text[]; 0: none were shown */
	const char *reason;
	const char *actor;
	const char *decision_reason;
	const char *decided_actor;
} ChangeRequestContent;

#endif
