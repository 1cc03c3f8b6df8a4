/*
 * code_space.h: generated codes: spaces that they come from, and the way between a code and its position. A space serves batches of
 * promo codes, or the coupons of one series or several.
 */
#ifndef LOYALTY_CODE_SPACE_H
#define LOYALTY_CODE_SPACE_H

#include "incentive/promotion/code_space_store.h"
#include "org/call.h"

/* A space that codes are made from or looked for in, between open and close. */
typedef struct CodeSource
{
	CodeSpace space;
	CodeShape shape;
	unsigned char key[NUMBER_KEY_BYTES];
} CodeSource;

/*
 * Takes the org's lock of codes, to the end of the transaction: shapes and codes that are given are compared with each other behind
 * it. It comes behind customers, and in front of rows of promotions and series.
 */
extern void loyalty_codes_lock(LoyaltyCall *call);

/*
 * Returns the space of a shape for a use, under the lock of codes; makes it where there is none. LY909 for an impossible
 * shape, LY907 where the shape overlaps with that of another space or with codes that were given.
 */
extern int32 loyalty_code_space_provide(LoyaltyCall *call, const CodeShape *shape, SpaceUse serves);

/* Raises LY906 where so many codes of a shape could be guessed, with the length that would do. */
extern void loyalty_codes_require_sparse(const LoyaltyOrg *org, const CodeShape *shape, int64 codes);

/* Opens a space by its id, and closes it: wipes the key. LY013. */
extern void loyalty_code_source_open(LoyaltyCall *call, int32 space_id, CodeSource *source);
extern void loyalty_code_source_close(CodeSource *source);

/* Makes the code of a position, to a buffer of CODE_BYTES. Needs no table. */
extern void loyalty_code_of_position(const CodeSource *source, int64 position, char *code);

/*
 * Finds space and position of a code in its normal form; false where it has the shape of no space, or no position. Whether
 * anybody was given it is for the caller to find out.
 */
extern bool loyalty_code_find_position(LoyaltyCall *call, const char *code, CodeSpace *space,
									   int64 *position);

/*
 * Codes that people give (uploaded, named, generic): raises LY907 where some have the shape of a space or are taken by whatever
 * kind of code, or stand twice, with how many do. Codes are in their normal form, and are sorted. Under the lock of codes.
 */
extern void loyalty_codes_require_free(LoyaltyCall *call, const char **codes, int count);

/* Reads a code that is to be made, in its normal form: LY003 for a text that can be none. */
extern const char *loyalty_code_checked(const char *text, const char *name);

#endif
