/*
 * load_customers.c: whose bills the lines of a load are.
 *
 * The ledger is asked as its owner; customers are registered with the rights of the caller, by the function
 * that everybody calls: a load decides nothing about identity. The order:
 *
 * - Lines are sorted by the texts that name their customer, so that the same texts stand together and are
 *   looked up once.
 * - Each of them is looked up by every identifier it has; identifiers of two customers refuse the line (LY108).
 * - Lines that are left without a customer are put into groups by the keys that they share, since the first
 *   registration of a group decides what the next one finds. Groups go in the order of their first line, which
 *   is one order for all loads: two loads that register the same people wait for each other and never in a
 *   circle.
 * - Each group is registered in the order of its bills, so that the customer is as old as its first bill.
 *
 * Registrations are one subtransaction; where one is refused, all are done again, each by itself, and its line
 * is refused. Locks: those of register_customer, kept until the batch commits. Nothing is late here.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "bill/load_customers.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/subtransaction.h"
#include "customer/customer_store.h"
#include "customer/identity.h"

/* Columns of a source that hold identifiers, in the order in which lines are sorted by them. */
static const struct
{
	LoadColumn column;
	IdentifierType type;
} identifiers[LOAD_IDENTIFIERS] = {
	{ LOAD_MOBILE, IDENTIFIER_MOBILE },
	{ LOAD_EMAIL, IDENTIFIER_EMAIL },
	{ LOAD_EXTERNAL_ID, IDENTIFIER_EXTERNAL_ID },
};

/* Keeps the reason with the line; it is written when the batch ends. */
void
loyalty_load_line_refuse(LoadLine *line, int sqlstate, const char *error)
{
	line->sqlstate = sqlstate;
	line->error = error;
}

/* Compares two values of a column of int8 or timestamptz, which are both an int64. */
int
loyalty_load_compare_numbers(const LoadLine *a, const LoadLine *b, LoadColumn column)
{
	int64 left = a->nulls[column] ? PG_INT64_MAX : DatumGetInt64(a->values[column]);
	int64 right = b->nulls[column] ? PG_INT64_MAX : DatumGetInt64(b->values[column]);

	return left < right ? -1 : left > right;
}

/* Compares two texts byte by byte, whatever the collation of the database; a NULL comes after every value. */
static int
compare_texts(const LoadLine *a, const LoadLine *b, LoadColumn column)
{
	if (a->nulls[column] || b->nulls[column])
		return (int) a->nulls[column] - (int) b->nulls[column];
	return DatumGetInt32(
		DirectFunctionCall2Coll(bttextcmp, C_COLLATION_OID, a->values[column], b->values[column]));
}

/* Compares by who the lines are about: 0 where all identifiers are the same texts. */
static int
compare_identity(const LoadLine *a, const LoadLine *b)
{
	int order = 0;
	int i;

	for (i = 0; i < LOAD_IDENTIFIERS && order == 0; i++)
		order = compare_texts(a, b, identifiers[i].column);
	return order;
}

/*
 * Compares by who the lines are about, and those of one customer by their dates. Line numbers differ, so the
 * order is total and the same in each run.
 */
static int
compare_lines(const void *left, const void *right)
{
	const LoadLine *a = left;
	const LoadLine *b = right;
	int order = loyalty_load_compare_numbers(a, b, LOAD_CUSTOMER_ID);

	if (order == 0)
		order = compare_identity(a, b);
	if (order == 0)
		order = loyalty_load_compare_numbers(a, b, LOAD_EVENT_TIME);
	return order != 0 ? order : loyalty_load_compare_numbers(a, b, LOAD_LINE_NO);
}

/*
 * Finds the customer who has the identifiers of a line, and notes by which keys of it others may mean the same
 * one; these outlive the call at hand, so they go into the batch's context. Two owners are a conflict.
 */
