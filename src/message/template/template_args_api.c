/*
 * template_args_api.c: reads arguments that several calls about templates have.
 *
 * A language that no argument names is the org's (CONF_ORG_LANGUAGE). Values of that key are not judged when it is
 * set, since keys of type text are not; one that names no language counts as English, and never refuses a message.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "message/template/tags.h"
#include "message/template/template_args.h"
#include "message/template/template_rules.h"

/* Reads a word. */
const char *
loyalty_topic_given(FunctionCallInfo fcinfo, int n)
{
	const char *word = loyalty_arg_text_or_null(fcinfo, n, "topic", LOYALTY_MAX_CODE);
	const char *topic = word == NULL ? NULL : loyalty_message_topic_find(word);

	if (word != NULL && topic == NULL)
		loyalty_raise_not_allowed("topic", loyalty_message_topics());
	return topic;
}

/* Takes the org's configuration, and English where that names no language. */
const char *
loyalty_org_language(const LoyaltyCall *call)
{
	char language[TEMPLATE_LANGUAGE_BYTES];
	const char *configured = call->org->config[CONFIG_LANGUAGE];

	return configured != NULL && loyalty_language_normal(configured, language) ? pstrdup(language) : "en";
}

/* Reads a language. */
const char *
loyalty_language_given(FunctionCallInfo fcinfo, int n, const LoyaltyCall *call)
{
	const char *given = loyalty_arg_text_or_null(fcinfo, n, "language", LOYALTY_MAX_CODE);
	char language[TEMPLATE_LANGUAGE_BYTES];

	if (given == NULL)
		return loyalty_org_language(call);
	if (!loyalty_language_normal(given, language))
		loyalty_raise_not_allowed("language", "languages as en, pt_BR or zh_HANT_TW");
	return pstrdup(language);
}

/* Takes a document as it is. */
Jsonb *
loyalty_document_given(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : PG_GETARG_JSONB_P(n);
}

/* Raises LYM01 without saying the code, which a caller may have taken from somewhere. */
void
loyalty_raise_template_unknown(void)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_UNKNOWN),
					errmsg("the org has no such template, or it is of another channel")));
	pg_unreachable();
}

/* Finds a template. */
void
loyalty_template_given(FunctionCallInfo fcinfo, int n, const LoyaltyCall *call, TemplateRow *template)
{
	const char *name = loyalty_arg_text(fcinfo, n, "template", LOYALTY_MAX_CODE);

	if (!loyalty_template_read(call->org->org_id, name, template))
		loyalty_raise_template_unknown();
}
