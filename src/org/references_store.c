/*
 * references_store.c: the statements that look for rows whose references name nothing.
 *
 * They are made from the catalogue, whose names are the extension's own and need no quotes, and run once: there is
 * one for each reference, and keeping a plan for each would cost a backend more than a check that runs seldom
 * gains. Each is about one org, reads all rows that the org has in the table, and looks for their parents by NOT
 * EXISTS. health_check's statements are here, too: rows of orgs that do not exist are found by an index, and the
 * triggers of the extension are compared with those that were made.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/varlena.h"

#include "common/names.h"
#include "common/query.h"
#include "org/references.h"

/* Events of all customers, which stand in rows of their own, or in their single entry. */
#define EVENTS \
	"(SELECT v.org_id, v.customer_id, v.event_id FROM loyalty_data.ledger_event v UNION ALL" \
	" SELECT e.org_id, e.customer_id, e.event_id FROM loyalty_data.ledger_entry e" \
	" WHERE e.event_code IS NOT NULL)"

/*
 * The lot that a row names, and the account of that lot. A row whose lot is missing is the affair of another
 * reference.
 */
#define LOT_OF_ROW \
	" JOIN loyalty_data.points_lot l ON l.org_id = c.org_id AND l.customer_id = c.customer_id" \
	" AND l.lot_id = c.lot_id"
#define IN_ACCOUNT_OF_LOT \
	" AND p.customer_id = l.customer_id AND p.program_id = l.program_id AND p.category = l.category"

LoyaltyCatalogue loyalty_catalogue;

/*
 * Triggers that the install script made, as it has noted them, compared with what the catalogue has by now. A
 * trigger is listed where it is missing, was made anew in another way, or does not always fire.
 */
static LoyaltyQuery triggers_lifted = {
	.sql =
		"SELECT string_agg(m.table_name || '.' || m.trigger_name || CASE WHEN t.oid IS NULL THEN ' (missing)'"
		" ELSE '' END, ', ' ORDER BY m.table_name, m.trigger_name) FROM loyalty_data.made_trigger m"
		" JOIN pg_namespace n ON n.nspname = 'loyalty_data'"
		" LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = m.table_name"
		" LEFT JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = m.function_name"
		" LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgfoid = p.oid AND t.tgname = m.trigger_name"
		"  AND t.tgtype = m.trigger_type AND t.tgqual IS NULL"
		" WHERE t.tgenabled IS DISTINCT FROM 'A'",
	.seen = true,
	.any_plan = true
};

/* Returns the names of a list, which are plain and in lower case. */
static List *
names_of(const char *list)
{
	List *names;

	if (!SplitIdentifierString(pstrdup(list), ',', &names))
		elog(ERROR, "\"%s\" is no list of names", list);
	return names;
}

/* Tells whether all orgs share a table, so that its rows have no org. */
static bool
is_shared(const char *parent)
{
	return strcmp(parent, "source") == 0 || strcmp(parent, "event_type") == 0;
}

/* Returns what stands in FROM for a parent. Events are no table. */
static const char *
relation_of(const char *parent)
{
	return strcmp(parent, "event") == 0 ? EVENTS : psprintf(LOYALTY_TABLES_SCHEMA ".%s", parent);
}

/* Makes the sentence of the columns' and the parent's names. */
char *
loyalty_reference_words(const LoyaltyDataTable *table, const LoyaltyReference *reference)
{
	bool is_list = strchr(reference->columns, ',') != NULL;

	return psprintf("%s.%s %s %s %s", table->table, reference->columns, is_list ? "name" : "names",
					strchr("aeiou", reference->parent[0]) ? "an" : "a", reference->parent);
}

/* Appends what tells a row (NULL: nothing does), as an expression: "customer_id 7, event_id 9". */
static void
append_key(StringInfo sql, const char *key)
{
	ListCell *cell;

	if (key == NULL)
	{
		appendStringInfoString(sql, "NULL");
		return;
	}
	appendStringInfoString(sql, "concat_ws(', '");
	foreach(cell, names_of(key))
		appendStringInfo(sql, ", '%s ' || c.%s", (char *) lfirst(cell), (char *) lfirst(cell));
	appendStringInfoChar(sql, ')');
}

/* Appends the order by which the first row is the one with the lowest key, so that two runs tell the same. */
static void
append_order(StringInfo sql, const char *key)
{
	ListCell *cell;

	appendStringInfoString(sql, " ORDER BY 1");
	if (key != NULL)
		foreach(cell, names_of(key))
			appendStringInfo(sql, ", c.%s", (char *) lfirst(cell));
	appendStringInfoString(sql, " LIMIT 1");
}

