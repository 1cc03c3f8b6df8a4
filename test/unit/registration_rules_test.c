/*
 * registration_rules_test.c: the decision about every combination of identifiers, owners and configuration,
 * against the text of the decision table.
 */
#include <string.h>

#include "customer/registration_rules.h"
#include "tap.h"

/* How an identifier comes: not at all, owned by nobody, or by one of three customers. */
#define WAYS 5
#define NOT_GIVEN 0
#define UNOWNED 1
#define FIRST_OWNER 2
#define OWNERS 3

/* What a customer holds of a type: nothing, the incoming value, or another one. */
#define HOLDINGS 3

#define NOBODY REGISTRATION_NOBODY

static const char *const holdings[HOLDINGS] = { NULL, "incoming", "other" };

static const RegistrationConfig by_mobile = { .keys = { .primary = IDENTIFIER_MOBILE } };

/* ---------------------------------------------------------------- the table, stated a second time */

/*
 * A line of the design's table. A: '-' nobody, 'a' anybody, 'n' non_loyalty, 'l' loyalty. b's primary: '-' none, 'o'
 * another one, '=' the incoming one, '.' whatever. Switches: '+' on, '-' off, '.' whatever. Whom it concerns: '-' a new customer, 'A',
 * 'b' the one b, 'o' the oldest b, 'l' the loyalty b. Outcome: 'c'reated, 'u'pdated, 'm'erged, or an error: 'x'
 * conflict, 's'econdary taken, 'p'rimary mismatch.
 */
typedef struct TableLine
{
	int row;
	char a;
	int least_b, most_b;
	int least_loyal, most_loyal;
	char b_primary;
	char skip, strict, update, owns_email, email_unique;
	char concerns;
	char outcome;
	bool checks_primary; /* rows 3, 7, 8 and 18 are asked about the customer's primary */
} TableLine;

static const TableLine table[] = {
	{ 1, '-', 0, 0, 0, 0, '.', '.', '.', '.', '.', '.', '-', 'c', false },
	{ 2, 'a', 0, 0, 0, 0, '.', '.', '.', '.', '.', '.', 'A', 'u', false },
	{ 3, '-', 1, 1, 0, 1, '-', '+', '.', '.', '.', '.', 'b', 'u', false },
	{ 3, '-', 1, 1, 0, 1, '-', '.', '-', '.', '.', '.', 'b', 'u', false },
	{ 4, '-', 1, 9, 0, 9, '.', '+', '.', '.', '.', '.', '-', 'c', false },
	{ 5, '-', 1, 9, 0, 9, '.', '.', '+', '.', '.', '.', '-', 's', false },
	{ 6, '-', 1, 1, 0, 0, 'o', '.', '.', '.', '.', '.', 'b', 'u', false },
	{ 7, '-', 1, 1, 1, 1, 'o', '.', '.', '+', '.', '.', 'b', 'u', false },
	{ 7, '-', 1, 1, 1, 1, '=', '.', '.', '.', '.', '.', 'b', 'u', false },
	{ 18, '-', 1, 1, 1, 1, 'o', '.', '.', '-', '+', '+', 'b', 'm', false },
	{ 8, '-', 1, 1, 1, 1, 'o', '.', '.', '-', '.', '.', 'b', 'p', false },
	{ 9, '-', 2, 9, 0, 0, '.', '.', '.', '.', '.', '.', 'o', 'm', false },
	{ 10, '-', 2, 9, 1, 1, '.', '.', '.', '.', '.', '.', 'l', 'm', true },
	{ 11, 'a', 1, 9, 0, 0, '.', '.', '.', '.', '.', '.', 'A', 'm', false },
	{ 12, 'n', 1, 9, 1, 1, '.', '-', '.', '.', '.', '.', 'l', 'm', true },
	{ 13, 'n', 1, 9, 1, 1, '.', '+', '.', '.', '.', '.', '-', 'x', false },
	{ 14, 'l', 1, 9, 1, 1, '.', '-', '.', '.', '+', '+', 'A', 'm', false },
	{ 15, 'l', 1, 9, 1, 9, '.', '+', '.', '.', '.', '.', 'A', 'u', false },
	{ 16, 'a', 1, 9, 1, 9, '.', '.', '.', '.', '.', '.', '-', 'x', false },
	{ 17, '-', 2, 9, 2, 9, '.', '.', '.', '.', '.', '.', '-', 'x', false },
};

