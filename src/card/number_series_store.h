/*
 * number_series_store.h: series of numbers in tables, and the sequence that counts each.
 *
 * Rows are written once and never changed; the only thing that moves is the sequence, which no transaction takes back.
 */
#ifndef LOYALTY_NUMBER_SERIES_STORE_H
#define LOYALTY_NUMBER_SERIES_STORE_H

#include "postgres.h"

#include "card/card_number_rules.h"
#include "card/number_key.h"
#include "common/query.h"

/* Purposes of numbers, by the letters of the table. */
typedef enum NumberPurpose
{
	PURPOSE_CARDS = 'c',
	PURPOSE_EXTERNAL_IDS = 'x',
} NumberPurpose;

/* Series of numbers with its secret. */
typedef struct NumberSeries
{
	int32 org_id;
	int32 number_series_id;
	NumberPurpose purpose;
	NumberShape shape;
	int16 key_id; /* of the key file; LOYALTY_NO_KEY */
	unsigned char seed[NUMBER_SEED_BYTES];
} NumberSeries;

/* Writes a series; its sequence comes with it. */
extern void loyalty_number_series_insert(const NumberSeries *series);

/*
 * Makes the sequence of a series, or of a space of codes, whose row has come, or takes the one that is there. The caller is the
 * owner.
 */
extern void loyalty_number_sequence_provide(int32 number_series_id, int64 start);

/* Reads a series by its id; false where there is none. */
extern bool loyalty_number_series_read(int32 org_id, int32 number_series_id, NumberSeries *series);

/*
 * The series of external ids of a shape, or 0. Where serials follow one another the offset is no part of the shape: the
 * counter is the serial, and goes on from where it is.
 */
extern int32 loyalty_number_series_find(int32 org_id, const NumberShape *shape);

/* The sequence of a series. Its next value, which nobody waits for; its last value, or "none" where it has none. */
extern Oid loyalty_number_sequence(int32 number_series_id);
extern int64 loyalty_number_sequence_next(Oid sequence);
extern int64 loyalty_number_sequence_last(Oid sequence, int64 none);

/* Makes the next value at least that one. Calls that race do it one after the other, none waits for a transaction. */
extern void loyalty_number_sequence_advance(Oid sequence, int64 least);

/* Tells whether a series was warned about at that percentage; and the warning. */
extern bool loyalty_number_series_is_warned(int32 org_id, int32 number_series_id, int32 percent);
extern void loyalty_number_series_warn(const NumberSeries *series, int32 percent, int64 used, int64 capacity,
									   TimestampTz now);

#endif
