/*
 * refusal.h: how a judgement refuses: one rule, written once, for a call that asks about one thing and for a batch
 * that asks about many.
 *
 * A judgement returns false where it refuses. A call hands LOYALTY_RAISES down, and the refusal is raised where it
 * is made, with its message; a batch hands a LoyaltyRefusal of its item down, which keeps the SQLSTATE. A message
 * is made only where somebody reads it: a batch of ten thousand refused items formats nothing. (PostgreSQL 16 has
 * the same in ereturn().)
 */
#ifndef LOYALTY_REFUSAL_H
#define LOYALTY_REFUSAL_H

#include "postgres.h"

#include "common/errors.h"

/* Refusal of an item, which its batch or load keeps. */
typedef struct LoyaltyRefusal
{
	int sqlstate; /* 0: nothing is refused */
} LoyaltyRefusal;

/* In the place of a refusal: what is refused is raised. */
#define LOYALTY_RAISES ((LoyaltyRefusal *) NULL)

/* Keeps a refusal; the first one stays. */
static inline void
loyalty_refusal_keep(LoyaltyRefusal *refusal, int sqlstate)
{
	if (refusal->sqlstate == 0)
		refusal->sqlstate = sqlstate;
}

/*
 * Refuses and RETURNS FALSE from the caller. Behind the code come errmsg(), errdetail() and errhint(), as in
 * ereport().
 */
#define LOYALTY_REFUSE(refusal, code, ...) \
	do \
	{ \
		if ((refusal) == NULL) \
			ereport(ERROR, (errcode(code), __VA_ARGS__)); \
		loyalty_refusal_keep(refusal, code); \
		return false; \
	} while (0)

#endif
