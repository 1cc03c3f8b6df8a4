/*
 * participation_api.c: enrolling customers, fields of their participations, and statuses by hand.
 *
 * Each is a call about one customer whose row is locked and whose status allows it. The program is the one that is named, else
 * the till's, else the default one, as everywhere; it must be one that asks for participation. What is written is judged at
 * once, so the answer says whether the participation is active, and what is missing if not.
 *
 * An enrolment may come with a key, since a till that has lost the answer cannot tell by LY802 whether it was its own call that
 * made the participation. The key stands in the row of the participation, with what was answered, under whoever was enrolled: so a
 * merge moves nothing, and the survivor's group is asked. The other calls say the same when they are made twice.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "customer/member.h"
#include "customer/proof_hooks.h"
#include "ledger/posting/participation.h"
#include "participation/participation.h"

LOYALTY_FUNCTION(loyalty_enrol_customer);
LOYALTY_FUNCTION(loyalty_update_participation);
LOYALTY_FUNCTION(loyalty_activate_participation);
LOYALTY_FUNCTION(loyalty_set_participation_status);

/* A call about a participation. */
typedef struct ParticipationCall
{
	LoyaltyMember member;
	const LoyaltyProgram *program;
	const LoyaltyTill *till; /* NULL: none */
} ParticipationCall;

/* Finds the program by the call, by its till (0: it has no such argument), or the default one. */
static void
find_program(ParticipationCall *call, FunctionCallInfo fcinfo, int program, int till)
{
	const LoyaltyOrg *org = call->member.call.org;
	const char *named = loyalty_arg_text_or_null(fcinfo, program, "program", LOYALTY_MAX_CODE);
	const char *at = till ? loyalty_arg_text_or_null(fcinfo, till, "till", LOYALTY_MAX_CODE) : NULL;

	if (at != NULL)
		call->till = loyalty_org_till(org, at);
	if (named == NULL && call->till != NULL && call->till->program_id != 0)
		call->program = loyalty_org_program_by_id(org, call->till->program_id);
	else
		call->program = loyalty_org_program(org, named);
	if (!call->program->asks_participation)
		loyalty_raise_not_allowed("program", "one that asks for participation: the view "
											 "loyalty.participation_rules lists them");
}

/*
 * Opens the call in the order of all calls about a customer: access, the customer's lock, the guard, and then what the call
 * says. The program is looked up in the org as it is by then.
 */
static void
begin(ParticipationCall *call, FunctionCallInfo fcinfo, int program, int till)
{
	*call = (ParticipationCall){ 0 };
	loyalty_member_begin(&call->member, fcinfo, "participation");
	find_program(call, fcinfo, program, till);
}

/* Reads fields of a participation from an argument; a required one that is missing is noted. */
static void
read_fields(ParticipationCall *call, FunctionCallInfo fcinfo, int n, LoyaltyFieldValues *values)
{
	const Jsonb *documents[FIELD_KIND_COUNT] = { NULL };

	documents[FIELD_CUSTOM] = PG_ARGISNULL(n) ? NULL : PG_GETARG_JSONB_P(n);
	loyalty_fields_check(call->member.call.org, FIELD_OF_PARTICIPATION, documents, values);
}

/*
 * Writes what was read. Fields may be those of an account from before, which has no participation: they are kept for the day
 * on which it gets one.
 */
static void
write_fields(ParticipationCall *call, const LoyaltyFieldValues *values)
{
	loyalty_participation_fields_write(call->member.call.org->org_id, call->member.customer.customer_id,
									   call->program->program_id, values, call->member.call.now);
}

