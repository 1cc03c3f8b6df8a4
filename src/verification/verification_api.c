/*
 * verification_api.c: rules and texts of one-time codes; sending, entering and verifying them.
 *
 * send_code and enter_code lock the customer whom they name, and nothing where nobody is registered. enter_code keeps a guess and
 * judges nothing; verify_code judges what another transaction has kept, and is as good a second time. All read the clock on the wall.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "customer/change_hooks.h"
#include "customer/member.h"
#include "customer/verified.h"
#include "message/outbox/body.h"
#include "message/template/template_rules.h"
#include "status/status_guard.h"
#include "verification/guess.h"
#include "verification/proof.h"
#include "verification/setting_store.h"
#include "verification/subject.h"

LOYALTY_FUNCTION(loyalty_set_verification_rules);
LOYALTY_FUNCTION(loyalty_set_verification_template);
LOYALTY_FUNCTION(loyalty_send_code);
LOYALTY_FUNCTION(loyalty_enter_code);
LOYALTY_FUNCTION(loyalty_verify_code);
LOYALTY_FUNCTION(loyalty_unblock_verification);

/* Channels that a code can go by: those whose addresses identify customers. */
static const char *const channels[] = { "mobile", "email" };

/* Reads a purpose, which is argument 1 of each call: LY701. */
static CodePurpose
arg_purpose(FunctionCallInfo fcinfo)
{
	CodePurpose purpose =
		loyalty_code_purpose_named(loyalty_arg_text(fcinfo, 1, "purpose", LOYALTY_MAX_CODE));

	if (purpose == CODE_PURPOSE_COUNT)
		ereport(
			ERROR,
			(errcode(ERRCODE_LOYALTY_CODE_PURPOSE), errmsg("there are no codes of that purpose"),
			 errhint(
				 "Purposes are registration, participation_activation, points_redemption, points_transfer,"
				 " coupon, identifier_change, status_change, card_issue, user_group, generic.")));
	return purpose;
}

/* Reads the characters of codes. */
static bool
arg_letters(FunctionCallInfo fcinfo, int n)
{
	static const char *const words[] = { "digits", "letters" };

	return loyalty_arg_word(fcinfo, n, "code_characters", words, lengthof(words)) == 1;
}

