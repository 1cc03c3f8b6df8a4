/*
 * link_rules_test.c: links with tags: values stay in their places.
 */
#include <string.h>

#include "message/template/link_rules.h"
#include "tap.h"

/* Tells whether a link becomes that with one value; NULL: it becomes none. */
static bool
becomes(const char *given, const char *value, const char *wanted)
{
	TemplateValues values = { .count = 1, .names = { "a" }, .values = { value } };
	TemplatePiece missing = { 0 };
	TemplateLink link;

	if (!loyalty_link_finish(given, &values, loyalty_is_link, &link, &missing))
		return wanted == NULL;
	return wanted != NULL && strcmp(link.text, wanted) == 0;
}

int
main(void)
{
	char value[STYLE_LINK_MAX];
	TemplateValues none = { .count = 0 };
	TemplatePiece missing = { 0 };
	TemplateLink link;

	plan(6);
	ok(loyalty_link_check("https://example.com/{{a}}", loyalty_is_link) &&
		   loyalty_link_check("mailto:{{a}}", loyalty_is_link) &&
		   loyalty_link_check("https://{{a}}.b/", loyalty_is_picture),
	   "links with tags");
	ok(!loyalty_link_check("{{a}}", loyalty_is_link) &&
		   !loyalty_link_check("{{a}}https://example.com", loyalty_is_link) &&
		   !loyalty_link_check("http{{a}}://example.com", loyalty_is_link) &&
		   !loyalty_link_check("https://example.com/{{", loyalty_is_link) &&
		   !loyalty_link_check("", loyalty_is_link) &&
		   !loyalty_link_check("javascript:{{a}}", loyalty_is_link),
	   "the scheme depends on no value");
	ok(becomes("https://example.com/?q={{a}}", "x&y=\"1\"\n", "https://example.com/?q=x%26y%3D%221%22%0A"),
	   "a value by its bytes");
	ok(becomes("https://{{a}}/", "evil.example.com/@", "https://evil.example.com%2F%40/"),
	   "which ends no host");
	memset(value, 'a', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	ok(becomes("https://example.com/{{a}}", value, NULL), "a link that gets too long is none");
	ok(!loyalty_link_finish("https://example.com/{{a}}", &none, loyalty_is_link, &link, &missing) &&
		   missing.is_tag,
	   "a value is missing");
	return tap_exit();
}
