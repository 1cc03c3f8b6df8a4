/*
 * redemption_arguments.h: the arguments of redeem_points, in their order. is_redeemable has the same, so that it can be
 * asked whatever redeem_points can be asked.
 */
#ifndef LOYALTY_REDEMPTION_ARGUMENTS_H
#define LOYALTY_REDEMPTION_ARGUMENTS_H

#include "ledger/operation.h"

enum RedeemArgument
{
	ARG_POINTS = 2,
	ARG_TRANSACTION_NUMBER,
	ARG_TRANSACTION_TILL,
	ARG_UP_TO,
	ARG_PROGRAM,
	ARG_EVENT_TIME,
	ARG_TILL,
	ARG_REASON,
	ARG_SOURCE,
	ARG_ACTOR,
	ARG_IDEMPOTENCY_KEY,
	ARG_CARD_NUMBER,
	ARG_CARD_EXTERNAL_ID,
};

static const OperationArguments redeem_arguments = {
	.till = ARG_TILL,
	.store = -1,
	.source = ARG_SOURCE,
	.reason = ARG_REASON,
	.actor = ARG_ACTOR,
	.idempotency_key = ARG_IDEMPOTENCY_KEY,
	.card_number = ARG_CARD_NUMBER,
	.card_restricted = true,
};

#endif
