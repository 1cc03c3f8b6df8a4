/* ledger_request.h: the arguments that points_ledger, its JSON and closing balances have in common. */
#ifndef LOYALTY_LEDGER_REQUEST_H
#define LOYALTY_LEDGER_REQUEST_H

#include "fmgr.h"

#include "ledger/read/ledger_page.h"

/*
 * Opens the call and reads its arguments: the filters, which are the same for all; and with pages of at most
 * "largest_page" entries order, size, key, and the range that is usual for a page. 0: no pages, and the whole history.
 * The customer is read last: an argument that is wrong says so whoever is asked about.
 */
extern void loyalty_ledger_request(FunctionCallInfo fcinfo, PageRequest *request, int largest_page);

/*
 * Reads the page that was asked for; a row more than it holds tells whether more follow. Returns how many of the rows
 * are shown.
 */
extern uint64 loyalty_ledger_rows(PageRequest *request, LoyaltyRows **rows, bool *has_more);

/* Returns the key of the page that begins after a row, in the current memory context. */
extern char *loyalty_ledger_key(LoyaltyRows *rows, uint64 row);

/* Returns the key of a page with its number in front, as pages of JSON have it. */
extern char *loyalty_ledger_numbered_key(int32 number, const char *key);

/*
 * Returns the numbers of the bills that entries are of, which bills alone know, in the order of the rows; NULL where
 * there is none.
 */
extern const char **loyalty_ledger_bill_numbers(const PageRequest *request, LoyaltyRows *rows);

#endif
