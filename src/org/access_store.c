/*
 * access_store.c: which roles may act in which orgs. A role may act where it, or a role that it is a member of,
 * was granted the org; superusers pass. Grants are cached with the org; changes of membership drop the cache as
 * changes of grants do.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"

#include "org/org_store.h"

/* Every org with each of its grants, an org without any once. */
static LoyaltyQuery visible_orgs = LOYALTY_STATEMENT_SEEN(
	"SELECT o.org_id, a.role_name::text FROM loyalty_data.org o LEFT JOIN loyalty_data.org_access a"
	" ON a.org_id = o.org_id ORDER BY o.org_id");

/*
 * Tells whether a role has the rights of a role of that name. Roles are stored by name: one that was dropped is
 * no role, and grants nothing.
 */
static bool
grants(const char *role_name, Oid role)
{
	Oid granted = get_role_oid(role_name, true);

	return OidIsValid(granted) && has_privs_of_role(role, granted);
}

/*
 * Keeps the judgement of the last role with the cached org: sessions call as one role, and the catalogue is
 * asked once.
 */
bool
loyalty_org_allows(LoyaltyOrg *org, Oid role)
{
	int i;

	if (org->checked_role == role)
		return org->role_allowed;
	org->role_allowed = superuser_arg(role);
	for (i = 0; i < org->role_count && !org->role_allowed; i++)
		org->role_allowed = grants(org->roles[i], role);
	org->checked_role = role;
	return org->role_allowed;
}

/*
 * Judges every grant anew, for all orgs: views ask it once a query. Rows of one org stand together, so the last
 * one that was taken tells whether the org is there already.
 */
int32 *
loyalty_org_visible(Oid role, int *count)
{
	bool all = superuser_arg(role);
	LoyaltyRows *rows = loyalty_query(&visible_orgs, NULL);
	int32 *orgs = palloc(sizeof(int32) * Max(rows->count, 1));
	uint64 i;

	*count = 0;
	for (i = 0; i < rows->count; i++)
	{
		int32 org_id = loyalty_row_int4(rows, i, 1);
		char *role_name = loyalty_row_text_or_null(rows, i, 2);

		if (*count > 0 && orgs[*count - 1] == org_id)
			continue;
		if (all || (role_name != NULL && grants(role_name, role)))
			orgs[(*count)++] = org_id;
	}
	return orgs;
}
