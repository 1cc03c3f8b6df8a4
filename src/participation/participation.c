/*
 * participation.c: changing participations.
 *
 * A status stands in two places: in the participation, and as a copy in the regular account, which postings read anyway. Both
 * are written here and nowhere else, in one transaction under the customer's lock, and verify_ledger compares them.
 *
 * A participation that is not confirmed is judged whenever something of its customer has changed: at the end of the call that
 * changed it, so the call that brings the last datum makes it active. Nothing is written where nothing changes, and nothing
 * goes back by itself.
 *
 * Every change of a customer who is not confirmed pays for that. So data are read by the kind, only those that a term asks for, and no
 * further than to the first kind of which something is missing; most of those who are not confirmed lack the same datum for long. Only
 * whoever wants to know all that is missing has all of it read.
 *
 * Locks: the customer's row is held by whoever calls. Nothing is late here.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "card/card.h"
#include "customer/erasure.h"
#include "customer/verified.h"
#include "event/notify.h"
#include "ledger/posting/participation.h"
#include "ledger/posting/posting.h"
#include "participation/participation.h"

#define PHONE_CONFIRMATION "phone_confirmation"

/* Reads the copy, which alone knows of accounts that are older than the asking. */
Participation
loyalty_participation_status(LoyaltyCall *call, int64 customer_id, const LoyaltyProgram *program)
{
	return loyalty_account_participation(call->org->org_id, customer_id, program->program_id);
}

/* Tells subscribers, in words. */
static void
tell(LoyaltyCall *call, int64 customer_id, const LoyaltyProgram *program, const ParticipationChange *change)
{
	LoyaltyNotice notice = { .customer_id = customer_id,
							 .event_name = "participation_change",
							 .event_time = call->now };
	StringInfoData json;

	if (!loyalty_notice_wanted(call, notice.event_name))
		return;
	initStringInfo(&json);
	appendStringInfoString(&json, "\"program\":");
	escape_json(&json, program->program);
	appendStringInfo(&json, ",\"status\":\"%s\",\"previous_status\":\"%s\"",
					 loyalty_participation_word(change->new_status),
					 loyalty_participation_word(change->old_status));
	notice.details = json.data;
	loyalty_notify(call, &notice);
}

/* Writes the row and its change first, then the copy, which opens accounts if need be. */
void
loyalty_participation_set(LoyaltyCall *call, int64 customer_id, const LoyaltyProgram *program,
						  ParticipationChange *change)
{
	change->old_status = loyalty_participation_status(call, customer_id, program);
	if (change->old_status == PARTICIPATION_UNASKED)
		change->old_status = PARTICIPATION_ACTIVE;
	if (change->old_status == change->new_status)
		return;
	loyalty_participation_write(call->org->org_id, customer_id, program->program_id, change, call->now);
	loyalty_account_set_participation(call, customer_id, program, change->new_status);
	tell(call, customer_id, program, change);
}

/* Tells whether any of a term's fields has a value. */
static bool
has_field(const ActivationTerm *term, const KnownData *known)
{
	int i;
	int j;

	for (i = 0; i < term->field_count; i++)
		for (j = 0; j < known->field_count; j++)
			if (term->field_ids[i] == known->field_ids[j])
				return true;
	return false;
}

/* Tells whether what a term asks for is known. */
static bool
is_filled(const ActivationTerm *term, const KnownData *known)
{
	return term->kind < TERM_DATA ? known->data[term->kind] : has_field(term, known);
}

/* Judges what is known by the rules, and notes what is missing in the order of the terms. */
static Participation
judge(const ActivationRules *rules, const KnownData *known, ParticipationState *state)
{
	bool *filled = palloc(sizeof(bool) * Max(rules->term_count, 1));
	ActivationFacts facts = { .term_count = rules->term_count,
							  .filled = filled,
							  .confirms_phone = rules->confirms_phone,
							  .confirmed = known->confirmed,
							  .current = known->mobile,
							  .status = state->status };
	int i;

	state->missing = palloc(sizeof(char *) * (rules->term_count + 1));
	for (i = 0; i < rules->term_count; i++)
	{
		const ActivationTerm *term = &rules->terms[i];

		filled[i] = is_filled(term, known);
		if (!filled[i])
			state->missing[state->missing_count++] = term->term;
	}
	state->mobile = known->mobile;
	state->lacks_phone = loyalty_activation_lacks_phone(&facts);
	if (state->lacks_phone)
		state->missing[state->missing_count++] = PHONE_CONFIRMATION;
	return loyalty_activation(&facts);
}

/* Tells whether a term is among two kinds, and those between them. */
static bool
asks(const ActivationRules *rules, TermKind from, TermKind to)
{
	int i;

	for (i = 0; i < rules->term_count; i++)
		if (rules->terms[i].kind >= from && rules->terms[i].kind <= to)
			return true;
	return false;
}

/* Tells whether what terms of two kinds, and those between them, ask for is known. */
static bool
has(const ActivationRules *rules, TermKind from, TermKind to, const KnownData *known)
{
	int i;

	for (i = 0; i < rules->term_count; i++)
		if (rules->terms[i].kind >= from && rules->terms[i].kind <= to && !is_filled(&rules->terms[i], known))
			return false;
	return true;
}

