/* promised_store.h: what a program says about promised points, in tables. */
#ifndef LOYALTY_PROMISED_STORE_H
#define LOYALTY_PROMISED_STORE_H

#include "postgres.h"

/*
 * Writes how many whole days promised points of a program wait, and whether they age from their award on. The
 * caller has locked the org.
 */
extern void loyalty_promised_rules_store(int32 org_id, int32 program_id, int32 delay_days,
										 bool expiry_from_award);

#endif
