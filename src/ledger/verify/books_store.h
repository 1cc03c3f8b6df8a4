/* books_store.h: reading all books of an org, customer by customer, under the caller's snapshot. */
#ifndef LOYALTY_BOOKS_STORE_H
#define LOYALTY_BOOKS_STORE_H

#include "postgres.h"

#include "ledger/verify/verify_rules.h"

typedef struct BookStream BookStream;

/*
 * Streams in the order of the keys run side by side, so that memory holds the books of one customer at a time, and
 * nothing is joined. Books are read into the current memory context, which may be another one than that of the stream.
 * False: there are no more.
 */
extern BookStream *loyalty_books_open(int32 org_id);
extern bool loyalty_books_next(BookStream *stream, Books *books);
extern void loyalty_books_close(BookStream *stream);

#endif
