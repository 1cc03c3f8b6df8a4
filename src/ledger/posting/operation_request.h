/*
 * operation_request.h: what every operation about a customer's points is asked with, whoever asks.
 *
 * The request of one kind of operation is a struct that begins with an OperationRequest. A call fills it from
 * its arguments, a batch from the columns of an item, which are the arguments of the single call in their
 * order, a load from those of a line. Values stand in it as they were given; they are read, and refused, by
 * the judgement.
 */
#ifndef LOYALTY_OPERATION_REQUEST_H
#define LOYALTY_OPERATION_REQUEST_H

#include "common/request.h"
#include "org/call.h"

/* A kind of requests: the function, and which of its arguments fill which fields. Constant. */
typedef struct RequestKind
{
	const char *function; /* called for a single one; NULL: serves several functions, called alone */
	int field_count;
	const LoyaltyRequestField *fields;
	bool card_restricted; /* cards that are blocked will not do: bills and redemptions */
} RequestKind;

/* Arguments that every operation has. A kind adds its own behind them. */
typedef struct OperationRequest
{
	const RequestKind *kind;
	NullableDatum customer_id; /* names the customer, unless one of the two of a card does */
	NullableDatum card_number;
	NullableDatum card_external_id;
	NullableDatum program;
	NullableDatum event_time;
	NullableDatum till;
	NullableDatum store;
	NullableDatum reason;
	NullableDatum source;
	NullableDatum actor;
	NullableDatum idempotency_key;
	int64 digest;	/* of what is asked, where it has a key: tells a repeat from another one; else 0 */
	int64 other_id; /* the second customer of a call about two, as named; 0: there is none */
} OperationRequest;

/* The fields of an OperationRequest, which are the first of every kind's. */
#define OPERATION_FIELD(name) \
	{ \
#name, offsetof(OperationRequest, name) \
	}
#define OPERATION_FIELDS \
	OPERATION_FIELD(customer_id), OPERATION_FIELD(card_number), OPERATION_FIELD(card_external_id), \
		OPERATION_FIELD(program), OPERATION_FIELD(event_time), OPERATION_FIELD(till), \
		OPERATION_FIELD(store), OPERATION_FIELD(reason), OPERATION_FIELD(source), OPERATION_FIELD(actor), \
		OPERATION_FIELD(idempotency_key)

/* Kind of the operations whose own arguments their API reads. */
extern const RequestKind loyalty_operation_kind;

/* Opens a call, which checks access, and fills its request. */
extern void loyalty_operation_call(LoyaltyCall *call, FunctionCallInfo fcinfo, const RequestKind *kind,
								   OperationRequest *request);

/* Fills it inside a call that is open. The values point into the call's arguments. */
extern void loyalty_operation_ask(FunctionCallInfo fcinfo, const RequestKind *kind,
								  OperationRequest *request);

/*
 * Fills it from arguments that come in another way: of the kind's function, the org in front. NULL becomes the
 * default in its place, as in a call; "arguments" is changed by that. The digest is the caller's to make.
 */
extern void loyalty_operation_ask_with(const RequestKind *kind, const LoyaltyFunction *function,
									   NullableDatum *arguments, OperationRequest *request);

#endif
