/*
 * setting_store.c: the statements about settings of change requests: reference data of an org, which changes under its lock.
 * Nothing of it is cached with the org: requests are few.
 *
 * Three tables have what an org says of a type. A row of rules is there or not: a type without one has what settings.c says. Who
 * is told of a change stands in it as letters, one for each audience, in their order, since audiences are few and always read
 * together. Contacts stand one by one, each with the hours of its step, which are written together and so cannot differ. A text is
 * a template of messages; a row for each language says which, and has the files that go with it, as they were given: a template
 * has none.
 *
 * Readers see what is committed, by statements of their own; a call that decides about a request reads each row once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "request/setting_store.h"

/* Reads the rules of a type. */
static LoyaltyQuery setting_by_type = LOYALTY_STATEMENT(
	"SELECT s.auto_approve, s.auto_approve_points, s.notify, s.notify_amount, s.otp, s.communicate::text"
	" FROM loyalty_data.change_request_setting s WHERE s.org_id = $1 AND s.request_type = $2",
	INT4OID, CHAROID);

/* Writes the rules of a type as a whole: the last call is what counts. */
static LoyaltyQuery setting_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.change_request_setting (org_id, request_type, auto_approve, auto_approve_points, notify,"
	" notify_amount, otp, communicate) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (org_id, request_type)"
	" DO UPDATE SET auto_approve = EXCLUDED.auto_approve, auto_approve_points = EXCLUDED.auto_approve_points,"
	" notify = EXCLUDED.notify, notify_amount = EXCLUDED.notify_amount, otp = EXCLUDED.otp,"
	" communicate = EXCLUDED.communicate",
	INT4OID, CHAROID, BOOLOID, NUMERICOID, CHAROID, NUMERICOID, CHAROID, TEXTOID);

/* By ids, so that messages to them are written in one order. One who was retired is told of nothing. */
static LoyaltyQuery contacts_of_step = LOYALTY_STATEMENT(
	"SELECT c.email, c.mobile FROM loyalty_data.change_request_contact r JOIN loyalty_data.org_contact c"
	" ON c.org_id = r.org_id AND c.contact_id = r.contact_id WHERE r.org_id = $1 AND r.request_type = $2"
	" AND r.step = $3 AND c.is_active ORDER BY r.contact_id",
	INT4OID, CHAROID, INT2OID);

/* Reads the steps that there are, with the hours that all contacts of one have. */
static LoyaltyQuery hours_of_steps = LOYALTY_STATEMENT(
	"SELECT DISTINCT r.step, r.after_hours FROM loyalty_data.change_request_contact r WHERE r.org_id = $1"
	" AND r.request_type = $2",
	INT4OID, CHAROID);

/* Replace the contacts of a step: all go, and those that are named come. */
static LoyaltyQuery contacts_clear =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.change_request_contact WHERE org_id = $1"
					  " AND request_type = $2 AND step = $3",
					  INT4OID, CHAROID, INT2OID);

static LoyaltyQuery contact_add = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.change_request_contact (org_id, request_type, step, after_hours, contact_id)"
	" VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
	INT4OID, CHAROID, INT2OID, INT2OID, INT4OID);

/* Finds the text for an audience of a type by a channel, with the code that messages are made by: one for all languages. */
static LoyaltyQuery template_of_audience = LOYALTY_STATEMENT(
	"SELECT r.template_id, m.template::text FROM loyalty_data.change_request_template r"
	" JOIN loyalty_data.message_template m ON m.org_id = r.org_id AND m.template_id = r.template_id"
	" WHERE r.org_id = $1 AND r.request_type = $2 AND r.audience = $3 AND r.channel = $4 ORDER BY r.language LIMIT 1",
	INT4OID, CHAROID, CHAROID, TEXTOID);

/* Finds the files of a template in a language; a template that is none of requests has no row. */
static LoyaltyQuery files_of_template = LOYALTY_STATEMENT(
	"SELECT CASE WHEN r.language = $3 THEN r.attachments END FROM loyalty_data.change_request_template r"
	" WHERE r.org_id = $1 AND r.template_id = $2 ORDER BY r.language = $3 DESC LIMIT 1",
	INT4OID, INT4OID, TEXTOID);

/* Writes which template it is in a language; its versions are written by the template's own statements. */
static LoyaltyQuery template_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.change_request_template (org_id, request_type, audience, channel, language, template_id,"
	" attachments) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (org_id, request_type, audience, channel, language)"
	" DO UPDATE SET template_id = EXCLUDED.template_id, attachments = EXCLUDED.attachments",
	INT4OID, CHAROID, CHAROID, TEXTOID, TEXTOID, INT4OID, JSONBOID);

/* Returns a type as tables have it, as a parameter. */
static NullableDatum
of_type(RequestType type)
{
	return loyalty_char(type);
}

/* Reads an amount that may be absent. */
static bool
read_amount(LoyaltyRows *rows, int column, int64 *amount)
{
	if (loyalty_row_isnull(rows, 0, column))
		return false;
	*amount = loyalty_row_points(rows, 0, column);
	return true;
}