/* Sets the rules of a purpose as a whole. */
Datum
loyalty_set_verification_rules(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CodePurpose purpose;
	CodeRules rules;
	const char *allowed;
	const char *bad;

	loyalty_call_begin(&call, fcinfo);
	purpose = arg_purpose(fcinfo);
	rules = (CodeRules){ .resend_seconds = loyalty_arg_int4(fcinfo, 2, "resend_seconds"),
						 .life_seconds = loyalty_arg_int4(fcinfo, 3, "life_seconds"),
						 .attempts = loyalty_arg_int4(fcinfo, 4, "attempts"),
						 .block_seconds = loyalty_arg_int4(fcinfo, 5, "block_seconds"),
						 .code_length = loyalty_arg_int4(fcinfo, 6, "code_length"),
						 .letters = arg_letters(fcinfo, 7),
						 .codes_per_day = loyalty_arg_int4(fcinfo, 8, "codes_per_day"),
						 .failures_max = loyalty_arg_int4(fcinfo, 9, "failures_max"),
						 .proof_seconds = loyalty_arg_int4(fcinfo, 10, "proof_seconds"),
						 .required = loyalty_arg_bool(fcinfo, 11, "proof_required"),
						 .binds_amount = loyalty_arg_bool(fcinfo, 12, "binds_amount") };
	bad = loyalty_code_rules_check(&rules, &allowed);
	if (bad != NULL)
		loyalty_raise_not_allowed(bad, allowed);
	loyalty_call_lock_org(&call);
	loyalty_verification_store(call.org->org_id, purpose, &rules);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Reads a language in its normal form; NULL for a text that says nothing. */
static const char *
arg_language(FunctionCallInfo fcinfo, int n)
{
	const char *given = loyalty_arg_text_or_null(fcinfo, n, "language", LOYALTY_MAX_CODE);
	char language[TEMPLATE_LANGUAGE_BYTES];

	if (given == NULL)
		return NULL;
	if (!loyalty_language_normal(given, language))
		loyalty_raise_not_allowed("language", "languages as en, pt_BR or zh_HANT_TW");
	return pstrdup(language);
}

/* Sets the text of a purpose, channel and language. */
Datum
loyalty_set_verification_template(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CodePurpose purpose;
	CodeTemplate text;

	loyalty_call_begin(&call, fcinfo);
	purpose = arg_purpose(fcinfo);
	text.channel = channels[loyalty_arg_word(fcinfo, 2, "channel", channels, lengthof(channels))];
	text.body = loyalty_arg_text(fcinfo, 3, "body", LOYALTY_MAX_TEXT);
	text.language = arg_language(fcinfo, 4);
	text.subject = loyalty_arg_text_or_null(fcinfo, 5, "subject", LOYALTY_MAX_NAME);
	loyalty_header_check(text.subject, "subject");
	if (!loyalty_code_template_has_mark(text.body))
		loyalty_raise_not_allowed("body", "a text with " CODE_MARK " in it");
	if (text.language == NULL)
		text.language = "";
	loyalty_call_lock_org(&call);
	loyalty_code_template_store(call.org->org_id, purpose, &text);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Reads who is named, from that argument on. */
static NamedSubject
arg_subject(FunctionCallInfo fcinfo, int n)
{
	NamedSubject named = { .has_id = !PG_ARGISNULL(n) };

	if (named.has_id)
		named.customer_id = PG_GETARG_INT64(n);
	named.type = loyalty_arg_text_or_null(fcinfo, n + 1, "identifier_type", LOYALTY_MAX_CODE);
	named.value = loyalty_arg_text_or_null(fcinfo, n + 2, "identifier_value", LOYALTY_MAX_TEXT);
	return named;
}

/* Reads the amount that a code is bound to; none where none is given. */
static void
arg_amount(FunctionCallInfo fcinfo, int n, LoyaltyCodeRequest *request)
{
	request->has_amount = !PG_ARGISNULL(n);
	if (request->has_amount)
		request->amount = loyalty_arg_amount(fcinfo, n, "amount");
}

/* Sends a code; the answer is the same where nobody has the address. */
Datum
loyalty_send_code(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	LoyaltyCodeRequest request = { 0 };
	LoyaltyCodeAnswer answer;
	NamedSubject named;
	CodePurpose purpose;
	const char *program;
	Datum values[2];
	bool nulls[2] = { false, false };

	loyalty_call_begin(&call, fcinfo);
	purpose = arg_purpose(fcinfo);
	named = arg_subject(fcinfo, 2);
	if (loyalty_arg_text_or_null(fcinfo, 5, "channel", LOYALTY_MAX_CODE) != NULL)
		named.channel = channels[loyalty_arg_word(fcinfo, 5, "channel", channels, lengthof(channels))];
	arg_amount(fcinfo, 6, &request);
	program = loyalty_arg_text_or_null(fcinfo, 7, "program", LOYALTY_MAX_CODE);
	if (program != NULL)
		request.program_id = loyalty_org_program(call.org, program)->program_id;
	loyalty_subject_find(&call, &named, purpose, &customer, &request);
	if (request.subject.customer != NULL)
		loyalty_code_address(&call, &request);
	loyalty_code_send(&call, &request, &answer);
	values[0] = TimestampTzGetDatum(answer.sent_at);
	values[1] = TimestampTzGetDatum(answer.expires_at);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/*
 * Keeps a guess, and answers what stands for it. Whether it is right is in no part of the answer, nor in the time that it takes: what
 * is done is the same for any guess.
 */
Datum
loyalty_enter_code(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	LoyaltyCodeRequest request = { 0 };
	NamedSubject named;
	CodePurpose purpose;
	const char *guess;
	pg_uuid_t token;
	int32 left;
	Datum values[2];
	bool nulls[2] = { false, false };

	loyalty_call_begin(&call, fcinfo);
	purpose = arg_purpose(fcinfo);
	guess = loyalty_arg_text(fcinfo, 2, "code", LOYALTY_MAX_CODE);
	named = arg_subject(fcinfo, 3);
	loyalty_subject_find(&call, &named, purpose, &customer, &request);
	left = loyalty_code_enter(&call, &request.subject, guess, &token);
	values[0] = UUIDPGetDatum(&token);
	values[1] = Int32GetDatum(left);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Locks the customer of a guess, who may have been merged since. */
static void
lock_guesser(LoyaltyCall *call, const TokenRow *token, LoyaltyCustomer *customer, CodeSubject *subject)
{
	int64 customer_id = token->customer_id;

	*subject = (CodeSubject){ .customer_id = token->customer_id, .purpose = token->purpose };
	if (customer_id < 0)
		return;
	loyalty_customers_lock_roots(call->org->org_id, &customer_id, 1);
	if (!loyalty_customer_lock(call->org->org_id, customer_id, customer))
		loyalty_raise_customer_unknown(customer_id);
	(void) loyalty_status_guard(call, customer, GUARD_VERIFICATION);
	subject->customer_id = customer_id;
	subject->customer = customer;
}

/*
 * Marks the address of a right guess: the code knows it by its digest, so it is looked for among those that the customer has today. One
 * that is too old for a proof marks nothing: the address may have been somebody else's in between.
 */
static void
mark_address(LoyaltyCall *call, const CodeSubject *subject, const TokenRow *token,
			 const JudgedAttempt *judged)
{
	CodeRules rules = loyalty_verification_rules(call->org, token->purpose);
	LoyaltyProofUse use = { 0 };
	CodeRow code;

	if (subject->customer == NULL ||
		!loyalty_code_proof_is_good(&rules, judged->entered_at, loyalty_wall_clock()) ||
		!loyalty_code_read(call->org->org_id, token->customer_id, token->purpose, judged->code_no, &code))
		return;
	if (loyalty_proof_confirms_own(call, subject->customer, &code, &use))
	{
		loyalty_address_verified(call, subject->customer_id, use.channel, use.confirmed,
								 loyalty_wall_clock());
		loyalty_change_hooks.customer_changed(call, subject->customer_id);
	}
}

/*
 * Judges a guess that is committed. Only the token says whose it is; what is judged, and the block that is told besides, are read behind
 * the lock of that customer, and once where the guess is one of the latest run.
 */
Datum
loyalty_verify_code(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	CodeSubject subject;
	CodeState state;
	JudgedRun latest;
	JudgedAttempt judged;
	TokenRow token;
	TimestampTz now = loyalty_wall_clock();
	Datum values[2] = { 0 };
	bool nulls[2] = { false, true };

	loyalty_call_begin(&call, fcinfo);
	if (PG_ARGISNULL(1))
		loyalty_raise_missing("attempt");
	loyalty_guess_find(&call, PG_GETARG_UUID_P(1), &token);
	lock_guesser(&call, &token, &customer, &subject);
	state = loyalty_run_state(&call, &subject, now, &latest);
	loyalty_guess_judge(&call, &token, subject.customer_id == token.customer_id ? &latest : NULL, &judged);
	if (judged.is_right)
		mark_address(&call, &subject, &token, &judged);
	values[0] = BoolGetDatum(judged.is_right);
	if (loyalty_code_is_blocked(&state, now))
	{
		nulls[1] = false;
		values[1] = TimestampTzGetDatum(state.blocked_until); /* DT_NOEND where it is for ever */
	}
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Ends the run that is open, of everybody in the merge group. */
Datum
loyalty_unblock_verification(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	LoyaltyCodeRequest request = { 0 };
	NamedSubject named;
	CodePurpose purpose;
	const char *reason;
	const char *actor;
	int64 own;
	int64 *ids = &own;
	int members = 1;
	int m;

	loyalty_call_begin(&call, fcinfo);
	purpose = arg_purpose(fcinfo);
	named = arg_subject(fcinfo, 2);
	reason = loyalty_arg_text_or_null(fcinfo, 5, "reason", LOYALTY_MAX_TEXT);
	actor = loyalty_arg_text_or_null(fcinfo, 6, "actor", LOYALTY_MAX_NAME);
	loyalty_subject_find(&call, &named, purpose, &customer, &request);
	own = request.subject.customer_id;
	if (request.subject.customer != NULL)
		members = loyalty_customer_group(&customer, &ids);
	for (m = 0; m < members; m++)
	{
		JudgedRun latest;

		loyalty_run_read(call.org->org_id, ids[m], purpose, &latest);
		if (latest.run.run_no != 0)
			loyalty_run_release(call.org->org_id, ids[m], purpose, latest.run.run_no, loyalty_wall_clock(),
								reason, actor);
	}
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
