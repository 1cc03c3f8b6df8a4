/*
 * limit_notice.c: telling contacts of the org that few uses of a limit are left, and that none are.
 *
 * Whoever takes a use and finds that the rest, as it is committed and with its own, has come to the threshold tells them, in its
 * own transaction: of several at once the first to commit (message/outbox/contact_notice.c). Uses in flight may hide it from
 * all of them; then the next use tells, or check_limits.
 *
 * The text is that of the template "coupon_limit", with the offer, what is left and the maximum as its variables; while an org has
 * no such template nobody is told. What stands against sending it (no sender, no approved version) must not keep a coupon from a
 * customer: the notice alone is undone, and the call warns.
 *
 * Locks: the row by which contacts are told once, and the limit's, behind the caller's slots.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "common/errors.h"
#include "common/subtransaction.h"
#include "incentive/limit/limit_store.h"
#include "incentive/limit/slot_rules.h"
#include "message/outbox/contact_notice.h"
#include "message/template/template_store.h"

#define LIMIT_TOPIC "coupon_limit"

/* A notice that is due. */
typedef struct LimitNotice
{
	LoyaltyCall *call;
	LoyaltyLimit *limit;
	const char *offer;
	int64 left;
	bool exhausted; /* nothing is left; else few are */
	int sent;
} LimitNotice;

/* Makes the values of the text. */
static Jsonb *
variables_of(const LimitNotice *notice)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "{\"offer\":");
	escape_json(&text, notice->offer);
	appendStringInfo(&text, ",\"left\":\"" INT64_FORMAT "\"", notice->left);
	if (notice->limit->maximum != LIMIT_UNBOUNDED)
		appendStringInfo(&text, ",\"limit\":\"" INT64_FORMAT "\"", notice->limit->maximum);
	appendStringInfoChar(&text, '}');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data)));
}

/* Tells the contacts, and notes it where anybody could be told: the work of a subtransaction. */
static bool
tell(void *arg)
{
	LimitNotice *notice = arg;
	const LoyaltyLimit *limit = notice->limit;
	LoyaltyContactNotice told = {
		.topic = LIMIT_TOPIC,
		.template_name = LIMIT_TOPIC,
		.variables = variables_of(notice),
		.dedupe_key = psprintf("%d change %d %s", limit->limit_id, limit->change_no,
							   notice->exhausted ? "none" : "few"),
	};

	notice->sent = loyalty_contacts_notify(notice->call, &told);
	if (notice->sent > 0)
		loyalty_use_limit_told(limit, notice->exhausted, notice->call->now);
	return true;
}

/* Tells of one of the two; an error of ours is a warning. */
static int
tell_or_warn(LimitNotice *notice)
{
	ErrorData *error;

	if (loyalty_subtransaction_try(tell, notice, &error))
		return notice->sent;
	if (loyalty_error_meaning_or_null(error->sqlerrcode) == NULL)
		ReThrowError(error);
	ereport(WARNING, (errcode(error->sqlerrcode), errmsg("contacts could not be told of a limit"),
					  errdetail("%s: %s.", unpack_sql_state(error->sqlerrcode),
								loyalty_error_meaning(error->sqlerrcode))));
	return 0;
}

/* Asks for the template last: most uses leave more than the threshold, and cost a comparison. */
int
loyalty_limit_watch(LoyaltyCall *call, LoyaltyLimit *limit, const char *offer, int64 left)
{
	LimitNotice notice = { .call = call, .limit = limit, .offer = offer, .left = left };
	bool few = loyalty_limit_is_low(left, limit->notify_at) && TIMESTAMP_IS_NOEND(limit->notified_at);
	bool none =
		limit->notify_at >= 0 && loyalty_limit_is_low(left, 0) && TIMESTAMP_IS_NOEND(limit->exhausted_at);
	TemplateRow template;
	int sent = 0;

	if ((!few && !none) || !loyalty_template_read(call->org->org_id, LIMIT_TOPIC, &template))
		return 0;
	/* A threshold of none is told of as such, once. */
	if (few && limit->notify_at > 0)
		sent += tell_or_warn(&notice);
	notice.exhausted = true;
	if (none)
		sent += tell_or_warn(&notice);
	return sent;
}