#define TABLE_LINES ((int) (sizeof(table) / sizeof(table[0])))

/* What the lines are compared with. */
typedef struct Pattern
{
	int a;
	bool b[OWNERS];
	int b_count, loyal_count, one_b, loyal_b, oldest_b;
	bool loyal_b_owns_email;
} Pattern;

static bool
is_key(const RegistrationCase *facts, int type)
{
	if (type == (int) facts->config.keys.primary)
		return true;
	if (facts->config.keys.dual)
		return false;
	return type == IDENTIFIER_EMAIL ? facts->config.keys.email_unique : true;
}

/* A key has an owner; so has contact data that names a campaign user. */
static bool
names(const RegistrationCase *facts, int type)
{
	return is_key(facts, type) || (type == IDENTIFIER_EMAIL && facts->email_names);
}

static Pattern
pattern_of(const RegistrationCase *facts)
{
	Pattern p = { .a = NOBODY, .one_b = NOBODY, .loyal_b = NOBODY, .oldest_b = NOBODY };
	int primary = facts->config.keys.primary;

	if (facts->incoming[primary])
		p.a = facts->owner[primary];
	else
		for (int type = IDENTIFIER_TYPE_COUNT - 1; type >= 0; type--)
			if (names(facts, type) && facts->incoming[type] && facts->owner[type] >= 0)
				p.a = facts->owner[type];
	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (names(facts, type) && facts->incoming[type] && facts->owner[type] >= 0 &&
			facts->owner[type] != p.a)
			p.b[facts->owner[type]] = true;
	for (int i = OWNERS - 1; i >= 0; i--)
	{
		if (!p.b[i])
			continue;
		p.b_count++;
		p.one_b = i;
		if (facts->owners[i].loyalty)
		{
			p.loyal_count++;
			p.loyal_b = i;
		}
		if (p.oldest_b < 0 || facts->owners[i].registered_on <= facts->owners[p.oldest_b].registered_on)
			p.oldest_b = i;
	}
	p.loyal_b_owns_email = p.loyal_b >= 0 && facts->incoming[IDENTIFIER_EMAIL] &&
						   is_key(facts, IDENTIFIER_EMAIL) && facts->owner[IDENTIFIER_EMAIL] == p.loyal_b;
	return p;
}

static bool
switched(char wanted, bool is)
{
	return wanted == '.' || (wanted == '+') == is;
}

static bool
line_fits(const TableLine *line, const RegistrationCase *facts, const Pattern *p)
{
	int primary = facts->config.keys.primary;

	if (line->a == '-' ? p->a >= 0 : p->a < 0)
		return false;
	if ((line->a == 'n' && facts->owners[p->a].loyalty) || (line->a == 'l' && !facts->owners[p->a].loyalty))
		return false;
	if (p->b_count < line->least_b || p->b_count > line->most_b || p->loyal_count < line->least_loyal ||
		p->loyal_count > line->most_loyal)
		return false;
	if (line->b_primary != '.' && (facts->owners[p->one_b].held[primary] == NULL) != (line->b_primary == '-'))
		return false;
	if (line->b_primary == '=' && strcmp(facts->owners[p->one_b].held[primary], "incoming") != 0)
		return false;
	return switched(line->skip, facts->config.skip) && switched(line->strict, facts->config.strict) &&
		   switched(line->update, facts->config.replaceable[primary]) &&
		   switched(line->owns_email, p->loyal_b_owns_email) &&
		   switched(line->email_unique, facts->config.keys.email_unique);
}

static int
concerned(char whom, const Pattern *p)
{
	switch (whom)
	{
		case 'A':
			return p->a;
		case 'b':
			return p->one_b;
		case 'o':
			return p->oldest_b;
		case 'l':
			return p->loyal_b;
	}
	return NOBODY;
}

