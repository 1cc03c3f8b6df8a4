/*
 * trigger.c: refuses trigger functions of ours where nobody of ours has put them.
 *
 * Who may execute such a function can make a trigger of it, on any table, for any event; and what it is told there
 * (rows of other columns, no row at all) must not be taken for what it knows. So the relation and the event are compared
 * first, with the one kind of trigger that the install script makes.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "utils/rel.h"

#include "common/names.h"
#include "common/trigger.h"

/* Tells whether the relation is a table of ours, and the one that is asked for. */
static bool
is_table(Relation relation, const char *table)
{
	return relation->rd_rel->relkind == RELKIND_RELATION &&
		   RelationGetNamespace(relation) == get_namespace_oid(LOYALTY_TABLES_SCHEMA, true) &&
		   (table == NULL || strcmp(RelationGetRelationName(relation), table) == 0);
}

/* Tells whether a trigger fires when and for what the kind does. */
static bool
is_event(TriggerEvent event, const LoyaltyTriggerKind *kind)
{
	return (event & (TRIGGER_EVENT_TIMINGMASK | TRIGGER_EVENT_ROW)) == kind->when &&
		   (kind->operations & (1 << (event & TRIGGER_EVENT_OPMASK))) != 0;
}

/* The context is looked at before it is read: a function that is called by hand has another one, or none. */
const TriggerData *
loyalty_trigger(FunctionCallInfo fcinfo, const LoyaltyTriggerKind *kind)
{
	const TriggerData *trigger = (const TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !is_table(trigger->tg_relation, kind->table) ||
		!is_event(trigger->tg_event, kind))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function \"" LOYALTY_TABLES_SCHEMA
							   ".%s\" is for the triggers that the extension makes",
							   kind->function),
						errhint("Drop any other trigger that calls it.")));
	return trigger;
}

/* Reads the row as it was given. */
Datum
loyalty_trigger_column(const TriggerData *trigger, int number)
{
	bool isnull;
	Datum value =
		heap_getattr(trigger->tg_trigtuple, number, RelationGetDescr(trigger->tg_relation), &isnull);

	if (isnull)
		elog(ERROR, "column %d of table \"%s\" is null", number,
			 RelationGetRelationName(trigger->tg_relation));
	return value;
}
