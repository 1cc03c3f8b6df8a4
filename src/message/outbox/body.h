/* body.h: texts of messages that are checked, and those of codes sealed. */
#ifndef LOYALTY_BODY_H
#define LOYALTY_BODY_H

#include "postgres.h"

#include "message/outbox/body_store.h"
#include "message/outbox/outbox_store.h"
#include "message/template/template.h"

/* Limits of texts, in characters; docs/message.md names them. */
#define MESSAGE_SUBJECT_MAX 500
#define MESSAGE_SMS_MAX 2000	 /* also of messages to devices */
#define MESSAGE_EMAIL_MAX 500000 /* of body and html, each */

/* Refuses texts that are too long (LY002), are missing (LY001), or would begin another header (LYM13). */
extern void loyalty_body_check(const LoyaltyText *text);

/* Raises LYM13 for a text that would begin another header; "name" says which. */
extern void loyalty_header_check(const char *text, const char *name);

/* Fills a body with texts; those of a code sealed. */
extern void loyalty_body_fill(const LoyaltyMessage *message, const LoyaltyText *text, LoyaltyBody *body);

/*
 * Puts the texts of a sealed body into their places. NULL, or as a cause why it does not open: "key_missing" where the key or secret
 * is gone, "unreadable" where what is sealed was changed, belongs to another message or is not there.
 */
extern const char *loyalty_body_open(const LoyaltyMessage *message, LoyaltyBody *body);

#endif
