/*
 * page_key.h: pages of rows that come newest first: each row has the key of the page that begins behind it, which what is written
 * meanwhile does not move.
 */
#ifndef LOYALTY_PAGE_KEY_H
#define LOYALTY_PAGE_KEY_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "common/pg_compat.h"

/* Place behind which a page begins. */
typedef struct LoyaltyPageKey
{
	TimestampTz at; /* DT_NOEND: the page is the first */
	int64 id;		/* decides between rows of one time */
} LoyaltyPageKey;

/* The key of a row, in a statement, by its columns of time and id. */
#define LOYALTY_PAGE_KEY(at, id) "(EXTRACT(epoch FROM " at ") * 1000000)::int8 || '-' || " id

/* Reads the argument page_key: ERRCODE_LOYALTY_PAGE_INVALID for a text that is no key of ours. */
extern void loyalty_arg_page_key(FunctionCallInfo fcinfo, int n, LoyaltyPageKey *key);

/* The same for keys that have more in front: reading and writing the rest, and the error where it is none of ours. */
extern LoyaltyPageKey loyalty_page_key_read(const char *text);
extern char *loyalty_page_key_text(const LoyaltyPageKey *key);
pg_noreturn extern void loyalty_raise_page_key(void);

/* Reads the argument page_size, from 1 to a largest one. */
extern int loyalty_arg_page_size(FunctionCallInfo fcinfo, int n, int largest);

#endif
