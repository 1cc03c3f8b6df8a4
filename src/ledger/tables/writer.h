/*
 * writer.h: rows of many postings written together. A posting that has a writer hands its rows to it; they go out
 * later, statement by statement. A posting without one (NULL) writes its rows at once.
 */
#ifndef LOYALTY_WRITER_H
#define LOYALTY_WRITER_H

#include "postgres.h"

#include "common/query.h"

typedef struct LoyaltyWriter LoyaltyWriter;

/* Makes a writer in the current memory context: an abort forgets what it kept back. */
extern LoyaltyWriter *loyalty_writer_begin(void);

/*
 * Keeps rows of a customer back, as loyalty_write takes them; they are copied. Returns how many, as if they had been
 * written. Writer NULL: writes them.
 */
extern uint64 loyalty_writer_write(LoyaltyWriter *writer, int64 customer_id, LoyaltyQuery *query,
								   const void *rows, int count);

/*
 * Writes everything if rows of the customer may be kept back: called before they are read. NULL: there is nothing to
 * write.
 */
extern void loyalty_writer_flush_customer(LoyaltyWriter *writer, int64 customer_id);

/* Writes what was kept back; the second form frees the writer too. */
extern void loyalty_writer_flush(LoyaltyWriter *writer);
extern void loyalty_writer_end(LoyaltyWriter *writer);

#endif