static RegistrationOutcome
outcome_for(char letter)
{
	switch (letter)
	{
		case 'c':
			return REGISTRATION_CREATED;
		case 'u':
			return REGISTRATION_UPDATED;
		case 'm':
			return REGISTRATION_MERGED;
		case 's':
			return REGISTRATION_SECONDARY_TAKEN;
		case 'p':
			return REGISTRATION_PRIMARY_MISMATCH;
	}
	return REGISTRATION_CONFLICT;
}

/* "In a merge the survivor keeps its own identifiers and takes those types it lacks": A's first, then by id. */
static const char *
after_merge(const RegistrationCase *facts, const Pattern *p, int customer, bool merges, int type)
{
	const char *value = customer < 0 ? NULL : facts->owners[customer].held[type];

	if (value == NULL && merges && p->a >= 0)
		value = facts->owners[p->a].held[type];
	for (int i = 0; i < OWNERS && value == NULL && merges; i++)
		if (p->b[i])
			value = facts->owners[i].held[type];
	return value;
}

/* Rows 10, 12 and 18: the loyalty customer has another primary, and the org does not let it be replaced. */
static bool
keeps_primary(const RegistrationCase *facts, const TableLine *line, int customer)
{
	int primary = facts->config.keys.primary;
	const char *held = customer < 0 ? NULL : facts->owners[customer].held[primary];

	return (line->checks_primary || line->row == 18) && facts->incoming[primary] && held &&
		   strcmp(held, "incoming") != 0 && !facts->config.replaceable[primary];
}

static IdentifierAction
action_by_words(const RegistrationCase *facts, const Pattern *p, const TableLine *line, int customer,
				int type)
{
	bool merges = line->outcome == 'm';
	bool primary = type == (int) facts->config.keys.primary;
	bool replaces = primary && !keeps_primary(facts, line, customer);
	int owner = names(facts, type) ? facts->owner[type] : NOBODY;
	const char *held = after_merge(facts, p, customer, merges, type);

	if (!facts->incoming[type])
		return IDENTIFIER_NOT_GIVEN;
	if (!primary && (line->row == 4 || (line->row == 15 && owner >= 0 && owner != customer)))
		return IDENTIFIER_IGNORED;
	if (held && strcmp(held, "incoming") == 0)
		return IDENTIFIER_UNCHANGED;
	if (owner >= 0 && (owner == customer || !replaces || !held))
		return IDENTIFIER_UNCHANGED;
	if (!held)
		return IDENTIFIER_ATTACHED;
	return replaces || facts->config.replaceable[type] ? IDENTIFIER_REPLACES : IDENTIFIER_KEPT;
}

static bool
identifiers_agree(const RegistrationCase *facts, const Pattern *p, const TableLine *line, int customer,
				  const RegistrationDecision *decision)
{
	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		IdentifierAction wanted = action_by_words(facts, p, line, customer, type);
		bool is_free = facts->incoming[type] && is_key(facts, type) && facts->owner[type] < 0;
		bool joins = p->a < 0 && keeps_primary(facts, line, customer) && wanted == IDENTIFIER_KEPT;
		bool gets = is_free && wanted != IDENTIFIER_IGNORED && (wanted != IDENTIFIER_KEPT || joins);

		if (decision->actions[type] != wanted || decision->claims[type] != gets ||
			decision->joined[type] != (is_free && joins))
			return false;
	}
	for (int i = 0; i < OWNERS; i++)
		if (decision->merged[i] != (line->outcome == 'm' && i != customer && (p->b[i] || i == p->a)))
			return false;
	return true;
}

static int reached[REGISTRATION_ROWS + 1];
static int left_over;

