/*
 * promo_code_api.c: making promo codes: generated, uploaded, named; handing them out, and revoking them.
 *
 * Who makes codes takes the org's lock of codes first, then the promotion's row. Generating writes a row for a batch, and export makes
 * its codes one after the other: whoever reads a hundred of ten million waits for a hundred. Nothing but the position at hand is
 * held meanwhile, and the key is wiped with the query's memory.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "incentive/limit/limit.h"
#include "incentive/promotion/code_space.h"
#include "incentive/promotion/promo_code.h"
#include "incentive/promotion/promotion_terms.h"

/* Codes that one call takes. */
#define MOST_UPLOADED 100000

LOYALTY_FUNCTION(loyalty_generate_codes);
LOYALTY_FUNCTION(loyalty_export_codes);
LOYALTY_FUNCTION(loyalty_upload_codes);
LOYALTY_FUNCTION(loyalty_create_code);
LOYALTY_FUNCTION(loyalty_revoke_code);
LOYALTY_FUNCTION(loyalty_revoke_code_batch);

/* Things that codes which come together have in common. */
typedef struct CodesGiven
{
	TimestampTz expires_at;
	const char *distribution;
	const char *partner;
} CodesGiven;

/* Reads when codes end, on which way they go out, and by whom. */
static CodesGiven
arg_given(FunctionCallInfo fcinfo, int expires_at, int distribution, int partner)
{
	return (CodesGiven){ .expires_at = loyalty_arg_time_or(fcinfo, expires_at, "expires_at", DT_NOEND),
						 .distribution =
							 loyalty_arg_key_or_null(fcinfo, distribution, "distribution", LOYALTY_MAX_CODE),
						 .partner = loyalty_arg_key_or_null(fcinfo, partner, "partner", LOYALTY_MAX_CODE) };
}

/*
 * Locks codes and promotion, and refuses codes to one that has no use for them. The lock of the org is held to the end of the transaction:
 * whoever uploads a million codes in pieces of one transaction holds up others who make codes, and nobody who uses them.
 */
static void
lock_promotion(LoyaltyCall *call, FunctionCallInfo fcinfo, LoyaltyPromotion *promotion)
{
	const char *code = loyalty_arg_text(fcinfo, 1, "promotion", LOYALTY_MAX_CODE);

	loyalty_codes_lock(call);
	loyalty_promotion_lock(call, code, promotion);
	if (promotion->version.key != PROMOTION_BY_CODE)
		loyalty_promotion_impossible("The promotion is automatic: it has no codes.");
	if (promotion->row.stopped_at != DT_NOEND)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_INCENTIVE_REVOKED), errmsg("promotion \"%s\" was stopped", code)));
	if (call->now >= promotion->row.ends_at)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_INCENTIVE_EXPIRED), errmsg("promotion \"%s\" has ended", code),
				 errdetail("It was good before %s.", timestamptz_to_str(promotion->row.ends_at))));
}

/* Reads a prefix, in capitals as codes are. */
static const char *
arg_prefix(FunctionCallInfo fcinfo, int n)
{
	const char *given = loyalty_arg_text_or_null(fcinfo, n, "prefix", LOYALTY_MAX_CODE);
	char *prefix = pstrdup(given == NULL ? "" : given);
	char *at;

	for (at = prefix; *at != '\0'; at++)
		*at = pg_ascii_toupper((unsigned char) *at);
	return prefix;
}

/* Reads how many codes are wanted. */
static int64
arg_quantity(FunctionCallInfo fcinfo)
{
	int64 quantity = loyalty_arg_int8(fcinfo, 2, "quantity");

	if (quantity < 1 || quantity > CODE_MOST_CODES)
		loyalty_promotion_impossible(psprintf("\"quantity\" is " INT64_FORMAT "; it may be 1 to " INT64_FORMAT
											  ".",
											  quantity, CODE_MOST_CODES));
	return quantity;
}

/*
 * Gives a batch the next positions of its space; together with those before it they must be sparse. What is judged is judged
 * before the space is made, so that a refused call writes nothing.
 */
static void
take_positions(LoyaltyCall *call, const CodeShape *shape, int64 quantity, CodeBatch *batch)
{
	CodeSpace space;
	int64 first = 0;

	if (loyalty_code_space_find(call->org->org_id, shape->prefix, shape->length, &space))
		first = space.next_position;
	if (quantity > CODE_MOST_CODES - first)
		loyalty_promotion_impossible(psprintf("The space has " INT64_FORMAT " codes already.", first));
	loyalty_codes_require_sparse(call->org, shape, first + quantity);
	batch->space_id = loyalty_code_space_provide(call, shape, SPACE_OF_BATCHES);
	batch->first_position = first;
	batch->last_position = first + quantity - 1;
	loyalty_code_space_advance(call->org->org_id, batch->space_id, first + quantity);
}

