/*
 * text_check.c: what texts of change requests may say, whichever call writes them: tags that requests give, since a text that asks for
 * more would hold up an approval; and pictures that go with it, since files are given with the text and not by who asks for a change.
 * The org is locked where a template is there already; nothing is read but its files.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "message/template/blocks.h"
#include "message/template/template_rules.h"
#include "request/notice_values.h"
#include "request/setting_store.h"
#include "request/text_check.h"

/* Raises LY608 for a tag that requests do not give. Broken braces are the template's own fault, which it finds itself. */
static void
check_tags(void *to, const char *text)
{
	TemplatePiece piece;

	while (text != NULL && loyalty_template_next(&text, &piece))
		if (piece.is_tag && !loyalty_request_tag_known(&piece))
			ereport(ERROR,
					(errcode(ERRCODE_LOYALTY_REQUEST_TEMPLATE),
					 errmsg("requests do not give the variable \"%.*s\"", (int) piece.length, piece.text),
					 errhint("They give: %s.", loyalty_request_tag_list())));
}

/* Goes through all that a version says. */
void
loyalty_request_version_check(const VersionRow *version, const LoyaltyAttachment *files, int count)
{
	LoyaltyBlocks blocks;
	int i;

	check_tags(NULL, version->subject);
	check_tags(NULL, version->body);
	if (version->blocks == NULL)
		return;
	loyalty_blocks_read(version->blocks, &blocks);
	loyalty_blocks_check_pictures(&blocks, files, count);
	for (i = 0; i < blocks.count; i++)
		loyalty_block_visit(&blocks.blocks[i], check_tags, NULL);
}

/* Leaves other templates alone. */
void
loyalty_request_template_check(const LoyaltyCall *call, const TemplateRow *template,
							   const VersionRow *version)
{
	LoyaltyAttachment *files = NULL;
	Jsonb *attachments;
	int count = 0;

	if (!loyalty_request_files_read(call->org->org_id, template->template_id, version->language,
									&attachments))
		return;
	if (attachments != NULL)
		count = loyalty_attachments_read(attachments, &files);
	loyalty_request_version_check(version, files, count);
}
