/*
 * request_rules.c: change requests: their types, what each relies on, their states, and who may decide.
 *
 * A request is asked for in one world and approved in another one. What it relied on is a sum of bits for each type; whoever
 * makes a request and whoever approves it look the same bits up, after their locks, and one function says what is not as it
 * must be. So nothing can be forgotten at one of the two, and a check without a decision says what the decision would.
 */
#include <stddef.h>
#include <string.h>

#include "common/word_rules.h"
#include "request/request_rules.h"

/* Everybody relies on these two. */
#define ALWAYS (RELIES_ON_CUSTOMER | RELIES_ON_STATUS)

/* Types, each with what it is asked about. */
static const struct
{
	const char *name;
	RequestType type;
	uint32_t relies_on;
	GuardedOperation operation;
	bool in_one_step;
	bool may_be_automatic;
	bool told_by_content;
} types[REQUEST_TYPE_COUNT] = {
	{ "mobile", REQUEST_MOBILE, ALWAYS | RELIES_ON_OLD_VALUE | RELIES_ON_NEW_VALUE, GUARD_CHANGE_IDENTIFIER,
	  true, true, false },
	{ "email", REQUEST_EMAIL, ALWAYS | RELIES_ON_OLD_VALUE | RELIES_ON_NEW_VALUE, GUARD_CHANGE_IDENTIFIER,
	  true, true, false },
	{ "external_id", REQUEST_EXTERNAL_ID, ALWAYS | RELIES_ON_OLD_VALUE | RELIES_ON_NEW_VALUE,
	  GUARD_CHANGE_IDENTIFIER, true, true, false },
	{ "account_merge", REQUEST_ACCOUNT_MERGE, ALWAYS | RELIES_ON_TARGET | RELIES_ON_WARNINGS,
	  GUARD_MERGE_VICTIM, true, true, false },
	{ "mobile_reallocation", REQUEST_MOBILE_REALLOCATION,
	  ALWAYS | RELIES_ON_OLD_VALUE | RELIES_ON_NEW_VALUE | RELIES_ON_TARGET, GUARD_CHANGE_IDENTIFIER, false,
	  true, false },
	{ "goodwill_points", REQUEST_GOODWILL_POINTS, ALWAYS | RELIES_ON_CARD, GUARD_GOODWILL, false, true,
	  true },
	{ "goodwill_coupon", REQUEST_GOODWILL_COUPON, ALWAYS, GUARD_COUPON_ISSUE, false, true, true },
	{ "edit_profile", REQUEST_EDIT_PROFILE, ALWAYS | RELIES_ON_FIELDS, GUARD_UPDATE_CUSTOMER, false, true,
	  false },
	{ "delete_account", REQUEST_DELETE_ACCOUNT, ALWAYS, GUARD_CHANGE_REQUEST, false, false, false },
	{ "retro_transaction", REQUEST_RETRO_TRANSACTION, ALWAYS | RELIES_ON_NUMBER, GUARD_TRANSACTION, false,
	  true, true },
};

static const char *const reliance_names[REQUEST_RELIANCE_COUNT] = {
	"customer", "status", "old_value", "new_value",			 "target",
	"warnings", "fields", "card",	   "transaction_number",
};

/* States with the events that can happen in them, and the next state. */
static const struct
{
	RequestState state;
	RequestEvent event;
	RequestState next;
} steps[] = {
	{ REQUEST_ABSENT, REQUEST_SUBMITTED, REQUEST_PENDING },
	{ REQUEST_PENDING, REQUEST_IS_APPROVED, REQUEST_APPROVED },
	{ REQUEST_PENDING, REQUEST_IS_DECLINED, REQUEST_DECLINED },
	{ REQUEST_PENDING, REQUEST_WITHDRAWN, REQUEST_DECLINED },
	{ REQUEST_PENDING, REQUEST_ESCALATED, REQUEST_PENDING },
	{ REQUEST_PENDING, REQUEST_MOVED, REQUEST_PENDING },
	{ REQUEST_PENDING, REQUEST_ERASED, REQUEST_DECLINED },
};

/* Letters of the table with their words. */
typedef struct Word
{
	char code;
	const char *word;
} Word;

static const Word states[] = { { 'p', "pending" }, { 'a', "approved" }, { 'd', "declined" } };
static const Word events[] = { { 's', "submitted" }, { 'a', "approved" },  { 'd', "declined" },
							   { 'w', "withdrawn" }, { 'e', "escalated" }, { 'm', "moved" },
							   { 'x', "erased" } };
static const Word origins[] = { { 'm', "member_care" }, { 'i', "instore" }, { 'a', "api" } };

#define COUNT(list) ((int) (sizeof(list) / sizeof((list)[0])))

