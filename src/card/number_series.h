/* number_series.h: drawing numbers from a series: its key, its counter, the numbers left of it. */
#ifndef LOYALTY_NUMBER_SERIES_H
#define LOYALTY_NUMBER_SERIES_H

#include "card/number_key.h"
#include "card/number_series_store.h"
#include "org/call.h"

/* Series that numbers are drawn from, between open and close. */
typedef struct NumberSource
{
	LoyaltyCall *call;
	NumberSeries series;
	Oid sequence;
	int64 highest; /* value of the counter that was drawn; -1: none */
	unsigned char key[NUMBER_KEY_BYTES];
} NumberSource;

/* Raises the error of an impossible shape, with the arithmetic of its length in DETAIL where that is the reason. */
extern void loyalty_number_check(const NumberShape *shape, int sqlstate);

/* Makes a series of a possible shape, with a secret of its own, and returns its id. */
extern int32 loyalty_number_series_create(LoyaltyCall *call, NumberPurpose purpose, const NumberShape *shape);

/*
 * Opens the series of an id, for previews too; LY012 where the org generates no numbers, LY013 where the key file
 * lacks the key it was made with.
 */
extern void loyalty_numbers_open(NumberSource *source, LoyaltyCall *call, int32 number_series_id);

/* Raises LY304 where fewer numbers are left, before any is drawn. */
extern void loyalty_numbers_require(const NumberSource *source, int64 count);

/* Draws the next number, to a buffer of NUMBER_BYTES; raises LY304 where there is none. */
extern void loyalty_numbers_draw(NumberSource *source, char *number);

/* The number that is so many ahead of the next one, which is 0; false where there is none. Uses nothing up. */
extern bool loyalty_numbers_preview(const NumberSource *source, int64 ahead, char *number);

/* Comes after the last number: wipes the key, and warns where the series is nearly used. */
extern void loyalty_numbers_close(NumberSource *source);

#endif
