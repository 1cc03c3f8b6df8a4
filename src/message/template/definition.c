/*
 * definition.c: judges what a version of a template says. A tag is known by the predefined ones of the template's topic, or by
 * the names that the template declares; WhatsApp's are numbers and need neither.
 *
 * A version is judged before anything of it is written, and by itself: parts that the channel has and needs, then the
 * texts in them, tag by tag. So a refused call leaves nothing behind, and what is kept can be rendered later without
 * judging it again; only values are looked at then.
 *
 * E-mails have a subject and a body, or blocks, or both, and then the body is the plain text. WhatsApp has a body,
 * which may come with its components. All other channels have a body alone.
 *
 * Nothing is read from tables here, and no lock is taken.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "message/template/attachment_rules.h"
#include "message/template/blocks.h"
#include "message/template/components.h"
#include "message/template/definition.h"
#include "message/template/limits.h"
#include "message/template/tags.h"

LoyaltyTemplateHooks loyalty_template_hooks;

/* Limits of bodies in characters; docs name them. */
#define MAX_SMS 1600
#define MAX_PROSE 100000

/* Raises LYM08. */
pg_noreturn static void
raise_definition(const char *what, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID), errmsg("%s", what),
					detail ? errdetail("%s", detail) : 0));
}

/* Knows the channels whose providers have limits. */
int
loyalty_body_limit(const char *channel)
{
	if (strcmp(channel, LOYALTY_TEMPLATE_WHATSAPP) == 0)
		return WHATSAPP_BODY_MAX;
	return strcmp(channel, "mobile") == 0 ? MAX_SMS : MAX_PROSE;
}

/* Tells whether the template declares a tag. */
static bool
is_declared(const TemplateRow *template, const TemplatePiece *tag)
{
	Datum *names;
	int count;
	int i;

	if (template->variable_names == NULL)
		return false;
	deconstruct_array(template->variable_names, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &count);
	for (i = 0; i < count; i++)
		if (loyalty_template_is_tag(tag, TextDatumGetCString(names[i])))
			return true;
	return false;
}

/*
 * Judges the tags of a text. Broken braces are faults of the template, though they could be sent as they stand: a
 * slip of the pen reached a customer that way.
 */
static void
check_tags(void *to, const char *text)
{
	const TemplateRow *template = to;
	TemplatePiece piece;

	while (loyalty_template_next(&text, &piece))
	{
		if (piece.is_broken)
			raise_definition(
				"braces in the template open no variable",
				"A variable is a name of letters, digits, blanks, hyphens and underscores in double braces.");
		if (piece.is_tag && !loyalty_message_tag_known(template->topic, &piece) &&
			!is_declared(template, &piece))
			raise_definition(psprintf("the variable \"%.*s\" is not known", (int) piece.length, piece.text),
							 "It is neither one of the topic's nor declared by the template.");
	}
}

/* Raises where a part is there that the channel does not have, or is missing. */
static void
check_part(const char *name, bool is_given, bool is_possible, bool is_needed)
{
	if (is_given && !is_possible)
		raise_definition(psprintf("a template of this channel has no %s", name), NULL);
	if (!is_given && is_needed)
		raise_definition(psprintf("a template of this channel needs a %s", name), NULL);
}

/* Judges the numbers of a body, and takes the components apart and puts them together again. */
static void
check_whatsapp(VersionRow *version)
{
	WhatsappComponents components = { 0 };
	WhatsappFault fault;
	int count;

	if (version->components != NULL)
		loyalty_components_read(version->components, &components);
	if (version->body == NULL)
		version->body = components.body;
	else if (components.body != NULL && strcmp(components.body, version->body) != 0)
		raise_definition("the template has two bodies", NULL);
	check_part("body", version->body != NULL, true, true);
	fault = loyalty_whatsapp_tags(version->body, &count);
	if (fault != WHATSAPP_FINE)
		raise_definition("the variables of the body are not those of a WhatsApp template",
						 psprintf("What is wrong: %s.", loyalty_whatsapp_fault_text(fault)));
	components.body = NULL;
	if (version->components != NULL)
		version->components = loyalty_components_write(&components, NULL);
}

/* Judges the parts of an e-mail. */
static void
check_email(const TemplateRow *template, const VersionRow *version)
{
	LoyaltyBlocks blocks;
	int i;

	check_part("body", version->body != NULL || version->blocks != NULL, true, true);
	if (!loyalty_header_fits(version->subject))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_HEADER_INVALID), errmsg("the subject has a control character")));
	check_tags(unconstify(TemplateRow *, template), version->subject);
	if (version->body != NULL)
		check_tags(unconstify(TemplateRow *, template), version->body);
	if (version->blocks == NULL)
		return;
	loyalty_blocks_read_some(version->blocks, &blocks);
	if (!loyalty_purpose_takes_files(template->purpose))
		loyalty_blocks_check_pictures(&blocks, NULL, 0);
	for (i = 0; i < blocks.count; i++)
		loyalty_block_visit(&blocks.blocks[i], check_tags, unconstify(TemplateRow *, template));
}

/*
 * Judges which parts there are, then what they say, and in the end how long the body is: faults of a kind are told
 * before those of a measure.
 */
void
loyalty_version_check(const TemplateRow *template, VersionRow *version)
{
	bool is_whatsapp = strcmp(template->channel, LOYALTY_TEMPLATE_WHATSAPP) == 0;
	bool is_email = strcmp(template->channel, LOYALTY_TEMPLATE_EMAIL) == 0;
	VariableLimits limits;

	check_part("subject", version->subject != NULL, is_email, is_email);
	check_part("block", version->blocks != NULL, is_email, false);
	check_part("component", version->components != NULL, is_whatsapp, false);
	loyalty_limits_read(version->variable_limits, &limits);
	if (is_whatsapp)
		check_whatsapp(version);
	else if (is_email)
		check_email(template, version);
	else
	{
		check_part("body", version->body != NULL, true, true);
		check_tags(unconstify(TemplateRow *, template), version->body);
	}
	if (version->body != NULL && pg_mbstrlen(version->body) > loyalty_body_limit(template->channel))
		raise_definition("the body is too long", psprintf("At most %d characters are allowed.",
														  loyalty_body_limit(template->channel)));
}

/* Looks at the ends of a body. */
int
loyalty_version_warnings(const TemplateRow *template, const VersionRow *version, const char **warnings)
{
	int count = 0;

	if (strcmp(template->channel, LOYALTY_TEMPLATE_WHATSAPP) != 0)
		return 0;
	if (loyalty_whatsapp_begins_with_tag(version->body))
		warnings[count++] = "variable_at_start";
	if (loyalty_whatsapp_ends_with_tag(version->body))
		warnings[count++] = "variable_at_end";
	return count;
}
