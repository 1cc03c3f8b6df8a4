/* job_store.h: when jobs ran, in a table. */
#ifndef LOYALTY_JOB_STORE_H
#define LOYALTY_JOB_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* Notes that a job has come to its end for an org, and how much it did. */
extern void loyalty_job_ended(int32 org_id, const char *job, int64 done, TimestampTz now);

#endif
