/*
 * identifier_resolver.c: the list of resolvers. It is filled while the library is loaded and never changes afterwards,
 * so nothing guards it. Higher capabilities add theirs, so that find_customer and operations take identifiers that
 * this one knows nothing of; types are few, and are searched one by one.
 */
#include "postgres.h"

#include "common/word_rules.h"
#include "customer/identifier_resolver.h"

#define MAX_RESOLVERS 8

static const LoyaltyIdentifierResolver *resolvers[MAX_RESOLVERS];
static int resolver_count;

/* Keeps the pointer, in the order of the calls. Room is for the few types there are; more is a defect. */
void
loyalty_identifier_resolver_add(const LoyaltyIdentifierResolver *resolver)
{
	if (resolver_count == MAX_RESOLVERS)
		elog(ERROR, "no room for another type of identifiers");
	resolvers[resolver_count++] = resolver;
}

/* Looks at one after the other: there are two, and a look-up costs a search in a table after it. */
const LoyaltyIdentifierResolver *
loyalty_identifier_resolver_find(const char *type)
{
	int i;

	for (i = 0; i < resolver_count; i++)
		if (loyalty_same_word(type, resolvers[i]->type))
			return resolvers[i];
	return NULL;
}

/* Counts from 0, in the order of the additions. */
const LoyaltyIdentifierResolver *
loyalty_identifier_resolver_at(int i)
{
	return i < resolver_count ? resolvers[i] : NULL;
}
