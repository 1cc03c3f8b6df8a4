/*
 * config_guard.c: what a change of configuration does to the identifiers that customers hold. Mobiles and external
 * ids are keys whatever is configured; e-mails are keys or contact data.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"

#include "common/errors.h"
#include "customer/config_guard.h"
#include "customer/config_guard_store.h"

#define EMAIL "email"

static void refuse_shared(int32 org_id);

/*
 * Refused while two customers share an e-mail; otherwise those that customers hold become keys, or stop being
 * keys. Under an old snapshot rows of others would be missed.
 */
void
loyalty_config_guard(LoyaltyCall *call, const char *const *values)
{
	bool was_key = loyalty_config_email_is_key((const char *const *) call->org->config);
	bool will_be_key = loyalty_config_email_is_key(values);

	if (was_key == will_be_key)
		return;
	if (IsolationUsesXactSnapshot())
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
						errmsg("whether e-mails are keys cannot change at this isolation level"),
						errhint("Set the configuration in a READ COMMITTED transaction.")));
	loyalty_identifiers_lock();
	if (will_be_key)
		refuse_shared(call->org->org_id);
	loyalty_identifier_keys_drop(call->org->org_id, EMAIL);
	if (will_be_key)
		loyalty_identifier_keys_make(call->org->org_id, EMAIL);
}

/* The lock that every writer of that table takes, only earlier: nobody waits for it but a change as above. */
void
loyalty_config_hold(LoyaltyCall *call)
{
	Oid table = get_relname_relid("customer_identifier", get_namespace_oid("loyalty", false));
	const char *code = call->org->org;

	LockRelationOid(table, RowExclusiveLock);
	call->org = loyalty_org_find(code);
	if (call->org == NULL)
		elog(ERROR, "org \"%s\" is gone", code);
}

static void
refuse_shared(int32 org_id)
{
	int64 shared = loyalty_identifiers_shared(org_id, EMAIL);

	if (shared > 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
						errmsg("e-mails cannot become keys while customers share one"),
						errdetail("Number of shared e-mails: %lld.", (long long) shared),
						errhint("Merge those customers, or give them e-mails of their own.")));
}
