/* trigger.h: what every trigger function of ours asks before it reads anything: is it called as the script made it? */
#ifndef LOYALTY_TRIGGER_H
#define LOYALTY_TRIGGER_H

#include "postgres.h"

#include "commands/trigger.h"
#include "fmgr.h"

/* Bits of the operations that a trigger fires for, by the numbers that events have. */
#define LOYALTY_ON_INSERT (1 << TRIGGER_EVENT_INSERT)
#define LOYALTY_ON_DELETE (1 << TRIGGER_EVENT_DELETE)
#define LOYALTY_ON_UPDATE (1 << TRIGGER_EVENT_UPDATE)
#define LOYALTY_ON_TRUNCATE (1 << TRIGGER_EVENT_TRUNCATE)

/* The triggers that a function serves. */
typedef struct LoyaltyTriggerKind
{
	const char *function;
	const char *table;		 /* NULL: any of ours */
	TriggerEvent when;		 /* TRIGGER_EVENT_BEFORE or _AFTER, with TRIGGER_EVENT_ROW or without */
	unsigned int operations; /* LOYALTY_ON_... */
} LoyaltyTriggerKind;

/* Returns what the trigger tells. Raises 39P01 on any other table or event, and where no trigger calls. */
extern const TriggerData *loyalty_trigger(FunctionCallInfo fcinfo, const LoyaltyTriggerKind *kind);

/* Returns a column of the new row, which is never null, by its number from 1. */
extern Datum loyalty_trigger_column(const TriggerData *trigger, int number);

#endif
