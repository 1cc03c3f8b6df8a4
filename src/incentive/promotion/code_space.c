/*
 * code_space.c: spaces of codes.
 *
 * The codes of an org are told from each other by their shapes: no space makes what another one makes, or what somebody gave. So a
 * code that is presented comes from one place alone, and nothing that is generated has to be looked for. Shapes and given codes are
 * compared when they come, under a lock of the org that all of them take as a whole: they are few, and made by hand or by files. Codes
 * that are drawn from a space take no lock.
 *
 * A code that is presented is tried as the code of each prefix that it may have, in as many look-ups as it has characters, whether
 * there is such a space or not; then the permutation goes back, whether the position was given out or not. A wrong check
 * symbol takes the same way.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "incentive/promotion/code_space.h"
#include "incentive/promotion/code_taken_store.h"
#include "incentive/promotion/promotion_terms.h"
#include "org/org_lock.h"

/* Waits for whoever makes codes in the org. */
void
loyalty_codes_lock(LoyaltyCall *call)
{
	loyalty_org_lock_out(call->org->org_id, ORG_LOCK_CODES);
}

/* Raises LY909 for an impossible shape. */
static void
check_shape(const CodeShape *shape)
{
	switch (loyalty_code_shape_problem(shape))
	{
		case CODE_SHAPE_OK:
			return;
		case CODE_SHAPE_PREFIX:
			loyalty_promotion_impossible("A prefix is of letters and digits of ASCII, - and _.");
		case CODE_SHAPE_LENGTH:
			loyalty_promotion_impossible(
				psprintf("Codes have %d to %d characters: the prefix has %d, and \"length\" is %d.",
						 CODE_MIN_LENGTH, CODE_MAX_LENGTH, (int) strlen(shape->prefix), shape->length));
	}
}

/* Raises LY907: the shape is no secret, for it stands on every code. */
pg_noreturn static void
raise_overlap(const CodeShape *shape, const char *with)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_INCENTIVE_CODE_TAKEN), errmsg("codes of that shape are taken"),
			 errdetail("Prefix \"%s\" with %d symbols could be %s.", shape->prefix, shape->length, with),
			 errhint(
				 "Choose another prefix or length; a - or _ at the end of a prefix keeps shapes apart.")));
}

/* Makes a space with a secret of its own. */
static int32
make_space(LoyaltyCall *call, const CodeShape *shape, SpaceUse serves)
{
	CodeSpace space = { .org_id = call->org->org_id,
						.space_id = loyalty_next_reference_id(),
						.length = shape->length,
						.key_id = loyalty_key_in_use(),
						.serves = serves,
						.has_check = shape->has_check,
						.seed = palloc(VARHDRSZ + NUMBER_SEED_BYTES),
						.prefix = shape->prefix };

	SET_VARSIZE(space.seed, VARHDRSZ + NUMBER_SEED_BYTES);
	randombytes_buf(VARDATA(space.seed), NUMBER_SEED_BYTES);
	loyalty_code_space_insert(&space);
	sodium_memzero(VARDATA(space.seed), NUMBER_SEED_BYTES);
	return space.space_id;
}

/*
 * Compares a new shape with all others, then with codes that were given. One that is there is taken as it is: batches of several
 * promotions may share a space, since positions say whose a code is.
 */
int32
loyalty_code_space_provide(LoyaltyCall *call, const CodeShape *shape, SpaceUse serves)
{
	CodeSpace space;
	CodeShape *others;
	int count;
	int i;

	check_shape(shape);
	if (loyalty_code_space_find(call->org->org_id, shape->prefix, shape->length, &space))
	{
		if (space.serves != serves || space.has_check != shape->has_check)
			raise_overlap(shape, "codes of another use, or with another check symbol");
		return space.space_id;
	}
	count = loyalty_code_shapes(call->org->org_id, &others);
	for (i = 0; i < count; i++)
		if (loyalty_code_shapes_overlap(shape, &others[i]))
			raise_overlap(shape,
						  psprintf("prefix \"%s\" with %d symbols", others[i].prefix, others[i].length));
	if (loyalty_code_shape_is_taken(call->org->org_id, shape))
		raise_overlap(shape, "a code that was uploaded or named");
	return make_space(call, shape, serves);
}

