/*
 * org_lookup.c: finding an org's programs, stores and tills by code in what is cached of it.
 */
#include "postgres.h"

#include "common/errors.h"
#include "org/org_store.h"

const LoyaltyProgram *
loyalty_org_find_program(const LoyaltyOrg *org, const char *program)
{
	int i;

	for (i = 0; i < org->program_count; i++)
		if (program ? strcmp(org->programs[i].program, program) == 0 : org->programs[i].is_default)
			return &org->programs[i];
	return NULL;
}

const LoyaltyProgram *
loyalty_org_program(const LoyaltyOrg *org, const char *program)
{
	const LoyaltyProgram *found = loyalty_org_find_program(org, program);

	if (found != NULL)
		return found;
	if (program == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PROGRAM_UNKNOWN),
						errmsg("org \"%s\" has no default program", org->org),
						errhint("Create a program with loyalty.create_program().")));
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_PROGRAM_UNKNOWN), errmsg("program \"%s\" does not exist", program)));
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

const LoyaltyStore *
loyalty_org_find_store(const LoyaltyOrg *org, const char *store)
{
	return bsearch(store, org->stores, org->store_count, sizeof(LoyaltyStore), compare_store);
}

const LoyaltyStore *
loyalty_org_store(const LoyaltyOrg *org, const char *store)
{
	const LoyaltyStore *found = loyalty_org_find_store(org, store);

	if (found == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_STORE_UNKNOWN), errmsg("store \"%s\" does not exist", store)));
	return found;
}

const LoyaltyTill *
loyalty_org_find_till(const LoyaltyOrg *org, const char *till)
{
	return bsearch(till, org->tills, org->till_count, sizeof(LoyaltyTill), compare_till);
}

const LoyaltyTill *
loyalty_org_till(const LoyaltyOrg *org, const char *till)
{
	const LoyaltyTill *found = loyalty_org_find_till(org, till);

	if (found == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TILL_UNKNOWN), errmsg("till \"%s\" does not exist", till)));
	return found;
}
