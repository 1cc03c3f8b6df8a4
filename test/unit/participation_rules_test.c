/*
 * participation_rules_test.c: when a participation becomes active: every order in which data can arrive, with and without the
 * confirmation of the mobile; what is a term; what merges make of two.
 */
#include <stdio.h>
#include <string.h>

#include "participation/participation_rules.h"
#include "tap.h"

#define TERMS 3
#define MOBILE "+6591234567"

static const Participation statuses[] = { PARTICIPATION_UNASKED, PARTICIPATION_NONE,
										  PARTICIPATION_NOT_CONFIRMED, PARTICIPATION_ACTIVE,
										  PARTICIPATION_DEACTIVATED };

#define STATUSES ((int) (sizeof(statuses) / sizeof(statuses[0])))

/* The worked example: three terms, the confirmation as a fourth arrival, 24 orders of these: active exactly at the last. */
static bool
is_active_at_last(const int order[TERMS + 1], bool confirms)
{
	bool filled[TERMS] = { false };
	ActivationFacts facts = { .term_count = TERMS,
							  .filled = filled,
							  .confirms_phone = confirms,
							  .current = MOBILE,
							  .status = PARTICIPATION_NOT_CONFIRMED };
	int arrived = 0;
	int i;

	for (i = 0; i <= TERMS; i++)
	{
		bool complete;

		if (order[i] == TERMS)
			facts.confirmed = MOBILE;
		else
			filled[order[i]] = true;
		arrived += order[i] < TERMS;
		complete = arrived == TERMS && (!confirms || facts.confirmed != NULL);
		if ((loyalty_activation(&facts) == PARTICIPATION_ACTIVE) != complete)
			return false;
	}
	return loyalty_activation(&facts) == PARTICIPATION_ACTIVE;
}

/* Goes over all orders of four arrivals. */
static void
test_orders(void)
{
	bool fine[2] = { true, true };
	int orders = 0;
	int n;

	for (n = 0; n < 256; n++)
	{
		int order[TERMS + 1] = { n & 3, (n >> 2) & 3, (n >> 4) & 3, (n >> 6) & 3 };

		if (((1 << order[0]) | (1 << order[1]) | (1 << order[2]) | (1 << order[3])) != 15)
			continue;
		orders++;
		fine[0] &= is_active_at_last(order, false);
		fine[1] &= is_active_at_last(order, true);
	}
	ok(orders == 24 && fine[0],
	   "without confirmation it is active exactly when the last datum arrives, in 24 orders");
	ok(fine[1], "so it is with confirmation");
}

/* All that can be known, for every status: 8 terms filled or not, two mobiles or none on either side. */
static void
test_exhaustive(void)
{
	static const char *const mobiles[] = { NULL, MOBILE, "+6590000001" };
	bool fine = true;
	int n;

	for (n = 0; n < 8 * 3 * 3 * 2 * STATUSES; n++)
	{
		bool filled[TERMS] = { n & 1, n & 2, n & 4 };
		ActivationFacts facts = { .term_count = TERMS,
								  .filled = filled,
								  .confirms_phone = (n / 72) & 1,
								  .confirmed = mobiles[n / 8 % 3],
								  .current = mobiles[n / 24 % 3],
								  .status = statuses[n / 144] };
		bool phone = !facts.confirms_phone || (n / 8 % 3 > 0 && n / 8 % 3 == n / 24 % 3);
		Participation wanted = facts.status == PARTICIPATION_NOT_CONFIRMED && (n & 7) == 7 && phone
								   ? PARTICIPATION_ACTIVE
								   : facts.status;

		fine &= loyalty_activation(&facts) == wanted && loyalty_activation_lacks_phone(&facts) == !phone;
	}
	ok(fine, "all facts give the status that a list of conditions gives, and only not_confirmed moves");
	ok(loyalty_activation(&(ActivationFacts){ .status = PARTICIPATION_NOT_CONFIRMED }) ==
		   PARTICIPATION_ACTIVE,
	   "without terms it is active at once");
}

/* Terms, by their words and by fields. */
static void
test_terms(void)
{
	const char *field;

	ok(loyalty_term_read("First Name", &field) == TERM_FIRST_NAME && field == NULL,
	   "words come in any spelling");
	ok(loyalty_term_read("card", &field) == TERM_CARD, "a card is a term");
	ok(loyalty_term_read("customer.shoe.size", &field) == TERM_CUSTOMER_FIELD &&
		   strcmp(field, "shoe.size") == 0,
	   "the name of a customer's field is what stands behind the first point");
	ok(loyalty_term_read("participation.x", &field) == TERM_PARTICIPATION_FIELD && strcmp(field, "x") == 0,
	   "so is that of a participation's");
	ok(loyalty_term_read("customer.", &field) == TERM_NONE && loyalty_term_read("", &field) == TERM_NONE &&
		   loyalty_term_read("customer", &field) == TERM_NONE &&
		   loyalty_term_read("age", &field) == TERM_NONE,
	   "anything else is none");
	ok(strcmp(loyalty_term_name(TERM_EXTERNAL_ID), "external_id") == 0 &&
		   loyalty_term_name(TERM_CUSTOMER_FIELD) == NULL,
	   "data have names, fields have theirs");
	ok(strstr(loyalty_term_list(), "participation.<field>") != NULL, "the list names both kinds");
}

/* What a merge makes of every pair. */
static void
test_merges(void)
{
	bool fine = true;
	int n;

	for (n = 0; n < STATUSES * STATUSES; n++)
	{
		Participation survivor = statuses[n % STATUSES];
		Participation victim = statuses[n / STATUSES];
		Participation after = loyalty_participation_merged(survivor, victim);

		if (survivor == PARTICIPATION_DEACTIVATED)
			fine &= after == PARTICIPATION_DEACTIVATED;
		else
		{
			fine &= loyalty_participation_spends(after) ==
					(loyalty_participation_spends(survivor) || loyalty_participation_spends(victim));
			fine &= after != PARTICIPATION_DEACTIVATED;
		}
		fine &= !loyalty_participation_accrues(survivor) || loyalty_participation_accrues(after);
	}
	ok(fine, "a deactivated survivor stays so, else it is active where either is, and loses nothing");
	ok(loyalty_participation_merged(PARTICIPATION_NONE, PARTICIPATION_NOT_CONFIRMED) ==
			   PARTICIPATION_NOT_CONFIRMED &&
		   loyalty_participation_merged(PARTICIPATION_NOT_CONFIRMED, PARTICIPATION_NONE) ==
			   PARTICIPATION_NOT_CONFIRMED,
	   "it takes part where either does");
	ok(loyalty_participation_merged(PARTICIPATION_NONE, PARTICIPATION_DEACTIVATED) == PARTICIPATION_NONE,
	   "a deactivated victim makes no participant");
}

int
main(void)
{
	plan(14);
	test_orders();
	test_exhaustive();
	test_terms();
	test_merges();
	return tap_exit();
}
