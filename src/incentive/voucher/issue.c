/*
 * issue.c: issuing gift vouchers.
 *
 * The customer, if there is one, is locked by the caller. A key is the org's, since a voucher need not have a customer: its row is
 * written first, so that of two calls with one key the second waits for the first, finds the row and answers what that one made.
 *
 * A code is told by the call that makes it. The same call with the same key tells it again for a day, while nothing has happened to the
 * voucher: a till that has lost the connection must get it, or the money would be nobody's. After that nobody can, but
 * replace_gift_voucher_code gives another one.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/ids.h"
#include "common/secret_store.h"
#include "customer/member.h"
#include "incentive/voucher/issue.h"
#include "incentive/voucher/voucher_code.h"

#define TOLD_AGAIN_FOR USECS_PER_DAY

/* Keeps the text for the codes that are derived from it. */
void
loyalty_issue_read_key(VoucherIssue *issue)
{
	(void) loyalty_read_text_or_null(&issue->work.request->idempotency_key, "idempotency_key",
									 LOYALTY_MAX_NAME, &issue->idempotency_key, LOYALTY_RAISES);
	(void) loyalty_operation_key(issue->work.request, &issue->work.operation.subject, LOYALTY_RAISES);
}

/* Makes the code of a voucher again, and tells it if it is the voucher's still. */
static void
tell_again(const VoucherIssue *issue, IssuedVoucher *voucher)
{
	const VoucherRow *row = &voucher->row;
	pg_uuid_t digest;

	voucher->is_told = row->last_movement == 1 && issue->work.call->now < row->issued_at + TOLD_AGAIN_FOR &&
					   loyalty_voucher_code_derive(row, issue->idempotency_key, voucher->code) &&
					   loyalty_voucher_code_digest(row->org_id, row->key_id, voucher->code, &digest) &&
					   memcmp(digest.data, row->code_digest.data, UUID_LEN) == 0;
}

/* Tells whether a voucher is held by somebody of the merge group of the call's customer, or by nobody as the call says. */
static bool
is_of_call(const VoucherIssue *issue, int64 customer_id)
{
	const LoyaltyCustomer *holder = &issue->work.holder;
	int64 *ids;
	int count;
	int i;

	if (holder->customer_id == 0)
		return customer_id == 0;
	count = loyalty_customer_group(holder, &ids);
	for (i = 0; i < count; i++)
		if (ids[i] == customer_id)
			return true;
	return false;
}

/* Reads the vouchers that the first call made. */
bool
loyalty_issue_repeated(VoucherIssue *issue)
{
	VoucherWork *work = &issue->work;
	VoucherRequest request = { .key = work->operation.subject.key };
	int i;

	if (!work->operation.subject.has_key || !loyalty_voucher_request_find(work->call->org->org_id, &request))
		return false;
	if (request.request_digest != work->request->digest)
		loyalty_raise_idempotency_mismatch();
	issue->count = request.count;
	issue->vouchers = palloc0(sizeof(IssuedVoucher) * request.count);
	for (i = 0; i < request.count; i++)
	{
		if (!loyalty_voucher_read(work->call->org->org_id, request.voucher_ids[i], false,
								  &issue->vouchers[i].row))
			elog(ERROR, "a voucher has vanished");
		if (!is_of_call(issue, issue->vouchers[i].row.customer_id))
			loyalty_raise_idempotency_mismatch();
		tell_again(issue, &issue->vouchers[i]);
	}
	return true;
}

/* Adds a time of days, months and years to a day. */
static DateADT
day_after(DateADT day, Datum validity)
{
	const Interval *interval = DatumGetIntervalP(validity);
	Timestamp end;

	if (interval->time != 0 || interval->day < 0 || interval->month < 0 || interval->day > MAX_EXPIRY_DAYS ||
		interval->month > MAX_EXPIRY_MONTHS || (interval->day == 0 && interval->month == 0))
		loyalty_raise_not_allowed("validity", "days, months and years, from a day to a hundred years");
	end = DatumGetTimestamp(DirectFunctionCall2(date_pl_interval, DateADTGetDatum(day), validity));
	return DatumGetDateADT(DirectFunctionCall1(timestamp_date, TimestampGetDatum(end)));
}

