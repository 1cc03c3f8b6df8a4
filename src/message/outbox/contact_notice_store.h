/* contact_notice_store.h: what contacts were told of, in tables. */
#ifndef LOYALTY_CONTACT_NOTICE_STORE_H
#define LOYALTY_CONTACT_NOTICE_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

/*
 * Notes that contacts are told of what a key of a topic stands for. False: they were before. Waits for whoever notes the same
 * at this time.
 */
extern bool loyalty_contact_notice_note(int32 org_id, const char *topic, const char *dedupe_key,
										TimestampTz now);

#endif
