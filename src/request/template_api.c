/*
 * template_api.c: set_change_request_template: what somebody is told of a request.
 *
 * A text is a template of messages like any other, with versions, languages and the same judgement; its code names type, audience
 * and channel. What is its own is which tags it may have: those that requests give, since a text that asks for more would hold up
 * an approval. Files are judged as they are given, and decoded again for each message. Locks the org, as templates do.
 *
 * A call adds a version in one language and says all of it: what it does not give, the version does not have. Older versions stay
 * for the messages that name them. Whoever has a template of that code already, made by hand, is told so and not overwritten: its
 * other languages were never judged. Later changes by the calls of templates are judged in the same way (text_check.c).
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "message/outbox/outbox.h"
#include "message/template/blocks.h"
#include "message/template/definition.h"
#include "message/template/template_args.h"
#include "message/template/template_rules.h"
#include "request/notice_values.h"
#include "request/request_args.h"
#include "request/setting_store.h"
#include "request/text_check.h"

LOYALTY_FUNCTION(loyalty_set_change_request_template);

#define MAX_BODY 100000 /* characters; channels have less */
#define MAX_SUBJECT 254

/* Positions of the arguments, from 0, which is the org. */
enum TemplateArgument
{
	ARG_TYPE = 1,
	ARG_AUDIENCE,
	ARG_CHANNEL,
	ARG_BODY,
	ARG_SUBJECT,
	ARG_BLOCKS,
	ARG_ATTACHMENTS,
	ARG_LANGUAGE,
};

/* Text that is being set: which it is, the template with its new version, and the files, as they were given (NULL: none). */
typedef struct TextSetting
{
	RequestType type;
	RequestAudience audience;
	RequestChannel channel;
	TemplateRow template;
	VersionRow version;
	Jsonb *attachments;
	LoyaltyAttachment *files; /* the same, read */
	int file_count;
} TextSetting;

/* Reads which text it is: LY003 for an audience that the type does not have, or that the channel does not reach. */
static void
arg_place(FunctionCallInfo fcinfo, TextSetting *text)
{
	text->type = loyalty_request_type_given(fcinfo, ARG_TYPE);
	text->audience = (RequestAudience) loyalty_arg_word(fcinfo, ARG_AUDIENCE, "audience",
														loyalty_request_audiences, AUDIENCE_COUNT);
	text->channel = (RequestChannel) loyalty_arg_word(fcinfo, ARG_CHANNEL, "channel",
													  loyalty_request_channels, REQUEST_CHANNEL_COUNT);
	if (!loyalty_request_audience_fits(text->type, text->audience))
		loyalty_raise_not_allowed("audience",
								  "old_id, new_id for mobile and email, requestor, survivor for"
								  " account_merge, customer for all others but delete_account, contact");
	if (!loyalty_request_channel_fits(text->type, text->audience, text->channel))
		loyalty_raise_not_allowed("channel", "that of the identifier that changes");
	text->template.channel = loyalty_request_channels[text->channel];
	text->template.template_name =
		psprintf("change_request.%s.%s.%s", loyalty_request_type_name(text->type),
				 loyalty_request_audiences[text->audience], text->template.channel);
	text->template.purpose = text->audience == AUDIENCE_CONTACT ? PURPOSE_CONTACT : PURPOSE_TRANSACTIONAL;
	text->template.topic = LOYALTY_REQUEST_TOPIC;
}

/* Reads what it says. The subject is read as it was typed: whoever trims it would hide a control character. */
static void
arg_text(FunctionCallInfo fcinfo, const LoyaltyCall *call, TextSetting *text)
{
	VersionRow *version = &text->version;

	version->body = loyalty_arg_text_or_null(fcinfo, ARG_BODY, "body", MAX_BODY);
	if (!PG_ARGISNULL(ARG_SUBJECT))
		version->subject = loyalty_checked_text(PG_GETARG_DATUM(ARG_SUBJECT), "subject", MAX_SUBJECT);
	if (version->subject != NULL && version->subject[0] == '\0')
		version->subject = NULL;
	version->blocks = loyalty_document_given(fcinfo, ARG_BLOCKS);
	version->language = loyalty_language_given(fcinfo, ARG_LANGUAGE, call);
	version->status = TEMPLATE_APPROVED;
	text->attachments = loyalty_document_given(fcinfo, ARG_ATTACHMENTS);
	if (text->attachments == NULL)
		return;
	if (text->channel != REQUEST_BY_EMAIL)
		loyalty_raise_not_allowed("attachments", "none, but for e-mails");
	text->file_count = loyalty_attachments_read(text->attachments, &text->files);
}

/*
 * Finds the template of that code, or makes it; the next number is the version's. The org is locked. What there is in no language of
 * everybody's would hold up whatever is told by it.
 */
static void
find_template(LoyaltyCall *call, TextSetting *text)
{
	int32 org_id = call->org->org_id;
	TemplateRow *template = &text->template;
	VersionRow newest = { 0 };
	TemplateRow there;
	Jsonb *files;

	if (loyalty_template_read(org_id, template->template_name, &there))
	{
		if (!loyalty_request_files_read(org_id, there.template_id, text->version.language, &files))
			loyalty_raise_duplicate("template", template->template_name);
		template->template_id = there.template_id;
		(void) loyalty_version_find(org_id, there.template_id, text->version.language, VERSION_NEWEST,
									&newest);
	}
	else
	{
		if (strcmp(text->version.language, loyalty_org_language(call)) != 0)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_TEMPLATE),
							errmsg("there is no text in the language of the org yet"),
							errhint("Write that one first: whoever speaks another language gets it.")));
		template->template_id = loyalty_next_reference_id();
		(void) loyalty_template_insert(org_id, template, call->now);
	}
	text->version.version_no = newest.version_no + 1;
}

/* Adds a version, which is the one that is sent from now on. */
Datum
loyalty_set_change_request_template(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TextSetting text = { 0 };
	RequestTemplate kept = { 0 };
	Datum values[2];
	bool nulls[2] = { false };

	loyalty_call_begin(&call, fcinfo);
	arg_place(fcinfo, &text);
	arg_text(fcinfo, &call, &text);
	loyalty_request_version_check(&text.version, text.files, text.file_count);
	loyalty_version_check(&text.template, &text.version);
	loyalty_call_lock_org(&call);
	find_template(&call, &text);
	loyalty_version_insert(call.org->org_id, text.template.template_id, &text.version, call.now);
	kept.template_id = text.template.template_id;
	loyalty_request_template_store(call.org->org_id, text.type, text.audience, text.template.channel, &kept,
								   text.version.language, text.attachments);
	values[0] = CStringGetTextDatum(text.template.template_name);
	values[1] = Int32GetDatum(text.version.version_no);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
