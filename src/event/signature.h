/*
 * signature.h: what subscribers know an event by that is ours: Standard Webhooks.
 *
 * Receivers check it over the bytes that they got, so what is signed is the text that is sent and never a document that is
 * written anew. There is one signature: who changes a secret lets receivers know both for as long as events are under way.
 */
#ifndef LOYALTY_SIGNATURE_H
#define LOYALTY_SIGNATURE_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* Tells whether a secret can be one: "whsec_" and base64 of 24 to 64 bytes. */
extern bool loyalty_secret_is_valid(const char *secret);

/* Signs "id.timestamp.payload" with such a secret, in the current context: "v1," and base64. */
extern char *loyalty_webhook_signature(const char *secret, int64 event_id, int64 timestamp,
									   const char *payload);

#endif
