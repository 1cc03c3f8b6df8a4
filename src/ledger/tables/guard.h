/*
 * guard.h: the flag by which the guards of the ledger's tables know the store's own statements.
 */
#ifndef LOYALTY_GUARD_H
#define LOYALTY_GUARD_H

/*
 * Stand around one statement of the store, which updates the table of that name; the name outlives it. An error in
 * between leaves it to the abort to restore the guard.
 */
extern void loyalty_guard_lift(const char *table);
extern void loyalty_guard_restore(void);

/* Lets any abort restore the guards; called once at load. */
extern void loyalty_ledger_guard_init(void);

#endif
