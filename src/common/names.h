/* names.h: the extension's own relations, by oid, looked up once and dropped with the relcache. */
#ifndef LOYALTY_NAMES_H
#define LOYALTY_NAMES_H

#include "c.h"

/* Relations of ours that calls need by oid. */
typedef enum LoyaltyRelation
{
	LOYALTY_REL_ORG, /* also the anchor of every configuration change */
	LOYALTY_REL_ID_SEQ,
	LOYALTY_REL_REFERENCE_ID_SEQ,
	LOYALTY_REL_SOURCE_ID_SEQ,
	LOYALTY_REL_COUNT
} LoyaltyRelation;

/* The schema of the extension's tables, sequences, trigger functions and whatever else nobody calls by name. */
#define LOYALTY_TABLES_SCHEMA "loyalty_data"

/* The schema of what people use. */
#define LOYALTY_PUBLIC_SCHEMA "loyalty"

/* The oid of a table of ours, or of another relation that stands with them; InvalidOid: there is none. */
extern Oid loyalty_table_oid(const char *table);

/* The oid of a relation of ours. */
extern Oid loyalty_relation(LoyaltyRelation relation);

/* The role that owns the extension's tables. */
extern Oid loyalty_owner_role(void);

/* A number that grows whenever reference data, roles or the extension itself may have changed. */
extern uint64 loyalty_reference_generation(void);

/* Registers the one relcache callback and those of the role catalogues; called once at load. */
extern void loyalty_names_init(void);

#endif
