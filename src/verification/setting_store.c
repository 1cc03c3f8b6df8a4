/*
 * setting_store.c: the statements on rules and texts of one-time codes. Rules are read by every call that sends, judges or may ask
 * for a proof: they are cached with the org, and an org without any costs a comparison.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "common/query.h"
#include "verification/setting_store.h"

/* Columns in the order of the arguments of set_verification_rules, but for the characters. */
#define SETTING_COLUMNS \
	"purpose, resend_seconds, life_seconds, attempts, block_seconds, code_length, codes_per_day, failures_max," \
	" proof_seconds, is_letters, is_required, binds_amount"

static LoyaltyQuery settings_of_org =
	LOYALTY_STATEMENT("SELECT " SETTING_COLUMNS " FROM loyalty_data.verification_setting WHERE org_id = $1",
					  INT4OID);

/* Replaces all columns: a setting is written as a whole. */
static LoyaltyQuery setting_write = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.verification_setting (org_id, " SETTING_COLUMNS ")"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (org_id, purpose) DO UPDATE SET"
	" resend_seconds = $3, life_seconds = $4, attempts = $5, block_seconds = $6, code_length = $7, codes_per_day = $8,"
	" failures_max = $9, proof_seconds = $10, is_letters = $11, is_required = $12, binds_amount = $13",
	INT4OID, TEXTOID, INT4OID, INT4OID, INT4OID, INT4OID, INT4OID, INT4OID, INT4OID, INT4OID, BOOLOID,
	BOOLOID, BOOLOID);

/* A text of one purpose, channel and language takes the place of the one before. */
static LoyaltyQuery template_write = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.verification_template (org_id, purpose, channel, language, subject, body)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, purpose, channel, language) DO UPDATE SET"
	" subject = EXCLUDED.subject, body = EXCLUDED.body",
	INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID);

/* The empty language is last: it is for those whose own has no text. */
static LoyaltyQuery template_read = LOYALTY_STATEMENT(
	"SELECT t.language, t.subject, t.body FROM loyalty_data.verification_template t WHERE t.org_id = $1"
	" AND t.purpose = $2 AND t.channel = $3 AND t.language = ANY (ARRAY[$4, $5, $6, $7, ''])"
	" ORDER BY array_position(ARRAY[$4, $5, $6, $7, ''], t.language) LIMIT 1",
	INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID);

/* Reads a row; columns are those of the list above. */
static void
read_setting(LoyaltyRows *rows, uint64 row, CodeRules *rules)
{
	*rules = (CodeRules){ .resend_seconds = loyalty_row_int4(rows, row, 2),
						  .life_seconds = loyalty_row_int4(rows, row, 3),
						  .attempts = loyalty_row_int4(rows, row, 4),
						  .block_seconds = loyalty_row_int4(rows, row, 5),
						  .code_length = loyalty_row_int4(rows, row, 6),
						  .codes_per_day = loyalty_row_int4(rows, row, 7),
						  .failures_max = loyalty_row_int4(rows, row, 8),
						  .proof_seconds = loyalty_row_int4(rows, row, 9),
						  .letters = loyalty_row_bool(rows, row, 10),
						  .required = loyalty_row_bool(rows, row, 11),
						  .binds_amount = loyalty_row_bool(rows, row, 12) };
}

/* Leaves purposes out that this version does not know: a later one may have written them. */
const LoyaltyVerificationRules *
loyalty_verification_load(int32 org_id)
{
	LoyaltyRows *rows = loyalty_query_latest(&settings_of_org, LOYALTY_GIVEN(loyalty_int4(org_id)));
	LoyaltyVerificationRules *loaded = NULL;
	uint64 row;
	int i;

	if (rows->count > 0)
		loaded = palloc(sizeof(LoyaltyVerificationRules));
	for (i = 0; loaded != NULL && i < CODE_PURPOSE_COUNT; i++)
		loaded->rules[i] = loyalty_code_rules_default();
	for (row = 0; row < rows->count; row++)
	{
		char *word = loyalty_row_text(rows, row, 1);
		CodePurpose purpose = loyalty_code_purpose_named(word);

		pfree(word);
		if (purpose != CODE_PURPOSE_COUNT)
			read_setting(rows, row, &loaded->rules[purpose]);
	}
	loyalty_rows_free(rows);
	return loaded;
}

/* Takes them from the cache. */
CodeRules
loyalty_verification_rules(const LoyaltyOrg *org, CodePurpose purpose)
{
	return org->verification_rules == NULL ? loyalty_code_rules_default()
										   : org->verification_rules->rules[purpose];
}

/* Writes all columns. */
void
loyalty_verification_store(int32 org_id, CodePurpose purpose, const CodeRules *rules)
{
	LOYALTY_EXECUTE(&setting_write, loyalty_int4(org_id), loyalty_text(loyalty_code_purpose_word(purpose)),
					loyalty_int4(rules->resend_seconds), loyalty_int4(rules->life_seconds),
					loyalty_int4(rules->attempts), loyalty_int4(rules->block_seconds),
					loyalty_int4(rules->code_length), loyalty_int4(rules->codes_per_day),
					loyalty_int4(rules->failures_max), loyalty_int4(rules->proof_seconds),
					loyalty_bool(rules->letters), loyalty_bool(rules->required),
					loyalty_bool(rules->binds_amount));
}

/* Writes all columns. */
void
loyalty_code_template_store(int32 org_id, CodePurpose purpose, const CodeTemplate *text)
{
	LOYALTY_EXECUTE(&template_write, loyalty_int4(org_id), loyalty_text(loyalty_code_purpose_word(purpose)),
					loyalty_text(text->channel), loyalty_text(text->language), loyalty_text(text->subject),
					loyalty_text(text->body));
}

/* Asks for all languages at once. */
bool
loyalty_code_template_find(int32 org_id, CodePurpose purpose, const CodeLanguages *languages,
						   CodeTemplate *found)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&template_read, loyalty_int4(org_id), loyalty_text(loyalty_code_purpose_word(purpose)),
					  loyalty_text(found->channel), loyalty_text(languages->items[0]),
					  loyalty_text(languages->items[1]), loyalty_text(languages->items[2]),
					  loyalty_text(languages->items[3]));

	if (rows->count == 0)
		return false;
	found->language = loyalty_row_text(rows, 0, 1);
	found->subject = loyalty_row_text_or_null(rows, 0, 2);
	found->body = loyalty_row_text(rows, 0, 3);
	return true;
}
