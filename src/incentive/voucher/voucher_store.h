/*
 * voucher_store.h: gift vouchers, their codes, movements and requests, in tables. Statements decide nothing: who may do what with a
 * voucher is judged by voucher_rules.c and by the calls, in the order that docs/voucher.md shows.
 */
#ifndef LOYALTY_VOUCHER_STORE_H
#define LOYALTY_VOUCHER_STORE_H

#include "postgres.h"

#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "common/layout.h"
#include "customer/customer_store.h"
#include "incentive/voucher/voucher_rules.h"

/* Voucher, as its row has it. */
typedef struct VoucherRow
{
	int32 org_id;
	int32 last_movement;
	int64 voucher_id;
	int64 customer_id; /* its holder; 0: whoever has the code */
	TimestampTz issued_at;
	TimestampTz expires_at; /* DT_NOEND: never */
	TimestampTz revoked_at; /* DT_NOEND: not revoked */
	int16 key_id;			/* of the digest */
	int64 balance;
	pg_uuid_t code_digest;
	const char *last_four;
} VoucherRow;

/* Movement, as its row has it. */
typedef struct VoucherMovement
{
	int32 org_id;
	int32 movement_no; /* of its voucher, from 1 */
	int64 voucher_id;
	int64 movement_id;
	TimestampTz event_time;
	TimestampTz recorded_at;
	int64 request_digest; /* 0: it came without a key */
	int64 event_id;		  /* that paid for the voucher; 0: none */
	int32 reversed_no;	  /* 0: none */
	int32 till_id;
	int32 store_id;
	int16 source_id;
	VoucherMovementKind kind;
	int64 amount; /* with its sign */
	int64 balance_after;
	bool has_key;
	pg_uuid_t key;
	const char *transaction_number; /* NULL: none */
} VoucherMovement;

/* Redemption, and what came back of it since. */
typedef struct VoucherRedemption
{
	int32 movement_no;
	int64 redeemed;
	int64 reversed;
} VoucherRedemption;

/* Request that issued vouchers and came with a key. */
typedef struct VoucherRequest
{
	pg_uuid_t key;
	int64 request_digest;
	int64 *voucher_ids;
	int count;
} VoucherRequest;

/* Returns the voucher of a code, 0 for none; "seen": under the caller's snapshot. */
extern int64 loyalty_voucher_of_digest(int32 org_id, const pg_uuid_t *code_digest, bool seen);

/* Read a voucher as committed, as the caller's statement sees it, and locked; false: there is none. */
extern bool loyalty_voucher_read(int32 org_id, int64 voucher_id, bool seen, VoucherRow *voucher);
extern bool loyalty_voucher_lock(int32 org_id, int64 voucher_id, VoucherRow *voucher);

/* Claims a code for a voucher; false where another one has it. And lets go of one that was replaced. */
extern bool loyalty_voucher_code_claim(const VoucherRow *voucher);
extern void loyalty_voucher_code_release(const VoucherRow *voucher);

/* Write a new voucher, and one that is locked. */
extern void loyalty_voucher_insert(const VoucherRow *voucher);
extern void loyalty_voucher_update(const VoucherRow *voucher);

/* Writes a movement, and what was said of it, if anything was. */
extern void loyalty_voucher_movement_insert(const VoucherMovement *movement, const char *reason,
											const char *actor);

/* Finds the movement of a voucher that came with a key; false: none did. */
extern bool loyalty_voucher_movement_by_key(int32 org_id, int64 voucher_id, const pg_uuid_t *key,
											VoucherMovement *movement);

/* Returns the amount that a voucher was issued with. */
extern int64 loyalty_voucher_issued_amount(int32 org_id, int64 voucher_id);

/* Finds the redemption of that id among the movements of a voucher, which is locked; false: there is none. */
extern bool loyalty_voucher_redemption_find(int32 org_id, int64 voucher_id, int64 movement_id,
											VoucherRedemption *redemption);

/* Claims a key for a request; false where it was used before: another call with it that is under way is waited for. */
extern bool loyalty_voucher_request_claim(int32 org_id, const VoucherRequest *request);

/* Finds the request of a key; false: there is none. */
extern bool loyalty_voucher_request_find(int32 org_id, VoucherRequest *request);

/* Reads the ids of vouchers that expired by a time and have money, ascending by the time; returns how many there are. */
extern int loyalty_vouchers_due(int32 org_id, TimestampTz as_of, int limit, int64 *voucher_ids);

#endif
