/*
 * privileges.c: whose what the extension makes after it was installed is, and who may use it. What the install script makes is
 * closed by its last part.
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

static HeapTuple
relation_tuple(const char *name)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(loyalty_table_oid(name)));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %s", name);
	return tuple;
}

void
loyalty_relation_close(const char *name)
{
	GrantStmt *revoke = makeNode(GrantStmt);
	HeapTuple tuple = relation_tuple(name);
	bool isnull;
	Datum acl;

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

/* A restore by somebody else than who installed first leaves what a superuser owned. */
void
loyalty_relation_check_owner(const char *name)
{
	HeapTuple tuple = relation_tuple(name);
	Oid owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;

	ReleaseSysCache(tuple);
	if (owner != GetUserId() && !superuser_arg(owner))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("\"" LOYALTY_TABLES_SCHEMA ".%s\" is there already and belongs to role \"%s\"",
							   name, GetUserNameFromId(owner, false)),
						errhint("Rename or drop it, or make it the owner's of the extension's tables.")));
}
