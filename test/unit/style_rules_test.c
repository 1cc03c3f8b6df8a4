/*
 * style_rules_test.c: what styles and links may be, and what would be other CSS, HTML or script.
 */
#include <string.h>

#include "message/template/style_rules.h"
#include "tap.h"

/* Tells whether a rule takes all of the texts, or none; NULL ends them. */
static bool
all(bool (*fits)(const char *), bool wanted, const char *const *texts)
{
	bool right = true;

	for (; *texts != NULL; texts++)
		if (fits(*texts) != wanted)
		{
			printf("# %s\n", *texts);
			right = false;
		}
	return right;
}

#define TAKES(fits, ...) all(fits, true, (const char *const[]){ __VA_ARGS__, NULL })
#define REFUSES(fits, ...) all(fits, false, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_styles(void)
{
	ok(TAKES(loyalty_style_is_family, "Arial", "Trebuchet MS, sans-serif", "A1"), "fonts");
	ok(REFUSES(loyalty_style_is_family, "", ",", "a,", ",a", "a,,b", "1a", "a;b", "'a'", "a\"", "url(x)",
			   "a:b", "a\\b", "-a", " ", "\xc3\xa9", "a\nb"),
	   "no fonts");
	ok(TAKES(loyalty_style_is_weight, "normal", "bold", "100", "900") &&
		   REFUSES(loyalty_style_is_weight, "", "0", "000", "1000", "50", "bolder", "bold;", "100 "),
	   "weights");
	ok(TAKES(loyalty_style_is_colour, "#fff", "#A0b1C2", "black", "fuchsia") &&
		   REFUSES(loyalty_style_is_colour, "", "#", "#ff", "#ffff", "#ggg", "Black", "rgb(1,2,3)", "#fff;",
				   "expression(1)", "#fffffff"),
	   "colours");
	ok(TAKES(loyalty_style_is_size, "0", "12", "12px", "1.5", "1.25em", "9999%", "2rem", "10pt") &&
		   REFUSES(loyalty_style_is_size, "", "-1", "12345", "1.", ".5", "1.2345", "12 px", "12vw", "12px;",
				   "calc(1)", "1e3", "px"),
	   "sizes");
	ok(loyalty_style_is_bare("12") && loyalty_style_is_bare("1.5") && !loyalty_style_is_bare("12px") &&
		   !loyalty_style_is_bare(""),
	   "units");
	ok(strcmp(loyalty_style_word("lowerAlpha", loyalty_style_list_types), "lower-alpha") == 0 &&
		   strcmp(loyalty_style_word("CENTER", loyalty_style_aligns), "center") == 0 &&
		   strcmp(loyalty_style_word("rtl", loyalty_style_directions), "rtl") == 0 &&
		   loyalty_style_word("middle", loyalty_style_aligns) == NULL &&
		   loyalty_style_word("", loyalty_style_aligns) == NULL,
	   "words");
	ok(loyalty_style_is_numbered("decimal") && loyalty_style_is_numbered("upper-roman") &&
		   !loyalty_style_is_numbered("disc") && !loyalty_style_is_numbered("square"),
	   "numbered lists");
}

static void
test_links(void)
{
	char link[STYLE_LINK_MAX + 2];

	ok(TAKES(loyalty_is_link, "https://example.com", "HTTP://example.com/?x=1&y=%20#z", "mailto:a@b.c",
			 "tel:+6581110001", "https://\xc3\xa9.example"),
	   "links");
	ok(REFUSES(loyalty_is_link, "", "a.b", "//example.com", "/x", "https://", "https:///x", "https:a.b",
			   "mailto:", "javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "vbscript:x",
			   " https://example.com", "https://example.com/ b", "https://example.com\n", "java\tscript:x",
			   "https://example.com/\"b", "https://example.com/<b", "https://example.com/\\b",
			   "ftp://example.com", "https://example.com\x7f", "file:///x", "https://example.com/'b",
			   "https://example.com/{x}"),
	   "no links");
	ok(TAKES(loyalty_is_picture, "https://example.com/c.png") &&
		   REFUSES(loyalty_is_picture, "http://example.com", "cid:x", "data:image/png;base64,x", "mailto:a"),
	   "pictures");
	memset(link, 'a', sizeof(link));
	memcpy(link, "https://", 8);
	link[STYLE_LINK_MAX] = '\0';
	ok(loyalty_is_link(link), "as long as may be");
	link[STYLE_LINK_MAX] = 'a';
	link[STYLE_LINK_MAX + 1] = '\0';
	ok(!loyalty_is_link(link), "but not longer");
}

int
main(void)
{
	plan(13);
	test_styles();
	test_links();
	return tap_exit();
}
