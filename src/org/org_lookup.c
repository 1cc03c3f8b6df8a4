/*
 * org_lookup.c: finding an org's programs, stores and tills by code in what is cached of it.
 */
#include "postgres.h"

#include "common/errors.h"
#include "org/org_store.h"

static const LoyaltyProgram *
find_program(const LoyaltyOrg *org, const char *program)
{
	int i;

	for (i = 0; i < org->program_count; i++)
		if (program ? strcmp(org->programs[i].program, program) == 0 : org->programs[i].is_default)
			return &org->programs[i];
	return NULL;
}

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

const LoyaltyProgram *
loyalty_org_program(const LoyaltyOrg *org, const char *program)
{
	const LoyaltyProgram *found;

	(void) loyalty_org_named_program(org, program, &found, LOYALTY_RAISES);
	return found;
}

int32
loyalty_org_read_program(const LoyaltyOrg *org, const char *program)
{
	if (program == NULL || strcmp(program, LOYALTY_ALL_PROGRAMS) == 0)
		return 0;
	return loyalty_org_program(org, program)->program_id;
}

const LoyaltyProgram *
loyalty_org_program_by_id(const LoyaltyOrg *org, int32 program_id)
{
	int i;

	for (i = 0; i < org->program_count; i++)
		if (org->programs[i].program_id == program_id)
			return &org->programs[i];
	elog(ERROR, "program %d is not cached", program_id);
}

/* Both places are looked up in arrays that the server sorted by bytes (the columns have collation C). */
static int
compare_store(const void *code, const void *store)
{
	return strcmp(code, ((const LoyaltyStore *) store)->store);
}

static int
compare_till(const void *code, const void *till)
{
	return strcmp(code, ((const LoyaltyTill *) till)->till);
}

bool
loyalty_org_named_store(const LoyaltyOrg *org, const char *store, const LoyaltyStore **found,
						LoyaltyRefusal *refusal)
{
	*found = bsearch(store, org->stores, org->store_count, sizeof(LoyaltyStore), compare_store);
	if (*found == NULL)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_STORE_UNKNOWN, errmsg("store \"%s\" does not exist", store));
	return true;
}

const LoyaltyStore *
loyalty_org_store(const LoyaltyOrg *org, const char *store)
{
	const LoyaltyStore *found;

	(void) loyalty_org_named_store(org, store, &found, LOYALTY_RAISES);
	return found;
}

const LoyaltyTill *
loyalty_org_find_till(const LoyaltyOrg *org, const char *till)
{
	return bsearch(till, org->tills, org->till_count, sizeof(LoyaltyTill), compare_till);
}

bool
loyalty_org_named_till(const LoyaltyOrg *org, const char *till, const LoyaltyTill **found,
					   LoyaltyRefusal *refusal)
{
	*found = loyalty_org_find_till(org, till);
	if (*found == NULL)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TILL_UNKNOWN, errmsg("till \"%s\" does not exist", till));
	return true;
}

const LoyaltyTill *
loyalty_org_till(const LoyaltyOrg *org, const char *till)
{
	const LoyaltyTill *found;

	(void) loyalty_org_named_till(org, till, &found, LOYALTY_RAISES);
	return found;
}
