/* schedule_store.h: jobs in pg_cron. */
#ifndef LOYALTY_SCHEDULE_STORE_H
#define LOYALTY_SCHEDULE_STORE_H

#include "postgres.h"

/* The statement that runs a procedure of ours for an org. */
extern char *loyalty_job_command(const char *procedure, const char *org);

/* Schedules a job as whoever runs: not inside the switch to the owner. An earlier one of that name gets the new times. */
extern void loyalty_job_schedule(const char *name, const char *times, const char *command);

#endif