static bool
table_agrees(const RegistrationCase *facts)
{
	RegistrationDecision decision = loyalty_registration_decide(facts);
	Pattern p = pattern_of(facts);
	const TableLine *line = table;
	RegistrationOutcome outcome;
	int customer;
	bool was_loyal;

	while (line < table + TABLE_LINES && !line_fits(line, facts, &p))
		line++;
	if (line == table + TABLE_LINES)
	{
		left_over++;
		return false;
	}
	reached[line->row]++;
	customer = concerned(line->concerns, &p);
	outcome = outcome_for(line->outcome);
	was_loyal = customer >= 0 && facts->owners[customer].loyalty;
	if (keeps_primary(facts, line, customer) && !(p.loyal_b_owns_email && facts->config.keys.email_unique))
		outcome = REGISTRATION_PRIMARY_MISMATCH;
	else if (strchr("cum", line->outcome) && was_loyal && !facts->loyalty)
		outcome = REGISTRATION_TYPE_CONFLICT;
	if ((int) decision.row != line->row || decision.outcome != outcome || decision.customer != customer)
		return false;
	if (REGISTRATION_REFUSED(outcome))
		return !decision.enrols;
	return decision.enrols == (facts->loyalty && !was_loyal) &&
		   decision.joins == (p.a < 0 && keeps_primary(facts, line, customer)) &&
		   identifiers_agree(facts, &p, line, customer, &decision);
}

/* ---------------------------------------------------------------- every pattern */

/* A case, built from the way in which each identifier comes. Owner i has id 100 + i. */
static RegistrationCase
case_of(const RegistrationConfig *config, const int *ways, bool loyalty, const bool *enrolled,
		const char *held)
{
	RegistrationCase facts = { .config = *config, .loyalty = loyalty, .owner_count = OWNERS };

	for (int owner = 0; owner < OWNERS; owner++)
	{
		facts.owners[owner].customer_id = 100 + owner;
		facts.owners[owner].loyalty = enrolled[owner];
		for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
			facts.owners[owner].held[type] = ways[type] == FIRST_OWNER + owner ? "incoming" : held;
	}
	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		bool key = loyalty_identifier_is_key(&config->keys, (IdentifierType) type);

		facts.incoming[type] = ways[type] == NOT_GIVEN ? NULL : "incoming";
		facts.owner[type] = key && ways[type] >= FIRST_OWNER ? ways[type] - FIRST_OWNER : NOBODY;
	}
	return facts;
}

static int
count_disagreements(const RegistrationConfig *config, int *cases)
{
	int wrong = 0;

	for (int bits = 0; bits < WAYS * WAYS * WAYS * 2 * 8 * HOLDINGS * OWNERS; bits++)
	{
		int rest = bits;
		int ways[IDENTIFIER_TYPE_COUNT];
		bool enrolled[OWNERS];
		bool loyalty;
		RegistrationCase facts;

		for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++, rest /= WAYS)
			ways[type] = rest % WAYS;
		for (int owner = 0; owner < OWNERS; owner++, rest /= 2)
			enrolled[owner] = rest % 2;
		loyalty = rest % 2;
		rest /= 2;
		facts = case_of(config, ways, loyalty, enrolled, holdings[rest % HOLDINGS]);
		facts.owners[rest / HOLDINGS].registered_on = rest / HOLDINGS ? -5 : 5;
		wrong += !table_agrees(&facts);
		facts.email_names = !loyalty_identifier_is_key(&config->keys, IDENTIFIER_EMAIL) &&
							!config->keys.dual && ways[IDENTIFIER_EMAIL] >= FIRST_OWNER &&
							!enrolled[ways[IDENTIFIER_EMAIL] - FIRST_OWNER];
		if (facts.email_names)
		{
			facts.owner[IDENTIFIER_EMAIL] = ways[IDENTIFIER_EMAIL] - FIRST_OWNER;
			wrong += !table_agrees(&facts);
			(*cases)++;
		}
		(*cases)++;
	}
	return wrong;
}

/* Every configuration that enters the decision. */
static int
count_all_disagreements(int primary, int *cases)
{
	int wrong = 0;

	for (int bits = 0; bits < 64; bits++)
	{
		RegistrationConfig config = {
			.keys = { .primary = (IdentifierType) primary, .email_unique = bits & 1, .dual = bits & 2 },
			.any_identifier = true,
			.skip = bits & 4,
			.strict = bits & 8
		};

		for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
			config.replaceable[type] = type == primary ? bits & 16 : bits & 32;
		wrong += count_disagreements(&config, cases);
	}
	return wrong;
}

