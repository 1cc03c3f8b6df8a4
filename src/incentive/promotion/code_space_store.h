/* code_space_store.h: spaces of codes and their batches in tables. */
#ifndef LOYALTY_CODE_SPACE_STORE_H
#define LOYALTY_CODE_SPACE_STORE_H

#include "postgres.h"

#include "card/number_key.h"
#include "common/query.h"
#include "incentive/promotion/code_shape_rules.h"

/* Things that a space makes codes for, by the letters of the table. */
typedef enum SpaceUse
{
	SPACE_OF_BATCHES = 'b',
	SPACE_OF_COUPONS = 'c',
} SpaceUse;

/* A space of codes, as its row has it. */
typedef struct CodeSpace
{
	int32 org_id;
	int32 space_id;
	int64 next_position; /* of the next batch; coupons are counted by a sequence */
	int32 length;
	int16 key_id; /* of the key file; LOYALTY_NO_KEY */
	SpaceUse serves;
	bool has_check;
	bytea *seed;
	const char *prefix;
} CodeSpace;

/* Codes that were generated together, as their row has them. */
typedef struct CodeBatch
{
	int32 org_id;
	int32 space_id;
	int64 first_position;
	int64 last_position;
	TimestampTz created_at;
	TimestampTz expires_at; /* infinity: never */
	TimestampTz revoked_at; /* infinity: not revoked */
	int32 promotion_id;
	int32 batch_no;
	const char *distribution; /* NULL: none was named, as below */
	const char *partner;
} CodeBatch;

/* Writes a space; a trigger gives one of coupons its sequence. */
extern void loyalty_code_space_insert(const CodeSpace *space);

/* Reads a space by its shape, or by its id; false where there is none. */
extern bool loyalty_code_space_find(int32 org_id, const char *prefix, int32 length, CodeSpace *space);
extern bool loyalty_code_space_read(int32 org_id, int32 space_id, CodeSpace *space);

/* Reads the shapes of all spaces of an org, as they are now; returns how many. */
extern int loyalty_code_shapes(int32 org_id, CodeShape **shapes);

/* Makes positions of a space used up to one before "next". */
extern void loyalty_code_space_advance(int32 org_id, int32 space_id, int64 next);

/* Writes a batch. */
extern void loyalty_code_batch_insert(const CodeBatch *batch);

/* Reads the batch that has a position, or a number of a promotion; false where there is none. */
extern bool loyalty_code_batch_of_position(int32 org_id, int32 space_id, int64 position, CodeBatch *batch);
extern bool loyalty_code_batch_read(int32 org_id, int32 promotion_id, int32 batch_no, CodeBatch *batch);

/* The number of the next batch of a promotion. */
extern int32 loyalty_code_batch_next(int32 org_id, int32 promotion_id);

/* Revokes a batch. */
extern void loyalty_code_batch_revoke(int32 org_id, int32 promotion_id, int32 batch_no, TimestampTz now);

#endif
