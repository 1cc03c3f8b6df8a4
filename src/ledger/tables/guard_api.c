/*
 * guard_api.c: the trigger that keeps ledger rows as they were written.
 *
 * The guard is a BEFORE statement trigger on every table of the ledger, in force for superusers and for replication as
 * well. It refuses UPDATE, DELETE and TRUNCATE unless the store has just said that its own statement updates this
 * table. Rows come back by COPY at a restore, so inserts are no business of it: verify_ledger finds rows that the
 * library did not write.
 *
 * The permission is a name in the backend's memory. It is given for one statement, to one table, so that triggers of a
 * site that fire meanwhile reach no other; and any abort, of a subtransaction too, takes it back. Rows that are
 * written without a statement (common/table.h) fire no trigger; the permission is for the statements that stand beside
 * that way.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/rel.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/trigger.h"
#include "ledger/tables/guard.h"

LOYALTY_FUNCTION(loyalty_ledger_guard);

static const LoyaltyTriggerKind kind = { .function = "ledger_guard",
										 .when = TRIGGER_EVENT_BEFORE,
										 .operations =
											 LOYALTY_ON_UPDATE | LOYALTY_ON_DELETE | LOYALTY_ON_TRUNCATE };

/* The table that the store's statement updates; NULL: none. */
static const char *lifted;

/* Names the table. Calls do not nest: the store runs one update at a time. */
void
loyalty_guard_lift(const char *table)
{
	lifted = table;
}

/* Forgets the table. */
void
loyalty_guard_restore(void)
{
	lifted = NULL;
}

/* Forgets the table where the statement that it was lifted for failed. */
static void
restore_at_abort(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT)
		lifted = NULL;
}

/* Does the same where the error was caught by a savepoint or by an exception block. */
static void
restore_at_subabort(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		lifted = NULL;
}

/* Registers both callbacks; they stay as long as the backend lives. */
void
loyalty_ledger_guard_init(void)
{
	RegisterXactCallback(restore_at_abort, NULL);
	RegisterSubXactCallback(restore_at_subabort, NULL);
}

/*
 * The trigger function: lets the announced update through, refuses the rest with LY412. Only accounts, lots, open days
 * and the numbers of tagged bills are ever updated by the store, and nothing of the ledger is deleted. As another kind
 * of trigger it could not know the statement, and refuses to serve.
 */
Datum
loyalty_ledger_guard(PG_FUNCTION_ARGS)
{
	const TriggerData *trigger = loyalty_trigger(fcinfo, &kind);

	if (lifted && TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) &&
		strcmp(RelationGetRelationName(trigger->tg_relation), lifted) == 0)
		return PointerGetDatum(NULL);
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_LEDGER_CLOSED),
					errmsg("table \"%s\" changes through the API alone",
						   RelationGetRelationName(trigger->tg_relation)),
					errhint("To repair data on purpose, disable trigger ledger_guard of that table first.")));
}
