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
#include "customer/customer_update.h"

LOYALTY_FUNCTION(loyalty_update_customer);
LOYALTY_FUNCTION(loyalty_set_test_control);

/* Changes names, base till and fields of a customer; NULL leaves each as it is. */
Datum
loyalty_update_customer(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyCustomerUpdate update = { .first_name = NULL };
	int kind;

	loyalty_member_begin(&member, fcinfo, "update_customer");
	update.first_name = loyalty_arg_text_or_null(fcinfo, 2, "first_name", LOYALTY_MAX_NAME);
	update.last_name = loyalty_arg_text_or_null(fcinfo, 3, "last_name", LOYALTY_MAX_NAME);
	update.base_till = loyalty_arg_text_or_null(fcinfo, 4, "base_till", LOYALTY_MAX_CODE);
	for (kind = 0; kind < FIELD_KIND_COUNT; kind++)
		update.documents[kind] = PG_ARGISNULL(5 + kind) ? NULL : PG_GETARG_JSONB_P(5 + kind);
	loyalty_customer_update(&member, &update);
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
