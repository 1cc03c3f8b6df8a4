/*
 * template_api.c: making templates and their versions, and what becomes of them. The org is locked from the first look at a
 * template on: numbers of versions have no gap, and of two changes at once the later one sees the other.
 *
 * Numbers of versions begin at 1 in each language. A version is written once; afterwards its status, its reason and
 * the provider's id change, and nothing that a customer reads. A draft that was wrong is followed by another one, so
 * that the view tells what was handed in, and what became of it.
 *
 * Only WhatsApp has somebody who approves. Elsewhere a version is approved as it is made, or as a draft is submitted:
 * the same calls do for all channels, and an editor needs no cases.
 *
 * What a version says is judged before the org is locked where it can be: at the first version of a template nothing
 * is known by the tables. Statuses are judged under the lock, since two reports of a provider may come at once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "customer/channels.h"
#include "message/template/definition.h"
#include "message/template/template_args.h"
#include "message/template/template_rules.h"

LOYALTY_FUNCTION(loyalty_create_message_template);
LOYALTY_FUNCTION(loyalty_update_message_template);
LOYALTY_FUNCTION(loyalty_submit_message_template);
LOYALTY_FUNCTION(loyalty_set_template_status);
LOYALTY_FUNCTION(loyalty_template_status_name);

#define MAX_BODY 100000 /* characters: of the longest body that any channel has */
#define MAX_SUBJECT 254

/* Purposes, and their letters in the table. */
static const char *const purposes[] = { "promotional", "transactional", "code", "contact" };
static const char purpose_letters[] = "ptco";

/* The answer of calls that make or change a version. */
static Datum
answer(LoyaltyCall *call, FunctionCallInfo fcinfo, const TemplateRow *template, const VersionRow *version)
{
	const char *words[2];
	Datum warnings[2];
	Datum values[4];
	bool nulls[4] = { false };
	int count = loyalty_version_warnings(template, version, words);
	int i;

	for (i = 0; i < count; i++)
		warnings[i] = CStringGetTextDatum(words[i]);
	values[0] = Int32GetDatum(template->template_id);
	values[1] = Int32GetDatum(version->version_no);
	values[2] = CStringGetTextDatum(loyalty_template_status_word(version->status));
	values[3] = PointerGetDatum(construct_array(warnings, count, TEXTOID, -1, false, TYPALIGN_INT));
	return loyalty_call_result(call, fcinfo, values, nulls);
}

/* Reads the names of variables; each is one that a tag can have. NULL: none are given. */
static ArrayType *
arg_names(FunctionCallInfo fcinfo, int n)
{
	ArrayType *array;
	Datum *names;
	int count;
	int i;

	if (PG_ARGISNULL(n))
		return NULL;
	array = PG_GETARG_ARRAYTYPE_P(n);
	if (ARR_NDIM(array) > 1 || array_contains_nulls(array) ||
		ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) > TEMPLATE_VALUES_MAX)
		loyalty_raise_not_allowed("variable_names",
								  psprintf("one-dimensional arrays of at most %d names, none of them NULL",
										   TEMPLATE_VALUES_MAX));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &count);
	for (i = 0; i < count; i++)
		if (!loyalty_template_name_fits(loyalty_checked_text(names[i], "variable_names", LOYALTY_MAX_NAME)))
			loyalty_raise_not_allowed("variable_names",
									  "names of letters, digits, blanks, hyphens and underscores");
	return array;
}

/*
 * Reads what a version says, from an argument on; what is not given stays as it is. The subject is read as it was
 * typed: whoever trims it would hide the control character that is refused.
 */
static void
arg_version(FunctionCallInfo fcinfo, int n, VersionRow *version)
{
	const char *body = loyalty_arg_text_or_null(fcinfo, n, "body", MAX_BODY);
	const char *subject =
		PG_ARGISNULL(n + 1) ? NULL : loyalty_checked_text(PG_GETARG_DATUM(n + 1), "subject", MAX_SUBJECT);
	Jsonb *blocks = loyalty_document_given(fcinfo, n + 2);
	Jsonb *components = loyalty_document_given(fcinfo, n + 3);

	if (body != NULL)
		version->body = body;
	if (subject != NULL && subject[0] != '\0')
		version->subject = subject;
	if (blocks != NULL)
		version->blocks = blocks;
	if (components != NULL)
		version->components = components;
}

