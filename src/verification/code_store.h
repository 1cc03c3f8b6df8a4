/* code_store.h: codes that were sent, and the addresses that got them. */
#ifndef LOYALTY_CODE_STORE_H
#define LOYALTY_CODE_STORE_H

#include "postgres.h"

#include "utils/date.h"
#include "utils/timestamp.h"

#include "common/crypto.h"
#include "verification/verification_rules.h"

/* A digest, as tables have it. */
typedef struct CodeDigest
{
	unsigned char bytes[LOYALTY_HASH_BYTES];
} CodeDigest;

/* A code that was sent. */
typedef struct CodeRow
{
	int32 code_no;	  /* of its customer and purpose, from 1 */
	int64 message_id; /* 0: nothing was sent */
	int32 program_id; /* that it is bound to; 0: to none */
	int16 key_id;	  /* of the digests */
	bool has_amount;
	int64 amount; /* that it is bound to */
	const char *channel;
	TimestampTz sent_at;
	TimestampTz expires_at;
	CodeDigest address;
	CodeDigest code;
} CodeRow;

/* Reads the last code, as others committed it by now and this transaction wrote it; false: there is none. */
extern bool loyalty_code_latest(int32 org_id, int64 customer_id, CodePurpose purpose, CodeRow *code);

/* Reads a code by its number; false: it was erased. */
extern bool loyalty_code_read(int32 org_id, int64 customer_id, CodePurpose purpose, int32 code_no,
							  CodeRow *code);

/* Writes one; false where there is one of that number already. */
extern bool loyalty_code_insert(int32 org_id, int64 customer_id, CodePurpose purpose, const CodeRow *code);

/* Locks the row of an address, which is made where there is none; returns how many codes it has got on that day. */
extern int32 loyalty_code_address_lock(int32 org_id, const CodeDigest *address, TimestampTz now, DateADT day);

/* Counts one more, on an address that is locked. */
extern void loyalty_code_address_count(int32 org_id, const CodeDigest *address, TimestampTz now, DateADT day,
									   int32 sends);

#endif