static void
find_customer(const LoyaltyOrg *org, const KeyConfig *keys, MemoryContext context, LoadLine *line)
{
	int i;

	for (i = 0; i < LOAD_IDENTIFIERS; i++)
	{
		IdentifierType type = identifiers[i].type;
		char key[IDENTIFIER_VALUE_BYTES];
		char shown[IDENTIFIER_VALUE_BYTES];
		const char *given;
		int64 owner;

		if (line->nulls[identifiers[i].column])
			continue;
		given = loyalty_text_within(line->values[identifiers[i].column], LOYALTY_MAX_NAME);
		if (given == NULL || !loyalty_identifier_normalise(org, type, given, key, shown))
			continue; /* registering says what is wrong with it */
		owner = loyalty_identifier_find(org->org_id, type, key);
		line->is_conflict |= owner != 0 && line->customer_id != 0 && owner != line->customer_id;
		line->customer_id = owner != 0 ? owner : line->customer_id;
		line->keys[i] = loyalty_identifier_is_key(keys, type) ? MemoryContextStrdup(context, key) : NULL;
	}
}

/*
 * Finds the customers of all lines. Lines of the same identifiers stand together: the first of them is asked
 * for. LY108 where they are of several. A customer id is taken as it is: the batch judges it.
 */
static void
find_customers(Load *load)
{
	LoyaltyCall call;
	KeyConfig keys;
	int i;

	loyalty_call_begin(&call, load->fcinfo);
	loyalty_key_config((const char *const *) call.org->config, &keys);
	for (i = 0; i < load->count; i++)
	{
		LoadLine *line = &load->lines[i];

		line->first = line->group = line;
		if (!line->nulls[LOAD_CUSTOMER_ID])
		{
			line->customer_id = DatumGetInt64(line->values[LOAD_CUSTOMER_ID]);
			continue;
		}
		if (i > 0 && line[-1].nulls[LOAD_CUSTOMER_ID] && compare_identity(&line[-1], line) == 0)
			line->first = line[-1].first;
		else
			find_customer(call.org, &keys, load->context, line);
		line->customer_id = line->first->customer_id;
		if (line->first->is_conflict && line->sqlstate == 0)
			loyalty_load_line_refuse(line, ERRCODE_LOYALTY_CUSTOMER_CONFLICT,
									 loyalty_error_meaning(ERRCODE_LOYALTY_CUSTOMER_CONFLICT));
	}
	loyalty_call_end(&call);
}

/* A key, behind a digit for its type, and a line that has it: an entry of the hash table of a batch's keys. */
typedef struct KeyedLine
{
	char key[IDENTIFIER_VALUE_BYTES + 1];
	LoadLine *line;
} KeyedLine;

/* Finds the line that leads a group, and shortens the way to it for the next one (path halving). */
static LoadLine *
group_of(LoadLine *line)
{
	while (line->group != line)
		line = line->group = line->group->group;
	return line;
}

/*
 * Puts a line into the group of those that share a key with it. A line with two keys joins two groups into one.
 * The lower line of the two leads, so that a group stands where its first line does.
 */
static void
join_by_keys(HTAB *keyed, LoadLine *line)
{
	int i;

	for (i = 0; i < LOAD_IDENTIFIERS; i++)
	{
		char key[IDENTIFIER_VALUE_BYTES + 1];
		KeyedLine *found;
		LoadLine *one;
		LoadLine *other;
		bool is_there;

		if (line->keys[i] == NULL)
			continue;
		snprintf(key, sizeof(key), "%d%s", i, line->keys[i]);
		found = hash_search(keyed, key, HASH_ENTER, &is_there);
		if (!is_there)
			found->line = line;
		one = group_of(found->line);
		other = group_of(line);
		Max(one, other)->group = Min(one, other);
	}
}

/*
 * Compares groups as they stand among the sorted lines, which is one order for all loads, and the lines of each
 * by their bills.
 */
