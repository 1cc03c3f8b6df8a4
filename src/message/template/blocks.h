/* blocks.h: the document of an e-mail's blocks, read once and written as often as it is sent. */
#ifndef LOYALTY_BLOCKS_H
#define LOYALTY_BLOCKS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "message/template/attachments.h"
#include "message/template/block_rules.h"

/* Blocks of an e-mail. */
typedef struct LoyaltyBlocks
{
	int count;
	Block *blocks;
} LoyaltyBlocks;

/* Blocks, written out. The HTML is what stands in the body of a page. */
typedef struct LoyaltyBlocksText
{
	const char *html;
	const char *body;
} LoyaltyBlocksText;

/* Reads and judges a document; LYM08. */
extern void loyalty_blocks_read(Jsonb *document, LoyaltyBlocks *blocks);

/* Reads blocks that are to be a mail: LYM08 where there are none, too. */
extern void loyalty_blocks_read_some(Jsonb *document, LoyaltyBlocks *blocks);

/* Raises LYM08 for a picture whose content id none of so many attachments has: readers of the mail would see a broken one. */
extern void loyalty_blocks_check_pictures(const LoyaltyBlocks *blocks, const LoyaltyAttachment *attachments,
										  int count);

/* Writes blocks with their values; LYM05. */
extern void loyalty_blocks_write(const LoyaltyBlocks *blocks, const TemplateValues *values,
								 LoyaltyBlocksText *text);

/* The page around what blocks say, with the style sheet that hides some of them. */
extern const char *loyalty_blocks_page(const char *html);

#endif
