/*
 * request_facts.c: what is as a request needs it, by the same questions when it is made and when it is approved.
 *
 * All is read after the locks, and as it is committed: what the answer says stays so until the transaction ends. The customers
 * are locked, which keeps their identifiers, cards, fields and statuses; the configuration is held, which keeps what is a key.
 * A merge is decided here, with everything that takes part in it, and nothing of it is written. Who only looks asks the same without
 * locks, also on a replica: a merge is previewed then.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "customer/identifier_change.h"
#include "request/request_postings.h"
#include "request/request_reading.h"
#include "status/status_guard.h"

/* Tells whether the status of a customer allows an operation. */
static bool
is_allowed(const RequestWork *work, const LoyaltyCustomer *customer, GuardedOperation operation)
{
	int sqlstate;

	(void) loyalty_status_verdict(&work->member.call, customer, operation, &sqlstate);
	return sqlstate == 0;
}

/* Tells whether a text is what is there, where both may be nothing. */
static bool
is_same(const char *left, const char *right)
{
	return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

/* Returns somebody else who has the new value, as far as the type is a key; 0: nobody. */
static int64
other_owner(const RequestWork *work, IdentifierType type)
{
	const LoyaltyOrg *org = work->member.call.org;
	char key[IDENTIFIER_VALUE_BYTES];
	char shown[IDENTIFIER_VALUE_BYTES];
	KeyConfig keys;
	int64 owner;

	loyalty_key_config((const char *const *) org->config, &keys);
	if (work->content.new_value == NULL || !loyalty_identifier_is_key(&keys, type))
		return 0;
	if (!loyalty_identifier_normalise(org, type, work->content.new_value, key, shown))
		elog(ERROR, "request " INT64_FORMAT " has a value without a normal form", work->request.request_id);
	owner = loyalty_key_owner(org->org_id, loyalty_identifier_type_names[type], key, false);
	return owner == work->member.customer.customer_id ? 0 : owner;
}

/* Looks the owner up again: it is locked by nobody, so perhaps it let go meanwhile. */
void
loyalty_request_raise_taken(const RequestWork *work)
{
	IdentifierType type = loyalty_request_identifier(work->request.type);

	loyalty_raise_identifier_taken(loyalty_identifier_type_names[type], other_owner(work, type));
}

/* Asks about the old value and the new one. */
static uint32
identifier_facts(const RequestWork *work)
{
	IdentifierType type = loyalty_request_identifier(work->request.type);
	LoyaltyIdentifiers held;
	uint32 holds = 0;

	loyalty_identifiers_read(work->request.org_id, work->member.customer.customer_id, &held);
	if (is_same(held.values[type], work->content.old_value))
		holds |= RELIES_ON_OLD_VALUE;
	if (other_owner(work, type) == 0)
		holds |= RELIES_ON_NEW_VALUE;
	return holds;
}

/* Asks about the number, which anybody of the group may hold, and about who gets it: somebody else, also after merges. */
static uint32
reallocation_facts(RequestWork *work)
{
	LoyaltyRelease release = loyalty_request_release(work);
	uint32 holds = 0;

	if (loyalty_release_find(&release))
		holds |= RELIES_ON_OLD_VALUE;
	if (other_owner(work, IDENTIFIER_MOBILE) == 0)
		holds |= RELIES_ON_NEW_VALUE;
	if (work->target.customer_id == work->request.target_id &&
		work->target.customer_id != work->member.customer.customer_id && !work->target.erased &&
		work->target.merged_into == 0 &&
		(work->request.target_id == 0 || is_allowed(work, &work->target, GUARD_CHANGE_IDENTIFIER)))
		holds |= RELIES_ON_TARGET;
	return holds;
}

/* Tells whether a text is in an array of texts; 0 is an empty one. */
static bool
is_among(const char *wanted, Datum array)
{
	Datum *items;
	int count;
	int i;

	if (array == (Datum) 0)
		return false;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL, &count);
	for (i = 0; i < count; i++)
		if (strcmp(TextDatumGetCString(items[i]), wanted) == 0)
			return true;
	return false;
}

