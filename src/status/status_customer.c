/*
 * status_customer.c: statuses as seen from below: customers' calls pass the guard, and new customers get a label.
 */
#include "postgres.h"

#include "customer/status_hooks.h"
#include "status/status_customer.h"
#include "status/status_guard.h"
#include "status/status_labels.h"

static void
guard(const LoyaltyCall *call, const LoyaltyCustomer *customer, const char *word)
{
	GuardedOperation operation = loyalty_guarded_find(word);

	if (operation == GUARD_COUNT)
		elog(ERROR, "operation \"%s\" is not in the table of operations", word);
	(void) loyalty_status_guard(call, customer, operation);
}

static int32
label_of_new(const LoyaltyCall *call)
{
	const LoyaltyStatusLabel *label = loyalty_status_label_default(call->org, STATUS_ACTIVE);

	return label ? label->label_id : 0;
}

void
loyalty_status_init(void)
{
	loyalty_org_hooks.load_status = loyalty_status_load;
	loyalty_status_hooks.guard = guard;
	loyalty_status_hooks.label_of_new = label_of_new;
}