static void
test_every_case(void)
{
	int cases = 0;

	for (int primary = 0; primary < IDENTIFIER_TYPE_COUNT; primary++)
	{
		char name[100];

		snprintf(name, sizeof(name), "every case: primary %s", loyalty_identifier_type_names[primary]);
		ok(count_all_disagreements(primary, &cases) == 0, name);
	}
	ok(left_over == 0, "no pattern is left over");
	for (int row = 1; row <= REGISTRATION_ROWS; row++)
	{
		char name[100];

		snprintf(name, sizeof(name), "row %d is reached", row);
		ok(reached[row] > 0 && loyalty_registration_row_text((RegistrationRow) row) != NULL, name);
	}
	printf("# %d cases\n", cases);
}

/* ---------------------------------------------------------------- each row and its boundaries, in words */

/* Three customers by their loyalty type (l or n), and how mobile, e-mail and external id come. */
static RegistrationDecision
decide(RegistrationConfig config, const char *types, int mobile, int email, int external_id, const char *held)
{
	bool enrolled[OWNERS];
	int ways[] = { mobile, email, external_id };
	RegistrationCase facts;

	for (int i = 0; i < OWNERS; i++)
		enrolled[i] = types[i] == 'l';
	facts = case_of(&config, ways, true, enrolled, held);
	return loyalty_registration_decide(&facts);
}

#define ONE FIRST_OWNER
#define TWO (FIRST_OWNER + 1)
#define THREE (FIRST_OWNER + 2)

static void
test_without_a(void)
{
	RegistrationConfig config = by_mobile;
	RegistrationDecision d;

	config.keys.email_unique = true;
	d = decide(by_mobile, "lll", UNOWNED, UNOWNED, UNOWNED, NULL);
	ok(d.row == 1 && d.enrols && d.claims[IDENTIFIER_MOBILE] && d.claims[IDENTIFIER_EXTERNAL_ID] &&
		   !d.claims[IDENTIFIER_EMAIL] && d.actions[IDENTIFIER_EMAIL] == IDENTIFIER_ATTACHED,
	   "1: nobody knows them: created; the e-mail is contact data and no key");
	d = decide(config, "lll", UNOWNED, ONE, NOT_GIVEN, NULL);
	ok(d.row == 3 && d.customer == 0 && d.claims[IDENTIFIER_MOBILE], "3: b has no primary and gets it");
	config.strict = true;
	d = decide(config, "lll", UNOWNED, ONE, NOT_GIVEN, NULL);
	ok(d.row == 5 && d.outcome == REGISTRATION_SECONDARY_TAKEN, "3/5: strict: an error even then");
	config.skip = true;
	d = decide(config, "lll", UNOWNED, ONE, NOT_GIVEN, NULL);
	ok(d.row == 3, "3: skip overrides strict");
	d = decide(config, "lll", UNOWNED, ONE, UNOWNED, "other");
	ok(d.row == 4 && d.customer == NOBODY && d.actions[IDENTIFIER_EMAIL] == IDENTIFIER_IGNORED &&
		   d.actions[IDENTIFIER_EXTERNAL_ID] == IDENTIFIER_IGNORED && d.claims[IDENTIFIER_MOBILE] &&
		   !d.claims[IDENTIFIER_EXTERNAL_ID],
	   "4: created with the primary only");
	config.skip = config.strict = false;
	d = decide(config, "nll", UNOWNED, ONE, NOT_GIVEN, "other");
	ok(d.row == 6 && d.actions[IDENTIFIER_MOBILE] == IDENTIFIER_REPLACES,
	   "6: non_loyalty b: its primary is replaced");
	d = decide(config, "lll", UNOWNED, NOT_GIVEN, ONE, "other");
	ok(d.row == 8 && d.outcome == REGISTRATION_PRIMARY_MISMATCH && d.customer == 0, "8: loyalty b: mismatch");
	config.replaceable[IDENTIFIER_MOBILE] = true;
	d = decide(config, "lll", UNOWNED, ONE, NOT_GIVEN, "other");
	ok(d.row == 7 && d.actions[IDENTIFIER_MOBILE] == IDENTIFIER_REPLACES, "7: unless updates are allowed");
	d = decide(config, "nnn", UNOWNED, ONE, TWO, NULL);
	ok(d.row == 9 && d.customer == 0 && d.merged[1] && !d.merged[0] && !d.merged[2],
	   "9: the oldest takes A's place");
	d = decide(config, "nln", UNOWNED, ONE, TWO, "other");
	ok(d.row == 10 && d.customer == 1 && d.merged[0] && d.actions[IDENTIFIER_MOBILE] == IDENTIFIER_REPLACES,
	   "10: the loyalty one does");
	config.replaceable[IDENTIFIER_MOBILE] = false;
	d = decide(config, "nln", UNOWNED, ONE, TWO, "other");
	ok(d.row == 10 && d.outcome == REGISTRATION_PRIMARY_MISMATCH && !d.merged[0], "10: after row 8");
	d = decide(config, "nln", UNOWNED, ONE, TWO, NULL);
	ok(d.row == 10 && d.outcome == REGISTRATION_MERGED && d.claims[IDENTIFIER_MOBILE], "10: after row 3");
	d = decide(config, "lln", UNOWNED, ONE, TWO, NULL);
	ok(d.row == 17 && d.outcome == REGISTRATION_CONFLICT, "17: two of them are loyalty");
}

