/*
 * redeem_reading.c: what the request of a redemption says: who and which code, then where, when and on which bill.
 *
 * Each reader refuses with the code of its argument, the first one that is wrong. No table is read but the org's reference data, the
 * owner of a card and the number of a bill; nothing is written.
 *
 * The code is read first, since it says which row is locked; all else is read behind the repeat and the status of the customer, as
 * operations on points do it: a repeat is answered whatever its other arguments would be refused for by now. A dry run reads the same,
 * but may be asked before there is a bill.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/points.h"
#include "incentive/coupon/redeem.h"
#include "ledger/tables/bill_hooks.h"

static const LoyaltyRequestField coupon_fields[] = {
	OPERATION_FIELDS,
	{ "coupon_code", offsetof(CouponRequest, coupon_code) },
	{ "transaction_number", offsetof(CouponRequest, transaction_number) },
	{ "bill_amount", offsetof(CouponRequest, bill_amount) },
	{ "verification", offsetof(CouponRequest, verification) },
};

const RequestKind loyalty_coupon_kind = { "redeem_coupon", lengthof(coupon_fields), coupon_fields, true };

/* Returns the request as a redemption's. */
static const CouponRequest *
asked(const CouponRedemption *redemption)
{
	return (const CouponRequest *) redemption->operation.request;
}

/* Tells whether anything says who redeems. */
static bool
names_customer(const OperationRequest *request)
{
	return !request->customer_id.isnull || !request->card_number.isnull || !request->card_external_id.isnull;
}

/*
 * Takes blanks away and capitals for small letters. A text that can be no code is unknown like any other, and no error of its own:
 * what is typed at a till is not told from what was never made.
 */
static bool
read_code(CouponRedemption *redemption, const NullableDatum *given, LoyaltyRefusal *refusal)
{
	const char *text;

	if (!loyalty_read_text(given, "coupon_code", LOYALTY_MAX_TEXT, &text, refusal))
		return false;
	if (!loyalty_code_normal(text, redemption->code))
		redemption->code[0] = '\0';
	return true;
}

/* Goes on in the order of all operations: the customer's name, then what is asked for, then the key. */
bool
loyalty_coupon_name(CouponRedemption *redemption, LoyaltyCall *call, const CouponRequest *request,
					LoyaltyRefusal *refusal)
{
	OperationSubject subject = { 0 };

	memset(redemption, 0, sizeof(CouponRedemption));
	redemption->has_customer = names_customer(&request->operation);
	if (redemption->has_customer && !loyalty_operation_name(call, &request->operation, &subject, refusal))
		return false;
	if (!subject.has_key && !loyalty_operation_key(&request->operation, &subject, refusal))
		return false;
	loyalty_operation_enter(&redemption->operation, call, &request->operation, &subject);
	return read_code(redemption, &request->coupon_code, refusal);
}

/* Reads an amount of 0 or more; a dry run may leave it out. */
static bool
read_amount(CouponRedemption *redemption, const NullableDatum *given, LoyaltyRefusal *refusal)
{
	redemption->has_amount = !given->isnull;
	if (given->isnull && redemption->is_dry)
		return true;
	if (!loyalty_read_thousandths(given, "bill_amount", ERRCODE_LOYALTY_AMOUNT_INVALID, &redemption->amount,
								  refusal))
		return false;
	if (redemption->amount < 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_AMOUNT_INVALID,
					   errmsg("argument \"bill_amount\" is negative"),
					   errdetail("It is %s.", loyalty_points_text(redemption->amount)));
	return true;
}

/*
 * Links the bill if it is there already, of the customer and unmistakable: the coupon is often redeemed first. LY424 for one of which
 * nothing is left.
 */
static bool
find_bill(CouponRedemption *redemption, LoyaltyRefusal *refusal)
{
	const Operation *operation = &redemption->operation;
	bool is_returned = false;

	if (!redemption->has_customer || redemption->number == NULL)
		return true;
	(void) loyalty_bill_hooks.find(operation->call->org->org_id, operation->till, redemption->number,
								   redemption->customer.customer_id, &redemption->transaction_id,
								   &is_returned);
	if (is_returned)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TRANSACTION_RETURNED, errmsg("the bill was returned"),
					   errdetail("Nothing of it is left that a coupon could be redeemed on."));
	return true;
}

/* Reads the time: a bill may be older than the registration of its customer, so a coupon may, too. */
static bool
read_time(CouponRedemption *redemption, LoyaltyRefusal *refusal)
{
	return loyalty_operation_event_time(&redemption->operation, DT_NOBEGIN, DT_NOBEGIN,
										&redemption->event_time, refusal);
}

/* Reads the number of the bill, which a dry run may leave out, too. */
static bool
read_number(CouponRedemption *redemption, const NullableDatum *given, LoyaltyRefusal *refusal)
{
	return redemption->is_dry ? loyalty_read_key_or_null(given, "transaction_number", LOYALTY_MAX_CODE,
														 &redemption->number, refusal)
							  : loyalty_read_key(given, "transaction_number", &redemption->number, refusal);
}

/* Reads in the order of the page; the bill is looked for when nothing else is wrong. */
bool
loyalty_coupon_read_request(CouponRedemption *redemption, LoyaltyRefusal *refusal)
{
	const CouponRequest *request = asked(redemption);

	if (!loyalty_operation_locate(&redemption->operation, refusal))
		return false;
	if (redemption->operation.origin.source_id == 0)
		return loyalty_refuse_missing("source", refusal);
	return read_number(redemption, &request->transaction_number, refusal) &&
		   read_amount(redemption, &request->bill_amount, refusal) && read_time(redemption, refusal) &&
		   find_bill(redemption, refusal);
}
