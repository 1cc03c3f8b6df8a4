/*
 * identity_merge.c: identifiers, registration, profiles, fields and what else is known of a customer, in merges.
 *
 * Both sides are read as lists in one order and walked side by side; each item gets a line, and what has to be taken
 * from the victim is noted. The writing then takes what was noted and decides nothing. The check reads the survivor's
 * list anew and holds every value against its line, then counts, so that neither a value too many nor one too few
 * passes.
 *
 * Identifiers are what finds a person, so their keys go first and all of them: those of identifiers that stay on the
 * victim's record find the survivor from then on, which is why a merge loses no way to be found. Rows of both
 * customers and their groups are locked; statements are in customer_merge_store.c and identity_value_store.c.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "customer/identity_value_store.h"
#include "customer/profile_store.h"
#include "customer/registration_hooks.h"
#include "merge/participants.h"

#define PARTICIPANT "identity"

/* Bits of CONF_SKIP_MERGE_HANDLER, in the order of its words. */
#define SKIP_CUSTOM_FIELDS 1
#define SKIP_EXTENDED_FIELDS 2

/* Things that the survivor takes from the victim. */
typedef struct IdentityState
{
	int count; /* of the victim's values; arrays below have room for all */
	int type_count;
	const char **types; /* of identifiers */
	int profile_count;
	LoyaltyProfile *profiles; /* sources and accounts */
	int shared_count;
	LoyaltyProfile
		*shared; /* of both: the survivor's may lack something, keys of the source too, which no line has */
	int field_count;
	int32 *field_ids;
	bool registration; /* true: the victim's is the earlier one */
	bool enrols;	   /* true: the survivor becomes a loyalty customer */
} IdentityState;

/* Reads under the caller's snapshot for a preview, else as the locks left it. */
static int
read_values(const LoyaltyMerge *merge, int64 customer_id, IdentityValue **values)
{
	return loyalty_identity_values(merge->pair.org_id, customer_id, merge->preview, values);
}

/* Reads the org's configuration of fields in merges. Words of a list are bits of a number there. */
static MergeFieldConfig
field_config(const LoyaltyOrg *org)
{
	int64 skipped = org->config_number[CONFIG_SKIP_MERGE_HANDLER];

	return (MergeFieldConfig){
		.overwrite_extended = org->config_number[CONFIG_MERGE_OVERWRITE_EXTENDED] != 0,
		.skip_extended = (skipped & SKIP_EXTENDED_FIELDS) != 0,
		.skip_custom = (skipped & SKIP_CUSTOM_FIELDS) != 0,
	};
}

/* Returns the kind of a field, which its value names. */
static MergeFieldKind
field_kind(const IdentityValue *value)
{
	if (strcmp(value->detail, loyalty_field_kind_names[FIELD_EXTENDED]) == 0)
		return MERGE_FIELD_EXTENDED;
	return strcmp(value->detail, loyalty_field_kind_names[FIELD_CUSTOM]) == 0 ? MERGE_FIELD_CUSTOM
																			  : MERGE_FIELD_STANDARD;
}

/* Decides whose value is final, and by which rule; either side may lack the item (NULL), not both. */
static MergeSide
decide(const LoyaltyMerge *merge, const IdentityValue *survivor, const IdentityValue *victim, MergeRule *rule)
{
	const IdentityValue *any = survivor ? survivor : victim;
	MergeFieldConfig config;

	*rule = MERGE_RULE_SURVIVOR_FIRST;
	switch (any->part)
	{
		case PART_IDENTIFIER:
			return loyalty_merge_identifier(survivor != NULL, victim != NULL);
		case PART_PROFILE:
			return loyalty_merge_profile(survivor != NULL, victim != NULL);
		case PART_NDNC:
			*rule = MERGE_RULE_REMAINING_MOBILE;
			return loyalty_merge_ndnc(survivor != NULL, victim != NULL);
		case PART_REGISTRATION:
			*rule = MERGE_RULE_EARLIER;
			return loyalty_merge_registration(merge->survivor.registered_on, merge->victim.registered_on);
		case PART_FIELD:
			config = field_config(merge->call->org);
			*rule = loyalty_merge_field_rule(field_kind(any), &config);
			return loyalty_merge_field(*rule, survivor != NULL, victim != NULL);
		case PART_SUBSCRIPTIONS:
			*rule = MERGE_RULE_SURVIVOR;
			return loyalty_merge_subscriptions();
		case PART_TEST_CONTROL:
			*rule = MERGE_RULE_SURVIVOR;
			return loyalty_merge_test_control();
		case PART_LOYALTY_TYPE:
			*rule = MERGE_RULE_HIGHER;
			return loyalty_merge_loyalty_type(merge->survivor.loyalty, merge->victim.loyalty);
	}
	elog(ERROR, "unknown part of identity %d", any->part);
}

