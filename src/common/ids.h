/* ids.h: new ids. */
#ifndef LOYALTY_IDS_H
#define LOYALTY_IDS_H

#include "c.h"

/* loyalty.node_id above 48 bits of loyalty_data.id_seq; the caller runs as the extension's owner. */
extern int64 loyalty_next_id(void);

/*
 * The id of a new row of reference data, from loyalty_data.reference_id_seq, which has no part for a node: of a
 * cluster, the coordinator alone draws. The caller runs as the owner and is connected to SPI. LY023.
 */
extern int32 loyalty_next_reference_id(void);

/* A new id of a source: 2200H once a thousand were added; LY023 on a worker. */
extern int16 loyalty_next_source_id(void);

#endif
