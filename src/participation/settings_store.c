/*
 * settings_store.c: the statements on what programs ask, and on the senders of stores.
 *
 * Rules are reference data: they are read into the org's cache under a snapshot taken now, and written whole under the org's
 * lock. Fields are never renamed, so a term keeps the ids that its name had when the rules were set.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "common/query.h"
#include "participation/settings.h"

/* Programs that ask, and their terms. */
static LoyaltyQuery rules_of_org =
	LOYALTY_STATEMENT("SELECT a.program_id, a.automatic_registration, a.phone_confirmation"
					  " FROM loyalty_data.program_activation a WHERE a.org_id = $1 AND a.is_on"
					  " ORDER BY a.program_id",
					  INT4OID);
static LoyaltyQuery terms_of_org =
	LOYALTY_STATEMENT("SELECT t.program_id, t.term, t.field_ids FROM loyalty_data.activation_term t"
					  " WHERE t.org_id = $1 ORDER BY t.program_id, t.term_no",
					  INT4OID);

/* Rules of one program, put in the place of others. */
static LoyaltyQuery rules_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.program_activation (org_id, program_id, is_on, automatic_registration,"
	" phone_confirmation) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, program_id) DO UPDATE"
	" SET is_on = EXCLUDED.is_on, automatic_registration = EXCLUDED.automatic_registration,"
	" phone_confirmation = EXCLUDED.phone_confirmation",
	INT4OID, INT4OID, BOOLOID, BOOLOID, BOOLOID);
static LoyaltyQuery terms_clear =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.activation_term WHERE org_id = $1 AND program_id = $2",
					  INT4OID, INT4OID);
static LoyaltyQuery term_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.activation_term (org_id, program_id, term_no, term, field_ids)"
	" VALUES ($1, $2, $3, $4, $5)",
	INT4OID, INT4OID, INT4OID, TEXTOID, INT4ARRAYOID);
static LoyaltyQuery stores_clear =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.activation_store WHERE org_id = $1 AND program_id = $2",
					  INT4OID, INT4OID);
static LoyaltyQuery store_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.activation_store (org_id, program_id, store_id)"
					  " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
					  INT4OID, INT4OID, INT4OID);

/* Senders of stores. */
static LoyaltyQuery sender_clear =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.store_sender WHERE org_id = $1 AND store_id = $2", INT4OID,
					  INT4OID);
static LoyaltyQuery sender_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.store_sender (org_id, store_id, sender_id) VALUES ($1, $2, $3)", INT4OID,
	INT4OID, INT4OID);

/* Stores of a program with their senders: one that is retired or not verified speaks for nobody. */
static LoyaltyQuery senders_of_program = LOYALTY_STATEMENT(
	"SELECT q.store_id, n.sender FROM loyalty_data.activation_store q LEFT JOIN loyalty_data.store_sender s"
	" ON s.org_id = q.org_id AND s.store_id = q.store_id LEFT JOIN loyalty_data.sender n ON n.org_id = s.org_id"
	" AND n.sender_id = s.sender_id AND n.is_active AND n.is_verified WHERE q.org_id = $1 AND q.program_id = $2"
	" ORDER BY q.store_id",
	INT4OID, INT4OID);

/* The store of a customer: that of the base till, else of the till of the registration. */
static LoyaltyQuery store_of_customer = LOYALTY_STATEMENT(
	"SELECT t.store_id FROM loyalty_data.customer c JOIN loyalty_data.till t ON t.org_id = c.org_id"
	" AND t.till_id = COALESCE(c.base_till_id, c.registered_till_id) WHERE c.org_id = $1 AND c.customer_id = $2",
	INT4OID, INT8OID);

/* Searches a short list. */
const ActivationRules *
loyalty_activation_rules(const LoyaltyOrg *org, int32 program_id)
{
	int i;

	for (i = 0; org->participation != NULL && i < org->participation->n; i++)
		if (org->participation->items[i].program_id == program_id)
			return &org->participation->items[i];
	return NULL;
}

/* Reads a row of terms_of_org. */
static ActivationTerm
term_of_row(LoyaltyRows *rows, uint64 row)
{
	ActivationTerm term = { .term = loyalty_row_text(rows, row, 2) };
	const char *field;
	bool isnull;
	Datum ids = loyalty_row_datum(rows, row, 3, &isnull);
	Datum *items;
	int i;

	term.kind = loyalty_term_read(term.term, &field);
	if (isnull)
		return term;
	deconstruct_array(DatumGetArrayTypeP(ids), INT4OID, sizeof(int32), true, TYPALIGN_INT, &items, NULL,
					  &term.field_count);
	term.field_ids = palloc(sizeof(int32) * Max(term.field_count, 1));
	for (i = 0; i < term.field_count; i++)
		term.field_ids[i] = DatumGetInt32(items[i]);
	return term;
}