/* Names the profile that a value is of. */
static LoyaltyProfile
profile_of(const IdentityValue *value)
{
	return (LoyaltyProfile){ .source_id = (int16) value->id, .account_id = value->detail };
}

/*
 * Notes what has to be taken for a value of the victim to become final. Parts that are never the victim's, and the
 * do-not-call status, which goes with its mobile, need nothing. A registration has five items, all noted as one.
 */
static void
take(IdentityState *state, const IdentityValue *victim)
{
	switch (victim->part)
	{
		case PART_IDENTIFIER:
			state->types[state->type_count++] = victim->item;
			break;
		case PART_PROFILE:
			state->profiles[state->profile_count++] = profile_of(victim);
			break;
		case PART_FIELD:
			state->field_ids[state->field_count++] = victim->id;
			break;
		case PART_REGISTRATION:
			state->registration = true;
			break;
		case PART_LOYALTY_TYPE:
			state->enrols = true;
			break;
		default:
			break;
	}
}

/* Returns a profile of both as the survivor has it afterwards: what the survivor's has wins over the victim's. */
static const char *
filled(const IdentityValue *survivor, const IdentityValue *victim)
{
	Datum values[2] = { DirectFunctionCall1(jsonb_in, CStringGetDatum(victim->value)),
						DirectFunctionCall1(jsonb_in, CStringGetDatum(survivor->value)) };

	return DatumGetCString(
		DirectFunctionCall1(jsonb_out, DirectFunctionCall2(jsonb_concat, values[0], values[1])));
}

/* Returns what the register says of a mobile as a consent: to be registered is to refuse. */
static MergeConsent
as_consent(const IdentityValue *ndnc)
{
	return (MergeConsent){ .given = ndnc->value == NULL || strcmp(ndnc->value, "registered") != 0,
						   .at = ndnc->at };
}

/* Returns what to know of an item of which the survivor's value, or the victim's, becomes final; NULL: nothing. */
static const char *
warning_of(MergeSide side, const IdentityValue *survivor, const IdentityValue *victim)
{
	MergeConsent consents[2];

	if (survivor == NULL || victim == NULL)
		return NULL;
	if (survivor->part == PART_LOYALTY_TYPE && side == MERGE_VICTIM)
		return psprintf("%s: the survivor is enrolled", survivor->item);
	if (survivor->part != PART_NDNC)
		return NULL;
	consents[0] = as_consent(survivor);
	consents[1] = as_consent(victim);
	if (!loyalty_merge_refusal_is_lost(&consents[0], &consents[1]))
		return NULL;
	return psprintf("%s: the victim's mobile was registered later", survivor->item);
}

/* Adds the line of an item. A side can be final without a value: the earlier registration may have no till. */
static void
add_line(LoyaltyMerge *merge, IdentityState *state, const IdentityValue *survivor,
		 const IdentityValue *victim)
{
	const char *survivor_value = survivor ? survivor->value : NULL;
	const char *victim_value = victim ? victim->value : NULL;
	MergeRule rule;
	MergeSide side = decide(merge, survivor, victim, &rule);
	const char *final_value = side == MERGE_BOTH ? filled(survivor, victim)
												 : loyalty_merge_value(side, survivor_value, victim_value);
	LoyaltyMergeLine *line = loyalty_merge_line(merge, PARTICIPANT, survivor ? survivor->item : victim->item,
												survivor_value, victim_value, final_value, rule);

	line->warning = warning_of(side, survivor, victim);
	if (side == MERGE_VICTIM && victim != NULL)
		take(state, victim);
	if (side == MERGE_BOTH)
		state->shared[state->shared_count++] = profile_of(victim);
}