/* Finds the length that would do, by the same rule. */
void
loyalty_codes_require_sparse(const LoyaltyOrg *org, const CodeShape *shape, int64 codes)
{
	int64 sparsity = org->config_number[CONFIG_CODE_SPARSITY];
	int length;

	check_shape(shape);
	if (loyalty_code_is_sparse(shape, codes, sparsity))
		return;
	length = loyalty_code_length_for(shape, codes, sparsity);
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODES_GUESSABLE), errmsg("the codes could be guessed"),
					errdetail("A guess at " INT64_FORMAT
							  " codes of %d symbols would hit more than once in " INT64_FORMAT " times.",
							  codes, loyalty_code_width(shape), sparsity),
					length > CODE_MAX_LENGTH ? errhint("Choose a shorter prefix, or fewer codes.")
											 : errhint("A \"length\" of %d would do.", length)));
}

/* Derives the key. */
static void
open_space(CodeSource *source)
{
	source->shape = (CodeShape){ .prefix = source->space.prefix,
								 .length = source->space.length,
								 .has_check = source->space.has_check };
	if (loyalty_code_shape_problem(&source->shape) != CODE_SHAPE_OK)
		elog(ERROR, "space of codes %d is damaged", source->space.space_id);
	loyalty_number_key(source->space.key_id, "codes of a space",
					   (const unsigned char *) VARDATA_ANY(source->space.seed), source->key);
}

/* Spaces are never deleted. */
void
loyalty_code_source_open(LoyaltyCall *call, int32 space_id, CodeSource *source)
{
	if (!loyalty_code_space_read(call->org->org_id, space_id, &source->space))
		elog(ERROR, "space of codes %d is not there", space_id);
	open_space(source);
}

/* Wipes the key. */
void
loyalty_code_source_close(CodeSource *source)
{
	sodium_memzero(source->key, NUMBER_KEY_BYTES);
}

/* Permutes. */
void
loyalty_code_of_position(const CodeSource *source, int64 position, char *code)
{
	loyalty_code_make(&source->shape, (uint64) position, loyalty_number_round, source->key, code);
}

/* Finds the space that has the shape of a code: no two have. */
static bool
find_space(LoyaltyCall *call, const char *code, CodeSource *source)
{
	int length = (int) strlen(code);
	int prefix;

	for (prefix = 0; prefix < length; prefix++)
		if (loyalty_code_space_find(call->org->org_id, pnstrdup(code, prefix), length - prefix,
									&source->space))
		{
			open_space(source);
			if (loyalty_code_has_shape(&source->shape, code))
				return true;
			loyalty_code_source_close(source);
		}
	return false;
}

/* Goes back through the permutation. */
bool
loyalty_code_find_position(LoyaltyCall *call, const char *code, CodeSpace *space, int64 *position)
{
	CodeSource source;
	uint64 found;
	bool is_code;

	if (!find_space(call, code, &source))
		return false;
	is_code = loyalty_code_place(&source.shape, code, loyalty_number_round, source.key, &found);
	loyalty_code_source_close(&source);
	*space = source.space;
	*position = (int64) found;
	return is_code;
}

/* Orders codes, byte by byte. */
static int
compare_codes(const void *left, const void *right)
{
	return strcmp(*(const char *const *) left, *(const char *const *) right);
}

/* Tells whether any space could make a code. */
static bool
has_shape_of_any(const CodeShape *shapes, int count, const char *code)
{
	int i;

	for (i = 0; i < count; i++)
		if (loyalty_code_has_shape(&shapes[i], code))
			return true;
	return false;
}

/* Goes through the codes in their order, so that those that stand twice are neighbours. No message says which. */
void
loyalty_codes_require_free(LoyaltyCall *call, const char **codes, int count)
{
	CodeShape *shapes;
	int shape_count = loyalty_code_shapes(call->org->org_id, &shapes);
	int taken = 0;
	int i;

	qsort(codes, count, sizeof(const char *), compare_codes);
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if ((i > 0 && strcmp(codes[i - 1], codes[i]) == 0) ||
			has_shape_of_any(shapes, shape_count, codes[i]) ||
			loyalty_code_is_taken(call->org->org_id, codes[i]))
			taken++;
	}
	if (taken > 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_CODE_TAKEN),
						errmsg("codes are taken, given twice, or of the shape of generated ones"),
						errdetail("Given are %d, such are %d.", count, taken)));
}

/* Cuts blanks and capitalizes. */
const char *
loyalty_code_checked(const char *text, const char *name)
{
	char *code = palloc(CODE_BYTES);

	if (!loyalty_code_normal(text, code))
		loyalty_raise_not_allowed(name, "4 to 50 letters and digits of ASCII, - and _");
	return code;
}
