/*
 * function.c: what the catalogue says of a function of ours: its name, the types of its arguments, their defaults.
 *
 * The defaults stand in the CREATE FUNCTION alone. What was read lives as long as the backend: a call may run while its
 * function is replaced. A change of a function makes its entry be read anew, and so does whatever empties all caches; an
 * entry that says the same as the last one is the last one, so that only real changes take memory.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
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
#include "common/text.h"

/* Positions of the arguments for the fields that were asked for last: a function has one kind of request. */
typedef struct LoyaltyFilled
{
	const LoyaltyRequestField *fields;
	int *places;
} LoyaltyFilled;

/* Entry of the cache: a function as it was when "as_of" changes had been heard of. */
typedef struct KnownFunction
{
	Oid oid;
	uint32 hash;					 /* by which the system cache tells of its changes */
	uint64 changes;					 /* number of those heard of so far */
	uint64 as_of;					 /* the number of changes when "function" was read */
	const LoyaltyFunction *function; /* NULL: never read */
} KnownFunction;

static HTAB *known;

/*
 * Notes that a function changed, or (hash 0) that any may have. It only counts: a callback may not read catalogues.
 */
static void
functions_invalidated(Datum arg, int cacheid, uint32 hash)
{
	HASH_SEQ_STATUS scan;
	KnownFunction *entry;

	hash_seq_init(&scan, known);
	while ((entry = hash_seq_search(&scan)) != NULL)
		if (hash == 0 || entry->hash == hash)
			entry->changes++;
}

/* Makes the cache and registers what notes changes. */
void
loyalty_function_init(void)
{
	HASHCTL control = { .keysize = sizeof(Oid), .entrysize = sizeof(KnownFunction) };

	known = hash_create("loyalty functions", 128, &control, HASH_ELEM | HASH_BLOBS);
	CacheRegisterSyscacheCallback(PROCOID, functions_invalidated, (Datum) 0);
}

/* Reads the defaults, all of which are constants. Their expressions stand in the catalogue as a text of nodes. */
static void
read_defaults(HeapTuple tuple, LoyaltyFunction *function)
{
	bool isnull;
	Datum stored = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargdefaults, &isnull);
	LoyaltyDefault *defaults;
	List *expressions;
	ListCell *cell;

	if (isnull)
		return;
	expressions = castNode(List, stringToNode(TextDatumGetCString(stored)));
	defaults = palloc(sizeof(LoyaltyDefault) * list_length(expressions));
	foreach(cell, expressions)
	{
		const Const *value = (const Const *) eval_const_expressions(NULL, lfirst(cell));

		if (!IsA(value, Const))
			elog(ERROR, "a default of function %s is no constant", function->name);
		defaults[foreach_current_index(cell)] = (LoyaltyDefault){ .value = value->constvalue,
																  .isnull = value->constisnull,
																  .is_by_value = value->constbyval,
																  .length = value->constlen };
	}
	function->defaults = defaults;
	function->default_count = list_length(expressions);
}

/* Reads the names of the arguments that a caller gives, without those of OUT arguments. */
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

/* Reads what the catalogue says into the current context. */
static LoyaltyFunction *
read_function(Oid oid)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));
	LoyaltyFunction *function = palloc0(sizeof(LoyaltyFunction));
	Form_pg_proc form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", oid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	function->name = pstrdup(NameStr(form->proname));
	function->count = form->pronargs;
	function->types = memcpy(palloc(sizeof(Oid) * Max(form->pronargs, 1)), form->proargtypes.values,
							 sizeof(Oid) * form->pronargs);
	read_names(tuple, function);
	read_defaults(tuple, function);
	ReleaseSysCache(tuple);
	return function;
}

/* Tells whether two defaults are the same, byte by byte where they are no plain values. */
static bool
is_equal_default(const LoyaltyDefault *a, const LoyaltyDefault *b)
{
	if (a->isnull || b->isnull)
		return a->isnull && b->isnull;
	return a->is_by_value == b->is_by_value && a->length == b->length &&
		   datumIsEqual(a->value, b->value, a->is_by_value, a->length);
}

/* Tells whether a function that was read anew says what is known of it already. */
static bool
is_equal(const LoyaltyFunction *a, const LoyaltyFunction *b)
{
	int i;

	if (strcmp(a->name, b->name) != 0 || a->count != b->count || a->default_count != b->default_count ||
		memcmp(a->types, b->types, sizeof(Oid) * a->count) != 0 ||
		(a->arguments == NULL) != (b->arguments == NULL))
		return false;
	for (i = 0; a->arguments != NULL && i < a->count; i++)
		if (strcmp(a->arguments[i], b->arguments[i]) != 0)
			return false;
	for (i = 0; i < a->default_count; i++)
		if (!is_equal_default(&a->defaults[i], &b->defaults[i]))
			return false;
	return true;
}

/* Copies the names of the arguments into the current context. */
static const char *const *
copy_names(const LoyaltyFunction *function)
{
	const char **names;
	int i;

	if (function->arguments == NULL)
		return NULL;
	names = palloc(sizeof(char *) * Max(function->count, 1));
	for (i = 0; i < function->count; i++)
		names[i] = pstrdup(function->arguments[i]);
	return names;
}

