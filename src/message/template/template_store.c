/*
 * template_store.c: the statements on templates. They are reference data of an org, which changes under its lock.
 *
 * A version in force is one that was approved once, whatever became of it since: paused and disabled ones stand in
 * front of older ones. Whoever sends asks if it is approved still. Two statements say that, and must say the same:
 * version_in_force, which looks for one language by the primary key, and versions_of_channel, which goes through all
 * templates of an org that a finished text may be of.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "message/template/template_store.h"

/* Inserts a template; its code is unique in the org. */
static LoyaltyQuery template_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.message_template (org_id, template_id, created_at, template, channel, purpose, topic,"
	" variable_names) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TIMESTAMPTZOID, TEXTOID, TEXTOID, CHAROID, TEXTOID, TEXTARRAYOID);

/* Finds a template. */
static LoyaltyQuery template_by_name = LOYALTY_STATEMENT(
	"SELECT t.template_id, t.template::text, t.channel::text, t.purpose, t.topic::text, t.variable_names"
	" FROM loyalty_data.message_template t WHERE t.org_id = $1 AND t.template = $2",
	INT4OID, TEXTOID);

/* Replaces the names of variables. */
static LoyaltyQuery template_names =
	LOYALTY_STATEMENT("UPDATE loyalty_data.message_template SET variable_names = $3 WHERE org_id = $1"
					  " AND template_id = $2",
					  INT4OID, INT4OID, TEXTARRAYOID);

/* Inserts a version. */
static LoyaltyQuery version_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.template_version (org_id, template_id, language, version_no, updated_at, status, subject,"
	" body, blocks, components, variable_limits, header_id, external_template_id, reason)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
	INT4OID, INT4OID, TEXTOID, INT4OID, TIMESTAMPTZOID, CHAROID, TEXTOID, TEXTOID, JSONBOID, JSONBOID,
	JSONBOID, TEXTOID, TEXTOID, TEXTOID);

/* Writes what becomes of a version. */
static LoyaltyQuery version_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.template_version SET status = $5, reason = $6, external_template_id = $7,"
	" updated_at = $8 WHERE org_id = $1 AND template_id = $2 AND language = $3 AND version_no = $4",
	INT4OID, INT4OID, TEXTOID, INT4OID, CHAROID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

#define VERSION_COLUMNS \
	" v.version_no, v.status, v.language::text, v.subject, v.body, v.blocks, v.components, v.variable_limits," \
	" v.header_id::text, v.external_template_id::text, v.reason "

/* Find a version: the newest, the newest that was approved once, one by its number. */
static LoyaltyQuery version_newest =
	LOYALTY_STATEMENT("SELECT" VERSION_COLUMNS
					  "FROM loyalty_data.template_version v WHERE v.org_id = $1 AND v.template_id = $2"
					  " AND v.language = $3 ORDER BY v.version_no DESC LIMIT 1",
					  INT4OID, INT4OID, TEXTOID);
static LoyaltyQuery version_in_force = LOYALTY_STATEMENT(
	"SELECT" VERSION_COLUMNS "FROM loyalty_data.template_version v WHERE v.org_id = $1 AND v.template_id = $2"
	" AND v.language = $3 AND v.status = ANY ('{a,u,x}') ORDER BY v.version_no DESC LIMIT 1",
	INT4OID, INT4OID, TEXTOID);
static LoyaltyQuery version_by_no =
	LOYALTY_STATEMENT("SELECT" VERSION_COLUMNS
					  "FROM loyalty_data.template_version v WHERE v.org_id = $1 AND v.template_id = $2"
					  " AND v.language = $3 AND v.version_no = $4",
					  INT4OID, INT4OID, TEXTOID, INT4OID);

/* Finds all templates of a channel by which something may be sent. */
static LoyaltyQuery versions_of_channel = LOYALTY_STATEMENT(
	"SELECT" VERSION_COLUMNS ", t.template_id, t.purpose FROM loyalty_data.message_template t"
	" JOIN loyalty_data.template_version v ON v.org_id = t.org_id AND v.template_id = t.template_id"
	" WHERE t.org_id = $1 AND t.channel = $2 AND v.status = 'a'"
	" AND NOT EXISTS (SELECT FROM loyalty_data.template_version n WHERE n.org_id = v.org_id"
	" AND n.template_id = v.template_id AND n.language = v.language AND n.version_no > v.version_no"
	" AND n.status = ANY ('{a,u,x}')) ORDER BY t.template_id, v.language",
	INT4OID, TEXTOID);

/* Inserts, unless another session did. */
bool
loyalty_template_insert(int32 org_id, const TemplateRow *template, TimestampTz now)
{
	return LOYALTY_EXECUTE(&template_insert, loyalty_int4(org_id), loyalty_int4(template->template_id),
						   loyalty_time(now), loyalty_text(template->template_name),
						   loyalty_text(template->channel), loyalty_char(template->purpose),
						   loyalty_text(template->topic), loyalty_varlena(template->variable_names)) == 1;
}

/* Reads a template. */
bool
loyalty_template_read(int32 org_id, const char *name, TemplateRow *template)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&template_by_name, loyalty_int4(org_id), loyalty_text(name));

	if (rows->count == 0)
		return false;
	template->template_id = loyalty_row_int4(rows, 0, 1);
	template->template_name = loyalty_row_text(rows, 0, 2);
	template->channel = loyalty_row_text(rows, 0, 3);
	template->purpose = loyalty_row_char(rows, 0, 4);
	template->topic = loyalty_row_text_or_null(rows, 0, 5);
	template->variable_names = loyalty_row_varlena_or_null(rows, 0, 6);
	return true;
}