static void
test_with_a(void)
{
	RegistrationConfig config = by_mobile;
	RegistrationDecision d;

	d = decide(config, "lll", ONE, NOT_GIVEN, UNOWNED, "other");
	ok(d.row == 2 && d.actions[IDENTIFIER_EXTERNAL_ID] == IDENTIFIER_KEPT &&
		   !d.claims[IDENTIFIER_EXTERNAL_ID],
	   "2: a differing external id stays as it was");
	config.replaceable[IDENTIFIER_EXTERNAL_ID] = true;
	d = decide(config, "lll", ONE, NOT_GIVEN, UNOWNED, "other");
	ok(d.row == 2 && d.actions[IDENTIFIER_EXTERNAL_ID] == IDENTIFIER_REPLACES &&
		   d.claims[IDENTIFIER_EXTERNAL_ID],
	   "2: unless updates are allowed");
	config.keys.email_unique = true;
	d = decide(config, "lnn", ONE, TWO, THREE, NULL);
	ok(d.row == 11 && d.customer == 0 && d.merged[1] && d.merged[2], "11: both b's go into A");
	d = decide(config, "nln", ONE, TWO, THREE, NULL);
	ok(d.row == 12 && d.customer == 1 && d.merged[0] && d.merged[2] &&
		   d.actions[IDENTIFIER_MOBILE] == IDENTIFIER_UNCHANGED,
	   "12: A and the other b go into the loyalty one, which takes A's primary");
	d = decide(config, "nln", ONE, NOT_GIVEN, TWO, "other");
	ok(d.row == 12 && d.outcome == REGISTRATION_PRIMARY_MISMATCH, "12: after row 8");
	config.skip = true;
	d = decide(config, "nln", ONE, TWO, NOT_GIVEN, NULL);
	ok(d.row == 13 && d.outcome == REGISTRATION_CONFLICT, "13: skip makes it a conflict");
	d = decide(config, "lln", ONE, TWO, THREE, NULL);
	ok(d.row == 15 && d.customer == 0 && d.actions[IDENTIFIER_EMAIL] == IDENTIFIER_IGNORED &&
		   d.actions[IDENTIFIER_EXTERNAL_ID] == IDENTIFIER_IGNORED,
	   "15: matched secondaries stay where they are");
	config.skip = false;
	d = decide(config, "lln", ONE, TWO, THREE, NULL);
	ok(d.row == 14 && d.customer == 0 && d.merged[1] && d.merged[2],
	   "14: the loyalty one with the e-mail goes into A");
	d = decide(config, "lnl", ONE, TWO, THREE, NULL);
	ok(d.row == 16, "16: not where another owns the e-mail");
	d = decide(config, "nll", ONE, TWO, THREE, NULL);
	ok(d.row == 16, "16: nor two loyalty ones");
	config.keys.dual = true;
	d = decide(config, "lln", ONE, TWO, THREE, NULL);
	ok(d.row == 2, "dual eligibility: secondaries have no owners");
}

