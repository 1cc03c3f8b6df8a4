/*
 * mobile_api.c: renormalize_mobiles: stored mobiles whose normal form has changed, as with another version of the library.
 *
 * Looks at what customers have, owner by owner in ascending order of ids, until as many mobiles as asked for have another
 * form. Then it holds the configuration, so that what is a key stays one, locks these owners in that order, and looks again
 * at what each has by then: who was merged or changed meanwhile is left for the next call. Keys are claimed when all locks
 * are held, since whoever holds a fresh key waits for no row. A key of somebody else is told and left alone; which of two
 * customers is the right one is for people to say, who merge them.
 *
 * Numbers that no customer has stand in the do-not-call register and with bills that wait for their customer. The last
 * call moves these: the one that comes to the end of the customers.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/args.h"
#include "common/array.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/config_guard.h"
#include "customer/customer_store.h"
#include "customer/identity.h"
#include "customer/mobile_store.h"
#include "customer/registration_hooks.h"

LOYALTY_FUNCTION(loyalty_renormalize_mobiles);

#define MAX_COUNT 10000
#define REASON "normal form changed"

/* Mobile that has another normal form by now. */
typedef struct ChangedMobile
{
	KnownMobile known;
	const char *normal;
	int64 other_id; /* who has the new form already; 0: nobody else */
	bool is_left;	/* the owner was changed meanwhile */
} ChangedMobile;

typedef LOYALTY_ARRAY(ChangedMobile) ChangedMobiles;

/* Positions of the arguments, from 0. */
enum Argument
{
	ARG_DRY_RUN = 1,
	ARG_AFTER_CUSTOMER_ID,
	ARG_COUNT,
	ARG_ACTOR,
};

static bool is_held(int32 org_id, const KnownMobile *mobile);

/*
 * Collects the mobiles of owners behind an id, and all of the last owner. True where it came to the end of them. Texts
 * that are not kept are freed by the row, so that memory does not grow with the org.
 */
static bool
collect(const LoyaltyOrg *org, int64 after, int count, ChangedMobiles *changed)
{
	LoyaltyCursor *cursor = loyalty_mobiles_known(org->org_id, after);
	char normal[IDENTIFIER_VALUE_BYTES];
	bool is_full = false;

	while (!is_full && loyalty_cursor_next(cursor))
	{
		KnownMobile mobile;

		CHECK_FOR_INTERRUPTS();
		loyalty_mobile_read(cursor, &mobile);
		is_full = changed->n >= count && changed->items[changed->n - 1].known.owner_id != mobile.owner_id;
		if (!is_full && loyalty_mobile_renormalise(org, mobile.value, normal))
			LOYALTY_APPEND(*changed, ((ChangedMobile){ .known = mobile, .normal = pstrdup(normal) }));
		else
			pfree(unconstify(char *, mobile.value));
	}
	loyalty_cursor_close(cursor);
	return !is_full;
}

/* Locks the owners, who stand in ascending order, and notes of whom nothing is known any more. */
static void
lock_owners(int32 org_id, ChangedMobiles *changed)
{
	LoyaltyCustomer owner = { 0 };
	bool is_root = false;
	int i;

	for (i = 0; i < changed->n; i++)
	{
		ChangedMobile *mobile = &changed->items[i];

		if (owner.customer_id != mobile->known.owner_id)
			is_root = loyalty_customer_lock(org_id, mobile->known.owner_id, &owner) && owner.merged_into == 0;
		mobile->is_left = !is_root || is_held(org_id, &mobile->known) != mobile->known.is_held;
	}
}

/* Tells whether the value is held, as it is now. */
static bool
is_held(int32 org_id, const KnownMobile *mobile)
{
	LoyaltyIdentifiers held;

	loyalty_identifiers_read(org_id, mobile->customer_id, &held);
	return held.values[IDENTIFIER_MOBILE] != NULL &&
		   strcmp(held.values[IDENTIFIER_MOBILE], mobile->value) == 0;
}

/* Makes the key, or finds whose it is; a key of the same owner is no clash. */
static void
claim(int32 org_id, ChangedMobile *mobile)
{
	LoyaltyIdentifiers keys = { { NULL } };
	int64 owners[IDENTIFIER_TYPE_COUNT];

	keys.values[IDENTIFIER_MOBILE] = mobile->normal;
	if (loyalty_identifier_claim(org_id, mobile->known.owner_id, &keys) == 1)
		return;
	loyalty_identifier_owners(org_id, &keys, owners);
	mobile->is_left = owners[IDENTIFIER_MOBILE] == 0;
	if (owners[IDENTIFIER_MOBILE] != mobile->known.owner_id)
		mobile->other_id = owners[IDENTIFIER_MOBILE];
}