/* Finds the arguments that say whom a call is about. A customer has several ids after a merge, or one of two roles. */
static const bool *
find_customers(const LoyaltyFunction *function)
{
	static const char *const names[] = { "customer_id", "from_customer_id", "to_customer_id", "referee_id",
										 "referrer_id", "survivor_id",		"victim_id",	  "target_id" };
	bool *found = palloc0(sizeof(bool) * Max(function->count, 1));
	int i;
	int n;

	for (i = 0; function->arguments != NULL && i < function->count; i++)
		for (n = 0; n < (int) lengthof(names); n++)
			found[i] |= strcmp(function->arguments[i], names[n]) == 0;
	return found;
}

/* Copies a function into memory that stays. */
static const LoyaltyFunction *
copy_function(const LoyaltyFunction *function)
{
	MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);
	LoyaltyFunction *copy = palloc(sizeof(LoyaltyFunction));
	LoyaltyDefault *defaults = palloc(sizeof(LoyaltyDefault) * Max(function->default_count, 1));
	Oid *types = palloc(sizeof(Oid) * Max(function->count, 1));
	int i;

	*copy = *function;
	copy->name = pstrdup(function->name);
	copy->types = memcpy(types, function->types, sizeof(Oid) * function->count);
	copy->arguments = copy_names(function);
	copy->is_customer = find_customers(copy);
	copy->filled = palloc0(sizeof(LoyaltyFilled));
	copy->defaults = defaults;
	for (i = 0; i < function->default_count; i++)
	{
		defaults[i] = function->defaults[i];
		if (!defaults[i].isnull)
			defaults[i].value = datumCopy(defaults[i].value, defaults[i].is_by_value, defaults[i].length);
	}
	MemoryContextSwitchTo(caller);
	return copy;
}

/*
 * Brings an entry up to date. Reading defaults takes kilobytes, which go with the context. The number of changes is
 * taken first: a change that arrives while the catalogue is read makes the entry stale again.
 */
static void
look_up(KnownFunction *entry)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "loyalty function", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	uint64 as_of = entry->changes;
	const LoyaltyFunction *function;

	entry->hash = GetSysCacheHashValue1(PROCOID, ObjectIdGetDatum(entry->oid));
	function = read_function(entry->oid);
	MemoryContextSwitchTo(caller);
	if (entry->function == NULL || !is_equal(entry->function, function))
		entry->function = copy_function(function);
	entry->as_of = as_of;
	MemoryContextDelete(context);
}

/* Returns what is known of a function, read anew where something changed since. */
static const LoyaltyFunction *
function_of(Oid oid)
{
	KnownFunction *entry;
	bool found;

	entry = hash_search(known, &oid, HASH_ENTER, &found);
	if (!found)
	{
		entry->changes = 0;
		entry->function = NULL;
	}
	if (entry->function == NULL || entry->as_of != entry->changes)
		look_up(entry);
	return entry->function;
}

/* Returns the function of a call; no catalogue is read when nothing changed, which is nearly always. */
const LoyaltyFunction *
loyalty_function(FunctionCallInfo fcinfo)
{
	return function_of(fcinfo->flinfo->fn_oid);
}

/* Returns a public function by its name; no name is overloaded. Raises 42883 where there is none. */
const LoyaltyFunction *
loyalty_function_named(const char *name)
{
	return function_of(
		LookupFuncName(list_make2(makeString(LOYALTY_PUBLIC_SCHEMA), makeString(pstrdup(name))), -1, NULL,
					   false));
}

/* Finds an argument by its name; functions have a few dozen at most. */
int
loyalty_function_place(const LoyaltyFunction *function, const char *argument)
{
	int i;

	for (i = 0; i < function->count; i++)
		if (strcmp(function->arguments[i], argument) == 0)
			return i;
	return -1;
}

/*
 * Finds the arguments of all fields, once for a function and a list of fields: a batch asks again for each of ten
 * thousand items.
 */
const int *
loyalty_function_places(const LoyaltyFunction *function, const LoyaltyRequestField *fields, int count)
{
	LoyaltyFilled *filled = function->filled;
	int *places;
	int f;

	if (filled->fields == fields)
		return filled->places;
	places = MemoryContextAlloc(TopMemoryContext, sizeof(int) * count);
	for (f = 0; f < count; f++)
		places[f] = loyalty_function_place(function, fields[f].argument);
	if (filled->places != NULL)
		pfree(filled->places);
	filled->places = places;
	filled->fields = fields;
	return places;
}

/* Tells whether the default counts: for NULL and for a text that is empty or of blanks. */
static bool
is_left_out(const NullableDatum *argument, Oid type)
{
	return argument->isnull || (type == TEXTOID && loyalty_text_is_blank(argument->value));
}

/* Puts defaults in; arguments without a default stay as they are, for their readers to judge. */
void
loyalty_arguments_default(const LoyaltyFunction *function, NullableDatum *arguments)
{
	int first = function->count - function->default_count;
	int i;

	for (i = 0; i < function->default_count; i++)
	{
		NullableDatum *argument = &arguments[first + i];

		if (!is_left_out(argument, function->types[first + i]))
			continue;
		argument->value = function->defaults[i].value;
		argument->isnull = function->defaults[i].isnull;
	}
}

/* Puts the defaults into the arguments of a call, in place. */
void
loyalty_function_defaults(FunctionCallInfo fcinfo)
{
	loyalty_arguments_default(loyalty_function(fcinfo), fcinfo->args);
}
