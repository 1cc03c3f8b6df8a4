/*
 * holding_store.h: what a capability holds about a person: rows of its tables, how they are found, and what a deletion does to
 * them. One list of a capability serves both the deletion and export_customer: what the one erases, the other shows.
 *
 * A line for each table that names a customer or a value of one, those included whose rows a deletion leaves as they are.
 * Statements are in it, so lists stand in stores.
 */
#ifndef LOYALTY_HOLDING_STORE_H
#define LOYALTY_HOLDING_STORE_H

#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"

/* Rows of a table about a customer. */
typedef struct LoyaltyHolding
{
	const char *table;
	/*
	 * The rows as documents (jsonb), of org and customer. With by_name the parameters are the org, a type and a value, as
	 * customer_identifier has them, and the ids of the merge group.
	 */
	LoyaltyQuery shown;
	/* The deletion of them, with the same parameters. No text: they stay, or go by code of the capability. */
	LoyaltyQuery erased;
	bool by_name;	/* found by what the customer is called, not by its id */
	bool only_held; /* by what it is called now: a name that was given up may be somebody else's */
	bool shared;	/* about the name, whoever has it: stays, unseen, with the other one who holds it */
} LoyaltyHolding;

/* A list of them. */
typedef struct LoyaltyHoldings
{
	LoyaltyHolding *items;
	int n;
} LoyaltyHoldings;

/* Rows of a table of one customer. */
#define HELD_OF_CUSTOMER(table_name) \
	" loyalty_data." table_name " t WHERE t.org_id = $1 AND t.customer_id = $2"

/*
 * A row as a document: all columns, but for the org's id, ids in whose place codes come, and hashes, which are about the
 * books. "words" are pairs of names and expressions for codes and ids, or an empty text.
 */
#define HELD_ROW(words) \
	"SELECT to_jsonb(t) - '{org_id,source_id,program_id,till_id,store_id,event_code,registered_source_id," \
	"registered_till_id,base_till_id,status_label_id,fraud_status,previous_fraud_status,label_id,previous_label_id,former_label_id,series_id,field_id,reminder_id,promotion_id,limit_id," \
	"request_digest,idempotency_digest,entry_hash,last_hash,bill_hash,hash_version,key_id,last_key_id,address_digest," \
	"code_digest,guess_digest,token_digest,entered_in}'::text[]" \
	" || jsonb_build_object(" words ") FROM"

/* A line of the list, for a table whose rows name the customer, with what a deletion does to them. */
#define LOYALTY_HELD(table_name, words, deletion) \
	{ \
		.table = table_name, .erased = deletion, \
		.shown = LOYALTY_STATEMENT_SEEN(HELD_ROW(words) HELD_OF_CUSTOMER(table_name) " ORDER BY t", INT4OID, \
										INT8OID) \
	}

/*
 * A line for a table that is found by what the customer is called: "condition" is on $2, $3 and $4, see above. Arguments
 * behind the deletion may name .shared and .only_held.
 */
#define LOYALTY_HELD_BY_NAME(table_name, words, condition, deletion, ...) \
	{ \
		.table = table_name, .by_name = true, .erased = deletion, \
		.shown = LOYALTY_STATEMENT_SEEN(HELD_ROW(words) " loyalty_data." table_name \
														" t WHERE t.org_id = $1 AND " condition, \
										INT4OID, TEXTOID, TEXTOID, INT8ARRAYOID), \
		__VA_ARGS__ \
	}

/* Deletions: the rows stay, or go by code of the capability; they go; columns of them are set. */
#define LOYALTY_KEEPS \
	{ \
		0 \
	}
#define LOYALTY_DELETES(table_name) \
	LOYALTY_STATEMENT("DELETE FROM" HELD_OF_CUSTOMER(table_name), INT4OID, INT8OID)
#define LOYALTY_BLANKS(table_name, set) \
	LOYALTY_STATEMENT("UPDATE loyalty_data." table_name " t SET " set \
					  " WHERE t.org_id = $1 AND t.customer_id = $2", \
					  INT4OID, INT8OID)

/* Words for columns that many tables have. */
#define SAYS_SOURCE "'source', (SELECT q.source FROM loyalty_data.source q WHERE q.source_id = t.source_id)"
#define SAYS_TILL_OF(key, column) \
	"'" key "', (SELECT q.till FROM loyalty_data.till q WHERE q.org_id = t.org_id AND q.till_id = t." column \
	")"
#define SAYS_TILL SAYS_TILL_OF("till", "till_id")
#define SAYS_STORE \
	"'store', (SELECT q.store FROM loyalty_data.store q WHERE q.org_id = t.org_id AND q.store_id = t.store_id)"
#define SAYS_EVENT_NAME \
	"'event_name', (SELECT q.event_name FROM loyalty_data.event_type q WHERE q.event_code = t.event_code)"
#define SAYS_PROGRAM \
	"'program', (SELECT q.program FROM loyalty_data.program q WHERE q.org_id = t.org_id" \
	" AND q.program_id = t.program_id)"
#define SAYS_LAST_DAY(key, column) \
	"'" key "', loyalty_data.last_day(t." column \
	", (SELECT q.time_zone FROM loyalty_data.org q WHERE q.org_id" \
	" = t.org_id))"
#define SAYS_LEDGER_WORD(column) "'" column "', loyalty_data.ledger_word(t." column ", '" column "')"

#endif
