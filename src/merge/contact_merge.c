/*
 * contact_merge.c: how a customer may be reached, in merges: addresses of channels, and consents.
 *
 * A person keeps all its addresses: the survivor takes those that it lacks. Consents stay with whoever gave them, so the
 * survivor's hold; where the survivor once agreed and the victim refused the same later, the merge would go on writing to
 * a person who does not want it, which is worth a warning. Each channel has a line with its addresses, each consent in
 * force one of its own; what they come to for promotional messages to the mobile is the line of the opt-in status. The check reads the survivor anew, makes the same texts, and counts. Both customers are locked.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "customer/channels.h"
#include "customer/consent.h"
#include "customer/contact_merge_store.h"
#include "customer/reach.h"
#include "merge/participants.h"

#define PARTICIPANT "contact"
#define STATUS_ITEM "opt-in status"

/* Addresses and consents of one customer, each in one order. */
typedef struct Contacts
{
	int address_count;
	HeldAddress *addresses;
	int consent_count;
	HeldConsent *consents;
} Contacts;

/* Reads under the caller's snapshot for a preview, else as the locks left it. */
static void
read_contacts(const LoyaltyMerge *merge, int64 customer_id, Contacts *contacts)
{
	contacts->address_count =
		loyalty_addresses_held(merge->pair.org_id, customer_id, merge->preview, &contacts->addresses);
	contacts->consent_count =
		loyalty_consents_held(merge->pair.org_id, customer_id, merge->preview, &contacts->consents);
}

/* Returns the first address of a customer that is of a channel, or behind it; the count where there is none. */
static int
first_of(const Contacts *contacts, const char *channel)
{
	int i = 0;

	while (i < contacts->address_count && strcmp(contacts->addresses[i].channel, channel) < 0)
		i++;
	return i;
}

/* Returns the next address of a channel, NULL where there is none, and goes on. */
static const char *
next_of(const Contacts *contacts, const char *channel, int *at)
{
	if (*at == contacts->address_count || strcmp(contacts->addresses[*at].channel, channel) != 0)
		return NULL;
	return contacts->addresses[(*at)++].address;
}

/* Adds an address to a list, unless it is its last one. */
static void
append(StringInfo list, const char **last, const char *address)
{
	if (*last != NULL && strcmp(*last, address) == 0)
		return;
	appendStringInfo(list, "%s%s", *last ? ", " : "", address);
	*last = address;
}

/* Lists the addresses of a channel of one customer or of two, in order and each once; NULL where there is none. */
static const char *
address_list(const Contacts *one, const Contacts *other, const char *channel)
{
	StringInfoData list;
	const char *last = NULL;
	int at[2] = { first_of(one, channel), other ? first_of(other, channel) : 0 };
	const char *next[2] = { next_of(one, channel, &at[0]), other ? next_of(other, channel, &at[1]) : NULL };

	initStringInfo(&list);
	while (next[0] != NULL || next[1] != NULL)
	{
		int side = next[0] == NULL || (next[1] != NULL && strcmp(next[1], next[0]) < 0) ? 1 : 0;

		append(&list, &last, next[side]);
		next[side] = next_of(side == 0 ? one : other, channel, &at[side]);
	}
	return last ? list.data : NULL;
}

/* Returns the name of the line about a channel's addresses. */
static const char *
channel_item(const char *channel)
{
	return psprintf("addresses %s", channel);
}

/* Returns the name of the line about a consent. */
static const char *
consent_item(const HeldConsent *consent)
{
	return psprintf("consent %s %s%s%s%s%s", consent->channel, consent->purpose, consent->source ? " " : "",
					consent->source ? consent->source : "", consent->account_id[0] ? " " : "",
					consent->account_id);
}

/* Returns what a consent says, NULL for none. */
static const char *
consent_text(const HeldConsent *consent)
{
	if (consent == NULL)
		return NULL;
	return consent->opted_in ? "opt_in" : "opt_out";
}

/* Adds a line for each channel of a customer that has none yet. */
static void
add_channels(LoyaltyMerge *merge, const Contacts *of, const Contacts sides[2])
{
	int i;

	for (i = 0; i < of->address_count; i++)
	{
		const char *channel = of->addresses[i].channel;
		const char *item = channel_item(channel);

		if (loyalty_merge_has_line(merge, PARTICIPANT, item))
			continue;
		Assert(loyalty_merge_channels() == MERGE_BOTH);
		loyalty_merge_line(merge, PARTICIPANT, item, address_list(&sides[0], NULL, channel),
						   address_list(&sides[1], NULL, channel),
						   address_list(&sides[0], &sides[1], channel), MERGE_RULE_ALL);
	}
}

/* Returns the consent of a customer to the same channel, purpose and source, or NULL. */
static const HeldConsent *
same_consent(const Contacts *contacts, const HeldConsent *wanted)
{
	int i;

	for (i = 0; i < contacts->consent_count; i++)
	{
		const HeldConsent *consent = &contacts->consents[i];

		if (strcmp(consent->channel, wanted->channel) == 0 &&
			strcmp(consent->purpose, wanted->purpose) == 0 && consent->source_id == wanted->source_id &&
			strcmp(consent->account_id, wanted->account_id) == 0)
			return consent;
	}
	return NULL;
}

/* Returns a consent as the rules see it. */
static MergeConsent
as_rule(const HeldConsent *consent)
{
	return (MergeConsent){ .given = consent->opted_in,
						   .at = consent->consented_at,
						   .source_id = consent->source_id };
}

