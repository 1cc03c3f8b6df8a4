/*
 * lot_store.h: lots, their movements and their changes of expiry. Everything here runs inside a LoyaltyCall frame;
 * writes need the customer locked (loyalty_customer_lock), and so do reads of lots that are written next.
 */
#ifndef LOYALTY_LOT_STORE_H
#define LOYALTY_LOT_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "common/array.h"
#include "ledger/tables/ledger_store.h"

/* Lot "l" as the first column of a select list, and the reader of such a row. */
#define LOYALTY_LOT_COLUMN "l"
extern Lot loyalty_lot_of_row(LoyaltyRows *rows, uint64 row);

/* Lots as they were read. */
typedef LOYALTY_ARRAY(Lot) Lots;

/* Rows of one customer that are written together: by a writer or, where it is NULL, at once. */
typedef LOYALTY_ARRAY(LotRow) LotRows;
typedef LOYALTY_ARRAY(const Movement *) MovementRows;

/* Writes lots that an event brought. */
extern void loyalty_lots_insert(LoyaltyWriter *writer, int64 customer_id, const LotRows *lots);

/*
 * Writes lots that an event changed. The rows are written whole; of a lot its columns of points and its expiry may
 * differ.
 */
extern void loyalty_lots_update(LoyaltyWriter *writer, int64 customer_id, const LotRows *lots);

/* Writes the movements of an event; and one change of expiry. */
extern void loyalty_movements_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
									 const MovementRows *movements);
extern void loyalty_expiry_change_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id,
										 int64 event_id, const ExpiryChange *change);

/*
 * Open lots of a category in the order in which they are spent: by expiry, then award, then id; program 0: of all
 * programs. What the writer keeps back of the customer is written first. The rows are as they were at the beginning,
 * whatever is written meanwhile.
 */
typedef struct LotStream LotStream;
extern LotStream *loyalty_open_lots(LoyaltyWriter *writer, int32 org_id, int64 customer_id, char category,
									int32 program_id);

/* Open promised lots that convert by a time, by program and instant. "seen": under the caller's snapshot. */
extern LotStream *loyalty_open_promised(int32 org_id, int64 customer_id, TimestampTz as_of, bool seen);

/* Open trigger-based lots of a bill, or of one of its lines (0: all), or (bill 0) one lot by its id; by program. */
extern LotStream *loyalty_open_locked(int32 org_id, int64 customer_id, int64 transaction_id, int64 lot_id,
									  const int32 *line_no);
/* Reads the next lot of a stream; false: there are no more. */
extern bool loyalty_next_lot(LotStream *stream, Lot *lot);

/* Returns the place of the row of the lot that was returned last, so that its update looks there first. */
extern ItemPointerData loyalty_lot_tid(const LotStream *stream);

/* Ends a stream, which need not have been read to its end. */
extern void loyalty_close_lots(LotStream *stream);

/*
 * Open lots of some accounts that are due at a time, in the order of the accounts and as they are spent; behind those
 * of an account stands the first one that is not due, where one expires later: it is the account's next expiry.
 */
extern int loyalty_lots_due(int32 org_id, const AccountRow *accounts, int count, TimestampTz as_of,
							LotRow **lots);

/*
 * Finds the customers after one, ascending, who have promised points that convert by a time; at most "limit", for
 * which "customers" has room.
 */
extern int loyalty_customers_promised(int32 org_id, TimestampTz as_of, int64 after, int limit,
									  int64 *customers);

#endif
