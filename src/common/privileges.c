/*
 * privileges.c: who may use what the extension makes after it was installed. What the install script makes is closed by its
 * last part.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/syscache.h"

#include "common/names.h"
#include "common/privileges.h"

static RoleSpec *
role(RoleSpecType type, char *name)
{
	RoleSpec *spec = makeNode(RoleSpec);

	spec->roletype = type;
	spec->rolename = name;
	spec->location = -1;
	return spec;
}

/* PUBLIC, and the roles that privileges name besides the owner. */
static List *
grantees(const Acl *acl, Oid owner)
{
	List *list = list_make1(role(ROLESPEC_PUBLIC, NULL));
	Oid *roles;
	int count = aclmembers(acl, &roles);
	int i;

	for (i = 0; i < count; i++)
		if (roles[i] != owner)
			list = lappend(list, role(ROLESPEC_CSTRING, GetUserNameFromId(roles[i], false)));
	return list;
}

void
loyalty_relation_close(const char *name)
{
	GrantStmt *revoke = makeNode(GrantStmt);
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(loyalty_table_oid(name)));
	bool isnull;
	Datum acl;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %s", name);
	acl = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relacl, &isnull);
	if (!isnull)
	{
		revoke->targtype = ACL_TARGET_OBJECT;
		revoke->objtype = OBJECT_TABLE;
		revoke->objects = list_make1(makeRangeVar(pstrdup(LOYALTY_TABLES_SCHEMA), pstrdup(name), -1));
		revoke->grantees = grantees(DatumGetAclP(acl), ((Form_pg_class) GETSTRUCT(tuple))->relowner);
		revoke->behavior = DROP_CASCADE;
		ExecuteGrantStmt(revoke);
	}
	ReleaseSysCache(tuple);
}
