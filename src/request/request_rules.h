/*
 * request_rules.h: change requests: their types, what each relies on, their states, and who may decide. Knows no server.
 */
#ifndef LOYALTY_REQUEST_RULES_H
#define LOYALTY_REQUEST_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "status/status_rules.h"

/*
 * Types, as the table has them. Deletions of accounts stand in a table of their own (status/deletion.h), which the calls of
 * deletions share: so they have no rows here, though whoever asks and decides uses the same functions for them.
 */
typedef enum RequestType
{
	REQUEST_NONE = 0,
	REQUEST_MOBILE = 'm',
	REQUEST_EMAIL = 'e',
	REQUEST_EXTERNAL_ID = 'x',
	REQUEST_ACCOUNT_MERGE = 'a',
	REQUEST_MOBILE_REALLOCATION = 'n',
	REQUEST_GOODWILL_POINTS = 'g',
	REQUEST_GOODWILL_COUPON = 'c',
	REQUEST_EDIT_PROFILE = 'p',
	REQUEST_DELETE_ACCOUNT = 'r',
	REQUEST_RETRO_TRANSACTION = 't',
} RequestType;

#define REQUEST_TYPE_COUNT 10

/* The type of a word, REQUEST_NONE for any other; the word of a type; and all words, for messages. */
extern RequestType loyalty_request_type_find(const char *word);
extern const char *loyalty_request_type_name(RequestType type);
extern const char *loyalty_request_type_names(void);

/* Returns the type in a place of the list, from 0 to REQUEST_TYPE_COUNT - 1. */
extern RequestType loyalty_request_type_at(int place);

/* Tells whether an admin may make such a change in one step; whether it may be approved without anybody. */
extern bool loyalty_request_in_one_step(RequestType type);
extern bool loyalty_request_may_be_automatic(RequestType type);

/* Tells whether the content tells two requests of such a type for one customer apart, so that several may wait. */
extern bool loyalty_request_told_by_content(RequestType type);

/* Returns the operation that the customer's status must allow when such a request is made and when it is approved. */
extern GuardedOperation loyalty_request_operation(RequestType type);

/* ---- what a request relies on */

/*
 * Things that are so when a request is made and must be so when it is approved. Their words are what check_change_request answers,
 * in the order of the bits. What is not among them may change as it likes: somebody who asks for a new mobile does not mind that
 * the customer has got another e-mail.
 */
typedef enum RequestReliance
{
	RELIES_ON_CUSTOMER = 1 << 0, /* the customer is there, and has not been merged where that matters */
	RELIES_ON_STATUS = 1 << 1,	 /* the status allows it */
	RELIES_ON_OLD_VALUE = 1 << 2,
	RELIES_ON_NEW_VALUE = 1 << 3, /* it is nobody else's */
	RELIES_ON_TARGET = 1 << 4,	  /* the second customer is there, another one, and has not been merged */
	RELIES_ON_WARNINGS = 1 << 5,  /* there are no others than those that were shown */
	RELIES_ON_FIELDS = 1 << 6,	  /* each has the value that it had */
	RELIES_ON_CARD = 1 << 7,	  /* it is the customer's */
	RELIES_ON_NUMBER = 1 << 8,	  /* no bill has it */
} RequestReliance;

#define REQUEST_RELIANCE_COUNT 9

/* Returns all that a type relies on, as a sum. */
extern uint32_t loyalty_request_relies_on(RequestType type);

/* Returns what is not as such a request needs it, as a sum; "holds" is the sum of what is. */
extern uint32_t loyalty_request_changed(RequestType type, uint32_t holds);

/* Returns the word of one of them. */
extern const char *loyalty_request_reliance_name(RequestReliance reliance);

/* Tells whether a bill is young enough to be asked for: not after the clock, and no older than so many days. Microseconds. */
extern bool loyalty_request_is_young(int64_t event_time, int64_t now, int32_t days);

/* ---- states */

/*
 * States, as the table has them; a request that is not there yet is none. There is no state for one that was withdrawn or
 * erased: both are declined, and the log says how. So whoever counts states counts three.
 */
typedef enum RequestState
{
	REQUEST_ABSENT = 0,
	REQUEST_PENDING = 'p',
	REQUEST_APPROVED = 'a',
	REQUEST_DECLINED = 'd',
} RequestState;

/* Events in the life of a request, as its log has them. */
typedef enum RequestEvent
{
	REQUEST_SUBMITTED = 's',
	REQUEST_IS_APPROVED = 'a',
	REQUEST_IS_DECLINED = 'd',
	REQUEST_WITHDRAWN = 'w',
	REQUEST_ESCALATED = 'e',
	REQUEST_MOVED = 'm',
	REQUEST_ERASED = 'x',
} RequestEvent;

/* Returns the state after an event; REQUEST_ABSENT: the event cannot happen in that state. */
extern RequestState loyalty_request_next(RequestState state, RequestEvent event);

/* Words of states and events. */
extern const char *loyalty_request_state_name(RequestState state);
extern const char *loyalty_request_event_name(RequestEvent event);

/* Origins, as the table has them, by their words; 0 for any other word. */
extern char loyalty_request_origin_find(const char *word);
extern const char *loyalty_request_origin_name(char origin);

/* ---- four eyes */

/* Persons or programs who ask and decide: actors are NULL where none was named. */
typedef struct RequestEyes
{
	bool same_role;
	const char *requester;
	const char *decider;
} RequestEyes;

/*
 * Tells whether the decider may approve what the requester asked for. By actor, roles that differ are enough, and else both
 * must be named, and be two: whoever is spelled in another way, by case, spaces, hyphens or underscores, is no other.
 */
extern bool loyalty_request_four_eyes(bool by_actor, const RequestEyes *eyes);

/*
 * Tells whether the decider is who made the request, and may take it back: the same role; by actor the same one, too, where
 * the request names one.
 */
extern bool loyalty_request_is_requester(bool by_actor, const RequestEyes *eyes);

#endif
