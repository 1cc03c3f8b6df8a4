/*
 * event_rules_test.c: names of events, and the way of a head: all sequences of seven steps against a model that keeps a list
 * of events.
 */
#include <stdio.h>
#include <string.h>

#include "event/event_rules.h"
#include "tap.h"

#define STEPS 7
#define SECOND INT64_C(1000000)
#define LEASE (60 * SECOND)
#define MOST 2

/* A list of events with what became of each. */
typedef struct Model
{
	char states[STEPS + 1];
	int attempts[STEPS + 1];
	int count;
} Model;

/* Returns the first one that waits; 0: none. */
static int
first_waiting(const Model *model)
{
	int i;

	for (i = 1; i <= model->count; i++)
		if (model->states[i] == EVENT_WAITS)
			return i;
	return 0;
}

/* Counts those that are dead. */
static int
dead_ones(const Model *model)
{
	int dead = 0;
	int i;

	for (i = 1; i <= model->count; i++)
		dead += model->states[i] == EVENT_DEAD;
	return dead;
}

/* Makes a step of both: 0 adds, 1 takes, 2 to 4 end the lease with an outcome. False where they differ. */
static bool
step(EventHead *head, Model *model, int what, bool *leased)
{
	int at = first_waiting(model);

	if (what == 0)
	{
		model->states[++model->count] = EVENT_WAITS;
		model->attempts[model->count] = 0;
		if (loyalty_event_head_add(head, 0) != model->count)
			return false;
	}
	else if (what == 1 && head->is_waiting)
	{
		bool taken = loyalty_event_head_take(head, MOST, 0, LEASE);

		if (taken != (model->attempts[at] < MOST))
			return false;
		*leased = taken;
		if (taken)
			model->attempts[at]++;
		else
			model->states[at] = EVENT_DEAD;
	}
	else if (what > 1 && *leased)
	{
		EventOutcome outcome = (EventOutcome) (what - 2);
		char expected = outcome == EVENT_OUTCOME_DELIVERED							   ? EVENT_DELIVERED
						: outcome == EVENT_OUTCOME_RETRY && model->attempts[at] < MOST ? EVENT_WAITS
																					   : EVENT_DEAD;

		*leased = false;
		model->states[at] = expected;
		if (loyalty_event_head_end(head, outcome, MOST, 0) != expected)
			return false;
	}
	at = first_waiting(model);
	return head->is_waiting == (at != 0) && head->last_no == model->count &&
		   head->next_no == (at != 0 ? at : model->count + 1) && head->dead == dead_ones(model) &&
		   loyalty_event_head_is_leased(head, head->lease_no) >= *leased;
}

/* Runs one sequence, told as a number in base 5. */
static bool
run(int sequence)
{
	EventHead head = { .next_no = 1 };
	Model model = { { 0 }, { 0 }, 0 };
	bool leased = false;
	int i;

	for (i = 0; i < STEPS; i++, sequence /= 5)
	{
		int lease_no = head.lease_no;

		if (!step(&head, &model, sequence % 5, &leased))
			return false;
		if (head.lease_no < lease_no)
			return false;
	}
	return true;
}

/* Compares the waits after each attempt with those that the docs tell. */
static void
test_waits(void)
{
	static const int seconds[] = { 30, 60, 120, 240, 480, 960, 1920, 3600, 3600 };
	EventHead head = { .next_no = 1 };
	bool right = true;
	int i;

	(void) loyalty_event_head_add(&head, 0);
	for (i = 0; i < 9; i++)
	{
		(void) loyalty_event_head_take(&head, 100, 0, LEASE);
		(void) loyalty_event_head_end(&head, EVENT_OUTCOME_RETRY, 100, 1000);
		right = right && head.available_at == 1000 + seconds[i] * SECOND;
	}
	ok(right, "a retry waits 30 seconds, twice as long after each attempt, an hour at most");
}

/* Follows one lease to its end: no other number is it, and nobody asks a clock. */
static void
test_lease(void)
{
	EventHead head = { .next_no = 1 };
	bool before;
	bool during;

	(void) loyalty_event_head_add(&head, 0);
	before = loyalty_event_head_is_leased(&head, head.lease_no);
	(void) loyalty_event_head_take(&head, 2, 0, 0);
	during = loyalty_event_head_is_leased(&head, 1) && !loyalty_event_head_is_leased(&head, 0) &&
			 !loyalty_event_head_is_leased(&head, 2);
	(void) loyalty_event_head_take(&head, 2, 0, LEASE);
	ok(!before && during && !loyalty_event_head_is_leased(&head, 1) && loyalty_event_head_is_leased(&head, 2),
	   "a lease is under way from its taking to the next one");
	(void) loyalty_event_head_end(&head, EVENT_OUTCOME_DELIVERED, 2, 0);
	ok(!loyalty_event_head_is_leased(&head, 2) && !loyalty_event_head_is_leased(&head, 3) && head.dead == 0,
	   "what was delivered is not leased, and not dead");
}

int
main(void)
{
	int sequences = 1;
	int wrong = 0;
	int i;

	for (i = 0; i < STEPS; i++)
		sequences *= 5;
	for (i = 0; i < sequences; i++)
		wrong += !run(i);
	plan(7);
	ok(wrong == 0, "78,125 sequences of adding, taking and ending are as the model has them");
	test_waits();
	test_lease();
	ok(loyalty_event_name_find("Points Award") != NULL &&
		   strcmp(loyalty_event_name_find("Points Award"), "points_award") == 0,
	   "a name is found in any spelling");
	ok(loyalty_event_name_find("points") == NULL && loyalty_event_name_find("") == NULL,
	   "what is no event is not found");
	ok(strncmp(loyalty_event_name_list(), "bulk_award customer_deletion ", 29) == 0,
	   "the list has blanks between names");
	return tap_exit();
}