static int
compare_new(const void *left, const void *right)
{
	const LoadLine *a = *(LoadLine *const *) left;
	const LoadLine *b = *(LoadLine *const *) right;
	int order;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	order = loyalty_load_compare_numbers(a, b, LOAD_EVENT_TIME);
	if (order != 0)
		return order;
	return a < b ? -1 : a > b;
}

/* Customers to register: those of some lines of the load. The argument of a subtransaction. */
typedef struct Registration
{
	Load *load;
	LoadLine **lines;
	int count;
} Registration;

/*
 * Collects the lines whose customer is to be registered, in the order in which they are. Every line without a
 * customer joins its group, though it be refused: it may be what ties two others together. A bill without a
 * time is none to begin with.
 */
static void
collect_new(Load *load, Registration *all)
{
	HASHCTL control = { .keysize = sizeof(((KeyedLine *) 0)->key),
						.entrysize = sizeof(KeyedLine),
						.hcxt = CurrentMemoryContext };
	HTAB *keyed = hash_create("loyalty load keys", 256, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	int i;

	*all = (Registration){ .load = load, .lines = palloc(sizeof(LoadLine *) * Max(load->count, 1)) };
	for (i = 0; i < load->count; i++)
	{
		LoadLine *line = &load->lines[i];

		if (!line->nulls[LOAD_CUSTOMER_ID] || line->customer_id != 0)
			continue;
		join_by_keys(keyed, line);
		if (line->sqlstate == 0 && !line->nulls[LOAD_EVENT_TIME])
			all->lines[all->count++] = line;
	}
	for (i = 0; i < all->count; i++)
		all->lines[i]->group = group_of(all->lines[i]->first);
	qsort(all->lines, all->count, sizeof(LoadLine *), compare_new);
}

/*
 * Registers at the first bill, unless the line says when it was. A line of the same texts takes the customer of
 * the first.
 */
static bool
register_lines(void *arg)
{
	const Registration *registration = arg;
	int i;

	for (i = 0; i < registration->count; i++)
	{
		LoadLine *line = registration->lines[i];
		LoadColumn time = line->nulls[LOAD_REGISTERED_ON] ? LOAD_EVENT_TIME : LOAD_REGISTERED_ON;

		CHECK_FOR_INTERRUPTS();
		if (line->first->registered_id == 0)
			line->first->registered_id =
				loyalty_load_register(registration->load->org, line->values, line->nulls, time);
		line->customer_id = line->first->registered_id;
	}
	return true;
}

/*
 * Registers some lines in a subtransaction. Only errors of this extension (class LY) are the line's, and their
 * messages hold no personal data; any other one ends the load. What was noted of customers that are gone again
 * is forgotten.
 */
static bool
try_lines(Registration *registration, ErrorData **error)
{
	const char *sqlstate;
	int i;

	if (loyalty_subtransaction_try(register_lines, registration, error))
		return true;
	sqlstate = unpack_sql_state((*error)->sqlerrcode);
	if (sqlstate[0] != 'L' || sqlstate[1] != 'Y')
		ReThrowError(*error);
	for (i = 0; i < registration->count; i++)
		registration->lines[i]->customer_id = registration->lines[i]->first->registered_id = 0;
	return false;
}

/*
 * Registers all at once in one subtransaction, which is the usual case; where one of them is refused, each by
 * itself, since after an error nothing of a subtransaction stands.
 */
static void
register_customers(Load *load)
{
	Registration all;
	ErrorData *error;
	int i;

	collect_new(load, &all);
	if (try_lines(&all, &error))
		return;
	for (i = 0; i < all.count; i++)
	{
		Registration one = { .load = load, .lines = &all.lines[i], .count = 1 };

		if (!try_lines(&one, &error))
			loyalty_load_line_refuse(all.lines[i], error->sqlerrcode, error->message);
	}
}

/* Goes in the order of the head. */
void
loyalty_load_customers(Load *load)
{
	qsort(load->lines, load->count, sizeof(LoadLine), compare_lines);
	find_customers(load);
	register_customers(load);
}
