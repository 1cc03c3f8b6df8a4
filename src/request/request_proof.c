/*
 * request_proof.c: one-time codes of change requests: where the org's settings say so, who asks for another mobile, e-mail or external
 * id proves to read the new address, the old one, or both.
 *
 * A proof is asked for as the request is made, since the person is there then, and used up by it; the approval asks for none. An
 * external id is no address: any address of the customer will do for it. Who has a number by now proves it by a code to that
 * number, which is the old address of the customer who had it. Where nobody decides, and the org requires a code of every change of
 * an identifier, what is settled here is what the direct call would do, and needs the code of that one. The old address is marked as
 * proved at once, the new one when the change is made. The customer is locked. Proofs are judged before the
 * request is written, and used up in its transaction, so that one that is refused keeps them.
 */
#include "postgres.h"

#include "common/errors.h"
#include "customer/change_hooks.h"
#include "customer/proof_hooks.h"
#include "customer/verified.h"
#include "request/request.h"
#include "request/settings.h"

/* Raises LY710. */
pg_noreturn static void
raise_required(const char *argument)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_PROOF_REQUIRED), errmsg("the request needs a one-time code"),
					errdetail("Argument \"%s\" is missing.", argument),
					errhint("loyalty.send_code() sends one, loyalty.enter_code() answers the proof.")));
}

/* Tells whether nobody else looks at the change of an address, so that it needs what the direct call needs. */
static bool
is_direct(const RequestWork *work, bool is_old)
{
	if (!work->request.auto_approved || !loyalty_request_otp_fits(work->request.type, OTP_OLD))
		return false;
	if (work->request.type == REQUEST_MOBILE_REALLOCATION)
		return is_old ? work->request.target_id != 0 : work->content.new_value != NULL;
	return !is_old;
}

/* Judges one proof, of an address (NULL: any of the customer), and misses one that was not given. */
static LoyaltyProofUse
judge(RequestWork *work, const pg_uuid_t *attempt, bool is_old, bool is_required, const char *address)
{
	LoyaltyProofUse use = { .purpose = "identifier_change",
							.attempt = attempt,
							.customer_id = work->member.customer.customer_id,
							.addresses = { work->request.type == REQUEST_EXTERNAL_ID ? NULL : address, NULL },
							.used_for = work->request.request_id };

	if (attempt == NULL && is_required)
		raise_required(is_old ? "old_verification" : "verification");
	if (attempt != NULL || is_direct(work, is_old))
		(void) loyalty_proof_judge(&work->member.call, &use, LOYALTY_RAISES);
	return use;
}

/* Uses one up. An old address is the customer's already; a number that somebody else has by now is not any more. */
static void
use_up(RequestWork *work, const LoyaltyProofUse *use, bool is_old)
{
	LoyaltyCall *call = &work->member.call;

	loyalty_proof_use_up(call, use);
	if (is_old)
		work->request.is_old_proved = use->confirmed != NULL;
	else
		work->request.is_new_proved = use->confirmed != NULL;
	if (!is_old || use->confirmed == NULL || work->request.type == REQUEST_MOBILE_REALLOCATION)
		return;
	loyalty_address_verified(call, use->customer_id, use->channel, use->confirmed, call->now);
	loyalty_change_hooks.customer_changed(call, use->customer_id);
}

/* Judges both before either is used up. A code that nobody asked for must be right all the same: whoever gives one relies on it. */
void
loyalty_request_prove(RequestWork *work, const RequestArguments *arguments)
{
	RequestOtp otp = OTP_OFF;
	LoyaltyProofUse old_use;
	LoyaltyProofUse new_use;

	if (arguments->one_step)
		return;
	if (loyalty_request_otp_fits(work->request.type, OTP_OLD))
		otp = loyalty_request_settings(&work->member.call, work->request.type).otp;
	old_use = judge(work, arguments->old_verification, true, otp == OTP_OLD || otp == OTP_BOTH,
					work->content.old_value);
	new_use = judge(work, arguments->verification, false, otp == OTP_NEW || otp == OTP_BOTH,
					loyalty_request_wanted(&work->request, &work->content));
	use_up(work, &old_use, true);
	use_up(work, &new_use, false);
}
