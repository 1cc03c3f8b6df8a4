/*
 * identifier_resolver.c: types of identifiers that capabilities above know of.
 */
#include "postgres.h"

#include "customer/identifier_resolver.h"

#define MAX_RESOLVERS 8

static const LoyaltyIdentifierResolver *resolvers[MAX_RESOLVERS];
static int resolver_count;

void
loyalty_identifier_resolver_add(const LoyaltyIdentifierResolver *resolver)
{
	if (resolver_count == MAX_RESOLVERS)
		elog(ERROR, "no room for another type of identifiers");
	resolvers[resolver_count++] = resolver;
}

const LoyaltyIdentifierResolver *
loyalty_identifier_resolver_find(const char *type)
{
	int i;

	for (i = 0; i < resolver_count; i++)
		if (strcmp(resolvers[i]->type, type) == 0)
			return resolvers[i];
	return NULL;
}