/* Reads limits and what a provider knows the version by, from an argument on. */
static void
arg_provider(FunctionCallInfo fcinfo, int limits, int ids, VersionRow *version)
{
	const char *header_id = loyalty_arg_key_or_null(fcinfo, ids, "header_id", LOYALTY_MAX_CODE);
	const char *template_id =
		loyalty_arg_key_or_null(fcinfo, ids + 1, "external_template_id", LOYALTY_MAX_CODE);

	if (!PG_ARGISNULL(limits))
		version->variable_limits = loyalty_document_given(fcinfo, limits);
	if (header_id != NULL)
		version->header_id = header_id;
	if (template_id != NULL)
		version->external_template_id = template_id;
}

/* Tells whether a provider approves the versions of a channel; those of others are approved by whoever writes them. */
static bool
is_approved_by_provider(const TemplateRow *template)
{
	return strcmp(template->channel, LOYALTY_TEMPLATE_WHATSAPP) == 0;
}

/* Judges a new version, before anything is written, and gives it its first status. */
static void
judge_new(const TemplateRow *template, VersionRow *version, bool as_draft)
{
	version->status = as_draft || is_approved_by_provider(template) ? TEMPLATE_DRAFT : TEMPLATE_APPROVED;
	version->reason = NULL;
	loyalty_version_check(template, version);
}

/* Makes a template with its first version. */
Datum
loyalty_create_message_template(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TemplateRow template = { 0 };
	VersionRow version = { .version_no = 1 };
	bool as_draft;

	loyalty_call_begin(&call, fcinfo);
	template.template_name = loyalty_arg_key(fcinfo, 1, "template");
	template.channel =
		loyalty_channel_checked(loyalty_arg_text(fcinfo, 2, "channel", LOYALTY_MAX_CODE), NULL, "channel");
	arg_version(fcinfo, 3, &version);
	template.purpose = purpose_letters[loyalty_arg_word(fcinfo, 7, "purpose", purposes, lengthof(purposes))];
	template.topic = loyalty_topic_given(fcinfo, 8);
	template.variable_names = arg_names(fcinfo, 9);
	version.language = loyalty_language_given(fcinfo, 11, &call);
	arg_provider(fcinfo, 10, 12, &version);
	as_draft = loyalty_arg_bool(fcinfo, 14, "as_draft");
	judge_new(&template, &version, as_draft);
	loyalty_call_lock_org(&call);
	template.template_id = loyalty_next_reference_id();
	if (!loyalty_template_insert(call.org->org_id, &template, call.now))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUPLICATE_NAME),
						errmsg("template \"%s\" exists already", template.template_name)));
	loyalty_version_insert(call.org->org_id, template.template_id, &version, call.now);
	return answer(&call, fcinfo, &template, &version);
}

/*
 * Adds a version, which has what the newest one of its language had, where nothing else is given. All of it is
 * judged anew: names of variables may have changed since.
 */
Datum
loyalty_update_message_template(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TemplateRow template;
	VersionRow version = { 0 };
	ArrayType *names;
	const char *language;
	bool as_draft;

	loyalty_call_begin(&call, fcinfo);
	loyalty_call_lock_org(&call);
	loyalty_template_given(fcinfo, 1, &call, &template);
	language = loyalty_language_given(fcinfo, 8, &call);
	(void) loyalty_version_find(call.org->org_id, template.template_id, language, VERSION_NEWEST, &version);
	/* A template of a provider is known by one id as long as its text stays. */
	if (is_approved_by_provider(&template))
		version.external_template_id = NULL;
	arg_version(fcinfo, 2, &version);
	names = arg_names(fcinfo, 6);
	arg_provider(fcinfo, 7, 9, &version);
	as_draft = loyalty_arg_bool(fcinfo, 11, "as_draft");
	version.language = language;
	version.version_no++;
	if (names != NULL)
		template.variable_names = names;
	judge_new(&template, &version, as_draft);
	loyalty_template_hooks.check_version(&call, &template, &version);
	if (names != NULL)
		loyalty_template_set_names(call.org->org_id, template.template_id, names);
	loyalty_version_insert(call.org->org_id, template.template_id, &version, call.now);
	return answer(&call, fcinfo, &template, &version);
}

