/*
 * block_rules_fuzz.c: whatever a block and its values say, its HTML has no element but ours, every attribute ends, and links
 * lead where links may; and a block that can be written as HTML can be written as text.
 */
// sources: block_rules.c block_text_rules.c link_rules.c style_rules.c attachment_rules.c template_rules.c word_rules.c
#include "fuzz_input.h"
#include "message/template/block_rules.h"

typedef struct Written
{
	char text[100000];
	size_t length;
} Written;

static void
collect(void *to, const char *text, size_t length)
{
	Written *written = to;

	REQUIRE(written->length + length < sizeof(written->text));
	memcpy(written->text + written->length, text, length);
	written->length += length;
	written->text[written->length] = '\0';
}

/* Reads one element, which must be ours; returns what follows it. */
static const char *
read_element(const char *at)
{
	static const char *const names[] = { "h1", "h2", "h3", "h4", "h5",	   "h6", "p",
										 "ol", "ul", "li", "a",	 "strong", "em", "img" };
	size_t length;
	size_t i;

	at += *at == '/';
	length = strcspn(at, " >");
	for (i = 0; i < 14 && (strlen(names[i]) != length || strncmp(at, names[i], length) != 0); i++)
		continue;
	REQUIRE(i < 14);
	for (at += length; *at == ' ';)
	{
		size_t name = strspn(++at, "abcdefghijklmnopqrstuvwxyz");

		REQUIRE(name > 0 && strncmp(at + name, "=\"", 2) == 0);
		if (strncmp(at, "href", name) == 0)
			REQUIRE(strpbrk(at + 6, ":") != NULL && strchr("hHmMtT", at[6]) != NULL);
		at += name + 2;
		at += strcspn(at, "\"");
		REQUIRE(*at == '"');
		at++;
	}
	REQUIRE(*at == '>');
	return at + 1;
}

static void
check_html(const char *html)
{
	while (*html != '\0')
	{
		REQUIRE(*html != '>');
		html = *html == '<' ? read_element(html + 1) : html + 1;
	}
}

/* A text that may be a property; NULL now and then. */
static const char *
property(FuzzInput *input, char *text, const char *usual)
{
	int how = fuzz_choice(input, 4);

	if (how == 0)
		return NULL;
	if (how == 1)
		return usual;
	fuzz_word(input, text, 12, "ab1\"<>&;:(){}/ ");
	return text;
}

static void
fuzz_block(FuzzInput *input, const TemplateValues *values)
{
	static Written html;
	static Written text;
	char texts[14][13];
	BlockRun runs[2] = { { .text = property(input, texts[0], "Hi {{a}}"),
						   .link = property(input, texts[1], "https://example.com/{{a}}") },
						 { .text = "<{{a}}>", .is_bold = fuzz_bool(input), .is_italic = fuzz_bool(input) } };
	BlockText items[2] = { { .count = 2, .runs = runs }, { .count = 1, .runs = runs + 1 } };
	Block block = { .kind = (BlockKind) fuzz_choice(input, 4),
					.hide_on = (BlockHide) fuzz_choice(input, 3),
					.level = fuzz_choice(input, 8),
					.align = property(input, texts[2], "center"),
					.direction = property(input, texts[3], "rtl"),
					.font_family = property(input, texts[4], "Arial"),
					.font_size = property(input, texts[5], "12"),
					.font_weight = property(input, texts[6], "bold"),
					.line_height = property(input, texts[7], "1.5"),
					.colour = property(input, texts[8], "#fff"),
					.text = items[0],
					.item_count = 2,
					.items = items,
					.list_type = property(input, texts[9], "decimal"),
					.indent = property(input, texts[10], "2em"),
					.start_from = (int) fuzz_number(input, 0, 1000000),
					.has_start = fuzz_bool(input) };
	TemplateSink html_sink = { .write = collect, .to = &html };
	TemplateSink text_sink = { .write = collect, .to = &text };
	BlockFault fault;

	block.alternative_text = property(input, texts[11], "{{a}}");
	block.link = property(input, texts[12], "mailto:{{a}}");
	block.url = property(input, texts[13], "https://example.com/{{a}}.png");
	block.content_id = block.url == NULL ? "logo" : NULL;
	if (runs[0].text == NULL)
		runs[0].text = "";
	html.length = text.length = 0;
	html.text[0] = '\0';
	if (!loyalty_block_check(&block, &fault) || !loyalty_block_html(&block, values, &html_sink, &fault))
	{
		REQUIRE(fault.property != NULL);
		return;
	}
	check_html(html.text);
	REQUIRE(loyalty_block_text(&block, values, &text_sink, &fault));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	TemplateValues values = { .count = 1, .names = { "a" } };
	char value[60];

	fuzz_text(&input, value, sizeof(value) - 1);
	values.values[0] = value;
	fuzz_block(&input, &values);
	return 0;
}