/* Makes room for all of the victim's values: no more can be taken. */
static IdentityState *
new_state(int count)
{
	IdentityState *state = palloc0(sizeof(IdentityState));

	state->count = count;
	state->types = palloc(sizeof(char *) * Max(count, 1));
	state->profiles = palloc(sizeof(LoyaltyProfile) * Max(count, 1));
	state->shared = palloc(sizeof(LoyaltyProfile) * Max(count, 1));
	state->field_ids = palloc(sizeof(int32) * Max(count, 1));
	return state;
}

/*
 * Walks both lists, which are in the same order: where the items are equal they share a line, otherwise the smaller
 * one is alone. Costs one pass, whatever the number of fields.
 */
static void *
preview(LoyaltyMerge *merge)
{
	IdentityValue *survivor;
	IdentityValue *victim;
	int survivors = read_values(merge, merge->pair.survivor_id, &survivor);
	int victims = read_values(merge, merge->pair.victim_id, &victim);
	IdentityState *state = new_state(victims);
	int s = 0;
	int v = 0;

	while (s < survivors || v < victims)
	{
		int order = s == survivors ? 1
					: v == victims ? -1
								   : loyalty_identity_compare(&survivor[s], &victim[v]);

		add_line(merge, state, order <= 0 ? &survivor[s] : NULL, order >= 0 ? &victim[v] : NULL);
		s += order <= 0;
		v += order >= 0;
	}
	return state;
}

/*
 * Makes a loyalty customer of the survivor, whose accounts begin with the merge: they are there before points come to
 * them, at the same time.
 */
static void
enrol(LoyaltyMerge *merge)
{
	LoyaltyEnrolment enrolment = {
		.customer_id = merge->pair.survivor_id,
		.registered_on = merge->event_time,
		.source_id = SOURCE_INSTORE,
		.till_id = merge->till ? merge->till->till_id : 0,
		.store_id = merge->till ? merge->till->store_id : 0,
	};

	loyalty_customer_enrol(merge->pair.org_id, merge->pair.survivor_id);
	merge->survivor.loyalty = true;
	loyalty_registration_hooks.after_enrol(merge->call, &enrolment);
}

/*
 * Takes the keys first: they are looked for by what the victim's record holds, which taking an identifier ends. Then
 * identifiers, profiles (which show them), gaps in profiles of both, fields, the registration, and the enrolment. The survivor's
 * date changes in the struct, too, for the participants that come later.
 */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
	const IdentityState *state = facts;
	const MergePair *pair = &merge->pair;
	TimestampTz now = merge->call->now;
	int i;

	loyalty_keys_follow(pair, &merge->victim);
	for (i = 0; i < state->type_count; i++)
		loyalty_identifiers_take(pair, state->types[i], "", now);
	for (i = 0; i < state->profile_count; i++)
		loyalty_profile_take(pair, state->profiles[i].source_id, state->profiles[i].account_id, now);
	for (i = 0; i < state->shared_count; i++)
		loyalty_profile_fill(pair, state->shared[i].source_id, state->shared[i].account_id, now);
	if (state->type_count > 0)
		loyalty_instore_fill(pair, now);
	for (i = 0; i < state->field_count; i++)
		loyalty_field_take(pair, state->field_ids[i], now);
	if (state->registration)
	{
		loyalty_registration_take(pair);
		merge->survivor.registered_on = merge->victim.registered_on;
	}
	if (state->enrols)
		enrol(merge);
}

/*
 * Compares each value of the survivor with its line, then counts: as many values must be there as the lines have
 * final ones. Identifiers that stay with the victim have no final value of theirs, so they are not asked for.
 */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	IdentityValue *values;
	int count = read_values(merge, merge->pair.survivor_id, &values);
	int found = 0;
	int i;

	for (i = 0; i < count; i++)
	{
		loyalty_merge_expect(merge, PARTICIPANT, values[i].item, values[i].value);
		found += values[i].value != NULL;
	}
	for (i = 0; i < merge->lines.n; i++)
		if (strcmp(merge->lines.items[i].participant, PARTICIPANT) == 0)
			found -= merge->lines.items[i].final_value != NULL;
	if (found != 0)
		loyalty_merge_raise_lost(merge, PARTICIPANT, PARTICIPANT);
}

const LoyaltyMergeParticipant loyalty_identity_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