/*
 * Makes the statement: rows of the org that have all columns of the reference, meet its condition, and have no
 * parent. The count is a window's, so that one statement returns it with the first row.
 */
static char *
orphans_statement(const LoyaltyDataTable *table, const LoyaltyReference *reference)
{
	List *columns = names_of(reference->columns);
	List *parent_columns = reference->parent_columns ? names_of(reference->parent_columns) : columns;
	StringInfoData sql;
	ListCell *cell;
	ListCell *parent_cell;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT count(*) OVER (), ");
	append_key(&sql, table->key);
	appendStringInfo(&sql, " FROM " LOYALTY_TABLES_SCHEMA ".%s c", table->table);
	if (reference->of_lot)
		appendStringInfoString(&sql, LOT_OF_ROW);
	if (reference->each)
		appendStringInfo(&sql, " CROSS JOIN LATERAL unnest(c.%s) m (member)", reference->columns);
	appendStringInfoString(&sql, " WHERE c.org_id = $1");
	if (reference->when)
		appendStringInfo(&sql, " AND (%s)", reference->when);
	foreach(cell, columns)
		appendStringInfo(&sql, " AND c.%s IS NOT NULL", (char *) lfirst(cell));
	appendStringInfo(&sql, " AND NOT EXISTS (SELECT FROM %s p WHERE %s", relation_of(reference->parent),
					 is_shared(reference->parent) ? "true" : "p.org_id = $1");
	forboth(cell, columns, parent_cell, parent_columns)
		appendStringInfo(&sql, " AND p.%s = %s", (char *) lfirst(parent_cell),
						 reference->each ? "m.member" : psprintf("c.%s", (char *) lfirst(cell)));
	if (reference->of_lot)
		appendStringInfoString(&sql, IN_ACCOUNT_OF_LOT);
	appendStringInfoChar(&sql, ')');
	append_order(&sql, table->key);
	return sql.data;
}

/* Runs a statement that is made anew for each call, and gives up its plan and its text. */
static LoyaltyRows *
run_once(char *sql, Oid type, LoyaltyParams *params)
{
	LoyaltyQuery query = { .sql = sql, .types = { type }, .seen = true, .any_plan = true, .once = true };
	LoyaltyRows *rows = loyalty_query(&query, params);

	loyalty_query_forget(&query);
	pfree(sql);
	return rows;
}

/* Copies the first row out: the rows are freed, and a database may have many references. */
LoyaltyOrphans
loyalty_orphans_find(const LoyaltyDataTable *table, const LoyaltyReference *reference, int32 org_id)
{
	LoyaltyOrphans orphans = { 0 };
	LoyaltyRows *rows =
		run_once(orphans_statement(table, reference), INT4OID, LOYALTY_GIVEN(loyalty_int4(org_id)));

	if (rows->count > 0)
	{
		orphans.count = loyalty_row_int8(rows, 0, 1);
		orphans.first = table->key ? loyalty_row_text(rows, 0, 2) : NULL;
	}
	loyalty_rows_free(rows);
	return orphans;
}

/*
 * Makes a statement that goes from one org to the next in an index, since every key begins with the org: no
 * table is read as a whole.
 */
static char *
orgs_statement(const LoyaltyDataTable *table)
{
	return psprintf(
		"WITH RECURSIVE o (org_id) AS ((SELECT t.org_id FROM " LOYALTY_TABLES_SCHEMA ".%s t"
		" ORDER BY t.org_id LIMIT 1) UNION ALL SELECT (SELECT t.org_id FROM " LOYALTY_TABLES_SCHEMA
		".%s t WHERE t.org_id > o.org_id ORDER BY t.org_id LIMIT 1) FROM o"
		" WHERE o.org_id IS NOT NULL)"
		" SELECT o.org_id FROM o WHERE o.org_id IS NOT NULL AND NOT EXISTS"
		" (SELECT FROM loyalty_data.org g WHERE g.org_id = o.org_id) LIMIT 1",
		table->table, table->table);
}

/* Stops at the first table: one is enough for an operator to look. */
char *
loyalty_rows_without_org(void)
{
	int i;

	for (i = 0; i < loyalty_catalogue.count; i++)
	{
		const LoyaltyDataTable *table = &loyalty_catalogue.tables[i];
		LoyaltyRows *rows = run_once(orgs_statement(table), InvalidOid, NULL);

		if (rows->count > 0)
			return psprintf("%s (org_id %d)", table->table, loyalty_row_int4(rows, 0, 1));
		loyalty_rows_free(rows);
	}
	return NULL;
}

/* Compares under the caller's snapshot. */
char *
loyalty_triggers_lifted(void)
{
	LoyaltyRows *rows = loyalty_query(&triggers_lifted, NULL);

	return loyalty_row_text_or_null(rows, 0, 1);
}