/* Raises LYM04 for a step that the life of a version does not have. */
pg_noreturn static void
raise_status(char from, char to)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_STATUS),
					errmsg("a version of status %s cannot become %s", loyalty_template_status_word(from),
						   loyalty_template_status_word(to))));
}

/* Raises LYM08 for a version of WhatsApp that lacks what the provider knows it by. */
static void
require_registered(const TemplateRow *template, const char *id, const char *name)
{
	if (is_approved_by_provider(template) && id == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID), errmsg("the version has no %s", name),
						errhint("WhatsApp takes registered headers and templates only.")));
}

/* Hands the newest draft of a language in: to the provider, or to nobody, and then it is approved. */
Datum
loyalty_submit_message_template(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TemplateRow template;
	VersionRow version;
	const char *language;

	loyalty_call_begin(&call, fcinfo);
	loyalty_call_lock_org(&call);
	loyalty_template_given(fcinfo, 1, &call, &template);
	language = loyalty_language_given(fcinfo, 2, &call);
	if (!loyalty_version_find(call.org->org_id, template.template_id, language, VERSION_NEWEST, &version))
		loyalty_raise_template_unknown();
	if (!loyalty_template_status_may(version.status, TEMPLATE_PENDING))
		raise_status(version.status, TEMPLATE_PENDING);
	require_registered(&template, version.header_id, "header_id");
	version.status = is_approved_by_provider(&template) ? TEMPLATE_PENDING : TEMPLATE_APPROVED;
	loyalty_version_update(call.org->org_id, template.template_id, &version, call.now);
	return answer(&call, fcinfo, &template, &version);
}

/* Finds the version that a status is about: one by its number, else the newest of its language. */
static void
arg_named_version(FunctionCallInfo fcinfo, const LoyaltyCall *call, const TemplateRow *template,
				  VersionRow *version)
{
	const char *language = loyalty_language_given(fcinfo, 3, call);
	int32 org_id = call->org->org_id;
	bool is_found =
		PG_ARGISNULL(4)
			? loyalty_version_find(org_id, template->template_id, language, VERSION_NEWEST, version)
			: loyalty_version_find_no(org_id, template->template_id, language, PG_GETARG_INT32(4), version);

	if (!is_found)
		loyalty_raise_template_unknown();
}

/* Writes what a provider says of a version. The same status once more is no step, and is taken: providers repeat themselves. */
Datum
loyalty_set_template_status(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TemplateRow template;
	VersionRow version;
	const char *external_template_id;
	char status;

	loyalty_call_begin(&call, fcinfo);
	loyalty_call_lock_org(&call);
	loyalty_template_given(fcinfo, 1, &call, &template);
	status = loyalty_template_status_find(loyalty_arg_text(fcinfo, 2, "status", LOYALTY_MAX_CODE));
	if (status == 0)
		loyalty_raise_not_allowed("status", "draft, pending, approved, rejected, paused, disabled");
	arg_named_version(fcinfo, &call, &template, &version);
	external_template_id = loyalty_arg_key_or_null(fcinfo, 5, "external_template_id", LOYALTY_MAX_CODE);
	if (status != version.status && !loyalty_template_status_may(version.status, status))
		raise_status(version.status, status);
	if (external_template_id != NULL)
		version.external_template_id = external_template_id;
	if (status == TEMPLATE_APPROVED)
		require_registered(&template, version.external_template_id, "external_template_id");
	if (status == TEMPLATE_PENDING)
		require_registered(&template, version.header_id, "header_id");
	version.status = status;
	version.reason = loyalty_arg_text_or_null(fcinfo, 6, "reason", LOYALTY_MAX_TEXT);
	loyalty_version_update(call.org->org_id, template.template_id, &version, call.now);
	return answer(&call, fcinfo, &template, &version);
}

/* Returns the word of a status to the view; NULL for a letter that is none. */
Datum
loyalty_template_status_name(PG_FUNCTION_ARGS)
{
	const char *word = loyalty_template_status_word(PG_GETARG_CHAR(0));

	if (word == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(word));
}