/* Generates codes: a row, however many. */
Datum
loyalty_generate_codes(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyPromotion promotion;
	CodeShape shape;
	CodesGiven given;
	CodeBatch batch = { 0 };
	int64 quantity;
	Datum values[2];
	bool nulls[2] = { false };

	loyalty_call_begin(&call, fcinfo);
	quantity = arg_quantity(fcinfo);
	shape.prefix = arg_prefix(fcinfo, 3);
	shape.length = loyalty_arg_int4(fcinfo, 4, "length");
	given = arg_given(fcinfo, 5, 7, 8);
	shape.has_check = loyalty_arg_bool(fcinfo, 6, "check_symbol");
	lock_promotion(&call, fcinfo, &promotion);
	take_positions(&call, &shape, quantity, &batch);
	batch.org_id = call.org->org_id;
	batch.created_at = call.now;
	batch.expires_at = given.expires_at;
	batch.revoked_at = DT_NOEND;
	batch.promotion_id = promotion.row.promotion_id;
	batch.batch_no = loyalty_code_batch_next(call.org->org_id, promotion.row.promotion_id);
	batch.distribution = given.distribution;
	batch.partner = given.partner;
	loyalty_code_batch_insert(&batch);
	values[0] = Int32GetDatum(batch.batch_no);
	values[1] = Int64GetDatum(quantity);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Finds a batch of a promotion. */
static void
get_batch(LoyaltyCall *call, FunctionCallInfo fcinfo, CodeBatch *batch)
{
	LoyaltyPromotion promotion;
	int32 batch_no = loyalty_arg_int4(fcinfo, 2, "batch_no");

	loyalty_promotion_get(call, loyalty_arg_text(fcinfo, 1, "promotion", LOYALTY_MAX_CODE), &promotion);
	if (!loyalty_code_batch_read(call->org->org_id, promotion.row.promotion_id, batch_no, batch))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_UNKNOWN),
						errmsg("promotion \"%s\" has no batch %d", promotion.row.promotion, batch_no)));
}

/* An export on its way: what is needed from one code to the next. */
typedef struct CodeExport
{
	CodeSource source;
	int64 next;
	int64 last;
	MemoryContextCallback at_end;
} CodeExport;

/* Wipes the key, however the query ends. */
static void
end_export(void *export)
{
	loyalty_code_source_close(&((CodeExport *) export)->source);
}

/*
 * Opens an export in memory that lives as long as the query. Nothing is read from tables afterwards: access is judged here, once, as for
 * any other query that is under way when somebody's access ends.
 */
static CodeExport *
begin_export(FunctionCallInfo fcinfo, MemoryContext context)
{
	CodeExport *export = MemoryContextAllocZero(context, sizeof(CodeExport));
	CodeBatch batch;
	LoyaltyCall call;

	export->at_end.func = end_export;
	export->at_end.arg = export;
	MemoryContextRegisterResetCallback(context, &export->at_end);
	loyalty_call_begin(&call, fcinfo);
	get_batch(&call, fcinfo, &batch);
	loyalty_code_source_open(&call, batch.space_id, &export->source);
	export->source.space.prefix = export->source.shape.prefix =
		MemoryContextStrdup(context, export->source.shape.prefix);
	export->source.space.seed = NULL;
	export->next = batch.first_position;
	export->last = batch.last_position;
	loyalty_call_end(&call);
	return export;
}

/*
 * Returns the codes of a batch, one for each call: no set is kept anywhere. The order is that of positions, so that an export that broke off
 * goes on where it was by OFFSET.
 */
Datum
loyalty_export_codes(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	CodeExport *export;
	char code[CODE_BYTES];

	if (SRF_IS_FIRSTCALL())
	{
		context = SRF_FIRSTCALL_INIT();
		context->user_fctx = begin_export(fcinfo, context->multi_call_memory_ctx);
	}
	context = SRF_PERCALL_SETUP();
	export = context->user_fctx;
	if (export->next > export->last)
		SRF_RETURN_DONE(context);
	loyalty_code_of_position(&export->source, export->next++, code);
	SRF_RETURN_NEXT(context, PointerGetDatum(cstring_to_text(code)));
}

/* Makes the row of a code that somebody gives. */
static PromoCode
given_code(LoyaltyCall *call, const LoyaltyPromotion *promotion, const CodesGiven *given, CodeOrigin origin,
		   const char *code, const char *display_code)
{
	return (PromoCode){ .org_id = call->org->org_id,
						.promotion_id = promotion->row.promotion_id,
						.created_at = call->now,
						.expires_at = given->expires_at,
						.revoked_at = DT_NOEND,
						.origin = origin,
						.code = code,
						.display_code = display_code,
						.distribution = given->distribution,
						.partner = given->partner };
}

/* Leaves the last word to the table: whoever writes by other ways has no lock. */
static void
insert_code(const PromoCode *code)
{
	if (!loyalty_promo_code_insert(code))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_CODE_TAKEN), errmsg("the code is taken")));
}

