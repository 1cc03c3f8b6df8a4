/*
 * org_lock.c: locks on what belongs to an org as a whole.
 *
 * A lock on a table would hold up every org, and one on the org's row would write that row in each registration and each
 * posting. These are locks of the lock manager alone, on an object that no other lock names: an id of table org. They
 * are no advisory locks, which any role could take in order to hold others up.
 *
 * A share takes 2,200 instructions, in a transaction that has it already a few hundred. Nothing is late: messages are
 * read behind the lock.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/inval.h"
#include "utils/snapmgr.h"

#include "common/names.h"
#include "org/org_lock.h"

/* Modes that say what is meant: shares get on with each other, the whole with nothing. */
#define SHARE RowExclusiveLock
#define WHOLE ExclusiveLock

/* Names the object: the class is table org, which is nobody else's class. */
static LOCKTAG
tag_of(int32 org_id, OrgLock lock)
{
	LOCKTAG tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, loyalty_relation(LOYALTY_REL_ORG), (uint32) org_id, (uint16) lock);
	return tag;
}

/* Takes a lock and reads messages behind it, as a lock on a relation does. */
static void
take(int32 org_id, OrgLock lock, LOCKMODE mode)
{
	LOCKTAG tag = tag_of(org_id, lock);

	(void) LockAcquire(&tag, mode, false, false);
	AcceptInvalidationMessages();
}

/* Waits for nobody but who has the whole. */
void
loyalty_org_share(int32 org_id, OrgLock lock)
{
	take(org_id, lock, SHARE);
}

/* Whoever asks for a share meanwhile stands in line behind. */
void
loyalty_org_lock_out(int32 org_id, OrgLock lock)
{
	take(org_id, lock, WHOLE);
}

/* Waits for each transaction that has a share, one after the other; those that come later are not looked at. */
void
loyalty_org_wait_out(int32 org_id, OrgLock lock)
{
	LOCKTAG tag = tag_of(org_id, lock);

	InvalidateCatalogSnapshot();
	WaitForLockers(tag, WHOLE, false);
}