static void
test_joins(void)
{
	RegistrationConfig config = by_mobile;
	RegistrationDecision d;

	config.keys.email_unique = true;
	d = decide(config, "lll", UNOWNED, ONE, UNOWNED, "other");
	ok(d.row == 18 && d.outcome == REGISTRATION_MERGED && d.customer == 0 && d.joins && !d.enrols &&
		   !d.merged[0] && !d.merged[1],
	   "18: the owner of the unique e-mail keeps its primary and takes the new customer in");
	ok(d.actions[IDENTIFIER_MOBILE] == IDENTIFIER_KEPT && d.claims[IDENTIFIER_MOBILE] &&
		   d.joined[IDENTIFIER_MOBILE] && d.actions[IDENTIFIER_EXTERNAL_ID] == IDENTIFIER_KEPT &&
		   d.joined[IDENTIFIER_EXTERNAL_ID] && d.actions[IDENTIFIER_EMAIL] == IDENTIFIER_UNCHANGED,
	   "18: what that one keeps out finds it all the same");
	d = decide(config, "lnl", UNOWNED, ONE, TWO, "other");
	ok(d.row == 10 && d.outcome == REGISTRATION_MERGED && d.joins && d.merged[1],
	   "10/18: with others besides");
	d = decide(config, "nll", ONE, TWO, NOT_GIVEN, "other");
	ok(d.row == 12 && d.outcome == REGISTRATION_MERGED && !d.joins && d.merged[0] &&
		   d.actions[IDENTIFIER_MOBILE] == IDENTIFIER_UNCHANGED,
	   "12/18: whoever has the new primary joins it");
	d = decide(config, "lll", UNOWNED, NOT_GIVEN, ONE, "other");
	ok(d.row == 8 && d.outcome == REGISTRATION_PRIMARY_MISMATCH, "8: not by an external id");
	config.replaceable[IDENTIFIER_MOBILE] = true;
	d = decide(config, "lll", UNOWNED, ONE, UNOWNED, "other");
	ok(d.row == 7 && !d.joins, "7: not where the primary may be replaced");
	config.replaceable[IDENTIFIER_MOBILE] = false;
	config.strict = true;
	d = decide(config, "lll", UNOWNED, ONE, NOT_GIVEN, "other");
	ok(d.row == 5, "5: not where the check is strict");
	config.skip = true;
	d = decide(config, "lll", UNOWNED, ONE, NOT_GIVEN, "other");
	ok(d.row == 4, "4: nor where secondaries are skipped");
}

static void
test_without_primary(void)
{
	RegistrationConfig config = by_mobile;
	RegistrationDecision d;

	config.keys.email_unique = true;
	d = decide(config, "lll", NOT_GIVEN, NOT_GIVEN, THREE, NULL);
	ok(d.row == 2 && d.customer == 2, "without the primary the external id names the customer");
	d = decide(config, "nln", NOT_GIVEN, ONE, TWO, "other");
	ok(d.row == 12 && d.outcome == REGISTRATION_MERGED &&
		   d.actions[IDENTIFIER_MOBILE] == IDENTIFIER_NOT_GIVEN,
	   "12 without a primary: none is asked for, none changes");
	d = decide(config, "lll", NOT_GIVEN, TWO, TWO, NULL);
	ok(d.row == 2 && d.customer == 1, "one customer by two identifiers");
}

/* A registration by mobile, unowned or not given, with two keys of its source. */
static RegistrationCase
case_with_keys(RegistrationConfig config, int mobile, int cuid, int line)
{
	int ways[] = { mobile, NOT_GIVEN, NOT_GIVEN };
	bool enrolled[OWNERS] = { true, true, true };
	RegistrationCase facts = case_of(&config, ways, true, enrolled, NULL);

	facts.key_given[SOURCE_KEY_CUID] = cuid != NOT_GIVEN;
	facts.key_owner[SOURCE_KEY_CUID] = cuid >= FIRST_OWNER ? cuid - FIRST_OWNER : NOBODY;
	facts.key_given[SOURCE_KEY_LINE] = line != NOT_GIVEN;
	facts.key_owner[SOURCE_KEY_LINE] = line >= FIRST_OWNER ? line - FIRST_OWNER : NOBODY;
	return facts;
}

