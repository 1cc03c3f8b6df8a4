/* sender_rules.h: what a sender of a channel may look like, and the keys that accounts of providers need. Knows no server. */
#ifndef LOYALTY_SENDER_RULES_H
#define LOYALTY_SENDER_RULES_H

#include <stdbool.h>

#define SMS_SENDER_MAX 11 /* characters of one with letters: what the networks carry */

/* Tells whether a text in its normal form can be a sender of a channel, which has its name in tables. */
extern bool loyalty_sender_fits(const char *channel, const char *sender);

/* Returns what senders of a channel are, for messages. */
extern const char *loyalty_sender_wanted(const char *channel);

/* Tells whether messages of a channel need a sender: who has none of an org cannot be sent there. */
extern bool loyalty_sender_needed(const char *channel);

/* Returns the name that a provider has in tables, where its keys are known by it; NULL: it is another one. */
extern const char *loyalty_bsp_known(const char *bsp);

/* Returns the name of a key that accounts of a provider need, from 0; NULL: no more. Others than known ones need none by name. */
extern const char *loyalty_bsp_key(const char *bsp, int n);

#endif
