/*
 * slot_rules.h: how a limit stands in its slots: how many there are, how what is left is spread over them, and what a change of
 * the maximum leaves. Knows no server.
 */
#ifndef LOYALTY_SLOT_RULES_H
#define LOYALTY_SLOT_RULES_H

#include <stdbool.h>
#include <stdint.h>

#define LIMIT_MAX_SLOTS 64

/* Returns how many slots a limit begins with: one a use, as far as there is room; one at least. */
extern int loyalty_slot_count(int64_t maximum);

/* Spreads what is left evenly; the first slots have what is over. */
extern void loyalty_slot_split(int64_t left, int count, int64_t *remaining);

/* Returns the slot that somebody begins to look at, so that neighbours begin at different ones. */
extern int loyalty_slot_place(uint32_t who, int count);

/* Judges a change of the maximum: false where more is used than the new one has. Else "left" becomes what is left of it. */
extern bool loyalty_slot_change(int64_t old_maximum, int64_t new_maximum, int64_t *left);

/* Returns how much a use takes from a slot that has so much, of what is still wanted. */
extern int64_t loyalty_slot_take(int64_t remaining, int64_t wanted);

/* Tells whether so little is left that contacts are told, by a threshold; a negative one: never. */
extern bool loyalty_limit_is_low(int64_t left, int64_t notify_at);

#endif