/* Reads identifiers, and whether the mobile of now is confirmed; tells whether what is asked of them is there. */
static bool
read_identifiers(const LoyaltyCall *call, int64 customer_id, const ActivationRules *rules, KnownData *known)
{
	int32 org_id = call->org->org_id;
	LoyaltyIdentifiers held = { { NULL } };

	loyalty_identifiers_read(org_id, customer_id, &held);
	known->mobile = held.values[IDENTIFIER_MOBILE];
	known->data[TERM_MOBILE] = known->mobile != NULL;
	known->data[TERM_EMAIL] = held.values[IDENTIFIER_EMAIL] != NULL;
	known->data[TERM_EXTERNAL_ID] = held.values[IDENTIFIER_EXTERNAL_ID] != NULL;
	if (rules->confirms_phone && known->mobile != NULL &&
		loyalty_identifier_is_verified(org_id, customer_id, "mobile", known->mobile))
		known->confirmed = known->mobile;
	return has(rules, TERM_MOBILE, TERM_EXTERNAL_ID, known) &&
		   (!rules->confirms_phone || known->confirmed != NULL);
}

/* Reads the fields that terms ask for; tells whether they are there. */
static bool
read_fields(const LoyaltyCall *call, int64 customer_id, const ActivationRules *rules, KnownData *known)
{
	bool of_participation = asks(rules, TERM_PARTICIPATION_FIELD, TERM_PARTICIPATION_FIELD);

	if (of_participation || asks(rules, TERM_CUSTOMER_FIELD, TERM_CUSTOMER_FIELD))
		loyalty_known_fields(call->org->org_id, customer_id, of_participation ? rules->program_id : 0, known);
	return has(rules, TERM_CUSTOMER_FIELD, TERM_PARTICIPATION_FIELD, known);
}

/* Reads names that terms ask for; tells whether they are there. */
static bool
read_names(const LoyaltyCall *call, int64 customer_id, const ActivationRules *rules, KnownData *known)
{
	if (asks(rules, TERM_FIRST_NAME, TERM_LAST_NAME))
		loyalty_known_names(call->org->org_id, customer_id, known);
	return has(rules, TERM_FIRST_NAME, TERM_LAST_NAME, known);
}

/* Tells whether the customer has a card that can be used now. */
static bool
has_card(LoyaltyCall *call, int64 customer_id)
{
	Card *cards;
	int count = loyalty_cards_owned(call->org->org_id, customer_id, &cards);
	int i;

	for (i = 0; i < count; i++)
		if (loyalty_card_is_usable(loyalty_card_status_now(call, &cards[i])))
			return true;
	return false;
}

/*
 * Reads what the terms ask of somebody who is not confirmed, and makes active who lacks nothing. Cards come last, which take a
 * statement: where something is missing, the rest is read only for those who want to know all that is.
 */
static void
judge_open(LoyaltyCall *call, int64 customer_id, const ActivationRules *rules, bool wants_all,
		   ParticipationState *state)
{
	const LoyaltyProgram *program = loyalty_org_program_by_id(call->org, rules->program_id);
	ParticipationChange change = { .new_status = PARTICIPATION_ACTIVE, .cause = CAUSE_TERMS_MET };
	KnownData known = { .mobile = NULL };

	if (!read_identifiers(call, customer_id, rules, &known) && !wants_all)
		return;
	if (!read_fields(call, customer_id, rules, &known) && !wants_all)
		return;
	if (!read_names(call, customer_id, rules, &known) && !wants_all)
		return;
	known.data[TERM_CARD] = asks(rules, TERM_CARD, TERM_CARD) && has_card(call, customer_id);
	if (judge(rules, &known, state) != PARTICIPATION_ACTIVE)
		return;
	state->status = PARTICIPATION_ACTIVE;
	loyalty_participation_set(call, customer_id, program, &change);
}

/* Tells all that is missing. */
void
loyalty_participation_judge(LoyaltyCall *call, int64 customer_id, const LoyaltyProgram *program,
							ParticipationState *state)
{
	const ActivationRules *rules = loyalty_activation_rules(call->org, program->program_id);

	*state = (ParticipationState){ .status = loyalty_participation_status(call, customer_id, program) };
	if (rules != NULL && state->status == PARTICIPATION_NOT_CONFIRMED)
		judge_open(call, customer_id, rules, true, state);
}

/* Goes over programs in the order of their ids. An org that asks for nothing comes no further than the first line. */
void
loyalty_participation_customer_changed(LoyaltyCall *call, int64 customer_id)
{
	int32 *programs;
	int count;
	int i;

	if (call->org->participation == NULL)
		return;
	count = loyalty_participations_open(call->org->org_id, customer_id, &programs);
	for (i = 0; i < count; i++)
	{
		const ActivationRules *rules = loyalty_activation_rules(call->org, programs[i]);
		ParticipationState state = { .status = PARTICIPATION_NOT_CONFIRMED };

		if (rules != NULL)
			judge_open(call, customer_id, rules, false, &state);
	}
}

/*
 * Enrols as not confirmed: whether something is missing is judged when all of the registration is written. The accounts
 * have just been opened.
 */
void
loyalty_participation_register(LoyaltyCall *call, const LoyaltyEnrolment *enrolment)
{
	const LoyaltyParticipationRules *rules = call->org->participation;
	int i;

	for (i = 0; rules != NULL && i < rules->n; i++)
		if (rules->items[i].registers)
			loyalty_participation_set(call, enrolment->customer_id,
									  loyalty_org_program_by_id(call->org, rules->items[i].program_id),
									  &(ParticipationChange){ .new_status = PARTICIPATION_NOT_CONFIRMED,
															  .cause = CAUSE_REGISTRATION,
															  .till_id = enrolment->till_id,
															  .source_id = enrolment->source_id });
}

/* Goes by the list of what is held. */
void
loyalty_participation_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_holdings_erase(&loyalty_participation_holdings, call->org->org_id, root);
}
