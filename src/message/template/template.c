/*
 * template.c: texts out of templates. The version that speaks is the newest of a language that was approved once, if it still
 * is: a version that its provider has paused is not sent, and no older one in its place, which the provider no longer has.
 *
 * A text is made in this order: the template by its code, the version by language, the values against their limits,
 * then subject, body, blocks, components. Everything that can be refused is refused before the message is written by
 * the caller.
 *
 * A finished text is compared with each approved version of the channel, the oldest template first. The rule is
 * linear, so that an org with a thousand templates pays a thousand short comparisons. What matches is rendered anew
 * out of the values that were found, so that a worker gets template, values and text together, whichever way the
 * message came.
 *
 * Templates are reference data and are read without a lock: a message says what was approved when it was made, and
 * names the version. Whoever changes a template locks the org.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/word_rules.h"
#include "message/template/blocks.h"
#include "message/template/components.h"
#include "message/template/definition.h"
#include "message/template/limits.h"
#include "message/template/rendering.h"
#include "message/template/template.h"
#include "message/template/template_args.h"
#include "message/template/values.h"

/* Returns the approved version of a language. */
static bool
find_approved(const LoyaltyCall *call, const TemplateRow *template, const char *language, VersionRow *version)
{
	return loyalty_version_find(call->org->org_id, template->template_id, language, VERSION_IN_FORCE,
								version) &&
		   version->status == TEMPLATE_APPROVED;
}

/*
 * Chooses by language: as given, the same without its region, the org's. A customer whose profile names no
 * language that can be one gets the org's, too: what a profile says was never judged as a language.
 */
static void
choose_version(const LoyaltyCall *call, const TemplateRow *template, const char *given, VersionRow *version)
{
	char language[TEMPLATE_LANGUAGE_BYTES];

	if (given != NULL && loyalty_language_normal(given, language))
	{
		if (find_approved(call, template, language, version))
			return;
		language[strcspn(language, "_")] = '\0';
		if (find_approved(call, template, language, version))
			return;
	}
	if (!find_approved(call, template, loyalty_org_language(call), version))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_STATUS),
						errmsg("the template has no approved version in the language")));
}

/* Writes the texts of WhatsApp. */
static void
render_whatsapp(const VersionRow *version, const TemplateValues *values, LoyaltyText *text)
{
	WhatsappComponents components = { 0 };

	if (version->components != NULL)
		loyalty_components_read(version->components, &components);
	components.body = version->body;
	text->components = loyalty_components_write(&components, values);
}

/* Writes the blocks of an e-mail. A body that the version has is the plain text, whatever the blocks say. */
static void
render_blocks(const VersionRow *version, const TemplateValues *values, LoyaltyText *text)
{
	LoyaltyBlocks *blocks = palloc(sizeof(LoyaltyBlocks));
	LoyaltyBlocksText written;

	loyalty_blocks_read(version->blocks, blocks);
	loyalty_blocks_write(blocks, values, &written);
	text->blocks = blocks;
	text->html = loyalty_blocks_page(written.html);
	if (text->body == NULL)
		text->body = written.body;
}

/* Judges a text that the visitor is at. */
typedef struct LimitsOf
{
	const TemplateValues *values;
	const VariableLimits *limits;
	bool is_whatsapp;
} LimitsOf;

static void
check_limits(void *to, const char *text)
{
	const LimitsOf *of = to;

	loyalty_limits_check(text, of->values, of->limits, of->is_whatsapp);
}

/* Holds all values that a version asks for against their limits. */
static void
check_values(const VersionRow *version, const LimitsOf *of)
{
	WhatsappComponents components;
	LoyaltyBlocks blocks;
	int i;

	check_limits(unconstify(LimitsOf *, of), version->subject);
	check_limits(unconstify(LimitsOf *, of), version->body);
	if (version->components != NULL)
	{
		loyalty_components_read(version->components, &components);
		loyalty_components_visit(&components, check_limits, unconstify(LimitsOf *, of));
	}
	if (version->blocks == NULL)
		return;
	loyalty_blocks_read(version->blocks, &blocks);
	for (i = 0; i < blocks.count; i++)
		loyalty_block_visit(&blocks.blocks[i], check_limits, unconstify(LimitsOf *, of));
}

/*
 * Writes a version with values. All values are judged before the first text is written, so that an error is that
 * of the first tag in reading order, whatever the channel makes of it.
 */
