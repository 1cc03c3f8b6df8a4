/*
 * lot_store.h: lots, their movements and their changes of expiry. Everything here runs inside a LoyaltyCall frame;
 * writes need the customer locked (loyalty_customer_lock).
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

typedef LOYALTY_ARRAY(Lot) Lots;

/* Rows of one customer, to be written together: by a writer or, where it is NULL, at once. */
typedef LOYALTY_ARRAY(LotRow) LotRows;
typedef LOYALTY_ARRAY(const Movement *) MovementRows;

extern void loyalty_lots_insert(LoyaltyWriter *writer, int64 customer_id, const LotRows *lots);

/* Everything of a lot that may change: its columns of points and its expiry. */
extern void loyalty_lots_update(LoyaltyWriter *writer, int64 customer_id, const LotRows *lots);

extern void loyalty_movements_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
									 const MovementRows *movements);
extern void loyalty_expiry_change_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id,
										 int64 event_id, const ExpiryChange *change);

/* Open lots of a category in the order in which they are spent; program 0: of all programs. */
typedef struct LotStream LotStream;
extern LotStream *loyalty_open_lots(LoyaltyWriter *writer, int32 org_id, int64 customer_id, char category,
									int32 program_id);
/* Open promised lots that convert by a time, by program and instant. */
extern LotStream *loyalty_open_promised(int32 org_id, int64 customer_id, TimestampTz as_of);

/* Open trigger-based lots of a bill, or of one of its lines (0: all), or (bill 0) one lot by its id; by program. */
extern LotStream *loyalty_open_locked(int32 org_id, int64 customer_id, int64 transaction_id, int64 lot_id,
									  const int32 *line_no);
extern bool loyalty_next_lot(LotStream *stream, Lot *lot);

/* Where the row of the lot that was answered last was read. */
extern ItemPointerData loyalty_lot_tid(const LotStream *stream);

extern void loyalty_close_lots(LotStream *stream);

/*
 * The open lots of some accounts that are due at a time, in the order of the accounts and as they are spent; and after
 * those of an account the first one that is not due, where one expires later.
 */
extern int loyalty_lots_due(int32 org_id, const AccountRow *accounts, int count, TimestampTz as_of,
							LotRow **lots);

/* The customers after one, ascending, who have promised points that convert by a time; at most so many. */
extern int loyalty_customers_promised(int32 org_id, TimestampTz as_of, int64 after, int limit,
									  int64 *customers);

#endif
