/*
 * notify.h: telling subscribers what happens, in the transaction that makes it happen, under the customer's lock: so
 * nothing is told that is undone, and a customer's events are told in the order of their commits.
 */
#ifndef LOYALTY_NOTIFY_H
#define LOYALTY_NOTIFY_H

#include "customer/notice_hooks.h"

/* The functions for loyalty_notice_hooks; capabilities above call them by name. */
extern bool loyalty_notice_wanted(const LoyaltyCall *call, const char *event_name);
extern void loyalty_notify(LoyaltyCall *call, const LoyaltyNotice *notice);

#endif
