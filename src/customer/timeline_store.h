/*
 * timeline_store.h: the words of which statements behind customer_timeline are made, for the stores of all sources; and what this
 * capability knows of a customer's history itself.
 *
 * Where the rows of a customer are few, one statement is enough:
 *
 *     "SELECT t.changed_at, t.change_id, 0::int8, 'x', t.changed_at, jsonb_build_object(...) FROM loyalty_data.x t"
 *     " WHERE " LOYALTY_TIMELINE_OF("t") LOYALTY_TIMELINE_BEHIND("t.changed_at", "t.change_id", "0::int8")
 *
 * Where a customer may have thousands, they are found by ids, which have nearly the order of time: the rows come from
 * LOYALTY_TIMELINE_ROWS, and a second statement, LOYALTY_TIMELINE_NEIGHBOURS, finds where to begin.
 */
#ifndef LOYALTY_TIMELINE_STORE_H
#define LOYALTY_TIMELINE_STORE_H

#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/timeline.h"

/* Rows of the customer; and its lines behind the place, by the columns of their time, id and part. */
#define LOYALTY_TIMELINE_OF(alias) alias ".org_id = $1 AND " alias ".customer_id = $2"
#define LOYALTY_TIMELINE_BEHIND(at, id, part) \
	" AND (" at ", " id ", " part ") < ($3, $4, $5) AND " at " >= $6 ORDER BY " at " DESC, " id \
	" DESC, " part " DESC LIMIT $7"
#define LOYALTY_TIMELINE_TYPES INT4OID, INT8OID, TIMESTAMPTZOID, INT8OID, INT8OID, TIMESTAMPTZOID, INT4OID

/*
 * Rows of a table by their ids, from some above the place ($8) down: so many more than a page that rows may be out of place by
 * LOYALTY_TIMELINE_SLACK, in front of the page and behind it.
 */
StaticAssertDecl(LOYALTY_TIMELINE_SLACK == 32, "the statements say so, too");
#define LOYALTY_TIMELINE_ABOVE " LIMIT 32"
#define LOYALTY_TIMELINE_MORE " LIMIT $7 + 64"
#define LOYALTY_TIMELINE_ROWS(table_name, id) \
	"(SELECT w.* FROM loyalty_data." table_name " w WHERE " LOYALTY_TIMELINE_OF( \
		"w") " AND w." id " <= COALESCE((SELECT max(u." id ")" \
			 " FROM (SELECT v." id " FROM loyalty_data." table_name \
			 " v WHERE " LOYALTY_TIMELINE_OF("v") " AND v." id " > $8" \
												  " ORDER BY v." id LOYALTY_TIMELINE_ABOVE \
												  ") u), $8) ORDER BY w." id " DESC" LOYALTY_TIMELINE_MORE \
												  ")"
#define LOYALTY_TIMELINE_ROWS_TYPES LOYALTY_TIMELINE_TYPES, INT8OID

/* The rows next to an id ($3): id and time of the one at it or below, then those of the one above; NULLs for none. */
#define LOYALTY_TIMELINE_NEIGHBOURS(table_name, id, at) \
	LOYALTY_STATEMENT_SEEN("SELECT b.id, b.at, a.id, a.at FROM (SELECT 1) o (n) LEFT JOIN (SELECT w." id \
						   " AS id, w." at " AS at FROM loyalty_data." table_name \
						   " w WHERE " LOYALTY_TIMELINE_OF( \
							   "w") " AND w." id " <= $3 ORDER BY w." id \
									" DESC LIMIT 1) b ON true LEFT JOIN (SELECT v." id " AS id, v." at \
									" AS at FROM loyalty_data." table_name \
									" v WHERE " LOYALTY_TIMELINE_OF("v") " AND v." id " > $3 ORDER BY v." id \
																		 " LIMIT 1) a ON true", \
						   INT4OID, INT8OID, INT8OID)

/* The registration, and what staff wrote down, for loyalty_timeline_add. */
extern const LoyaltyTimelineSource loyalty_registration_timeline;
extern const LoyaltyTimelineSource loyalty_note_timeline;

#endif
