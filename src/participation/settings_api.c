/*
 * settings_api.c: set_participation_rules and set_store_sender.
 *
 * Both change reference data, under the org's lock. What is given is the whole of it: terms and stores take the place of those
 * that were there. Nobody's participation is judged anew by it: the next change of each customer does that.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/field_store.h"
#include "message/sender/sender_store.h"
#include "org/call.h"
#include "participation/settings.h"

LOYALTY_FUNCTION(loyalty_set_participation_rules);
LOYALTY_FUNCTION(loyalty_set_store_sender);

/* Raises LY805. The term may be a field's name, which is no secret, but it may be anything else as well. */
pg_noreturn static void
raise_term(const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_TERM_UNKNOWN), errmsg("a term is none that a program can have"),
					errhint("%s", hint)));
}

/* Reads an array of texts, at most so many, none of them empty; returns how many. */
static int
arg_texts(FunctionCallInfo fcinfo, int n, const char *name, int most, const char ***texts)
{
	Datum *given;
	bool *nulls;
	int count;
	int i;

	*texts = NULL;
	if (PG_ARGISNULL(n))
		return 0;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &given, &nulls, &count);
	if (count > most)
		loyalty_raise_not_allowed(name, psprintf("at most %d elements", most));
	*texts = palloc(sizeof(char *) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		const NullableDatum item = { given[i], nulls[i] };

		(void) loyalty_read_text(&item, name, LOYALTY_MAX_NAME, &(*texts)[i], LOYALTY_RAISES);
	}
	return count;
}

/* Finds the fields of a name: a customer may have one of each kind. */
static void
find_fields(int32 org_id, FieldEntity entity, const char *name, ActivationTerm *term)
{
	LoyaltyFieldList fields = { 0 };
	int i;

	loyalty_field_list(org_id, entity, &fields);
	term->field_ids = palloc(sizeof(int32) * Max(fields.n, 1));
	for (i = 0; i < fields.n; i++)
		if (strcmp(fields.items[i].name, name) == 0)
			term->field_ids[term->field_count++] = fields.items[i].field_id;
	if (term->field_count == 0)
		raise_term("Define the field with loyalty.define_field() first.");
}

/* Reads a term; LY805 for one that there is not. One that came before is of no use, and is left out. */
static void
add_term(int32 org_id, const char *given, ActivationRules *rules)
{
	ActivationTerm *term = &rules->terms[rules->term_count];
	const char *field;
	int i;

	*term = (ActivationTerm){ .kind = loyalty_term_read(given, &field) };
	if (term->kind == TERM_NONE)
		raise_term(psprintf("Terms are: %s.", loyalty_term_list()));
	term->term = field ? given : loyalty_term_name(term->kind);
	if (field != NULL)
		find_fields(org_id, term->kind == TERM_CUSTOMER_FIELD ? FIELD_OF_CUSTOMER : FIELD_OF_PARTICIPATION,
					field, term);
	for (i = 0; i < rules->term_count; i++)
		if (strcmp(rules->terms[i].term, term->term) == 0)
			return;
	rules->term_count++;
}

/* Says whether a program asks for participation, and what. */
Datum
loyalty_set_participation_rules(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	ActivationRules rules = { 0 };
	const char *program;
	const char **terms;
	const char **stores;
	int32 *store_ids;
	int count;
	int store_count;
	int i;

	loyalty_call_begin(&call, fcinfo);
	program = loyalty_arg_text(fcinfo, 1, "program", LOYALTY_MAX_CODE);
	rules.is_on = loyalty_arg_bool(fcinfo, 2, "enabled");
	rules.registers = loyalty_arg_bool(fcinfo, 3, "automatic_registration");
	rules.confirms_phone = loyalty_arg_bool(fcinfo, 4, "phone_confirmation");
	count = arg_texts(fcinfo, 5, "terms", LOYALTY_MAX_TERMS, &terms);
	store_count = arg_texts(fcinfo, 6, "stores", LOYALTY_MAX_STORES, &stores);
	loyalty_call_lock_org(&call);
	rules.program_id = loyalty_org_program(call.org, program)->program_id;
	rules.terms = palloc0(sizeof(ActivationTerm) * (count + 1));
	for (i = 0; i < count; i++)
		add_term(call.org->org_id, terms[i], &rules);
	store_ids = palloc(sizeof(int32) * Max(store_count, 1));
	for (i = 0; i < store_count; i++)
		store_ids[i] = loyalty_org_store(call.org, stores[i])->store_id;
	loyalty_activation_store(call.org->org_id, &rules, store_ids, store_count);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Gives a store a sender that is registered for mobiles, in use and verified; LYM14 otherwise. */
Datum
loyalty_set_store_sender(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	SenderRow row = { .channel = "mobile" };
	const LoyaltyStore *store;

	loyalty_call_begin(&call, fcinfo);
	store = loyalty_org_store(call.org, loyalty_arg_text(fcinfo, 1, "store", LOYALTY_MAX_CODE));
	row.sender = loyalty_arg_text_or_null(fcinfo, 2, "sender", LOYALTY_MAX_NAME);
	loyalty_call_lock_org(&call);
	if (row.sender != NULL && (!loyalty_sender_read(call.org->org_id, &row) || !row.is_verified))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_SENDER_UNKNOWN),
						errmsg("the org has no verified sender of that name for mobiles"),
						errhint("The view loyalty.senders lists those of each channel.")));
	loyalty_store_sender_set(call.org->org_id, store->store_id, row.sender_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
