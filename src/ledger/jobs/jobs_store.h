/* jobs_store.h: the statements of jobs and of changes of expiry. */
#ifndef LOYALTY_JOBS_STORE_H
#define LOYALTY_JOBS_STORE_H

#include "postgres.h"

#include "ledger/tables/posting_rules.h"

/* Reads a lot of a customer, who is locked; false where there is none. */
extern bool loyalty_lot_find(int32 org_id, int64 customer_id, int64 lot_id, Lot *lot);

/*
 * Reads the change that an event made, how much of the lot expired with it, and the lot's program; false where there
 * is none.
 */
extern bool loyalty_expiry_change_of_event(int32 org_id, int64 customer_id, int64 event_id,
										   ExpiryChange *change, int64 *expired, int32 *program_id);

/* Returns how many lots an event converted; how many points, and of which program (0: none), is told beside. */
extern int loyalty_event_conversion(int32 org_id, int64 customer_id, int64 event_id, int64 *points,
									int32 *program_id);

/*
 * Finds up to "limit" loyalty customers of an org behind an id, ascending; not those who were merged or deleted. Nobody
 * is locked. "customers" has room for as many.
 */
extern int loyalty_customers_loyal(int32 org_id, int64 after, int limit, int64 *customers);

/* Returns the statement that runs a procedure of ours for an org. */
extern char *loyalty_job_command(const char *procedure, const char *org);

/*
 * Schedules a job as whoever runs: not inside the switch to the owner. An earlier one of that name gets the new times.
 * The caller holds an SPI connection.
 */
extern void loyalty_job_schedule(const char *name, const char *times, const char *command);

#endif