/* Writes the names. */
void
loyalty_template_set_names(int32 org_id, int32 template_id, ArrayType *names)
{
	LOYALTY_EXECUTE(&template_names, loyalty_int4(org_id), loyalty_int4(template_id), loyalty_varlena(names));
}

/* Writes a version. */
void
loyalty_version_insert(int32 org_id, int32 template_id, const VersionRow *version, TimestampTz now)
{
	LOYALTY_EXECUTE(&version_insert, loyalty_int4(org_id), loyalty_int4(template_id),
					loyalty_text(version->language), loyalty_int4(version->version_no), loyalty_time(now),
					loyalty_char(version->status), loyalty_text(version->subject),
					loyalty_text(version->body), loyalty_varlena(version->blocks),
					loyalty_varlena(version->components), loyalty_varlena(version->variable_limits),
					loyalty_text(version->header_id), loyalty_text(version->external_template_id),
					loyalty_text(version->reason));
}

/* Writes what became of it. */
void
loyalty_version_update(int32 org_id, int32 template_id, const VersionRow *version, TimestampTz now)
{
	LOYALTY_EXECUTE(&version_update, loyalty_int4(org_id), loyalty_int4(template_id),
					loyalty_text(version->language), loyalty_int4(version->version_no),
					loyalty_char(version->status), loyalty_text(version->reason),
					loyalty_text(version->external_template_id), loyalty_time(now));
}

/*
 * Reads the columns of a version, in the order of VERSION_COLUMNS. Documents are copied out of the row, which goes
 * with the result of its statement.
 */
static void
read_version(LoyaltyRows *rows, uint64 row, VersionRow *version)
{
	version->version_no = loyalty_row_int4(rows, row, 1);
	version->status = loyalty_row_char(rows, row, 2);
	version->language = loyalty_row_text(rows, row, 3);
	version->subject = loyalty_row_text_or_null(rows, row, 4);
	version->body = loyalty_row_text_or_null(rows, row, 5);
	version->blocks = loyalty_row_varlena_or_null(rows, row, 6);
	version->components = loyalty_row_varlena_or_null(rows, row, 7);
	version->variable_limits = loyalty_row_varlena_or_null(rows, row, 8);
	version->header_id = loyalty_row_text_or_null(rows, row, 9);
	version->external_template_id = loyalty_row_text_or_null(rows, row, 10);
	version->reason = loyalty_row_text_or_null(rows, row, 11);
}

/* Finds the newest version of either kind. */
bool
loyalty_version_find(int32 org_id, int32 template_id, const char *language, VersionWanted wanted,
					 VersionRow *version)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(wanted == VERSION_NEWEST ? &version_newest : &version_in_force, loyalty_int4(org_id),
					  loyalty_int4(template_id), loyalty_text(language));

	if (rows->count == 0)
		return false;
	read_version(rows, 0, version);
	return true;
}

/* Finds a version by its number. */
bool
loyalty_version_find_no(int32 org_id, int32 template_id, const char *language, int32 version_no,
						VersionRow *version)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&version_by_no, loyalty_int4(org_id), loyalty_int4(template_id),
									  loyalty_text(language), loyalty_int4(version_no));

	if (rows->count == 0)
		return false;
	read_version(rows, 0, version);
	return true;
}

/* Reads all of a channel. */
int
loyalty_templates_in_force(int32 org_id, const char *channel, TemplateInForce **templates)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&versions_of_channel, loyalty_int4(org_id), loyalty_text(channel));
	int count = (int) rows->count;
	int i;

	*templates = palloc0(sizeof(TemplateInForce) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		read_version(rows, i, &(*templates)[i].version);
		(*templates)[i].template_id = loyalty_row_int4(rows, i, 12);
		(*templates)[i].purpose = loyalty_row_char(rows, i, 13);
	}
	return count;
}