/* Tells whether two consents can be about one account: a consent that names none is about all of its source. */
static bool
accounts_meet(const HeldConsent *left, const HeldConsent *right)
{
	return left->account_id[0] == '\0' || right->account_id[0] == '\0' ||
		   strcmp(left->account_id, right->account_id) == 0;
}

/* Tells whether the victim refused, later, what the survivor agreed to: the same, or for every source or device. */
static bool
is_refused_by(const Contacts *victim, const HeldConsent *survivors)
{
	MergeConsent given = as_rule(survivors);
	int i;

	for (i = 0; i < victim->consent_count; i++)
	{
		const HeldConsent *consent = &victim->consents[i];
		MergeConsent refused = as_rule(consent);

		if (loyalty_consent_channels_meet(consent->channel, survivors->channel) &&
			strcmp(consent->purpose, survivors->purpose) == 0 && accounts_meet(consent, survivors) &&
			loyalty_merge_refusal_is_lost(&given, &refused))
			return true;
	}
	return false;
}

/* Adds a line for each consent of a customer that has none yet; the survivor's come first. */
static void
add_consents(LoyaltyMerge *merge, const Contacts *of, const Contacts sides[2])
{
	MergeSide side = loyalty_merge_subscriptions();
	int i;

	for (i = 0; i < of->consent_count; i++)
	{
		const HeldConsent *consent = &of->consents[i];
		const char *item = consent_item(consent);
		const HeldConsent *survivors = same_consent(&sides[0], consent);
		const char *values[2] = { consent_text(survivors), consent_text(same_consent(&sides[1], consent)) };
		LoyaltyMergeLine *line;

		if (loyalty_merge_has_line(merge, PARTICIPANT, item))
			continue;
		line = loyalty_merge_line(merge, PARTICIPANT, item, values[0], values[1],
								  loyalty_merge_value(side, values[0], values[1]), MERGE_RULE_SURVIVOR);
		if (survivors != NULL && is_refused_by(&sides[1], survivors))
			line->warning = psprintf("%s: the victim opted out later", item);
	}
}

/*
 * Returns how a customer stands to promotional messages to its mobile, NULL where it has said nothing: an opt-in that is older than
 * such a consent holds is over, though nobody took it back.
 */
static const char *
opt_in_status(const LoyaltyMerge *merge, const Contacts *contacts)
{
	const HeldConsent *consent =
		loyalty_consent_newest(contacts->consents, contacts->consent_count, "mobile", "promotional", 0);

	if (consent == NULL || !consent->opted_in)
		return consent_text(consent);
	return merge->call->now < loyalty_consent_end(consent->consented_at, merge->call->org->zone)
			   ? "opt_in"
			   : "opt_in (over)";
}

/* Adds the line of the opt-in status, where either has one. */
static void
add_status(LoyaltyMerge *merge, const Contacts sides[2])
{
	const char *values[2] = { opt_in_status(merge, &sides[0]), opt_in_status(merge, &sides[1]) };

	if (values[0] != NULL || values[1] != NULL)
		loyalty_merge_line(merge, PARTICIPANT, STATUS_ITEM, values[0], values[1],
						   loyalty_merge_value(loyalty_merge_subscriptions(), values[0], values[1]),
						   MERGE_RULE_SURVIVOR);
}

/* Adds the lines of both sides, what the survivor has first. Returns what the victim has. */
static void *
preview(LoyaltyMerge *merge)
{
	Contacts *sides = palloc(sizeof(Contacts) * 2);
	int side;

	read_contacts(merge, merge->pair.survivor_id, &sides[0]);
	read_contacts(merge, merge->pair.victim_id, &sides[1]);
	for (side = 0; side < 2; side++)
		add_channels(merge, &sides[side], sides);
	for (side = 0; side < 2; side++)
		add_consents(merge, &sides[side], sides);
	add_status(merge, sides);
	return &sides[1];
}

/* Takes addresses, if there are any; consents stay as they are. */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
	if (((const Contacts *) facts)->address_count > 0)
		loyalty_addresses_take(&merge->pair, merge->call->now);
}

/* Compares what the survivor has with the lines, each channel once, and holds their number against it. */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	Contacts survivor;
	int found = 0;
	int i;

	read_contacts(merge, merge->pair.survivor_id, &survivor);
	for (i = 0; i < survivor.address_count; i++)
	{
		const char *channel = survivor.addresses[i].channel;

		if (i > 0 && strcmp(survivor.addresses[i - 1].channel, channel) == 0)
			continue;
		loyalty_merge_expect(merge, PARTICIPANT, channel_item(channel),
							 address_list(&survivor, NULL, channel));
		found++;
	}
	for (i = 0; i < survivor.consent_count; i++)
	{
		loyalty_merge_expect(merge, PARTICIPANT, consent_item(&survivor.consents[i]),
							 consent_text(&survivor.consents[i]));
		found++;
	}
	loyalty_merge_expect(merge, PARTICIPANT, STATUS_ITEM, opt_in_status(merge, &survivor));
	found += opt_in_status(merge, &survivor) != NULL;
	for (i = 0; i < merge->lines.n; i++)
		if (strcmp(merge->lines.items[i].participant, PARTICIPANT) == 0)
			found -= merge->lines.items[i].final_value != NULL;
	if (found != 0)
		loyalty_merge_raise_lost(merge, PARTICIPANT, PARTICIPANT);
}

const LoyaltyMergeParticipant loyalty_contact_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