/* Takes the letters of the audiences apart. */
bool
loyalty_request_setting_read(int32 org_id, RequestType type, LoyaltyRequestSettings *settings)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&setting_by_type, loyalty_int4(org_id), of_type(type));
	const char *letters;
	int i;

	if (rows->count == 0)
		return false;
	memset(settings, 0, sizeof(LoyaltyRequestSettings));
	settings->auto_approve = loyalty_row_bool(rows, 0, 1);
	settings->has_points_limit = read_amount(rows, 2, &settings->auto_approve_points);
	settings->notify = (ContactNotify) loyalty_row_char(rows, 0, 3);
	(void) read_amount(rows, 4, &settings->notify_amount);
	settings->otp = (RequestOtp) loyalty_row_char(rows, 0, 5);
	letters = loyalty_row_text(rows, 0, 6);
	for (i = 0; i < AUDIENCE_COUNT; i++)
		settings->communicates[i] = strchr(letters, loyalty_request_audience_letters[i]) != NULL;
	return true;
}

/* Puts the letters of the audiences together. */
void
loyalty_request_setting_store(int32 org_id, RequestType type, const LoyaltyRequestSettings *settings)
{
	char letters[AUDIENCE_COUNT + 1] = { 0 };
	int count = 0;
	int i;

	for (i = 0; i < AUDIENCE_COUNT; i++)
		if (settings->communicates[i])
			letters[count++] = loyalty_request_audience_letters[i];
	LOYALTY_EXECUTE(&setting_store, loyalty_int4(org_id), of_type(type), loyalty_bool(settings->auto_approve),
					loyalty_datum(loyalty_numeric(settings->auto_approve_points),
								  !settings->has_points_limit),
					loyalty_char(settings->notify),
					loyalty_datum(loyalty_numeric(settings->notify_amount),
								  settings->notify != NOTIFY_ONLY_WHEN),
					loyalty_char(settings->otp), loyalty_text(letters));
}

/* Reads addresses alone. */
int
loyalty_request_contacts_read(int32 org_id, RequestType type, int step, const RequestContact **contacts)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&contacts_of_step, loyalty_int4(org_id), of_type(type), loyalty_int2(step));
	RequestContact *read = palloc(sizeof(RequestContact) * (rows->count + 1));
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		read[i].email = loyalty_row_text_or_null(rows, i, 1);
		read[i].mobile = loyalty_row_text_or_null(rows, i, 2);
	}
	*contacts = read;
	return (int) rows->count;
}

/* Counts steps whose contacts were retired, too: nobody is told of them, and the others keep their times. */
void
loyalty_request_hours_read(int32 org_id, RequestType type, int hours[REQUEST_STEP_MAX + 1])
{
	LoyaltyRows *rows = LOYALTY_QUERY(&hours_of_steps, loyalty_int4(org_id), of_type(type));
	uint64 i;

	memset(hours, 0, sizeof(int) * (REQUEST_STEP_MAX + 1));
	for (i = 0; i < rows->count; i++)
		hours[loyalty_row_int2(rows, i, 1)] = loyalty_row_int2(rows, i, 2);
}

/* Leaves no trace: what was told stays with the requests. */
void
loyalty_request_contacts_clear(int32 org_id, RequestType type, int step)
{
	LOYALTY_EXECUTE(&contacts_clear, loyalty_int4(org_id), of_type(type), loyalty_int2(step));
}

/* Takes somebody who is named twice once. */
void
loyalty_request_contact_add(int32 org_id, RequestType type, int step, int hours, int32 contact_id)
{
	LOYALTY_EXECUTE(&contact_add, loyalty_int4(org_id), of_type(type), loyalty_int2(step),
					loyalty_int2(hours), loyalty_int4(contact_id));
}

/* Finds the template with its code, by which messages name it. */
bool
loyalty_request_template_read(int32 org_id, RequestType type, RequestAudience audience, const char *channel,
							  RequestTemplate *template)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&template_of_audience, loyalty_int4(org_id), of_type(type),
					  loyalty_char(loyalty_request_audience_letters[audience]), loyalty_text(channel));

	if (rows->count == 0)
		return false;
	template->template_id = loyalty_row_int4(rows, 0, 1);
	template->template_name = loyalty_row_text(rows, 0, 2);
	return true;
}

/* Reads one row at most: that of the language comes first. */
bool
loyalty_request_files_read(int32 org_id, int32 template_id, const char *language, Jsonb **attachments)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&files_of_template, loyalty_int4(org_id), loyalty_int4(template_id),
									  loyalty_text(language));

	*attachments = NULL;
	if (rows->count > 0 && !loyalty_row_isnull(rows, 0, 1))
		*attachments = DatumGetJsonbPCopy(loyalty_row_value(rows, 0, 1));
	return rows->count > 0;
}

/* Replaces the files, too. */
void
loyalty_request_template_store(int32 org_id, RequestType type, RequestAudience audience, const char *channel,
							   const RequestTemplate *template, const char *language,
							   const Jsonb *attachments)
{
	LOYALTY_EXECUTE(&template_store, loyalty_int4(org_id), of_type(type),
					loyalty_char(loyalty_request_audience_letters[audience]), loyalty_text(channel),
					loyalty_text(language), loyalty_int4(template->template_id),
					loyalty_datum(JsonbPGetDatum(attachments), attachments == NULL));
}