/* Returns the word of a letter, NULL for one that is not in the list. */
static const char *
word_of(char code, const Word *words, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (words[i].code == code)
			return words[i].word;
	return NULL;
}

/* Returns the place of a type; what is none is an error of ours, and counts as the first. */
static int
place_of(RequestType type)
{
	int i;

	for (i = REQUEST_TYPE_COUNT - 1; i > 0; i--)
		if (types[i].type == type)
			break;
	return i;
}

/* Compares as words are compared everywhere. */
RequestType
loyalty_request_type_find(const char *word)
{
	int i;

	for (i = 0; i < REQUEST_TYPE_COUNT; i++)
		if (loyalty_same_word(word, types[i].name))
			return types[i].type;
	return REQUEST_NONE;
}

/* Looks the type up. */
const char *
loyalty_request_type_name(RequestType type)
{
	return types[place_of(type)].name;
}

/* Lists them as text: a rule has no memory to put a list together in. */
const char *
loyalty_request_type_names(void)
{
	return "mobile, email, external_id, account_merge, mobile_reallocation, goodwill_points, goodwill_coupon,"
		   " edit_profile, delete_account, retro_transaction";
}

/* Serves loops over all types. */
RequestType
loyalty_request_type_at(int place)
{
	return types[place].type;
}

/* Looks it up. */
bool
loyalty_request_in_one_step(RequestType type)
{
	return types[place_of(type)].in_one_step;
}

/* Looks it up: what cannot be taken back is never done without somebody. */
bool
loyalty_request_may_be_automatic(RequestType type)
{
	return types[place_of(type)].may_be_automatic;
}

/* Looks it up: two gifts are two, and so are two bills. */
bool
loyalty_request_told_by_content(RequestType type)
{
	return types[place_of(type)].told_by_content;
}

/* Looks it up. */
GuardedOperation
loyalty_request_operation(RequestType type)
{
	return types[place_of(type)].operation;
}

/* Looks it up. */
uint32_t
loyalty_request_relies_on(RequestType type)
{
	return types[place_of(type)].relies_on;
}

/* Leaves out all that the type does not rely on: it may be as it likes. */
uint32_t
loyalty_request_changed(RequestType type, uint32_t holds)
{
	return loyalty_request_relies_on(type) & ~holds;
}

/* Finds the place of the only bit. */
const char *
loyalty_request_reliance_name(RequestReliance reliance)
{
	int i;

	for (i = 0; i < REQUEST_RELIANCE_COUNT - 1; i++)
		if (reliance == (RequestReliance) (1 << i))
			break;
	return reliance_names[i];
}

/* Both ends count: a bill of exactly so many days is young. Times are far from the ends of an int64. */
bool
loyalty_request_is_young(int64_t event_time, int64_t now, int32_t days)
{
	return event_time <= now && now - event_time <= (int64_t) days * 86400 * 1000000;
}

/* Looks the pair up: one that is not in the table cannot happen. */
RequestState
loyalty_request_next(RequestState state, RequestEvent event)
{
	int i;

	for (i = 0; i < COUNT(steps); i++)
		if (steps[i].state == state && steps[i].event == event)
			return steps[i].next;
	return REQUEST_ABSENT;
}

/* Looks the letter up. */
const char *
loyalty_request_state_name(RequestState state)
{
	return word_of((char) state, states, COUNT(states));
}

/* Looks the letter up. */
const char *
loyalty_request_event_name(RequestEvent event)
{
	return word_of((char) event, events, COUNT(events));
}

/* Compares as words are compared everywhere. */
char
loyalty_request_origin_find(const char *word)
{
	int i;

	for (i = 0; i < COUNT(origins); i++)
		if (loyalty_same_word(word, origins[i].word))
			return origins[i].code;
	return 0;
}

/* Looks the letter up. */
const char *
loyalty_request_origin_name(char origin)
{
	return word_of(origin, origins, COUNT(origins));
}

/* Pooled applications have one role for all: there the actors tell people apart, whatever way they spell their names today. */
bool
loyalty_request_four_eyes(bool by_actor, const RequestEyes *eyes)
{
	if (!eyes->same_role)
		return true;
	return by_actor && eyes->requester != NULL && eyes->decider != NULL &&
		   !loyalty_same_word(eyes->requester, eyes->decider);
}

/* Takes a request that names nobody for anybody's of the role: nobody else could ever take it back. */
bool
loyalty_request_is_requester(bool by_actor, const RequestEyes *eyes)
{
	if (!eyes->same_role || !by_actor || eyes->requester == NULL)
		return eyes->same_role;
	return eyes->decider != NULL && loyalty_same_word(eyes->requester, eyes->decider);
}
