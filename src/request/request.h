/*
 * request.h: the frame of change requests: who is locked, what is asked, and what a decision does. Calls read arguments and
 * answer; rules say what a request relies on.
 */
#ifndef LOYALTY_REQUEST_FRAME_H
#define LOYALTY_REQUEST_FRAME_H

#include "customer/member.h"
#include "merge/merge_run.h"
#include "request/notices.h"
#include "request/request_store.h"

/*
 * A request on its way, with those whom it concerns, who are locked. It begins with a member, so that the functions of direct calls
 * take it as if that call had been made. A merge is decided as a part of what the request relies on, since its warnings are
 * known then only, and is carried out later from here.
 */
typedef struct RequestWork
{
	LoyaltyMember member;	/* the customer: of a merge as the request names it, else the survivor of it */
	LoyaltyCustomer target; /* the second customer, as the request names it; id 0: none */
	ChangeRequest request;
	ChangeRequestContent content;
	bool is_look;		/* nobody is locked, and nothing will be written */
	bool accepts_new;	/* warnings that nobody was shown are accepted, too */
	LoyaltyMerge merge; /* of an account_merge, once it was decided */
	Datum warnings;		/* of it, a text[] */
	int warning_count;
	int64 points;			 /* of a goodwill request, in thousandths, as it is made */
	LoyaltyRequestNews news; /* what messages are made of, once somebody is told */
} RequestWork;

/* Arguments of a new request, as they were given; texts are NULL where there is none. */
typedef struct RequestArguments
{
	RequestType type;
	NullableDatum customer_id;
	NullableDatum target_id;
	const char *old_value;
	const char *new_value;
	const char *existing;	  /* names the customer by what is to change, or by any identifier */
	const char *requested_to; /* is the new value, or names the second customer */
	const Jsonb *payload;
	char origin;
	bool accept_warnings;
	bool one_step;
	const char *till;
	const char *source;
	const char *reason;
	const char *actor;
	const char *idempotency_key;
	const pg_uuid_t *old_verification; /* proofs of who reads the old address, and the new one; NULL: none */
	const pg_uuid_t *verification;
	int64 digest; /* of the call, where it has a key */
} RequestArguments;

/*
 * Makes a request; returns false where it repeats one, which is filled in then. Approves it where nobody has to decide: one that
 * an admin makes in one step, and one that the org's settings let pass. Nothing is written before all was judged, but a claim may
 * be lost to somebody else afterwards, which takes everything back.
 */
extern bool loyalty_request_submit(RequestWork *work, const RequestArguments *arguments);

/*
 * Finds a request and locks whom it concerns; the call is open. Returns false for the deletion of an account, whose customer
 * is set then and who locks for itself. LY602 for one that is not there.
 */
extern bool loyalty_request_open(RequestWork *work, int64 request_id);

/* Finds a request as loyalty_request_open does and locks nobody: what it relies on may be another thing a moment later. */
extern bool loyalty_request_look(RequestWork *work, int64 request_id);

/* Raises LY603 where an event cannot happen any more. */
extern void loyalty_request_require(const RequestWork *work, RequestEvent event);

/*
 * Approves it: LY605, LY606 and what the direct call refuses. The row is marked before the rest is judged again, so that a merge, which
 * counts what is pending, does not count the request that it is made by; an error takes the mark back.
 */
extern void loyalty_request_approve(RequestWork *work, const char *reason);

/*
 * Ends it without doing anything: declined, or withdrawn. Its claims go, so that the same may be asked for anew. That a reason is
 * given is for the call to ask: one that is withdrawn needs none.
 */
extern void loyalty_request_decline(RequestWork *work, RequestEvent event, const char *reason);

/* Reads where a request is made into a row: LY006 and LY008 for a till or source that the org does not have. */
extern void loyalty_request_place(const LoyaltyCall *call, const RequestArguments *arguments, int32 *till_id,
								  int16 *source_id);

/* Raises LY607 for whoever did not make the request: it was made by that role, in the name of that actor (NULL: nobody's). */
extern void loyalty_request_require_requester(const RequestWork *work, const char *requested_by,
											  const char *actor);

/* Raises LY603 for a request that was decided before. */
pg_noreturn extern void loyalty_request_raise_decided(int64 request_id);

/* ---- steps of its own files */

/* Finds the customers whom existing and requested_to name, in request_names.c: LY107, LY610. */
extern void loyalty_request_name(RequestWork *work, RequestArguments *arguments);

/* Raises 40001 where a value names somebody else by the time of the locks. */
extern void loyalty_request_named_still(const RequestWork *work, const RequestArguments *arguments);

/* Reads what the request says into its content, in request_subject.c, and raises what can never be. */
extern void loyalty_request_read_subject(RequestWork *work, const RequestArguments *arguments);

/* Returns what is as the request needs it, a sum of RequestReliance, in request_facts.c. Decides a merge on the way. */
extern uint32 loyalty_request_holds(RequestWork *work);

/* Does what was asked, in request_effect.c; returns the id of what it made, or 0. */
extern int64 loyalty_request_effect(RequestWork *work);

/* Returns the words of what changed, as a list in a text. */
extern const char *loyalty_request_changed_words(uint32 changed);

/* Raises LY113 for the new value of a request, which somebody else has. */
pg_noreturn extern void loyalty_request_raise_taken(const RequestWork *work);

/* Tells subscribers what happened to a request, and by messages those whom the org says, in request_notice.c. */
extern void loyalty_request_told(RequestWork *work, RequestEvent event);

/* Takes the one-time codes that the settings ask for, in request_proof.c: LY706 to LY710. */
extern void loyalty_request_prove(RequestWork *work, const RequestArguments *arguments);

/* Returns the value that a request wants for its customer alone, as it is compared; NULL for none. */
extern const char *loyalty_request_wanted(const ChangeRequest *request, const ChangeRequestContent *content);

/* Claim, and give up, what a request keeps others from asking for, in request_claims.c: LY604. */
extern void loyalty_request_claim(const RequestWork *work);
extern void loyalty_request_unclaim(const ChangeRequest *request, const ChangeRequestContent *content);

#endif