void
loyalty_version_render(const TemplateRow *template, const VersionRow *version, Jsonb *variables,
					   LoyaltyText *text)
{
	TemplateValues values;
	VariableLimits limits;
	LimitsOf of = { .values = &values,
					.limits = &limits,
					.is_whatsapp = strcmp(template->channel, LOYALTY_TEMPLATE_WHATSAPP) == 0 };
	int limit = loyalty_body_limit(template->channel);

	memset(text, 0, sizeof(LoyaltyText));
	loyalty_values_read(variables, &values);
	loyalty_limits_read(version->variable_limits, &limits);
	check_values(version, &of);
	text->template_id = template->template_id;
	text->purpose = template->purpose;
	text->variables = variables;
	text->version_no = version->version_no;
	text->language = version->language;
	text->channel = template->channel;
	text->external_template_id = version->external_template_id;
	text->header_id = version->header_id;
	text->subject = loyalty_text_with_values(version->subject, &values, ESCAPE_NOTHING, limit);
	text->body = loyalty_text_with_values(version->body, &values, ESCAPE_NOTHING, limit);
	if (of.is_whatsapp)
		render_whatsapp(version, &values, text);
	if (version->blocks != NULL)
		render_blocks(version, &values, text);
}

/* Finds template and version. */
static void
find_version(const LoyaltyCall *call, const LoyaltyTextRequest *request, TemplateRow *template,
			 VersionRow *version)
{
	if (!loyalty_template_read(call->org->org_id, request->template_name, template) ||
		(request->channel != NULL && !loyalty_same_word(request->channel, template->channel)))
		loyalty_raise_template_unknown();
	choose_version(call, template, request->language, version);
}

/* Finds both, and writes. */
void
loyalty_template_text(const LoyaltyCall *call, const LoyaltyTextRequest *request, LoyaltyText *text)
{
	TemplateRow template;
	VersionRow version;

	find_version(call, request, &template, &version);
	loyalty_version_render(&template, &version, request->variables, text);
}

/* Finds both, and writes nothing. */
const char *
loyalty_template_language(const LoyaltyCall *call, const LoyaltyTextRequest *request)
{
	TemplateRow template;
	VersionRow version;

	find_version(call, request, &template, &version);
	return version.language;
}

/* Notes the highest number that a text asks for. */
static void
note_highest(void *to, const char *text)
{
	int *highest = to;
	TemplatePiece piece;

	while (loyalty_template_next(&text, &piece))
		*highest = Max(*highest, loyalty_template_number(&piece));
}

/* Tells whether header and links ask for no value that the body does not have. */
static bool
body_tells_all(const VersionRow *version, int tags)
{
	WhatsappComponents components;
	int highest = 0;

	if (version->components == NULL)
		return true;
	loyalty_components_read(version->components, &components);
	loyalty_components_visit(&components, note_highest, &highest);
	return highest <= tags;
}

/*
 * Tells whether a text is of a version; the values stand in "spans". Limits are put in the order of numbers, which
 * is how the rule asks for them.
 */
static bool
is_of(const TemplateInForce *in_force, const char *body, WhatsappSpan *spans, uint16_t *work)
{
	int limits[WHATSAPP_TAGS_MAX];
	const char *at = in_force->version.body;
	VariableLimits given;
	TemplatePiece piece;

	loyalty_limits_read(in_force->version.variable_limits, &given);
	while (loyalty_template_next(&at, &piece))
		if (piece.is_tag)
			limits[loyalty_template_number(&piece) - 1] = loyalty_limit_of(&given, &piece);
	return loyalty_whatsapp_match(in_force->version.body, body, limits, spans, work);
}

/* The values of a finished text, as a call would have given them: a list. */
static Jsonb *
values_of(const char *body, const WhatsappSpan *spans, int count)
{
	StringInfoData json;
	int i;

	initStringInfo(&json);
	appendStringInfoChar(&json, '[');
	for (i = 0; i < count; i++)
	{
		appendStringInfoString(&json, i > 0 ? "," : "");
		escape_json(&json, pnstrdup(body + spans[i].start, (Size) spans[i].length));
	}
	appendStringInfoChar(&json, ']');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data)));
}

/*
 * Tries one template after the other. Those that ask for more than their body tells (a header with a variable of its own) are
 * none that a finished text can be of.
 */
void
loyalty_template_match(const LoyaltyCall *call, const char *channel, const char *body, LoyaltyText *text)
{
	TemplateInForce *in_force;
	WhatsappSpan spans[WHATSAPP_TAGS_MAX];
	uint16_t *work = palloc(sizeof(uint16_t) * WHATSAPP_WORK);
	int count = loyalty_templates_in_force(call->org->org_id, channel, &in_force);
	int i;

	for (i = 0; i < count; i++)
	{
		TemplateRow template = { .template_id = in_force[i].template_id,
								 .purpose = in_force[i].purpose,
								 .channel = channel };
		int tags;

		CHECK_FOR_INTERRUPTS();
		if (loyalty_whatsapp_tags(in_force[i].version.body, &tags) != WHATSAPP_FINE ||
			!body_tells_all(&in_force[i].version, tags) || !is_of(&in_force[i], body, spans, work))
			continue;
		loyalty_version_render(&template, &in_force[i].version, values_of(body, spans, tags), text);
		return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_TEMPLATE_MISMATCH), errmsg("the text is of no approved template")));
}
