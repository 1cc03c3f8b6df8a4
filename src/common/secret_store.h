/*
 * secret_store.h: keys for what is of use for minutes (one-time codes, their texts, addresses that they go to), and for codes of gift
 * vouchers. The key file has them. Where a site has none, a random secret of the database serves, which stands in a closed table that no
 * pg_dump has: it works out of the box, and whoever restores a backup cannot read what was sealed, nor spend a voucher.
 *
 * Key ids above zero are those of the file, below zero those of the table.
 */
#ifndef LOYALTY_SECRET_STORE_H
#define LOYALTY_SECRET_STORE_H

#include "postgres.h"

/* Returns the id of the key in use; without a key file that of the secret, which is made where there is none yet. */
extern int16 loyalty_secret_in_use(void);

/* Derives a subkey for a purpose, as loyalty_subkey does; the caller wipes it. False where the key or the secret is gone. */
extern bool loyalty_secret_subkey(int16 key_id, const char *purpose, unsigned char *subkey, size_t size);

/* Tells whether a key or secret is there. */
extern bool loyalty_secret_is_known(int16 key_id);

/* Lists the ids of all keys of the file and secrets of the database, the newest of each first; returns how many there are. */
extern int loyalty_secrets_known(int16 **key_ids);

/* Tells whether the database has a secret of its own. */
extern bool loyalty_secret_exists(void);

#endif
