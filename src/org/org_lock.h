/*
 * org_lock.h: locks on what belongs to an org as a whole. Every one is the org's: whatever a call holds, calls of other
 * orgs go on. They end with the transaction, also one that was prepared, or with the subtransaction that is rolled back.
 */
#ifndef LOYALTY_ORG_LOCK_H
#define LOYALTY_ORG_LOCK_H

#include "postgres.h"

/* Things of an org that are locked as a whole. The numbers show as objsubid in pg_locks. */
typedef enum OrgLock
{
	ORG_LOCK_KEYS = 1, /* which types of identifiers are keys */
	ORG_LOCK_DAY,	   /* the first open day */
	ORG_LOCK_CLOSING,  /* whose turn it is to close a day */
	ORG_LOCK_CODES,	   /* which shapes and given codes of incentives there are */
} OrgLock;

/* Takes a share, and hears of what others have committed: whoever reads anew sees what the holders of the lock wrote. */
extern void loyalty_org_share(int32 org_id, OrgLock lock);

/* Takes the whole: waits for everybody who has a share or the whole, and keeps others out. */
extern void loyalty_org_lock_out(int32 org_id, OrgLock lock);

/* Waits for those who have a share now, and keeps nobody out. No snapshot may be held. */
extern void loyalty_org_wait_out(int32 org_id, OrgLock lock);

#endif
