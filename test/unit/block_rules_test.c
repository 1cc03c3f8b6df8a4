/*
 * block_rules_test.c: blocks as HTML: every property, what is escaped, and what is refused.
 */
#include "tap.h"
#include "written_blocks.h"

/* Writes a block that may be wrong. */
static bool
checked_html(const Block *block, const TemplateValues *values, const TemplateSink *sink, BlockFault *fault)
{
	Block checked = *block;

	return loyalty_block_check(&checked, fault) && loyalty_block_html(&checked, values, sink, fault);
}

/* Tells whether a block is written so; NULL: it is refused. */
static bool
is(Block block, const char *wanted)
{
	return is_written(block, checked_html, wanted);
}

#define TITLE(...) title((Block){ .kind = BLOCK_TITLE, __VA_ARGS__ })
#define IMAGE(...) ((Block){ .kind = BLOCK_IMAGE, __VA_ARGS__ })

/* A title that says "a", of the first level, where nothing else is said. */
static Block
title(Block block)
{
	static const BlockRun run = RUN("a");

	if (block.text.count == 0)
		block.text = (BlockText){ .count = 1, .runs = &run };
	block.level += block.level == 0;
	return block;
}

/* The worked example, byte for byte. */
static void
test_example(void)
{
	const BlockText items[] = { RUNS(RUN("a")), RUNS(RUN("b")) };

	ok(is((Block){ .kind = BLOCK_TITLE,
				   .level = 2,
				   .align = "center",
				   .hide_on = HIDE_MOBILE,
				   .text = RUNS(RUN("Hi {{first_name}}")) },
		  "<h2 class=\"hide-mobile\" style=\"text-align:center\">Hi &lt;b&gt;Al&lt;/b&gt;</h2>"),
	   "a title");
	ok(is((Block){ .kind = BLOCK_LIST,
				   .list_type = "decimal",
				   .has_start = true,
				   .start_from = 3,
				   .item_count = 2,
				   .items = items },
		  "<ol start=\"3\" style=\"list-style-type:decimal\"><li>a</li><li>b</li></ol>"),
	   "a list");
}

static void
test_styles(void)
{
	const BlockText items[] = { RUNS(RUN("a")) };

	ok(is(TITLE(.align = "Right", .direction = "RTL", .font_family = "Arial, sans-serif", .font_size = "20",
				.font_weight = "700", .line_height = "1.5", .colour = "#fff"),
		  "<h1 style=\"text-align:right;direction:rtl;font-family:Arial, sans-serif;font-size:20px;font-weight:700;line-height:1.5;color:#fff\">a</h1>"),
	   "all styles");
	ok(is((Block){ .kind = BLOCK_LIST,
				   .list_type = "Lower Alpha",
				   .indent = "2em",
				   .spacing = "8",
				   .hide_on = HIDE_DESKTOP,
				   .item_count = 1,
				   .items = items },
		  "<ol class=\"hide-desktop\" style=\"list-style-type:lower-alpha;padding-left:2em\"><li style=\"margin-bottom:8px\">a</li></ol>") &&
		   is((Block){ .kind = BLOCK_LIST, .item_count = 1, .items = items }, "<ul><li>a</li></ul>"),
	   "lists");
	ok(is(TITLE(.align = "middle"), NULL) && is(TITLE(.direction = "up"), NULL) &&
		   is(TITLE(.font_family = "a;b"), NULL) && is(TITLE(.font_size = "1;x"), NULL) &&
		   is(TITLE(.font_weight = "fat"), NULL) && is(TITLE(.line_height = "-1"), NULL) &&
		   is(TITLE(.colour = "url(x)"), NULL) && is(TITLE(.level = 7), NULL) &&
		   is(TITLE(.level = -1), NULL) && is((Block){ .kind = BLOCK_LIST, .list_type = "stars" }, NULL) &&
		   is((Block){ .kind = BLOCK_LIST, .indent = "x" }, NULL) &&
		   is((Block){ .kind = BLOCK_LIST, .spacing = "x" }, NULL) &&
		   is((Block){ .kind = BLOCK_LIST, .has_start = true }, NULL) &&
		   is((Block){ .kind = BLOCK_LIST, .list_type = "disc", .has_start = true }, NULL),
	   "what is refused");
}

static void
test_runs(void)
{
	Block block = { .kind = BLOCK_PARAGRAPH,
					.text = RUNS({ .text = "a<" },
								 { .text = "b",
								   .is_bold = true,
								   .is_italic = true,
								   .link = "https://example.com/?x={{first_name}}&y" },
								 { .text = "c", .is_italic = true }) };

	ok(is(block,
		  "<p>a&lt;<a href=\"https://example.com/?x=%3Cb%3EAl%3C%2Fb%3E&amp;y\"><strong><em>b</em></strong></a><em>c</em></p>"),
	   "runs");
	ok(is(TITLE(.text = RUNS({ .text = "a", .link = "javascript:x" })), NULL) &&
		   is(TITLE(.text = RUNS(RUN("{{"))), NULL) && is(TITLE(.text = RUNS(RUN("{{other}}"))), NULL) &&
		   is(TITLE(.text = RUNS({ .text = "a", .link = "https://example.com/{{other}}" })), NULL),
	   "what is refused");
}

static void
test_images(void)
{
	ok(is(IMAGE(.content_id = "logo", .alternative_text = "\"{{first_name}}\"", .align = "center",
				.width = "200", .link = "https://example.com"),
		  "<p style=\"text-align:center\"><a href=\"https://example.com\"><img src=\"cid:logo\" alt=\"&quot;&lt;b&gt;Al&lt;/b&gt;&quot;\""
		  " style=\"width:200px\"></a></p>"),
	   "a picture in the mail");
	ok(is(IMAGE(.url = "https://example.com/{{first_name}}.png", .hide_on = HIDE_MOBILE),
		  "<p class=\"hide-mobile\"><img src=\"https://example.com/%3Cb%3EAl%3C%2Fb%3E.png\" alt=\"\"></p>"),
	   "and on the web");
	ok(is(IMAGE(.width = "1"), NULL) && is(IMAGE(.url = "https://example.com", .content_id = "a"), NULL) &&
		   is(IMAGE(.url = "http://example.com"), NULL) &&
		   is(IMAGE(.content_id = "a", .width = "wide"), NULL) &&
		   is(IMAGE(.content_id = "a", .link = "x"), NULL) && is(IMAGE(.content_id = "a\"b"), NULL) &&
		   is(IMAGE(.url = "https://example.com/{{other}}"), NULL) &&
		   is(IMAGE(.content_id = "a", .alternative_text = "{{"), NULL),
	   "what is refused");
}

int
main(void)
{
	plan(10);
	test_example();
	test_styles();
	test_runs();
	test_images();
	return tap_exit();
}
