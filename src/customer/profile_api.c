/*
 * profile_api.c: update_customer and set_test_control: facts about a customer that are no identifiers.
 *
 * Both lock the customer, ask its status, and write. Identity stays as it is: names and fields find nobody. What is
 * given replaces what was there; a repeat writes the same again.
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/word_rules.h"
#include "customer/fields.h"
#include "customer/member.h"

LOYALTY_FUNCTION(loyalty_update_customer);
LOYALTY_FUNCTION(loyalty_set_test_control);

/*
 * Changes names, base till and fields of a customer. The names are those of the INSTORE profile, which win in the
 * unified view; NULL leaves a name as it is. Required fields are not asked for: a customer from before may lack them.
 */
Datum
loyalty_update_customer(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyProfile profile = { .source_id = SOURCE_INSTORE, .account_id = "" };
	const Jsonb *documents[FIELD_KIND_COUNT];
	LoyaltyFieldValues values = { .missing = NULL };
	const char *base_till;
	int kind;

	loyalty_member_begin(&member, fcinfo, "update_customer");
	profile.first_name = loyalty_arg_text_or_null(fcinfo, 2, "first_name", LOYALTY_MAX_NAME);
	profile.last_name = loyalty_arg_text_or_null(fcinfo, 3, "last_name", LOYALTY_MAX_NAME);
	base_till = loyalty_arg_text_or_null(fcinfo, 4, "base_till", LOYALTY_MAX_CODE);
	for (kind = 0; kind < FIELD_KIND_COUNT; kind++)
		documents[kind] = PG_ARGISNULL(5 + kind) ? NULL : PG_GETARG_JSONB_P(5 + kind);
	loyalty_fields_check(member.call.org, FIELD_OF_CUSTOMER, documents, &values);
	if (base_till != NULL)
		loyalty_customer_base_till(member.call.org->org_id, member.customer.customer_id,
								   loyalty_org_till(member.call.org, base_till)->till_id);
	if (profile.first_name != NULL || profile.last_name != NULL)
		loyalty_profile_replace(member.call.org->org_id, member.customer.customer_id, &profile,
								member.call.now);
	loyalty_fields_write(member.call.org->org_id, member.customer.customer_id, &values, member.call.now);
	loyalty_member_end(&member);
	PG_RETURN_VOID();
}

/*
 * Puts a customer into the test or the control group by hand; NULL gives it back to the org's percentage. The first
 * letter of the word is what the table keeps.
 */
Datum
loyalty_set_test_control(PG_FUNCTION_ARGS)
{
	static const char *const groups[] = { "test", "control" };
	LoyaltyMember member;
	const char *group;
	int place;

	loyalty_member_begin(&member, fcinfo, "set_test_control");
	group = loyalty_arg_text_or_null(fcinfo, 2, "test_control", LOYALTY_MAX_CODE);
	place = group ? loyalty_word_place(group, groups, lengthof(groups)) : 0;
	if (place < 0)
		loyalty_raise_not_allowed("test_control", "test, control");
	loyalty_customer_test_control(member.call.org->org_id, member.customer.customer_id,
								  group ? groups[place][0] : 0);
	loyalty_call_end(&member.call);
	PG_RETURN_VOID();
}
