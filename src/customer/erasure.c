/*
 * erasure.c: the list of erasers, and of what they hold about a person. It is filled while the library is loaded and never
 * changes afterwards, so nothing guards it. Each eraser deletes what its capability knows of a person, within the
 * transaction of the deletion. The caller has locked the rows of the root and of all its members. Those rows stay, as ids
 * that entries and bills name.
 *
 * What is held is shown from the same lists, table by table: of each member of the group the rows that name it, or that
 * are found by what it is called.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "common/array.h"
#include "customer/erasure.h"

/* An eraser with its list. */
static struct
{
	LoyaltyEraser erase;
	const LoyaltyHoldings *holdings;
} erasers[LOYALTY_MAX_ERASERS];
static int eraser_count;

/* Appends: the order of the calls in loyalty.c is the order of the erasure. */
void
loyalty_erasure_add(LoyaltyEraser eraser, const LoyaltyHoldings *holdings)
{
	if (eraser_count == LOYALTY_MAX_ERASERS)
		elog(ERROR, "no room for another eraser");
	erasers[eraser_count].erase = eraser;
	erasers[eraser_count++].holdings = holdings;
}

/* Runs in the transaction that decided the deletion: a person is erased everywhere or nowhere. */
void
loyalty_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int i;

	for (i = 0; i < eraser_count; i++)
		erasers[i].erase(call, root);
}

/* Leaves what is found by names to the capability of customers, which knows them. */
void
loyalty_holdings_erase(const LoyaltyHoldings *holdings, int32 org_id, const LoyaltyCustomer *root)
{
	int i;

	for (i = 0; i < holdings->n; i++)
		if (holdings->items[i].erased.sql != NULL && !holdings->items[i].by_name)
			loyalty_execute_of_group(&holdings->items[i].erased, org_id, root, NULL);
}

/* Appends rows to an array that is open; "any" tells whether it has rows, and is kept. */
static void
put_rows(StringInfo json, LoyaltyRows *rows, bool *any)
{
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		appendStringInfo(json, "%s%s", *any ? ", " : "",
						 DatumGetCString(DirectFunctionCall1(jsonb_out, loyalty_row_value(rows, i, 1))));
		*any = true;
	}
	loyalty_rows_free(rows);
}

/* Tells whether a row that is found by a name is about the customer, and not about somebody else who has it now. */
static bool
is_own(const LoyaltyHolding *holding, const LoyaltyName *name)
{
	if (name->is_held)
		return true;
	return !holding->only_held && !(holding->shared && name->of_others);
}

/* Names of a group. */
typedef LOYALTY_ARRAY(LoyaltyName) Names;

/* Returns a name of the list, or NULL. */
static LoyaltyName *
find_name(const Names *names, const LoyaltyName *name)
{
	int i;

	for (i = 0; i < names->n; i++)
		if (strcmp(names->items[i].type, name->type) == 0 && strcmp(names->items[i].value, name->value) == 0)
			return &names->items[i];
	return NULL;
}

/* Reads what the members of a group are called, each name once: two of them may have had one, and it has its rows once. */
static void
read_names(const LoyaltyCall *call, const LoyaltyCustomer *root, Names *names)
{
	int64 *group;
	int members = loyalty_customer_group(root, &group);
	int m;
	int i;

	for (m = 0; m < members; m++)
	{
		LoyaltyName *own;
		int count = loyalty_names_read(call->org->org_id, root, group[m], true, &own);

		for (i = 0; i < count; i++)
		{
			LoyaltyName *known = find_name(names, &own[i]);

			if (known == NULL)
				LOYALTY_APPEND(*names, own[i]);
			else
				known->is_held = known->is_held || own[i].is_held;
		}
	}
}

/* Appends the rows that are found by what the members are called. */
static void
put_named_rows(StringInfo json, const LoyaltyCall *call, const LoyaltyCustomer *root, LoyaltyHolding *holding,
			   bool *any)
{
	Names names = { 0 };
	int i;

	read_names(call, root, &names);
	for (i = 0; i < names.n; i++)
	{
		LoyaltyParams params =
			LOYALTY_PARAMS(loyalty_int4(call->org->org_id), loyalty_text(names.items[i].type),
						   loyalty_text(names.items[i].value));

		if (!is_own(holding, &names.items[i]))
			continue;
		loyalty_param_group(&params, root);
		put_rows(json, loyalty_query(&holding->shown, &params), any);
	}
}

/* Appends a table. Those without a row are shown as well: that nothing is held is an answer, too. */
static void
put_table(StringInfo json, const LoyaltyCall *call, const LoyaltyCustomer *root, LoyaltyHolding *holding)
{
	bool any = false;
	int64 *group;
	int members = loyalty_customer_group(root, &group);
	int m;

	appendStringInfo(json, "\"%s\": [", holding->table);
	if (holding->by_name)
		put_named_rows(json, call, root, holding, &any);
	for (m = 0; m < members && !holding->by_name; m++)
		put_rows(json, LOYALTY_QUERY(&holding->shown, LOYALTY_CUSTOMER(call->org->org_id, group[m])), &any);
	appendStringInfoChar(json, ']');
}

/* Goes from the lowest capability to the highest: who somebody is comes before what somebody did. */
void
loyalty_holdings_show(StringInfo json, const LoyaltyCall *call, const LoyaltyCustomer *root)
{
	const char *separator = "";
	int e;
	int i;

	for (e = eraser_count - 1; e >= 0; e--)
		for (i = 0; erasers[e].holdings != NULL && i < erasers[e].holdings->n; i++)
		{
			appendStringInfoString(json, separator);
			put_table(json, call, root, &erasers[e].holdings->items[i]);
			separator = ", ";
		}
}
