/* conversion_store.h: what an earlier conversion did. */
#ifndef LOYALTY_CONVERSION_STORE_H
#define LOYALTY_CONVERSION_STORE_H

#include "postgres.h"

/* How many lots an event converted, how many points, and of which program. */
extern int loyalty_event_conversion(int32 org_id, int64 customer_id, int64 event_id, int64 *points,
									int32 *program_id);

#endif