/* Counts days on the calendar of the org. */
TimestampTz
loyalty_issue_expiry(const VoucherWork *work, const NullableDatum *last_day, const NullableDatum *validity)
{
	pg_tz *zone = work->call->org->zone;
	DateADT first = loyalty_local_date(work->event_time, zone);
	DateADT last;

	if (last_day->isnull && validity->isnull)
		return DT_NOEND;
	if (!last_day->isnull && !validity->isnull)
		loyalty_raise_not_allowed("validity", "none beside \"expires_on\"");
	last = last_day->isnull ? day_after(first, validity->value) : DatumGetDateADT(last_day->value);
	if (last < loyalty_local_date(work->call->now, zone) || last < first)
		loyalty_raise_not_allowed(last_day->isnull ? "validity" : "expires_on", "a day that has not passed");
	if (last >= LATEST_DAY)
		loyalty_raise_not_allowed(last_day->isnull ? "validity" : "expires_on", "a day before 9999-12-31");
	return loyalty_start_of_day(last + 1, zone);
}

/* Draws the ids, and claims the key for them; false where another call has. */
static bool
claim(VoucherIssue *issue)
{
	VoucherWork *work = &issue->work;
	VoucherRequest request = { .key = work->operation.subject.key,
							   .request_digest = work->request->digest,
							   .count = issue->count };
	int i;

	issue->vouchers = palloc0(sizeof(IssuedVoucher) * issue->count);
	request.voucher_ids = palloc(sizeof(int64) * issue->count);
	for (i = 0; i < issue->count; i++)
		request.voucher_ids[i] = issue->vouchers[i].row.voucher_id = loyalty_next_id();
	return !work->operation.subject.has_key ||
		   loyalty_voucher_request_claim(work->call->org->org_id, &request);
}

/* Makes a code that no other voucher has: derived where the call has a key, else drawn. */
static void
make_code(const VoucherIssue *issue, IssuedVoucher *voucher)
{
	VoucherRow *row = &voucher->row;

	do
	{
		if (issue->idempotency_key == NULL)
			loyalty_voucher_code_draw(voucher->code);
		else if (!loyalty_voucher_code_derive(row, issue->idempotency_key, voucher->code))
			elog(ERROR, "the secret that is in use is gone");
		if (!loyalty_voucher_code_digest(row->org_id, row->key_id, voucher->code, &row->code_digest))
			elog(ERROR, "the secret that is in use is gone");
		if (loyalty_voucher_code_claim(row))
			break;
		/* A derived code of 80 bits that is taken does not happen. */
		if (issue->idempotency_key != NULL)
			elog(ERROR, "two vouchers have one code");
	} while (true);
	row->last_four = pstrdup(loyalty_voucher_last_four(voucher->code));
	voucher->is_told = true;
}

/* Writes a voucher with its first movement. */
static void
issue_voucher(VoucherIssue *issue, IssuedVoucher *voucher, int16 key_id)
{
	VoucherWork *work = &issue->work;
	VoucherRow *row = &voucher->row;

	row->org_id = work->call->org->org_id;
	row->customer_id = work->holder.customer_id;
	row->issued_at = work->event_time;
	row->expires_at = issue->expires_at;
	row->revoked_at = DT_NOEND;
	row->key_id = key_id;
	make_code(issue, voucher);
	work->voucher = *row;
	work->movement =
		(VoucherMovement){ .kind = VOUCHER_ISSUED, .amount = issue->amount, .event_id = issue->event_id };
	loyalty_voucher_move(work);
	*row = work->voucher;
	loyalty_voucher_insert(row);
	loyalty_voucher_tell(work, "voucher_issued");
}

/* Claims the key first. */
bool
loyalty_issue_vouchers(VoucherIssue *issue)
{
	int16 key_id = loyalty_secret_in_use();
	int i;

	if (!claim(issue))
	{
		if (!loyalty_issue_repeated(issue))
			elog(ERROR, "the request of a key has vanished");
		return false;
	}
	for (i = 0; i < issue->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		issue_voucher(issue, &issue->vouchers[i], key_id);
	}
	return true;
}