/* Returns a text[] of what is missing, in the order of the terms, with the confirmation of the mobile at its end. */
static Datum
missing_array(const ParticipationState *state)
{
	Datum *texts = palloc(sizeof(Datum) * Max(state->missing_count, 1));
	int i;

	if (state->missing_count == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	for (i = 0; i < state->missing_count; i++)
		texts[i] = CStringGetTextDatum(state->missing[i]);
	return PointerGetDatum(construct_array(texts, state->missing_count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Returns status and what is missing as the answer of a call. */
static Datum
result(ParticipationCall *call, FunctionCallInfo fcinfo, Participation status, Datum missing)
{
	Datum values[2] = { CStringGetTextDatum(loyalty_participation_word(status)), missing };
	bool nulls[2] = { false };

	return loyalty_call_result(&call->member.call, fcinfo, values, nulls);
}

/* Judges what was written, under the same lock; it may have been the last that was missing, and then the status is active. */
static void
judge(ParticipationCall *call, ParticipationState *state)
{
	loyalty_participation_judge(&call->member.call, call->member.customer.customer_id, call->program, state);
}

/*
 * Looks for the key of an enrolment, and notes it for one that is new: under the lock of the survivor, whoever of its group repeats
 * it, and before the status is judged. LY020 with other arguments.
 */
static bool
is_repeated(ParticipationCall *call, FunctionCallInfo fcinfo, int64 customer_id, ParticipationRepeat *repeat)
{
	const char *key = loyalty_arg_text_or_null(fcinfo, 8, "idempotency_key", LOYALTY_MAX_NAME);
	int32 org_id = call->member.call.org->org_id;
	int64 digest = loyalty_request_digest(fcinfo);
	int64 root = customer_id;

	repeat->has_key = key != NULL;
	if (key == NULL)
		return false;
	loyalty_customers_lock_roots(org_id, &root, 1);
	if (!loyalty_customer_lock(org_id, root, &call->member.customer))
		loyalty_raise_customer_unknown(customer_id);
	loyalty_idempotency_digest(key, &repeat->digest);
	repeat->request_digest = digest;
	if (!loyalty_participation_repeat(org_id, &call->member.customer, repeat))
		return false;
	if (repeat->request_digest != digest)
		loyalty_raise_idempotency_mismatch();
	return true;
}

/* Returns what the first call answered: it was active where nothing was missing, which no rule of today is asked about. */
static Datum
repeated_result(ParticipationCall *call, FunctionCallInfo fcinfo, const ParticipationRepeat *repeat)
{
	ArrayType *missing = DatumGetArrayTypeP(repeat->missing);
	bool is_complete = ArrayGetNItems(ARR_NDIM(missing), ARR_DIMS(missing)) == 0;

	return result(call, fcinfo, is_complete ? PARTICIPATION_ACTIVE : PARTICIPATION_NOT_CONFIRMED,
				  repeat->missing);
}

/*
 * Raises LY802 for whoever takes part already, or did: a status is changed by hand then. An account from before the program asked is
 * as good as a participation here, since who has one is active.
 */
static void
require_none(ParticipationCall *call)
{
	int64 customer_id = call->member.customer.customer_id;

	if (loyalty_participation_status(&call->member.call, customer_id, call->program) != PARTICIPATION_NONE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_IS_PARTICIPANT),
						errmsg("customer " INT64_FORMAT " takes part in program \"%s\" already, or did",
							   customer_id, call->program->program),
						errhint("loyalty.set_participation_status() changes the status.")));
}

/* Reads where an enrolment is made, and what is said of it: till and source go into the row, the rest where an erasure reaches it. */
static void
read_enrolment(ParticipationCall *call, FunctionCallInfo fcinfo, ParticipationChange *change)
{
	const char *source;

	change->till_id = call->till ? call->till->till_id : 0;
	change->reason = loyalty_arg_text_or_null(fcinfo, 5, "reason", LOYALTY_MAX_TEXT);
	source = loyalty_arg_text_or_null(fcinfo, 6, "source", LOYALTY_MAX_CODE);
	change->actor = loyalty_arg_text_or_null(fcinfo, 7, "actor", LOYALTY_MAX_NAME);
	if (source != NULL)
		(void) loyalty_org_named_source(call->member.call.org, source, &change->source_id, LOYALTY_RAISES);
}

/* Lets a customer take part. A repeat gets the first answer, and is looked for before the participation that it made. */
Datum
loyalty_enrol_customer(PG_FUNCTION_ARGS)
{
	ParticipationCall call;
	ParticipationState state;
	ParticipationRepeat repeat;
	LoyaltyFieldValues values = { .missing = NULL };
	ParticipationChange change = { .new_status = PARTICIPATION_NOT_CONFIRMED, .cause = CAUSE_ENROLMENT };
	int64 customer_id;

	call = (ParticipationCall){ 0 };
	loyalty_call_begin(&call.member.call, fcinfo);
	customer_id = loyalty_arg_int8(fcinfo, 1, "customer_id");
	if (is_repeated(&call, fcinfo, customer_id, &repeat))
		return repeated_result(&call, fcinfo, &repeat);
	loyalty_member_lock(&call.member, customer_id, "participation");
	find_program(&call, fcinfo, 3, 4);
	read_fields(&call, fcinfo, 2, &values);
	loyalty_fields_require(&values);
	read_enrolment(&call, fcinfo, &change);
	require_none(&call);
	loyalty_participation_set(&call.member.call, call.member.customer.customer_id, call.program, &change);
	write_fields(&call, &values);
	judge(&call, &state);
	repeat.missing = missing_array(&state);
	if (repeat.has_key)
		loyalty_participation_keep_key(call.member.call.org->org_id, call.member.customer.customer_id,
									   call.program->program_id, &repeat);
	return result(&call, fcinfo, state.status, repeat.missing);
}

/* Writes fields of a participation that there is. A required field can be changed and not taken away. */
Datum
loyalty_update_participation(PG_FUNCTION_ARGS)
{
	ParticipationCall call;
	ParticipationState state;
	LoyaltyFieldValues values = { .missing = NULL };

	begin(&call, fcinfo, 3, 4);
	if (PG_ARGISNULL(2))
		loyalty_raise_missing("fields");
	read_fields(&call, fcinfo, 2, &values);
	if (loyalty_participation_status(&call.member.call, call.member.customer.customer_id, call.program) ==
		PARTICIPATION_NONE)
		(void) loyalty_refuse_participation(call.member.customer.customer_id, call.program,
											PARTICIPATION_NONE, LOYALTY_RAISES);
	write_fields(&call, &values);
	judge(&call, &state);
	return result(&call, fcinfo, state.status, missing_array(&state));
}

/*
 * Activates what there is to activate. A proof confirms the mobile; without one a code is sent where it lacks, and only then: a
 * code costs money.
 */
static bool
activate(ParticipationCall *call, const pg_uuid_t *proof, ParticipationState *state)
{
	LoyaltyCall *frame = &call->member.call;
	const LoyaltyCustomer *customer = &call->member.customer;

	loyalty_participation_judge(frame, customer->customer_id, call->program, state);
	if (!loyalty_participation_accrues(state->status))
		(void) loyalty_refuse_participation(customer->customer_id, call->program, state->status,
											LOYALTY_RAISES);
	if (proof != NULL)
		loyalty_participation_confirm(frame, customer, call->program, proof, state);
	else if (state->lacks_phone && state->mobile != NULL)
	{
		loyalty_participation_send_code(frame, customer, call->program, state->mobile);
		return true;
	}
	return false;
}

/* Makes a participation active if nothing is missing, with a code or a proof of the mobile where that lacks. */
Datum
loyalty_activate_participation(PG_FUNCTION_ARGS)
{
	ParticipationCall call;
	ParticipationState state;
	Datum values[3];
	bool nulls[3] = { false };

	begin(&call, fcinfo, 2, 3);
	values[2] = BoolGetDatum(activate(&call, loyalty_proof_given(&fcinfo->args[4]), &state));
	values[0] = CStringGetTextDatum(loyalty_participation_word(state.status));
	values[1] = missing_array(&state);
	return loyalty_call_result(&call.member.call, fcinfo, values, nulls);
}

/* Sets one of the three statuses; nothing is judged, so one that is set to not_confirmed waits for the next change. */
Datum
loyalty_set_participation_status(PG_FUNCTION_ARGS)
{
	static const char *const words[] = { "not_confirmed", "active", "deactivated" };
	static const Participation statuses[] = { PARTICIPATION_NOT_CONFIRMED, PARTICIPATION_ACTIVE,
											  PARTICIPATION_DEACTIVATED };
	ParticipationCall call;
	ParticipationChange change = { .cause = CAUSE_STATUS };

	begin(&call, fcinfo, 3, 0);
	change.new_status = statuses[loyalty_arg_word(fcinfo, 2, "status", words, lengthof(words))];
	change.reason = loyalty_arg_text_or_null(fcinfo, 4, "reason", LOYALTY_MAX_TEXT);
	change.actor = loyalty_arg_text_or_null(fcinfo, 5, "actor", LOYALTY_MAX_NAME);
	loyalty_participation_set(&call.member.call, call.member.customer.customer_id, call.program, &change);
	loyalty_call_end(&call.member.call);
	PG_RETURN_VOID();
}