static void
test_source_keys(void)
{
	RegistrationConfig config = by_mobile;
	RegistrationCase facts = case_with_keys(config, NOT_GIVEN, ONE, UNOWNED);
	RegistrationDecision d = loyalty_registration_decide(&facts);

	ok(d.row == 2 && d.customer == 0 && loyalty_registration_is_named_by_source(&facts, &d),
	   "a key of the source alone names its customer");
	ok(d.key_actions[SOURCE_KEY_CUID] == IDENTIFIER_UNCHANGED &&
		   d.key_actions[SOURCE_KEY_LINE] == IDENTIFIER_ATTACHED &&
		   d.key_actions[SOURCE_KEY_WECHAT] == IDENTIFIER_NOT_GIVEN,
	   "who gets what is free, and nothing else");
	facts.owners[0].other_key[SOURCE_KEY_LINE] = true;
	d = loyalty_registration_decide(&facts);
	ok(d.key_actions[SOURCE_KEY_LINE] == IDENTIFIER_KEPT, "one that it has is not replaced");
	facts = case_with_keys(config, NOT_GIVEN, ONE, TWO);
	d = loyalty_registration_decide(&facts);
	ok(d.row == 16 && d.outcome == REGISTRATION_CONFLICT, "two keys of two customers are a conflict");
	facts.owners[1].loyalty = false;
	d = loyalty_registration_decide(&facts);
	ok(d.row == 11 && d.customer == 0 && d.merged[1] &&
		   d.key_actions[SOURCE_KEY_LINE] == IDENTIFIER_UNCHANGED,
	   "unless one is a campaign user");
	facts = case_with_keys(config, UNOWNED, ONE, NOT_GIVEN);
	d = loyalty_registration_decide(&facts);
	ok(d.row == 3 && d.customer == 0 && d.claims[IDENTIFIER_MOBILE], "a primary beside it goes to its owner");
	facts = case_with_keys(config, TWO, ONE, NOT_GIVEN);
	d = loyalty_registration_decide(&facts);
	ok(d.row == 16, "the owner of the primary is not that of the key");
	facts.config.skip = true;
	d = loyalty_registration_decide(&facts);
	ok(d.row == 15 && d.customer == 1 && d.key_actions[SOURCE_KEY_CUID] == IDENTIFIER_IGNORED &&
		   !loyalty_registration_is_named_by_source(&facts, &d),
	   "skip leaves the key aside, as any secondary");
	facts = case_with_keys(config, UNOWNED, UNOWNED, NOT_GIVEN);
	d = loyalty_registration_decide(&facts);
	ok(d.row == 1 && d.key_actions[SOURCE_KEY_CUID] == IDENTIFIER_ATTACHED, "a new customer gets its keys");
}

static void
test_loyalty_types(void)
{
	int ways[] = { ONE, NOT_GIVEN, NOT_GIVEN };
	bool enrolled[OWNERS] = { false, true, true };
	RegistrationCase facts = case_of(&by_mobile, ways, true, enrolled, NULL);

	ok(loyalty_registration_decide(&facts).enrols, "a non_loyalty customer is enrolled");
	facts.loyalty = false;
	ok(!loyalty_registration_decide(&facts).enrols, "or stays as it is");
	facts.owners[0].loyalty = true;
	ok(loyalty_registration_decide(&facts).outcome == REGISTRATION_TYPE_CONFLICT,
	   "a loyalty customer does not become non_loyalty");
}

int
main(void)
{
	plan(4 + REGISTRATION_ROWS + 13 + 11 + 8 + 9 + 3 + 3);
	test_every_case();
	test_without_a();
	test_with_a();
	test_joins();
	test_source_keys();
	test_without_primary();
	test_loyalty_types();
	return tap_exit();
}
