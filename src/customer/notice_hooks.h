/*
 * notice_hooks.h: what customers and their statuses, which stand below events, tell subscribers of. Owned here, filled by
 * loyalty.c; capabilities above events call event/notify.h.
 */
#ifndef LOYALTY_NOTICE_HOOKS_H
#define LOYALTY_NOTICE_HOOKS_H

#include "org/call.h"

/* Something that happened to a customer whose row is locked. */
typedef struct LoyaltyNotice
{
	int64 customer_id;
	int64 event_id; /* 0: one is drawn */
	const char *event_name;
	TimestampTz event_time;
	const char *
		details; /* further members of the payload, as JSON without its braces: ids, words, amounts. NULL: none */
} LoyaltyNotice;

/* Table of these functions. */
typedef struct LoyaltyNoticeHooks
{
	/* Tells whether anybody subscribes to events of that name: costs a comparison where nobody subscribes at all. */
	bool (*wanted)(const LoyaltyCall *call, const char *event_name);

	/* Tells those who subscribe, in this transaction; does nothing where nobody does. */
	void (*notify)(LoyaltyCall *call, const LoyaltyNotice *notice);
} LoyaltyNoticeHooks;

extern LoyaltyNoticeHooks loyalty_notice_hooks;

#endif
