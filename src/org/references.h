/*
 * references.h: which columns name rows of which tables. No foreign key holds them, so that tables come back from a backup in
 * any order and a posting pays for none; verify_data looks whether they hold. The catalogue is in src/references.c, above
 * all capabilities.
 */
#ifndef LOYALTY_REFERENCES_H
#define LOYALTY_REFERENCES_H

#include "postgres.h"

#define LOYALTY_MAX_REFERENCES 9

typedef struct LoyaltyReference
{
	const char *columns;		/* a list; a row with a null among them names nothing */
	const char *parent;			/* the table whose rows they name, in the same org where it has orgs */
	const char *parent_columns; /* NULL: of the same names */
	bool each;					/* the column is an array, whose members name rows */
	bool of_lot;				/* the row is of the account of the lot that "c" names as well */
	const char *when; /* of the row, "c": where the columns name something else or nothing; NULL: always */
} LoyaltyReference;

/* A table of the extension. Its rows are told by ids, which are no personal data; NULL: by nothing. */
typedef struct LoyaltyDataTable
{
	const char *table;
	const char *key;
	LoyaltyReference references[LOYALTY_MAX_REFERENCES + 1]; /* up to the one without columns */
} LoyaltyDataTable;

/* The catalogue. Owned here, filled by loyalty.c. */
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

/* What a reference says, in words: "till.store_id names a store". */
extern char *loyalty_reference_words(const LoyaltyDataTable *table, const LoyaltyReference *reference);

extern LoyaltyOrphans loyalty_orphans_find(const LoyaltyDataTable *table, const LoyaltyReference *reference,
										   int32 org_id);

/* The first table with rows of an org that does not exist, and that org's id: "till (org_id 7)"; NULL: there is none. */
extern char *loyalty_rows_without_org(void);

/* Triggers of the extension that do not fire whatever session_replication_role says, as a list; NULL: all do. */
extern char *loyalty_triggers_lifted(void);

#endif