/* Gives the old value up and begins to hold the new one, and writes it wherever the old one is shown. */
static void
move(LoyaltyCall *call, const ChangedMobile *mobile)
{
	const char *type = loyalty_identifier_type_names[IDENTIFIER_MOBILE];
	const KnownMobile *known = &mobile->known;
	int32 org_id = call->org->org_id;

	if (known->is_held)
	{
		loyalty_identifier_close(org_id, known->owner_id, type, known->value, call->now, REASON, call->actor);
		loyalty_identifier_add(org_id, known->customer_id, type, mobile->normal, call->now, call->actor);
	}
	loyalty_mobile_replace(org_id, known->customer_id, known->value, mobile->normal, call->now);
	if (known->owner_id != known->customer_id)
		loyalty_mobile_replace(org_id, known->owner_id, known->value, mobile->normal, call->now);
	loyalty_ndnc_move(org_id, known->value, mobile->normal);
}

/* Moves what can be moved, once all owners are locked. */
static void
move_all(LoyaltyCall *call, bool is_key, ChangedMobiles *changed)
{
	int i;

	lock_owners(call->org->org_id, changed);
	for (i = 0; i < changed->n; i++)
	{
		ChangedMobile *mobile = &changed->items[i];

		if (!mobile->is_left && is_key && mobile->known.is_held)
			claim(call->org->org_id, mobile);
		if (!mobile->is_left && mobile->other_id == 0)
			move(call, mobile);
	}
}

/* Returns who would get the new form of a mobile before its owner does, by a mobile that moves first; 0: nobody. */
static int64
taken_before(const ChangedMobiles *changed, const ChangedMobile *mobile)
{
	const ChangedMobile *at;

	for (at = changed->items; at < mobile; at++)
		if (at->known.is_held && at->other_id == 0 && at->known.owner_id != mobile->known.owner_id &&
			strcmp(at->normal, mobile->normal) == 0)
			return at->known.owner_id;
	return 0;
}

/* Looks who has the new forms, or would have them, and changes nothing. What is no key is nobody's. */
static void
find_clashes(int32 org_id, bool is_key, ChangedMobiles *changed)
{
	int i;

	for (i = 0; i < changed->n && is_key; i++)
	{
		ChangedMobile *mobile = &changed->items[i];
		int64 owner = loyalty_identifier_find(org_id, IDENTIFIER_MOBILE, mobile->normal);

		CHECK_FOR_INTERRUPTS();
		if (mobile->known.is_held && owner != mobile->known.owner_id)
			mobile->other_id = owner != 0 ? owner : taken_before(changed, mobile);
	}
}

/* Moves the numbers that no customer has. */
static void
move_the_rest(LoyaltyCall *call)
{
	LoyaltyRows *rows = loyalty_ndnc_mobiles(call->org->org_id);
	char normal[IDENTIFIER_VALUE_BYTES];
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		const char *mobile = loyalty_row_text(rows, i, 1);

		if (loyalty_mobile_renormalise(call->org, mobile, normal))
			loyalty_ndnc_move(call->org->org_id, mobile, normal);
	}
	loyalty_registration_hooks.renormalize_mobiles(call);
}

/* Adds the rows of the answer; ids alone, as the numbers are personal data. */
static void
answer(FunctionCallInfo fcinfo, const ChangedMobiles *changed)
{
	int i;

	for (i = 0; i < changed->n; i++)
	{
		const ChangedMobile *mobile = &changed->items[i];
		Datum values[] = { Int64GetDatum(mobile->known.owner_id),
						   CStringGetTextDatum(mobile->is_left		   ? "changed"
											   : mobile->other_id != 0 ? "taken"
																	   : "moved"),
						   Int64GetDatum(mobile->other_id) };
		bool nulls[] = { false, false, mobile->other_id == 0 };

		loyalty_set_add(fcinfo, values, nulls);
	}
}

/* Moves mobiles to the normal form that they have by now, or tells what would move. */
Datum
loyalty_renormalize_mobiles(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	KeyConfig keys;
	ChangedMobiles changed = { 0 };
	bool dry_run;
	bool is_key;
	bool is_end;
	int64 after;
	int32 count;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	dry_run = loyalty_arg_bool(fcinfo, ARG_DRY_RUN, "dry_run");
	after = loyalty_arg_int8(fcinfo, ARG_AFTER_CUSTOMER_ID, "after_customer_id");
	count = loyalty_arg_int4(fcinfo, ARG_COUNT, "count");
	if (count < 1 || count > MAX_COUNT)
		loyalty_raise_not_allowed("count", psprintf("1 to %d", MAX_COUNT));
	call.actor = loyalty_arg_text_or_null(fcinfo, ARG_ACTOR, "actor", LOYALTY_MAX_NAME);
	if (!dry_run)
		loyalty_config_hold(&call);
	loyalty_key_config((const char *const *) call.org->config, &keys);
	is_key = loyalty_identifier_is_key(&keys, IDENTIFIER_MOBILE);
	is_end = collect(call.org, after, count, &changed);
	if (dry_run)
		find_clashes(call.org->org_id, is_key, &changed);
	else
		move_all(&call, is_key, &changed);
	if (is_end && !dry_run)
		move_the_rest(&call);
	answer(fcinfo, &changed);
	loyalty_call_end(&call);
	return (Datum) 0;
}
