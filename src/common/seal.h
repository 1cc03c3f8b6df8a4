/*
 * seal.h: secrets that must be read back (of providers, of subscribers, texts with one-time codes): sealed under a key of the
 * key file, so that neither a copy of the tables nor a backup tells them.
 */
#ifndef LOYALTY_SEAL_H
#define LOYALTY_SEAL_H

#include "postgres.h"

/*
 * Names what is sealed: its kind and the row it belongs to. A sealed text put into another row, or under another kind,
 * does not open.
 */
typedef struct LoyaltySealOf
{
	const char *kind; /* such as "bsp_account" */
	int32 org_id;
	int64 id;	  /* of the row in the org */
	int64 sub_id; /* 0: none */
} LoyaltySealOf;

/*
 * Seals a text under the key in use, whose id it returns in "key_id"; in the current context. Without a key file false:
 * nothing is sealed.
 */
extern bool loyalty_seal(LoyaltySealOf of, const char *text, bytea **sealed, int16 *key_id);

/*
 * Seals a text that is of use for minutes, as one with a code is: under the key in use, or without a key file under the secret of
 * the database. The caller runs as the owner, inside SPI.
 */
extern void loyalty_seal_briefly(LoyaltySealOf of, const char *text, bytea **sealed, int16 *key_id);

/*
 * Opens what was sealed under that key: a text in the current context, which the caller wipes where it can. Raises LY013
 * where the file has no such key, data_corrupted where it is another row's or was changed.
 */
extern char *loyalty_unseal(LoyaltySealOf of, const bytea *sealed, int16 key_id);

/* Does the same for whoever goes on without it: NULL where it does not open, whyever that is. */
extern char *loyalty_unseal_or_null(LoyaltySealOf of, const bytea *sealed, int16 key_id);

#endif
