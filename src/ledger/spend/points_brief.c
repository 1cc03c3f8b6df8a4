/*
 * points_brief.c: the points of customer_brief: what a customer has in each program, and what could be paid with it. The
 * worth is that of all points which can be spent now, as a redemption of them would have it; conditions of the program
 * are not asked, which is what is_redeemable is for.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "common/points.h"
#include "ledger/read/points_section.h"
#include "ledger/spend/points_brief.h"
#include "ledger/spend/redemption_rules.h"

/* Appends what a till shows of a program; a worth that the program does not know is null. */
static void
put_brief(StringInfo json, BalanceRequest *request, const LoyaltyProgram *program, const Balance *balance)
{
	int64 value = loyalty_redemption_value(&program->redemption, balance->available);

	loyalty_put_points(json, "balance", balance->current);
	loyalty_put_points(json, "available_points", balance->available);
	if (value < 0)
		appendStringInfoString(json, ", \"currency_value\": null");
	else
		loyalty_put_points(json, "currency_value", value);
	loyalty_put_next_expiry(json, request, balance);
}

/* Runs inside the call of the brief, under its snapshot. */
Datum
loyalty_points_brief(LoyaltyCall *call, int64 customer_id)
{
	return loyalty_points_of_programs(call, customer_id, put_brief);
}
