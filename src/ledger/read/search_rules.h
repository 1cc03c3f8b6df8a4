/* search_rules.h: finding the place of a time among entries whose times never run backwards. */
#ifndef LOYALTY_SEARCH_RULES_H
#define LOYALTY_SEARCH_RULES_H

#include <stdint.h>

/* Returns the time of an entry, which is read for it. */
typedef int64_t (*LoyaltyEntryTime)(void *of, int32_t entry_no);

/*
 * Returns the last of the entries 1 to last_no whose time is not after "at"; 0: none. The last one's time is known.
 * Each probe reads a row: about five where entries come evenly, however many there are; never more than 2
 * log2(last_no) + 4.
 */
extern int32_t loyalty_search_entry(int32_t last_no, int64_t last_time, int64_t at, LoyaltyEntryTime time_of,
									void *of);

#endif
