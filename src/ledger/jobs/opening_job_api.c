/*
 * opening_job_api.c: open_program_accounts, a procedure that commits: the accounts of a program for customers who are
 * older than it.
 *
 * A program opens its accounts when a customer first touches it. Whoever wants all of them at once runs this job: it
 * goes through the org's loyalty customers by id, from the last one on, and opens what is missing, an opening entry of
 * zero for each category at the customer's registration, as the first touch would. Who has the accounts is passed over
 * without a lock, so that a run after a run that was stopped costs little. The others are locked one by one, ascending,
 * and looked at again under the lock: somebody may have opened the accounts, or merged or deleted the customer,
 * meanwhile.
 *
 * Nothing is late: accounts are the same whenever they open, and until then all reads show them at zero.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"

#include "common/pg_compat.h"
#include "customer/job.h"
#include "ledger/jobs/jobs_store.h"
#include "ledger/posting/posting.h"

LOYALTY_FUNCTION(loyalty_open_program_accounts);

/* Tells whether a customer has the accounts of a program, which open all together. */
static bool
has_accounts(const LoyaltyCall *call, int64 customer_id, int32 program_id)
{
	PostedAccount *accounts;

	return loyalty_accounts_of_program(call->org->org_id, customer_id, program_id, CATEGORY_REGULAR,
									   &accounts) > 0;
}

/* Opens the accounts of a customer where they are missing; returns whether they were. */
static bool
open_accounts(LoyaltyCall *call, int64 customer_id, const LoyaltyProgram *program)
{
	Posting posting;
	const LoyaltyCustomer *customer = &posting.customer;

	if (has_accounts(call, customer_id, program->program_id))
		return false;
	loyalty_posting_begin(&posting, call, customer_id);
	if (!customer->loyalty || customer->erased || customer->merged_into != 0 ||
		has_accounts(call, customer_id, program->program_id))
		return false;
	loyalty_posting_load(&posting, (AccountChoice){ .program = program });
	loyalty_posting_end(&posting);
	return true;
}

/*
 * Looks at a batch of customers. An SPI connection for each keeps the batch's memory flat: what a customer's rows take
 * goes with it.
 */
static int
open_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	const LoyaltyProgram *program = loyalty_org_program(call->org, job->program);
	int64 *customers = palloc(sizeof(int64) * job->batch_size);
	int count = loyalty_customers_loyal(call->org->org_id, job->after, job->batch_size, customers);
	int i;

	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (SPI_connect() != SPI_OK_CONNECT)
			elog(ERROR, "SPI_connect failed");
		if (open_accounts(call, customers[i], program))
			job->done++;
		job->after = customers[i];
		SPI_finish();
	}
	return count;
}

/* The procedure: opens what is missing, batch by batch, with a commit after each (customer/job.c). */
Datum
loyalty_open_program_accounts(PG_FUNCTION_ARGS)
{
	LoyaltyJob job = {
		.fcinfo = fcinfo,
		.procedure = "open_program_accounts",
		.done_what = "opened the accounts of",
		.of_program = true,
		.batch = open_batch,
	};

	loyalty_job_run(&job);
	PG_RETURN_VOID();
}
