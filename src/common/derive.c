/*
 * derive.c: the texts of statements that are said in words.
 *
 * A statement in words names a table, a key, a condition and an order (LOYALTY_FIND and the like in query.h). Where it
 * cannot run without the executor (a foreign trigger, a policy, an index that is not there), it runs as the text that
 * is made here, once per backend. So each such statement exists once, and both ways do the same.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "common/names.h"
#include "common/query.h"
#include "common/query_kept.h"

/* Returns the position of a column in the layout, from 0. */
static int
column_of(const LoyaltyLayout *layout, const char *name)
{
	int i;

	for (i = 0; i < layout->count; i++)
		if (strcmp(layout->columns[i].name, name) == 0)
			return i;
	elog(ERROR, "table %s has no column \"%s\"", layout->table, name);
}

/*
 * Appends "org_id = $1 AND customer_id = $2": parameters are numbered by the key, or ("by_layout") by the columns of
 * the layout.
 */
static void
append_key(StringInfo text, LoyaltyQuery *query, bool by_layout)
{
	LoyaltyNames key = loyalty_names(query->index.key);
	int i;

	for (i = 0; i < key.count; i++)
	{
		int column = column_of(query->layout, key.items[i].data);
		int number = by_layout ? column : i;

		appendStringInfo(text, "%sr.%s = $%d", i > 0 ? " AND " : " WHERE ", key.items[i].data, number + 1);
		query->types[number] = loyalty_column_type(&query->layout->columns[column]);
	}
}

/*
 * Makes the SELECT. The row comes as one value, which is read by its layout as a row of a scan is. FOR NO KEY UPDATE
 * is the lock that a scan takes, too: nobody changes keys.
 */
static void
derive_find(StringInfo text, LoyaltyQuery *query)
{
	appendStringInfo(text, "SELECT r FROM " LOYALTY_TABLES_SCHEMA ".%s r", query->layout->table);
	append_key(text, query, false);
	if (query->index.where != NULL)
		appendStringInfo(text, " AND (%s)", query->index.where);
	if (query->index.order != NULL)
		appendStringInfo(text, " ORDER BY %s", query->index.order);
	if (query->access == LOYALTY_LOCK_ROWS)
		appendStringInfoString(text, " FOR NO KEY UPDATE");
}

/* Makes the DELETE, which has the row's columns as parameters as the others have, and asks for those of its key. */
static void
derive_delete(StringInfo text, LoyaltyQuery *query)
{
	const LoyaltyLayout *layout = query->layout;
	int i;

	for (i = 0; i < layout->count; i++)
		query->types[i] = loyalty_column_type(&layout->columns[i]);
	appendStringInfo(text, "DELETE FROM " LOYALTY_TABLES_SCHEMA ".%s r", layout->table);
	append_key(text, query, true);
}

/*
 * Makes the INSERT or UPDATE. Columns are named, so that columns of a site's own get their defaults, or keep their
 * values.
 */
static void
derive_write(StringInfo text, LoyaltyQuery *query)
{
	const LoyaltyLayout *layout = query->layout;
	bool is_update = query->access == LOYALTY_UPDATE_ROWS;
	int i;

	appendStringInfo(text,
					 is_update ? "UPDATE " LOYALTY_TABLES_SCHEMA ".%s r SET "
							   : "INSERT INTO " LOYALTY_TABLES_SCHEMA ".%s (",
					 layout->table);
	for (i = 0; i < layout->count; i++)
	{
		query->types[i] = loyalty_column_type(&layout->columns[i]);
		appendStringInfo(text, is_update ? "%s%s = $%d" : "%s%s", i > 0 ? ", " : "", layout->columns[i].name,
						 i + 1);
	}
	if (is_update)
	{
		append_key(text, query, true);
		return;
	}
	appendStringInfoString(text, ") VALUES (");
	for (i = 0; i < layout->count; i++)
		appendStringInfo(text, "%s$%d", i > 0 ? ", " : "", i + 1);
	appendStringInfoChar(text, ')');
}

/* Makes the text of a statement and the types of its parameters, in memory that stays as long as the backend. */
void
loyalty_query_derive(LoyaltyQuery *query)
{
	MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);
	StringInfoData text;

	initStringInfo(&text);
	if (query->access == LOYALTY_INSERT_ROWS || query->access == LOYALTY_UPDATE_ROWS)
		derive_write(&text, query);
	else if (query->access == LOYALTY_DELETE_ROWS)
		derive_delete(&text, query);
	else
		derive_find(&text, query);
	query->sql = text.data;
	MemoryContextSwitchTo(caller);
}