/* A code as it was given, and its normal form. */
typedef struct GivenCode
{
	const char *code;
	const char *display_code;
} GivenCode;

/* Orders codes, byte by byte. */
static int
compare_codes(const void *left, const void *right)
{
	return strcmp(((const GivenCode *) left)->code, ((const GivenCode *) right)->code);
}

/* Reads a list of codes, sorted by their normal forms. */
static int
arg_codes(FunctionCallInfo fcinfo, int n, GivenCode **codes)
{
	Datum *items;
	bool *nulls;
	int count;
	int i;

	if (PG_ARGISNULL(n))
		loyalty_raise_missing("codes");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls, &count);
	if (count < 1 || count > MOST_UPLOADED)
		loyalty_raise_not_allowed("codes", psprintf("1 to %d codes", MOST_UPLOADED));
	*codes = palloc(sizeof(GivenCode) * count);
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			loyalty_raise_missing("codes");
		(*codes)[i].display_code = loyalty_checked_text(items[i], "codes", LOYALTY_MAX_CODE);
		(*codes)[i].code = loyalty_code_checked((*codes)[i].display_code, "codes");
	}
	qsort(*codes, count, sizeof(GivenCode), compare_codes);
	return count;
}

/* Takes all codes or none: the message says how many are in the way, and not which. */
Datum
loyalty_upload_codes(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyPromotion promotion;
	CodesGiven given;
	GivenCode *codes;
	const char **keys;
	int count;
	int i;

	loyalty_call_begin(&call, fcinfo);
	count = arg_codes(fcinfo, 2, &codes);
	given = arg_given(fcinfo, 3, 4, 5);
	lock_promotion(&call, fcinfo, &promotion);
	keys = palloc(sizeof(const char *) * count);
	for (i = 0; i < count; i++)
		keys[i] = codes[i].code;
	loyalty_codes_require_free(&call, keys, count);
	for (i = 0; i < count; i++)
	{
		PromoCode row =
			given_code(&call, &promotion, &given, CODE_UPLOADED, codes[i].code, codes[i].display_code);

		CHECK_FOR_INTERRUPTS();
		insert_code(&row);
	}
	loyalty_call_end(&call);
	PG_RETURN_INT32(count);
}

/* Reads how often a named code may be used: it is public, so something must end it. */
static int64
arg_redemptions(FunctionCallInfo fcinfo, int n, const LoyaltyPromotion *promotion)
{
	int64 redemptions = PG_ARGISNULL(n) ? promotion->version.in_total : PG_GETARG_INT64(n);

	if (PG_ARGISNULL(n) && redemptions == 0)
		loyalty_promotion_impossible(
			"A named code is public: it needs \"redemptions\", or a promotion with a limit in total.");
	if (redemptions < 1 || redemptions > CODE_MOST_CODES)
		loyalty_promotion_impossible(psprintf("\"redemptions\" is " INT64_FORMAT
											  "; it may be 1 to " INT64_FORMAT ".",
											  redemptions, CODE_MOST_CODES));
	return redemptions;
}

/* Makes a code that people choose. One for many uses has slots from the start. */
Datum
loyalty_create_code(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyPromotion promotion;
	CodesGiven given;
	PromoCode row;
	const char *display_code;
	const char *code;

	loyalty_call_begin(&call, fcinfo);
	display_code = loyalty_arg_key(fcinfo, 2, "code");
	code = loyalty_code_checked(display_code, "code");
	given = arg_given(fcinfo, 4, 5, 6);
	lock_promotion(&call, fcinfo, &promotion);
	row = given_code(&call, &promotion, &given, CODE_NAMED, code, display_code);
	row.redemptions = arg_redemptions(fcinfo, 3, &promotion);
	loyalty_codes_require_free(&call, &code, 1);
	if (row.redemptions >= CODE_USES_WITH_SLOTS)
		row.limit_id =
			loyalty_limit_create(row.org_id, row.promotion_id, LIMIT_CODE, code, row.redemptions, -1);
	insert_code(&row);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Takes a code back. One that was taken back stays as it was. */
Datum
loyalty_revoke_code(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyPromotion promotion;
	PromoCode code;

	loyalty_call_begin(&call, fcinfo);
	(void) loyalty_promo_code_get(&call, loyalty_arg_text(fcinfo, 1, "code", LOYALTY_MAX_CODE), &code,
								  LOYALTY_RAISES);
	loyalty_promotion_read(&call, code.promotion_id, &promotion);
	loyalty_promo_code_lock(&call, &promotion, &code);
	if (code.revoked_at == DT_NOEND)
	{
		code.revoked_at = call.now;
		loyalty_promo_code_update(&code);
	}
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Takes a batch back: one row, however many codes. */
Datum
loyalty_revoke_code_batch(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CodeBatch batch;

	loyalty_call_begin(&call, fcinfo);
	get_batch(&call, fcinfo, &batch);
	loyalty_code_batch_revoke(call.org->org_id, batch.promotion_id, batch.batch_no, call.now);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
