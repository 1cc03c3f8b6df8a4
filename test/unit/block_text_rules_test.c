/*
 * block_text_rules_test.c: blocks as plain text: markers of lists, links, and what a desktop shows.
 */
#include "tap.h"
#include "written_blocks.h"
#include <stdlib.h>

/* Tells whether a block is written so; NULL: a value is missing. */
static bool
is(Block block, const char *wanted)
{
	return is_written(block, loyalty_block_text, wanted);
}

/* Tells whether the items of a list that begins so are marked so. */
static bool
marked(const char *type, int start, const char *wanted)
{
	const BlockText items[] = { RUNS(RUN("a")), RUNS(RUN("b")) };

	return is((Block){ .kind = BLOCK_LIST,
					   .list_type = type,
					   .has_start = start >= 0,
					   .start_from = start,
					   .item_count = 2,
					   .items = items },
			  wanted);
}

static void
count_text(void *to, const char *text)
{
	*(int *) to += (int) strlen(text);
}

int
main(void)
{
	Block block = { .kind = BLOCK_PARAGRAPH,
					.text = RUNS(RUN("Hi {{first_name}}, "),
								 { .text = "look", .link = "https://example.com/{{first_name}}" },
								 { .text = "https://example.com", .link = "https://example.com" }) };
	int visited = 0;

	plan(9);
	ok(is(block, "Hi <b>Al</b>, look (https://example.com/%3Cb%3EAl%3C%2Fb%3E)https://example.com\n"),
	   "runs and links");
	ok(marked("decimal", 3, "3. a\n4. b\n") && marked("decimal", -1, "1. a\n2. b\n"), "numbers");
	ok(marked(NULL, -1, "- a\n- b\n") && marked("disc", -1, "- a\n- b\n"), "points");
	ok(marked("lower-alpha", 26, "z. a\naa. b\n") && marked("upper-alpha", 702, "ZZ. a\nAAA. b\n") &&
		   marked("lower-alpha", 0, "0. a\na. b\n"),
	   "letters");
	ok(marked("lower-roman", 3, "iii. a\niv. b\n") &&
		   marked("upper-roman", 3888, "MMMDCCCLXXXVIII. a\nMMMDCCCLXXXIX. b\n") &&
		   marked("upper-roman", 3999, "MMMCMXCIX. a\n4000. b\n"),
	   "Roman numbers");
	ok(is((Block){ .kind = BLOCK_TITLE, .hide_on = HIDE_DESKTOP, .text = RUNS(RUN("a")) }, "") &&
		   is((Block){ .kind = BLOCK_TITLE, .hide_on = HIDE_MOBILE, .text = RUNS(RUN("a")) }, "a\n"),
	   "a desktop's blocks");
	ok(is((Block){ .kind = BLOCK_IMAGE, .content_id = "x", .alternative_text = "{{first_name}}" },
		  "<b>Al</b>\n") &&
		   is((Block){ .kind = BLOCK_IMAGE, .content_id = "x" }, ""),
	   "pictures");
	ok(is((Block){ .kind = BLOCK_TITLE, .text = RUNS(RUN("{{other}}")) }, NULL) &&
		   is((Block){ .kind = BLOCK_IMAGE, .alternative_text = "{{other}}" }, NULL),
	   "a value is missing");
	block.url = "12345";
	block.alternative_text = "123";
	block.link = "1";
	loyalty_block_visit(&block, count_text, &visited);
	ok(visited == (int) (strlen("Hi {{first_name}}, ") + strlen("look") +
						 strlen("https://example.com/{{first_name}}") + 2 * strlen("https://example.com")) +
					  9,
	   "every text is visited");
	return tap_exit();
}
