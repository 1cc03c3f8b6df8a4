/*
 * whatsapp_rules_test.c: numbered tags, values, and the way back from finished texts.
 */
#include <stdlib.h>
#include <string.h>

#include "message/template/whatsapp_rules.h"
#include "tap.h"

static uint16_t work[WHATSAPP_WORK];

static bool
tags(const char *text, WhatsappFault fault, int wanted)
{
	int count;

	return loyalty_whatsapp_tags(text, &count) == fault && (fault != WHATSAPP_FINE || count == wanted);
}

static void
test_tags(void)
{
	char many[(WHATSAPP_TAGS_MAX + 1) * 8] = "";
	int i;

	ok(tags("", WHATSAPP_FINE, 0) && tags("{{1}}", WHATSAPP_FINE, 1) &&
		   tags("{{2}} and {{1}}", WHATSAPP_FINE, 2),
	   "tags");
	ok(tags("{{2}}", WHATSAPP_GAP, 0) && tags("{{1}}{{3}}", WHATSAPP_GAP, 0), "gaps");
	ok(tags("{{1}}{{1}}", WHATSAPP_TWICE, 0), "twice");
	ok(tags("{{a}}", WHATSAPP_NO_NUMBER, 0) && tags("{{0}}", WHATSAPP_NO_NUMBER, 0) &&
		   tags("{{1}} {{", WHATSAPP_NO_NUMBER, 0),
	   "no numbers");
	for (i = 1; i <= WHATSAPP_TAGS_MAX; i++)
		sprintf(many + strlen(many), "{{%d}}", i);
	ok(tags(many, WHATSAPP_FINE, WHATSAPP_TAGS_MAX), "thirty");
	sprintf(many + strlen(many), "{{%d}}", i);
	ok(tags(many, WHATSAPP_MANY, 0), "but not one more");
	ok(loyalty_whatsapp_begins_with_tag("{{1}} a") && !loyalty_whatsapp_begins_with_tag("a {{1}}") &&
		   !loyalty_whatsapp_begins_with_tag("") && loyalty_whatsapp_ends_with_tag("a {{1}}") &&
		   !loyalty_whatsapp_ends_with_tag("{{1}} a") && !loyalty_whatsapp_ends_with_tag(""),
	   "tags at the ends");
}

static void
test_values(void)
{
	ok(loyalty_whatsapp_value("B-9", 3) == WHATSAPP_FINE &&
		   loyalty_whatsapp_value("a   b", 5) == WHATSAPP_FINE &&
		   loyalty_whatsapp_value("\xc3\xa9\xc3\xa9", 2) == WHATSAPP_FINE,
	   "values");
	ok(loyalty_whatsapp_value("", 3) == WHATSAPP_EMPTY &&
		   loyalty_whatsapp_value("B-99", 3) == WHATSAPP_LONG &&
		   loyalty_whatsapp_value("\xc3\xa9\xc3\xa9", 1) == WHATSAPP_LONG &&
		   loyalty_whatsapp_value("a\nb", 9) == WHATSAPP_LINE &&
		   loyalty_whatsapp_value("a\tb", 9) == WHATSAPP_LINE &&
		   loyalty_whatsapp_value("a\rb", 9) == WHATSAPP_LINE &&
		   loyalty_whatsapp_value("a    b", 9) == WHATSAPP_BLANKS,
	   "what is none");
	ok(strcmp(loyalty_whatsapp_fault_text(WHATSAPP_BLANKS), "a value has four blanks in a row") == 0 &&
		   strcmp(loyalty_whatsapp_fault_text(WHATSAPP_NO_NUMBER), "a variable is not a number") == 0,
	   "each fault has its words");
}

