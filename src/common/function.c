/*
 * function.c: what the catalogue says of a function of ours: its name, the types of its arguments, their defaults.
 *
 * The defaults stand in the CREATE FUNCTION alone. Entries live as long as the backend: a call may run while its function
 * is replaced. A change of any function makes them be looked up anew, which a database sees seldom.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "nodes/pg_list.h"
#include "nodes/primnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "common/function.h"

typedef struct KnownFunction
{
	Oid oid;
	uint64 generation; /* that it was read in; 0: never */
	const LoyaltyFunction *function;
} KnownFunction;

static HTAB *known;
static uint64 generation = 1;

static void
functions_invalidated(Datum arg, int cacheid, uint32 hashvalue)
{
	generation++;
}

void
loyalty_function_init(void)
{
	HASHCTL control = { .keysize = sizeof(Oid), .entrysize = sizeof(KnownFunction) };

	known = hash_create("loyalty functions", 128, &control, HASH_ELEM | HASH_BLOBS);
	CacheRegisterSyscacheCallback(PROCOID, functions_invalidated, (Datum) 0);
}

/* Reads the defaults, constants all, into memory that stays. */
static void
read_defaults(HeapTuple tuple, LoyaltyFunction *function)
{
	bool isnull;
	Datum stored = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargdefaults, &isnull);
	Datum *values;
	bool *nulls;
	List *expressions;
	ListCell *cell;

	if (isnull)
		return;
	expressions = castNode(List, stringToNode(TextDatumGetCString(stored)));
	values = palloc(sizeof(Datum) * list_length(expressions));
	nulls = palloc(sizeof(bool) * list_length(expressions));
	foreach(cell, expressions)
	{
		const Const *value = castNode(Const, eval_const_expressions(NULL, lfirst(cell)));
		int i = foreach_current_index(cell);

		nulls[i] = value->constisnull;
		values[i] =
			value->constisnull ? (Datum) 0 : datumCopy(value->constvalue, value->constbyval, value->constlen);
	}
	function->defaults = values;
	function->nulls = nulls;
	function->default_count = list_length(expressions);
}

static const LoyaltyFunction *
read_function(Oid oid)
{
	MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));
	LoyaltyFunction *function = palloc0(sizeof(LoyaltyFunction));
	Form_pg_proc form;
	Oid *types;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", oid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	function->name = pstrdup(NameStr(form->proname));
	function->count = form->pronargs;
	types = palloc(sizeof(Oid) * Max(form->pronargs, 1));
	memcpy(types, form->proargtypes.values, sizeof(Oid) * form->pronargs);
	function->types = types;
	read_defaults(tuple, function);
	ReleaseSysCache(tuple);
	MemoryContextSwitchTo(caller);
	return function;
}

const LoyaltyFunction *
loyalty_function(FunctionCallInfo fcinfo)
{
	Oid oid = fcinfo->flinfo->fn_oid;
	KnownFunction *entry;
	bool found;

	entry = hash_search(known, &oid, HASH_ENTER, &found);
	if (!found)
		entry->generation = 0;
	if (entry->generation != generation)
	{
		uint64 now = generation;

		entry->function = read_function(oid);
		entry->generation = now;
	}
	return entry->function;
}

void
loyalty_function_defaults(FunctionCallInfo fcinfo)
{
	const LoyaltyFunction *function = loyalty_function(fcinfo);
	int first = function->count - function->default_count;
	int i;

	for (i = 0; i < function->default_count; i++)
	{
		NullableDatum *argument = &fcinfo->args[first + i];

		if (!argument->isnull || function->nulls[i])
			continue;
		argument->value = function->defaults[i];
		argument->isnull = false;
	}
}
