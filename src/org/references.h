/*
 * references.h: a catalogue of the columns that name rows of other tables. No foreign key holds them, so that
 * tables come back from a backup in any order and a posting pays for none; verify_data looks whether they hold.
 * The catalogue is in src/references.c, above all capabilities.
 */
#ifndef LOYALTY_REFERENCES_H
#define LOYALTY_REFERENCES_H

#include "postgres.h"

/* References of one table at most; there is room for the end of the list besides. */
#define LOYALTY_MAX_REFERENCES 9

/* Columns of a table that name rows of a parent table. */
typedef struct LoyaltyReference
{
	const char *columns;		/* a list; a row with a null among them names nothing */
	const char *parent;			/* the table whose rows they name, in the same org where it has orgs */
	const char *parent_columns; /* NULL: of the same names */
	bool each;					/* true: the column is an array, whose members name rows */
	bool of_lot;	  /* true: the parent must be in the account of the lot that the row names, too */
	const char *when; /* condition on the row, "c", without which the columns name nothing here; NULL: none */
} LoyaltyReference;

/* A table of the extension with its references. Its rows are told by ids, which are no personal data. */
typedef struct LoyaltyDataTable
{
	const char *table;
	const char *key; /* columns that tell a row, as a list; NULL: by nothing */
	LoyaltyReference references[LOYALTY_MAX_REFERENCES + 1]; /* up to the one without columns */
} LoyaltyDataTable;

/* All tables with their references. Owned here, filled by loyalty.c. */
typedef struct LoyaltyCatalogue
{
	const LoyaltyDataTable *tables;
	int count;
} LoyaltyCatalogue;

extern LoyaltyCatalogue loyalty_catalogue;

/* Rows of an org whose reference names nothing: how many, and the first one, told by its key. */
typedef struct LoyaltyOrphans
{
	int64 count;
	char *first; /* NULL: there is none, or the table has no key to tell */
} LoyaltyOrphans;

/* Returns what a reference says, in words: "till.store_id names a store". */
extern char *loyalty_reference_words(const LoyaltyDataTable *table, const LoyaltyReference *reference);

/*
 * Finds rows of an org whose reference names nothing. Reads the table, as far as it is the org's, under the
 * caller's snapshot.
 */
extern LoyaltyOrphans loyalty_orphans_find(const LoyaltyDataTable *table, const LoyaltyReference *reference,
										   int32 org_id);

/*
 * Returns the first table with rows of an org that does not exist, and that org's id: "till (org_id 7)"; NULL:
 * there is none.
 */
extern char *loyalty_rows_without_org(void);

/*
 * Returns triggers of the extension that do not fire whatever session_replication_role says, as a list; NULL:
 * all do.
 */
extern char *loyalty_triggers_lifted(void);

#endif
