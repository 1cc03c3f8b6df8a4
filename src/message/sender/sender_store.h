/*
 * sender_store.h: the register of senders, and accounts with providers, in tables. Calls about them hold the org's lock where
 * they change what others may change.
 */
#ifndef LOYALTY_SENDER_STORE_H
#define LOYALTY_SENDER_STORE_H

#include "postgres.h"

#include "message/sender/senders.h"

/* A sender, as the table has it. */
typedef struct SenderRow
{
	int32 org_id; /* of a row that was read */
	int32 sender_id;
	const char *channel;
	const char *sender;
	int32 org_unit_id;	  /* 0: the org itself */
	int32 bsp_account_id; /* 0: none */
	bool is_default;
	bool is_verified;
	bool is_active; /* false: retired; of a row that was read */
} SenderRow;

/* Finds the one that shall speak: the one of that name (NULL: none), else the default one; false: there is neither. */
extern bool loyalty_sender_find(int32 org_id, const char *channel, const char *name, LoyaltySender *sender);

/*
 * Reads a sender that is in use, by the channel and the sender that stand in the row; false: there is none, or it is retired.
 */
extern bool loyalty_sender_read(int32 org_id, SenderRow *row);

/* Write a sender, under the org's lock. An insert takes a retired one of that name up again; false: it is in use. */
extern bool loyalty_sender_insert(int32 org_id, const SenderRow *row);
extern void loyalty_sender_update(int32 org_id, const SenderRow *row);
extern void loyalty_sender_clear_default(int32 org_id, const char *channel);
extern void loyalty_sender_retire(int32 org_id, int32 sender_id);

/* An account as it is written. */
typedef struct BspAccountRow
{
	int32 bsp_account_id;
	const char *bsp_account;
	const char *bsp;
	const char *number; /* NULL: none, or it stays */
	bool is_verified;
	bytea *secret;
	int16 key_id; /* that it is sealed under */
} BspAccountRow;

/* Reads an account by its code; false: there is none. Texts are in the current context. */
extern bool loyalty_bsp_account_read(int32 org_id, const char *bsp_account, BspAccountRow *row);

/* Write an account; an insert returns false where the code is taken. */
extern bool loyalty_bsp_account_insert(int32 org_id, const BspAccountRow *row, TimestampTz now);
extern void loyalty_bsp_account_update(int32 org_id, const BspAccountRow *row);
extern void loyalty_bsp_account_store_secret(int32 org_id, const BspAccountRow *row, TimestampTz now);

#endif
