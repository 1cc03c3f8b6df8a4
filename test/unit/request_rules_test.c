/* request_rules_test.c: types of requests, what each relies on, every step of their states, and who may decide. */
#include <stdarg.h>
#include <string.h>

#include "request/request_rules.h"
#include "tap.h"

/* Says what is tested as printf does. */
static void
okay(bool passed, const char *format, ...)
{
	char name[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	ok(passed, name);
}

/* ---------------------------------------------------------------- types */

static void
test_types(void)
{
	const char *names = loyalty_request_type_names();
	int listed = 1;

	for (int i = 0; i < REQUEST_TYPE_COUNT; i++)
	{
		RequestType type = loyalty_request_type_at(i);
		const char *name = loyalty_request_type_name(type);

		okay(loyalty_request_type_find(name) == type, "%s is found by its name", name);
		okay(strstr(names, name) != NULL, "%s is listed", name);
		for (int other = 0; other < i; other++)
			if (loyalty_request_type_at(other) == type)
				okay(false, "%s has a letter of its own", name);
	}
	for (const char *at = names; *at != '\0'; at++)
		listed += *at == ',';
	ok(listed == REQUEST_TYPE_COUNT, "no more are listed");
	ok(loyalty_request_type_find("Account Merge") == REQUEST_ACCOUNT_MERGE,
	   "words are compared as everywhere");
	ok(loyalty_request_type_find("") == REQUEST_NONE, "an empty word is no type");
	ok(loyalty_request_type_find("coupon") == REQUEST_NONE, "coupon is no type");
}

/* One step changes what finds a customer; nothing that cannot be taken back is done by nobody. */
static void
test_ways(void)
{
	static const char one_step[] = "mexa";
	static const char by_content[] = "gct";

	for (int i = 0; i < REQUEST_TYPE_COUNT; i++)
	{
		RequestType type = loyalty_request_type_at(i);
		const char *name = loyalty_request_type_name(type);

		okay(loyalty_request_in_one_step(type) == (strchr(one_step, type) != NULL), "one step: %s", name);
		okay(loyalty_request_may_be_automatic(type) == (type != REQUEST_DELETE_ACCOUNT), "automatic: %s",
			 name);
		okay(loyalty_request_told_by_content(type) == (strchr(by_content, type) != NULL),
			 "several may wait: %s", name);
	}
	ok(loyalty_request_operation(REQUEST_MOBILE) == GUARD_CHANGE_IDENTIFIER,
	   "a mobile obeys the restriction");
	ok(loyalty_request_operation(REQUEST_EMAIL) == GUARD_CHANGE_IDENTIFIER, "an e-mail, too");
	ok(loyalty_request_operation(REQUEST_EXTERNAL_ID) == GUARD_CHANGE_IDENTIFIER, "an external id, too");
	ok(loyalty_request_operation(REQUEST_MOBILE_REALLOCATION) == GUARD_CHANGE_IDENTIFIER,
	   "a reallocation, too");
	ok(loyalty_request_operation(REQUEST_ACCOUNT_MERGE) == GUARD_MERGE_VICTIM, "a merge has its own");
	ok(loyalty_request_operation(REQUEST_GOODWILL_POINTS) == GUARD_GOODWILL, "goodwill obeys that of points");
	ok(loyalty_request_operation(REQUEST_GOODWILL_COUPON) == GUARD_COUPON_ISSUE, "or that of coupons");
	ok(loyalty_request_operation(REQUEST_RETRO_TRANSACTION) == GUARD_TRANSACTION, "a bill is a bill");
	ok(loyalty_request_operation(REQUEST_EDIT_PROFILE) == GUARD_UPDATE_CUSTOMER, "a profile is a profile");
}

/* ---------------------------------------------------------------- reliance */

/* Tells what is found to have changed where one thing alone does not hold. */
static void
test_reliance(void)
{
	static const struct
	{
		RequestType type;
		uint32_t relies_on;
	} cases[] = {
		{ REQUEST_MOBILE, 1 | 2 | 4 | 8 },		  { REQUEST_EMAIL, 1 | 2 | 4 | 8 },
		{ REQUEST_EXTERNAL_ID, 1 | 2 | 4 | 8 },	  { REQUEST_ACCOUNT_MERGE, 1 | 2 | 16 | 32 },
		{ REQUEST_GOODWILL_POINTS, 1 | 2 | 128 }, { REQUEST_MOBILE_REALLOCATION, 1 | 2 | 4 | 8 | 16 },
		{ REQUEST_GOODWILL_COUPON, 1 | 2 },		  { REQUEST_EDIT_PROFILE, 1 | 2 | 64 },
		{ REQUEST_DELETE_ACCOUNT, 1 | 2 },		  { REQUEST_RETRO_TRANSACTION, 1 | 2 | 256 },
	};
	const uint32_t all = (1u << REQUEST_RELIANCE_COUNT) - 1;

	ok(sizeof(cases) / sizeof(cases[0]) == REQUEST_TYPE_COUNT, "all types are here");
	for (int i = 0; i < REQUEST_TYPE_COUNT; i++)
	{
		const char *name = loyalty_request_type_name(cases[i].type);

		okay(loyalty_request_relies_on(cases[i].type) == cases[i].relies_on, "%s relies on what it must",
			 name);
		okay(loyalty_request_changed(cases[i].type, all) == 0, "%s passes where all holds", name);
		for (int bit = 0; bit < REQUEST_RELIANCE_COUNT; bit++)
		{
			uint32_t lacks = 1u << bit;

			okay(loyalty_request_changed(cases[i].type, all & ~lacks) == (cases[i].relies_on & lacks),
				 "%s without %s", name, loyalty_request_reliance_name((RequestReliance) lacks));
		}
	}
	ok(strcmp(loyalty_request_reliance_name(RELIES_ON_OLD_VALUE), "old_value") == 0, "a word of them");
	ok(strcmp(loyalty_request_reliance_name(RELIES_ON_NUMBER), "transaction_number") == 0,
	   "and the last one");
}

static void
test_age(void)
{
	const int64_t day = INT64_C(86400000000);

	ok(loyalty_request_is_young(0, 30 * day, 30), "30 days are 30 days");
	ok(!loyalty_request_is_young(0, 30 * day + 1, 30), "and a microsecond more is not");
	ok(loyalty_request_is_young(day, day, 0), "a bill of now");
	ok(!loyalty_request_is_young(day + 1, day, 30), "one that is not made yet");
}

/* ---------------------------------------------------------------- states */

static void
test_states(void)
{
	static const RequestState states[] = { REQUEST_ABSENT, REQUEST_PENDING, REQUEST_APPROVED,
										   REQUEST_DECLINED };
	static const char events[] = "sadwemx";
	static const char *const next[] = { "p      ", " addppd", "       ", "       " };

	for (int s = 0; s < 4; s++)
		for (int e = 0; events[e] != '\0'; e++)
		{
			char expected = next[s][e] == ' ' ? 0 : next[s][e];

			okay((char) loyalty_request_next(states[s], (RequestEvent) events[e]) == expected,
				 "%c in state %d", events[e], s);
		}
	ok(strcmp(loyalty_request_state_name(REQUEST_PENDING), "pending") == 0, "a word of a state");
	ok(loyalty_request_state_name(REQUEST_ABSENT) == NULL, "none has none");
	for (int e = 0; events[e] != '\0'; e++)
		okay(loyalty_request_event_name((RequestEvent) events[e]) != NULL, "%c has a word", events[e]);
	ok(loyalty_request_origin_find("Member Care") == 'm', "member care");
	ok(loyalty_request_origin_find("instore") == 'i', "the till");
	ok(loyalty_request_origin_find("api") == 'a', "an application");
	ok(loyalty_request_origin_find("fax") == 0, "nothing else");
	ok(strcmp(loyalty_request_origin_name('i'), "instore") == 0, "and back");
}

/* ---------------------------------------------------------------- four eyes */

static void
test_eyes(void)
{
	static const RequestEyes two_roles = { false, NULL, NULL };
	static const RequestEyes one_actor = { true, "ann", "ann" };
	static const RequestEyes two_actors = { true, "ann", "bob" };
	static const RequestEyes same_actor = { true, "ann.lim", " Ann.LIM " };
	static const RequestEyes unknown_decider = { true, "ann", NULL };
	static const RequestEyes unknown_requester = { true, NULL, "bob" };

	ok(loyalty_request_four_eyes(false, &two_roles), "two roles are two");
	ok(loyalty_request_four_eyes(true, &two_roles), "two roles are two, by actor as well");
	ok(!loyalty_request_four_eyes(false, &two_actors), "by role one role is one, whoever it is");
	ok(loyalty_request_four_eyes(true, &two_actors), "by actor two are two");
	ok(!loyalty_request_four_eyes(true, &one_actor), "and one is one");
	ok(!loyalty_request_four_eyes(true, &same_actor), "also where it is spelled in another way");
	ok(!loyalty_request_four_eyes(true, &unknown_decider),
	   "who does not say who decides is not known to be another");
	ok(!loyalty_request_four_eyes(true, &unknown_requester), "nor who did not say who asked");
	ok(!loyalty_request_is_requester(false, &two_roles), "another role did not make the request");
	ok(!loyalty_request_is_requester(true, &two_roles), "whoever speaks for it");
	ok(loyalty_request_is_requester(false, &two_actors), "by role one role made it, whoever it is");
	ok(!loyalty_request_is_requester(true, &two_actors), "by actor the other one did not");
	ok(loyalty_request_is_requester(true, &one_actor), "the same one did");
	ok(loyalty_request_is_requester(true, &same_actor), "also where it is spelled in another way");
	ok(!loyalty_request_is_requester(true, &unknown_decider), "who is not named is nobody who did");
	ok(loyalty_request_is_requester(true, &unknown_requester), "what names nobody is anybody's of the role");
}

int
main(void)
{
	test_types();
	test_ways();
	test_reliance();
	test_age();
	test_states();
	test_eyes();
	plan(tap_run);
	return tap_exit();
}
