/*
 * guard_api.c: the trigger that keeps ledger rows as they were written. Rows come back by COPY at a restore, so
 * inserts are no business of it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "utils/rel.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "ledger/tables/guard.h"

LOYALTY_FUNCTION(loyalty_ledger_guard);

/* The table that the store's statement updates; NULL: none. A site's triggers that fire meanwhile reach no other. */
static const char *lifted;

void
loyalty_guard_lift(const char *table)
{
	lifted = table;
}

void
loyalty_guard_restore(void)
{
	lifted = NULL;
}

static void
restore_at_abort(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT)
		lifted = NULL;
}

static void
restore_at_subabort(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		lifted = NULL;
}

void
loyalty_ledger_guard_init(void)
{
	RegisterXactCallback(restore_at_abort, NULL);
	RegisterSubXactCallback(restore_at_subabort, NULL);
}

/* Only accounts and lots are ever updated by the store, and nothing is deleted. */
Datum
loyalty_ledger_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("ledger_guard must be a BEFORE statement trigger")));
	if (lifted && TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) &&
		strcmp(RelationGetRelationName(trigger->tg_relation), lifted) == 0)
		return PointerGetDatum(NULL);
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_LEDGER_CLOSED),
					errmsg("table \"%s\" changes through the API alone",
						   RelationGetRelationName(trigger->tg_relation)),
					errhint("To repair data on purpose, disable trigger ledger_guard of that table first.")));
}