/* Tells whether a text is of a template, with these values ("a|b"); NULL: it is not. */
static bool
matches(const char *template_text, const char *finished, int limit, const char *wanted)
{
	WhatsappSpan spans[WHATSAPP_TAGS_MAX];
	int limits[WHATSAPP_TAGS_MAX];
	char got[WHATSAPP_TEXT_MAX + 100] = "";
	int count;
	int i;

	for (i = 0; i < WHATSAPP_TAGS_MAX; i++)
		limits[i] = limit;
	memset(work, 0x5a, sizeof(work));
	if (!loyalty_whatsapp_match(template_text, finished, limits, spans, work))
		return wanted == NULL;
	(void) loyalty_whatsapp_tags(template_text, &count);
	for (i = 0; i < count; i++)
		sprintf(got + strlen(got), "%s%.*s", i > 0 ? "|" : "", (int) spans[i].length,
				finished + spans[i].start);
	if (wanted == NULL || strcmp(got, wanted) != 0)
		printf("# %s: %s\n", finished, got);
	return wanted != NULL && strcmp(got, wanted) == 0;
}

static void
test_match(void)
{
	static const char paid[] = "Dear customer, thank you for paying {{1}} for {{2}}";

	ok(matches(paid, "Dear customer, thank you for paying 120.00 for B-9", 1024, "120.00|B-9"),
	   "values come back");
	ok(matches(paid, "Dear Customer, thank you for paying 120.00 for B-9", 1024, NULL), "a letter differs");
	ok(matches(paid, "Dear customer, thank you for paying 120.00 for ", 1024, NULL) &&
		   matches(paid, "Dear customer, thank you for paying  for B-9", 1024, NULL) &&
		   matches(paid, "", 1024, NULL) &&
		   matches(paid, "Dear customer, thank you for paying 1 for B\n9", 1024, NULL) &&
		   matches(paid, "Dear customer, thank you for paying 1 for B    9", 1024, NULL),
	   "a value may not be so");
	ok(matches(paid, "Dear customer, thank you for paying 1 for 2 for 3", 5, "1|2 for 3") ||
		   matches(paid, "Dear customer, thank you for paying 1 for 2 for 3", 7, "1 for 2|3"),
	   "more than one way is none wrong");
	ok(matches("{{1}} for {{2}}", "1 for 2 for 3", 1, NULL) && matches("{{1}}-{{2}}", "a-b-c", 3, "a-b|c") &&
		   matches("{{1}}-{{2}}x", "a-bx-cx", 1024, "a-bx|c"),
	   "limits decide");
	ok(matches("{{2}}{{1}}", "ab", 1024, "b|a") && matches("{{1}}{{2}}{{3}}", "ab", 1024, NULL),
	   "values side by side");
	ok(matches("plain", "plain", 9, "") && matches("plain", "plain text", 9, NULL) && matches("", "", 9, ""),
	   "without values");
	ok(matches("a {{1}} b", "a {{1}} b", 9, "{{1}}"), "a value that looks like a tag");
	ok(matches("{{1}} \xc3\xa9 {{2}}", "\xc3\xa9 \xc3\xa9 \xc3\xa9", 1, "\xc3\xa9|\xc3\xa9"),
	   "characters beyond ASCII");
}

/* A text that a search with many ways would not come back from. */
static void
test_time(void)
{
	static char text[WHATSAPP_TEXT_MAX + 2];
	char template_text[400] = "";
	int i;

	for (i = 1; i <= WHATSAPP_TAGS_MAX; i++)
		sprintf(template_text + strlen(template_text), "{{%d}}aa", i);
	memset(text, 'a', WHATSAPP_TEXT_MAX);
	text[WHATSAPP_TEXT_MAX - 1] = 'b';
	ok(matches(template_text, text, 1024, NULL), "thousands of a's end");
	text[WHATSAPP_TEXT_MAX] = 'a';
	ok(matches("{{1}}", text, 100000, NULL), "a text that is too long is of none");
}

int
main(void)
{
	plan(21);
	test_tags();
	test_values();
	test_match();
	test_time();
	return tap_exit();
}
