/* event_notice.h: telling subscribers what was posted. */
#ifndef LOYALTY_EVENT_NOTICE_H
#define LOYALTY_EVENT_NOTICE_H

#include "ledger/posting/posting.h"

/* Tells of the event that was just ended; costs a comparison where nobody subscribes. */
extern void loyalty_event_tell(Posting *posting);

#endif
