/*
 * subtransaction.c: work that is undone as a whole where it did not succeed. Locks that the work took are released
 * when it is undone, so a caller who goes on must take again what it needs.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "common/subtransaction.h"

/*
 * Does the work as a block with an EXCEPTION clause does it: whoever catches an error further up expects to find its
 * own level. The error is copied before the abort, which frees the memory that it stands in.
 */
bool
loyalty_subtransaction_try(bool (*work)(void *arg), void *arg, ErrorData **error)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool kept = false;

	*error = NULL;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		kept = work(arg);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		*error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_END_TRY();
	if (*error != NULL)
		return false;
	if (kept)
		ReleaseCurrentSubTransaction();
	else
		RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return kept;
}

/* Does the work; an error goes on to the caller once the subtransaction is gone. */
bool
loyalty_subtransaction(bool (*work)(void *arg), void *arg)
{
	ErrorData *error;
	bool kept = loyalty_subtransaction_try(work, arg, &error);

	if (error != NULL)
		ReThrowError(error);
	return kept;
}
