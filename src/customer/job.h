/* job.h: the frame of procedures that work through an org's customers batch by batch, with a commit after each. */
#ifndef LOYALTY_JOB_H
#define LOYALTY_JOB_H

#include "postgres.h"

#include "fmgr.h"

#include "common/array.h"
#include "org/call.h"

typedef struct LoyaltyJob LoyaltyJob;

/*
 * A job: what the frame passes on to a batch, and what a batch notes for the next one. The procedure fills the
 * first members and the batch; the rest begins as zero.
 */
struct LoyaltyJob
{
	FunctionCallInfo fcinfo;
	const char *procedure;
	const char *done_what; /* for the progress: "expired the points of" 12 customers */
	const char *done_of;   /* others than customers are counted; NULL: customers are */
	bool of_program;	   /* true: it is about a program, which is argument 1, and not about a time */
	const char *program;   /* its code, where it is about one */
	TimestampTz as_of;	   /* of the others */
	int batch_size;
	int64 after;				   /* the last customer of the batch before; 0: none */
	int64 done;					   /* in all batches */
	MemoryContext context;		   /* lives as long as the job */
	LOYALTY_ARRAY(int64) left_out; /* customers whom it cannot do */

	/* Does one batch in the transaction at hand; returns how many customers it looked at: none ends the job. */
	int (*batch)(LoyaltyJob *job, LoyaltyCall *call);
};

/*
 * Runs the job: arguments 1 and 2 of the procedure are as_of, or a program, and batch_size. LY014 inside a transaction, LY003 for a
 * size, LY408 for a time after the clock.
 */
extern void loyalty_job_run(LoyaltyJob *job);

/*
 * Notes that a customer is left out, since a balance or counter would be too large, and warns of it: the others must not
 * wait until somebody has corrected that one.
 */
extern void loyalty_job_leave_out(LoyaltyJob *job, int64 customer_id);

/* Raises LY014 where a procedure that commits was called inside a transaction. */
extern void loyalty_require_no_transaction(FunctionCallInfo fcinfo, const char *procedure);

#endif
