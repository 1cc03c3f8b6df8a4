/* template_store.h: the tables of templates and of their versions. */
#ifndef LOYALTY_TEMPLATE_STORE_H
#define LOYALTY_TEMPLATE_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/array.h"
#include "utils/jsonb.h"

/* A template: what all of its versions have in common. */
typedef struct TemplateRow
{
	int32 template_id;
	const char *template_name;
	const char *channel;
	char purpose;
	const char *topic;		   /* NULL: none */
	ArrayType *variable_names; /* NULL: none */
} TemplateRow;

/* A version: what is said in one language. NULLs are what it does not have. */
typedef struct VersionRow
{
	int32 version_no;
	char status;
	const char *language;
	const char *subject;
	const char *body;
	Jsonb *blocks;
	Jsonb *components;
	Jsonb *variable_limits;
	const char *header_id;
	const char *external_template_id;
	const char *reason;
} VersionRow;

/* Inserts a template; false where its code is taken. */
extern bool loyalty_template_insert(int32 org_id, const TemplateRow *template, TimestampTz now);

/* Finds a template by its code. */
extern bool loyalty_template_read(int32 org_id, const char *name, TemplateRow *template);

/* Replaces the names of variables. */
extern void loyalty_template_set_names(int32 org_id, int32 template_id, ArrayType *names);

/* Inserts a version. The org is locked, so that numbers have no gap and none comes twice. */
extern void loyalty_version_insert(int32 org_id, int32 template_id, const VersionRow *version,
								   TimestampTz now);

/* Writes what becomes of a version: status, reason, external_template_id. */
extern void loyalty_version_update(int32 org_id, int32 template_id, const VersionRow *version,
								   TimestampTz now);

/* Version of a language that is looked for. */
typedef enum VersionWanted
{
	VERSION_NEWEST,
	VERSION_IN_FORCE, /* the newest of those that were approved once */
} VersionWanted;

/* Find a version of a language; false where there is none. */
extern bool loyalty_version_find(int32 org_id, int32 template_id, const char *language, VersionWanted wanted,
								 VersionRow *version);
extern bool loyalty_version_find_no(int32 org_id, int32 template_id, const char *language, int32 version_no,
									VersionRow *version);

/* A template that texts can be of, with its version. */
typedef struct TemplateInForce
{
	int32 template_id;
	char purpose;
	VersionRow version;
} TemplateInForce;

/* Returns the approved versions of a channel that are in force, oldest template first. */
extern int loyalty_templates_in_force(int32 org_id, const char *channel, TemplateInForce **templates);

#endif
