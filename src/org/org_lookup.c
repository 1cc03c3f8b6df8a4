/*
 * org_lookup.c: finding an org's programs, stores and tills by code in what is cached of it. No statement, no
 * lock: a code that was made after the org was read is found as soon as the org is read again. Programs are few
 * and searched one by one; stores and tills may be thousands and are searched by halving.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/word_rules.h"
#include "org/org_store.h"

/* Finds a program by its code, or the default one; NULL: there is none. */
static const LoyaltyProgram *
find_program(const LoyaltyOrg *org, const char *program)
{
	int i;

	for (i = 0; i < org->program_count; i++)
		if (program ? strcmp(org->programs[i].program, program) == 0 : org->programs[i].is_default)
			return &org->programs[i];
	return NULL;
}

/* Tells an org without programs apart: its HINT is another one. */
bool
loyalty_org_named_program(const LoyaltyOrg *org, const char *program, const LoyaltyProgram **found,
						  LoyaltyRefusal *refusal)
{
	*found = find_program(org, program);
	if (*found == NULL && program == NULL)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_PROGRAM_UNKNOWN,
					   errmsg("org \"%s\" has no default program", org->org),
					   errhint("Create a program with loyalty.create_program()."));
	if (*found == NULL)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_PROGRAM_UNKNOWN,
					   errmsg("program \"%s\" does not exist", program));
	return true;
}

/* Raises what loyalty_org_named_program refuses. */
const LoyaltyProgram *
loyalty_org_program(const LoyaltyOrg *org, const char *program)
{
	const LoyaltyProgram *found;

	(void) loyalty_org_named_program(org, program, &found, LOYALTY_RAISES);
	return found;
}

/* Takes NULL for all programs, where writing calls take it for the default one. */
int32
loyalty_org_read_program(const LoyaltyOrg *org, const char *program)
{
	if (program == NULL || loyalty_same_word(program, LOYALTY_ALL_PROGRAMS))
		return 0;
	return loyalty_org_program(org, program)->program_id;
}

/* Raises an internal error: ids come from rows, and programs are never removed. */
const LoyaltyProgram *
loyalty_org_program_by_id(const LoyaltyOrg *org, int32 program_id)
{
	int i;

	for (i = 0; i < org->program_count; i++)
		if (org->programs[i].program_id == program_id)
			return &org->programs[i];
	elog(ERROR, "program %d is not cached", program_id);
}

/*
 * Compares a code with that of a store, for bsearch: by bytes, as the server has sorted them (the columns have
 * collation C).
 */
static int
compare_store(const void *code, const void *store)
{
	return strcmp(code, ((const LoyaltyStore *) store)->store);
}

/* Compares a code with that of a till in the same way. */
static int
compare_till(const void *code, const void *till)
{
	return strcmp(code, ((const LoyaltyTill *) till)->till);
}

/* Searches by halving. */
bool
loyalty_org_named_store(const LoyaltyOrg *org, const char *store, const LoyaltyStore **found,
						LoyaltyRefusal *refusal)
{
	*found = bsearch(store, org->stores, org->store_count, sizeof(LoyaltyStore), compare_store);
	if (*found == NULL)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_STORE_UNKNOWN, errmsg("store \"%s\" does not exist", store));
	return true;
}

/* Raises what loyalty_org_named_store refuses. */
const LoyaltyStore *
loyalty_org_store(const LoyaltyOrg *org, const char *store)
{
	const LoyaltyStore *found;

	(void) loyalty_org_named_store(org, store, &found, LOYALTY_RAISES);
	return found;
}

/* Searches by halving. */
const LoyaltyTill *
loyalty_org_find_till(const LoyaltyOrg *org, const char *till)
{
	return bsearch(till, org->tills, org->till_count, sizeof(LoyaltyTill), compare_till);
}

/* Refuses what loyalty_org_find_till does not find. */
bool
loyalty_org_named_till(const LoyaltyOrg *org, const char *till, const LoyaltyTill **found,
					   LoyaltyRefusal *refusal)
{
	*found = loyalty_org_find_till(org, till);
	if (*found == NULL)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TILL_UNKNOWN, errmsg("till \"%s\" does not exist", till));
	return true;
}

/* Raises what loyalty_org_named_till refuses. */
const LoyaltyTill *
loyalty_org_till(const LoyaltyOrg *org, const char *till)
{
	const LoyaltyTill *found;

	(void) loyalty_org_named_till(org, till, &found, LOYALTY_RAISES);
	return found;
}
