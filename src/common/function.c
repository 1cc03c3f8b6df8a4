/*
 * function.c: what the catalogue says of a function of ours: its name, the types of its arguments, their defaults.
 *
 * The defaults stand in the CREATE FUNCTION alone. Entries live as long as the backend: a call may run while its function
 * is replaced. A change of any function makes them be looked up anew, which a database sees seldom.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "funcapi.h"
#include "nodes/pg_list.h"
#include "nodes/primnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "common/function.h"
#include "common/names.h"

/* The places of the fields that were asked for last: a function has one kind of request. */
typedef struct LoyaltyFilled
{
	const LoyaltyRequestField *fields;
	int *places;
} LoyaltyFilled;

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

static void
read_names(HeapTuple tuple, LoyaltyFunction *function)
{
	bool isnull;
	Datum names = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargnames, &isnull);
	Datum modes = (Datum) 0;
	char **arguments;

	if (isnull)
		return;
	modes = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargmodes, &isnull);
	if (get_func_input_arg_names(names, isnull ? (Datum) 0 : modes, &arguments) != function->count)
		elog(ERROR, "function %s has arguments without a name", function->name);
	function->arguments = (const char *const *) arguments;
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
	read_names(tuple, function);
	read_defaults(tuple, function);
	function->filled = palloc0(sizeof(LoyaltyFilled));
	ReleaseSysCache(tuple);
	MemoryContextSwitchTo(caller);
	return function;
}

static const LoyaltyFunction *
function_of(Oid oid)
{
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

const LoyaltyFunction *
loyalty_function(FunctionCallInfo fcinfo)
{
	return function_of(fcinfo->flinfo->fn_oid);
}

const LoyaltyFunction *
loyalty_function_named(const char *name)
{
	return function_of(
		LookupFuncName(list_make2(makeString(LOYALTY_PUBLIC_SCHEMA), makeString(pstrdup(name))), -1, NULL,
					   false));
}

const int *
loyalty_function_places(const LoyaltyFunction *function, const LoyaltyRequestField *fields, int count)
{
	LoyaltyFilled *filled = function->filled;
	int *places;
	int f;
	int i;

	if (filled->fields == fields)
		return filled->places;
	places = MemoryContextAlloc(TopMemoryContext, sizeof(int) * count);
	for (f = 0; f < count; f++)
	{
		places[f] = -1;
		for (i = 0; i < function->count; i++)
			if (strcmp(function->arguments[i], fields[f].argument) == 0)
				places[f] = i;
	}
	filled->places = places;
	filled->fields = fields;
	return places;
}

void
loyalty_arguments_default(const LoyaltyFunction *function, NullableDatum *arguments)
{
	int first = function->count - function->default_count;
	int i;

	for (i = 0; i < function->default_count; i++)
	{
		NullableDatum *argument = &arguments[first + i];

		if (!argument->isnull || function->nulls[i])
			continue;
		argument->value = function->defaults[i];
		argument->isnull = false;
	}
}

void
loyalty_function_defaults(FunctionCallInfo fcinfo)
{
	loyalty_arguments_default(loyalty_function(fcinfo), fcinfo->args);
}