/* Gives rules their terms, out of those of the whole org. */
static void
read_terms(ActivationRules *rules, LoyaltyRows *terms)
{
	uint64 i;

	rules->terms = palloc0(sizeof(ActivationTerm) * Max(terms->count, 1));
	for (i = 0; i < terms->count; i++)
		if (loyalty_row_int4(terms, i, 1) == rules->program_id)
			rules->terms[rules->term_count++] = term_of_row(terms, i);
}

/* Marks the program as one that asks. */
static void
mark_program(LoyaltyOrg *org, int32 program_id)
{
	int i;

	for (i = 0; i < org->program_count; i++)
		if (org->programs[i].program_id == program_id)
			org->programs[i].asks_participation = true;
}

/* Reads the terms only where a program asks: most orgs have none. */
const LoyaltyParticipationRules *
loyalty_participation_load(LoyaltyOrg *org)
{
	LoyaltyRows *rows = loyalty_query_latest(&rules_of_org, LOYALTY_GIVEN(loyalty_int4(org->org_id)));
	LoyaltyParticipationRules *loaded = NULL;

	if (rows->count > 0)
	{
		LoyaltyRows *terms = loyalty_query_latest(&terms_of_org, LOYALTY_GIVEN(loyalty_int4(org->org_id)));
		int i;

		loaded = palloc(sizeof(LoyaltyParticipationRules));
		loaded->n = (int) rows->count;
		loaded->items = palloc0(sizeof(ActivationRules) * loaded->n);
		for (i = 0; i < loaded->n; i++)
		{
			loaded->items[i] = (ActivationRules){ .program_id = loyalty_row_int4(rows, i, 1),
												  .is_on = true,
												  .registers = loyalty_row_bool(rows, i, 2),
												  .confirms_phone = loyalty_row_bool(rows, i, 3) };
			read_terms(&loaded->items[i], terms);
			mark_program(org, loaded->items[i].program_id);
		}
		loyalty_rows_free(terms);
	}
	loyalty_rows_free(rows);
	return loaded;
}

/* Makes an array of a term's fields; 0 where it is no field. */
static Datum
field_array(const ActivationTerm *term)
{
	Datum *ids = palloc(sizeof(Datum) * Max(term->field_count, 1));
	int i;

	if (term->field_count == 0)
		return (Datum) 0;
	for (i = 0; i < term->field_count; i++)
		ids[i] = Int32GetDatum(term->field_ids[i]);
	return PointerGetDatum(
		construct_array(ids, term->field_count, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* Writes the rules first, then terms and stores in the place of the former ones. */
void
loyalty_activation_store(int32 org_id, const ActivationRules *rules, const int32 *stores, int store_count)
{
	int i;

	LOYALTY_EXECUTE(&rules_store, loyalty_int4(org_id), loyalty_int4(rules->program_id),
					loyalty_bool(rules->is_on), loyalty_bool(rules->registers),
					loyalty_bool(rules->confirms_phone));
	LOYALTY_EXECUTE(&terms_clear, loyalty_int4(org_id), loyalty_int4(rules->program_id));
	for (i = 0; i < rules->term_count; i++)
	{
		Datum fields = field_array(&rules->terms[i]);

		LOYALTY_EXECUTE(&term_insert, loyalty_int4(org_id), loyalty_int4(rules->program_id),
						loyalty_int4(i + 1), loyalty_text(rules->terms[i].term),
						loyalty_datum(fields, fields == (Datum) 0));
	}
	LOYALTY_EXECUTE(&stores_clear, loyalty_int4(org_id), loyalty_int4(rules->program_id));
	for (i = 0; i < store_count; i++)
		LOYALTY_EXECUTE(&store_insert, loyalty_int4(org_id), loyalty_int4(rules->program_id),
						loyalty_int4(stores[i]));
}

/* Replaces the row: a store has one sender for mobiles, or none. */
void
loyalty_store_sender_set(int32 org_id, int32 store_id, int32 sender_id)
{
	LOYALTY_EXECUTE(&sender_clear, loyalty_int4(org_id), loyalty_int4(store_id));
	if (sender_id != 0)
		LOYALTY_EXECUTE(&sender_insert, loyalty_int4(org_id), loyalty_int4(store_id),
						loyalty_int4(sender_id));
}

/* Looks for the customer's store only where the program has several. */
const char *
loyalty_program_sender(int32 org_id, int64 customer_id, int32 program_id)
{
	LoyaltyRows *senders = LOYALTY_QUERY(&senders_of_program, loyalty_int4(org_id), loyalty_int4(program_id));
	LoyaltyRows *own;
	uint64 i;

	if (senders->count == 1)
		return loyalty_row_text_or_null(senders, 0, 2);
	own = LOYALTY_QUERY(&store_of_customer, LOYALTY_CUSTOMER(org_id, customer_id));
	for (i = 0; i < senders->count && own->count > 0; i++)
		if (loyalty_row_int4(senders, i, 1) == loyalty_row_int4(own, 0, 1))
			return loyalty_row_text_or_null(senders, i, 2);
	return NULL;
}