/* Tells whether all warnings of a merge were shown as the request was made; they count as accepted then. */
static bool
were_shown(const RequestWork *work)
{
	int i;

	for (i = 0; i < work->merge.lines.n; i++)
	{
		const char *warning = work->merge.lines.items[i].warning;

		if (warning != NULL && !is_among(warning, work->content.warnings))
			return false;
	}
	return true;
}

/* Judges both sides as a merge does, and decides it where nothing stands against it. */
static uint32
merge_facts(RequestWork *work)
{
	const LoyaltyCustomer pair[2] = { work->target, work->member.customer };
	uint32 holds = RELIES_ON_CUSTOMER | RELIES_ON_STATUS | RELIES_ON_TARGET | RELIES_ON_WARNINGS;

	switch (loyalty_merge_judge(&work->member.call, pair))
	{
		case MERGE_ALLOWED:
			break;
		case MERGE_VICTIM_MERGED:
			return holds & ~(uint32) RELIES_ON_CUSTOMER;
		case MERGE_PARTY_DELETED:
		case MERGE_PARTY_BLOCKED:
			return holds & ~(uint32) RELIES_ON_STATUS;
		default:
			return holds & ~(uint32) RELIES_ON_TARGET;
	}
	work->merge = (LoyaltyMerge){ .till = work->merge.till, .preview = work->is_look };
	loyalty_merge_prepare(&work->merge, &work->member.call, pair);
	work->warnings = loyalty_merge_open(&work->merge, &work->warning_count);
	return work->accepts_new || were_shown(work) ? holds : holds & ~(uint32) RELIES_ON_WARNINGS;
}

/* Compares the fields that the request names with what they were. */
static bool
fields_hold(const RequestWork *work)
{
	Jsonb *now = loyalty_customer_picture(work->request.org_id, work->member.customer.customer_id,
										  work->content.payload);

	return work->content.relied_on != NULL &&
		   compareJsonbContainers(&now->root, &work->content.relied_on->root) == 0;
}

/* Asks what all but merges need of the customer. */
static uint32
customer_facts(const RequestWork *work)
{
	const LoyaltyCustomer *customer = &work->member.customer;
	uint32 holds = 0;

	if (!customer->erased && customer->merged_into == 0)
		holds |= RELIES_ON_CUSTOMER;
	if (is_allowed(work, customer, loyalty_request_operation(work->request.type)))
		holds |= RELIES_ON_STATUS;
	return holds;
}

/*
 * Asks by type. What a type does not rely on is not asked, and missing from the answer, which the rules leave out again. A card or
 * a number is looked up by the functions that post, so that the answer is theirs.
 */
uint32
loyalty_request_holds(RequestWork *work)
{
	switch (work->request.type)
	{
		case REQUEST_ACCOUNT_MERGE:
			return merge_facts(work);
		case REQUEST_MOBILE:
		case REQUEST_EMAIL:
		case REQUEST_EXTERNAL_ID:
			return customer_facts(work) | identifier_facts(work);
		case REQUEST_MOBILE_REALLOCATION:
			return customer_facts(work) | reallocation_facts(work);
		case REQUEST_EDIT_PROFILE:
			return customer_facts(work) | (fields_hold(work) ? RELIES_ON_FIELDS : 0);
		case REQUEST_GOODWILL_POINTS:
			return customer_facts(work) | (loyalty_request_card_holds(work) ? RELIES_ON_CARD : 0);
		case REQUEST_RETRO_TRANSACTION:
			return customer_facts(work) | (loyalty_request_number_holds(work) ? RELIES_ON_NUMBER : 0);
		default:
			return 0;
	}
}

/* Joins them in the order of their bits. */
const char *
loyalty_request_changed_words(uint32 changed)
{
	StringInfoData words;
	int i;

	initStringInfo(&words);
	for (i = 0; i < REQUEST_RELIANCE_COUNT; i++)
		if (changed & (1 << i))
			appendStringInfo(&words, "%s%s", words.len > 0 ? ", " : "",
							 loyalty_request_reliance_name((RequestReliance) (1 << i)));
	return words.data;
}
