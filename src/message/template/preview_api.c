/*
 * preview_api.c: what a template or an e-mail would say, for whoever writes it. Nothing is sent or kept.
 *
 * An editor asks these while somebody writes: they read, and lock nothing. A preview is made by the very functions
 * that make a message, so that it is what would be sent; it shows drafts, since they are what an editor is about.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "message/template/blocks.h"
#include "message/template/rendering.h"
#include "message/template/tags.h"
#include "message/template/template_args.h"
#include "message/template/template_rules.h"
#include "message/template/values.h"

LOYALTY_FUNCTION(loyalty_render_email);
LOYALTY_FUNCTION(loyalty_preview_message);
LOYALTY_FUNCTION(loyalty_message_tags);

/* A text as a column of the answer. */
static void
put(Datum *values, bool *nulls, int column, const char *text)
{
	nulls[column] = text == NULL;
	if (text != NULL)
		values[column] = CStringGetTextDatum(text);
}

/* Returns blocks with their values: HTML, plain text, and the style sheet that belongs in the head of the page. */
Datum
loyalty_render_email(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyBlocks blocks;
	LoyaltyBlocksText text;
	TemplateValues variables;
	Datum values[3];
	bool nulls[3];

	loyalty_call_begin(&call, fcinfo);
	if (PG_ARGISNULL(1))
		loyalty_raise_missing("blocks");
	loyalty_blocks_read(PG_GETARG_JSONB_P(1), &blocks);
	loyalty_values_read(loyalty_document_given(fcinfo, 2), &variables);
	loyalty_blocks_write(&blocks, &variables, &text);
	put(values, nulls, 0, text.html);
	put(values, nulls, 1, text.body);
	put(values, nulls, 2, loyalty_block_style_sheet);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Returns what the newest version of a template would say, whatever its status. */
Datum
loyalty_preview_message(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TemplateRow template;
	VersionRow version;
	LoyaltyText text;
	const char *language;
	Datum values[7];
	bool nulls[7] = { false };

	loyalty_call_begin(&call, fcinfo);
	loyalty_template_given(fcinfo, 1, &call, &template);
	language = loyalty_language_given(fcinfo, 3, &call);
	if (!loyalty_version_find(call.org->org_id, template.template_id, language, VERSION_NEWEST, &version))
		loyalty_raise_template_unknown();
	loyalty_version_render(&template, &version, loyalty_document_given(fcinfo, 2), &text);
	values[0] = Int32GetDatum(version.version_no);
	put(values, nulls, 1, loyalty_template_status_word(version.status));
	put(values, nulls, 2, version.language);
	put(values, nulls, 3, text.subject);
	put(values, nulls, 4, text.body);
	put(values, nulls, 5, text.html);
	nulls[6] = text.components == NULL;
	values[6] = JsonbPGetDatum(text.components);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Adds a tag to the set. */
static void
add_tag(void *to, const char *const *texts)
{
	loyalty_set_add_texts(to, 4, texts);
}

/* Returns the predefined tags of a topic, or all of them. */
Datum
loyalty_message_tags(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	loyalty_message_tags_visit(loyalty_topic_given(fcinfo, 1), add_tag, fcinfo);
	loyalty_call_end(&call);
	return (Datum) 0;
}
