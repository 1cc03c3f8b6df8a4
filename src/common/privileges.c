/*
 * privileges.c: owners of what the extension makes after it was installed, and who may use it.
 *
 * The install script closes what it makes in its last part. Sequences of number series are made later, by calls and
 * restores, when default privileges may open them to strangers; here they are closed at once, in the transaction that
 * makes them or takes them over, and a relation that stands there already under somebody else's name is refused instead
 * of used.
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

/* Makes the node of a role in a GRANT. */
static RoleSpec *
role(RoleSpecType type, char *name)
{
	RoleSpec *spec = makeNode(RoleSpec);

	spec->roletype = type;
	spec->rolename = name;
	spec->location = -1;
	return spec;
}

/* Lists PUBLIC, and the roles that privileges name besides the owner. */
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

/* Reads the catalogue's row of a relation; the caller releases it. */
static HeapTuple
relation_tuple(const char *name)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(loyalty_table_oid(name)));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %s", name);
	return tuple;
}

/* Revokes everything from everybody who was given something, by the server's own REVOKE. */
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

/*
 * Refuses a stranger's relation. A superuser's passes: a superuser may have made it, and another role restored the
 * dump.
 */
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
