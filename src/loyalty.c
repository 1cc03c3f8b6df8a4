/*
 * loyalty.c: the library's entry: settings, callbacks, and the hook tables through which lower capabilities
 * reach higher ones, filled here in one fixed order.
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/crypto.h"
#include "common/guc.h"
#include "common/names.h"
#include "common/pg_compat.h"
#include "customer/config_guard.h"
#include "ledger/ledger_hooks.h"
#include "org/org_store.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	loyalty_guc_init();
	loyalty_crypto_init();
	loyalty_names_init();
	loyalty_org_store_init();
	loyalty_config_hooks.before_change = loyalty_config_guard;
	loyalty_ledger_init();
}
