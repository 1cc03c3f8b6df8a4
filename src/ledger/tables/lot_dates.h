/*
 * lot_dates.h: when lots expire and become redeemable, as instants in the org's time zone. Needs the org of a
 * call, no table and no lock.
 */
#ifndef LOYALTY_LOT_DATES_H
#define LOYALTY_LOT_DATES_H

#include "common/refusal.h"
#include "ledger/tables/posting_rules.h"
#include "org/call.h"

/* The expiry of points of a program that are awarded at a time; NEVER where they do not expire. */
extern TimestampTz loyalty_program_expiry(const LoyaltyCall *call, const LoyaltyProgram *program,
										  TimestampTz awarded_at);

/* The instant on which points promised now become regular, as the program says; NEVER where that is past all dates. */
extern TimestampTz loyalty_promise_due(const LoyaltyCall *call, const LoyaltyProgram *program,
									   TimestampTz awarded_at);

/* Refuses with LY409: the expiry of points is not after the time that it is compared with. The hint says the way out. */
extern bool loyalty_refuse_expiry_passed(TimestampTz expires_at, TimestampTz event_time, const char *hint,
										 LoyaltyRefusal *refusal);

#endif
