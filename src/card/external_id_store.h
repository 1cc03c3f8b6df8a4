/*
 * external_id_store.h: external ids that were ever generated, by their digests: an id of a person who was erased is
 * told from a new one without being kept.
 */
#ifndef LOYALTY_EXTERNAL_ID_STORE_H
#define LOYALTY_EXTERNAL_ID_STORE_H

#include "postgres.h"

#include "utils/uuid.h"

/*
 * Remember a digest for ever, false where it is known already; and tell whether one is known, under the caller's
 * snapshot.
 */
extern bool loyalty_generated_id_claim(int32 org_id, const pg_uuid_t *digest);
extern bool loyalty_generated_id_known(int32 org_id, const pg_uuid_t *digest);

#endif
