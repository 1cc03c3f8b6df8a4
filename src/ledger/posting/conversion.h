/* conversion.h: promised and trigger-based points that become regular ones. */
#ifndef LOYALTY_CONVERSION_H
#define LOYALTY_CONVERSION_H

#include "ledger/posting/posting.h"

/*
 * Lets the accounts take part that lots of one category leave, and those that they come to; there is at least one lot.
 * The customer is locked.
 */
extern void loyalty_conversion_involve(Posting *posting, const Lots *lots);

/*
 * Tells whether the accounts that take part are sure to have room for the conversion of promised lots, each at its
 * instant, and for whatever may expire. The lots come by program.
 */
extern bool loyalty_conversion_fits(Posting *posting, const Lots *lots);

/* A conversion as it was posted, for the answer. */
typedef struct Conversion
{
	int64 event_id; /* 0: all of the lots had expired, and nothing was posted */
	int lots;
	int64 points; /* over all programs */
} Conversion;

/*
 * Makes regular points of open lots of one category, in one event at the posting's time, which is set, and whose
 * accounts take part. Lots that have expired by then stay as they are. The lots come by program. Raises LY404 where a
 * balance or counter would be too large.
 */
extern void loyalty_convert_lots(Posting *posting, const Lots *lots, EventCode code, const Event *origin,
								 Conversion *conversion);

#endif
