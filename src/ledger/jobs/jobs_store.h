/* jobs_store.h: what jobs and changes of expiry ask of tables. */
#ifndef LOYALTY_JOBS_STORE_H
#define LOYALTY_JOBS_STORE_H

#include "postgres.h"

#include "ledger/tables/posting_rules.h"

/* A lot of a customer, who is locked; false where there is none. */
extern bool loyalty_lot_find(int32 org_id, int64 customer_id, int64 lot_id, Lot *lot);

/* The change that an event made, what of the lot expired with it, and the lot's program; false where there is none. */
extern bool loyalty_expiry_change_of_event(int32 org_id, int64 customer_id, int64 event_id,
										   ExpiryChange *change, int64 *expired, int32 *program_id);

/* How many lots an event converted, how many points, and of which program. */
extern int loyalty_event_conversion(int32 org_id, int64 customer_id, int64 event_id, int64 *points,
									int32 *program_id);

/* The statement that runs a procedure of ours for an org. */
extern char *loyalty_job_command(const char *procedure, const char *org);

/* Schedules a job as whoever runs: not inside the switch to the owner. An earlier one of that name gets the new times. */
extern void loyalty_job_schedule(const char *name, const char *times, const char *command);

#endif
