/*
 * template_rules_test.c: pieces of texts with tags, values in their places, languages, and the life of a version.
 */
#include <string.h>

#include "message/template/template_rules.h"
#include "tap.h"

/* A text that a sink writes. */
typedef struct Written
{
	char text[1000];
	size_t length;
} Written;

static void
collect(void *to, const char *text, size_t length)
{
	Written *written = to;

	memcpy(written->text + written->length, text, length);
	written->length += length;
	written->text[written->length] = '\0';
}

static const TemplateValues values = { .count = 3,
									   .names = { "first_name", "1", "billNumber" },
									   .values = { "<b>Al</b> & {{1}}", "{{first_name}}", "B/9 \xc3\xa9" } };

/* What a text is with the values above; NULL: one is missing. */
static const char *
made(const char *text, TemplateEscape escape)
{
	static Written written;
	TemplateSink sink = { .write = collect, .to = &written };
	TemplatePiece missing;

	written.length = 0;
	written.text[0] = '\0';
	return loyalty_template_write(text, &values, escape, &sink, &missing) ? written.text : NULL;
}

static bool
is(const char *text, TemplateEscape escape, const char *wanted)
{
	const char *got = made(text, escape);
	bool same = wanted == NULL ? got == NULL : got != NULL && strcmp(got, wanted) == 0;

	if (!same)
		printf("# %s became %s\n", text, got ? got : "nothing");
	return same;
}

static void
test_texts(void)
{
	ok(is("", ESCAPE_NOTHING, "") && is("plain { text } }}", ESCAPE_NOTHING, "plain { text } }}"),
	   "texts without tags");
	ok(is("Hi {{first_name}}, {{ 1 }}", ESCAPE_NOTHING, "Hi <b>Al</b> & {{1}}, {{first_name}}"),
	   "values are not looked at again");
	ok(is("{{firstName}}{{FIRST-NAME}}{{first name}}", ESCAPE_URL_VALUES,
		  "%3Cb%3EAl%3C%2Fb%3E%20%26%20%7B%7B1%7D%7D%3Cb%3EAl%3C%2Fb%3E%20%26%20%7B%7B1%7D%7D"
		  "%3Cb%3EAl%3C%2Fb%3E%20%26%20%7B%7B1%7D%7D"),
	   "names are words");
	ok(is("<\"'> {{first_name}}", ESCAPE_HTML, "&lt;&quot;&#39;&gt; &lt;b&gt;Al&lt;/b&gt; &amp; {{1}}"),
	   "HTML");
	ok(is("https://example.com/?q={{bill_number}}", ESCAPE_URL_VALUES,
		  "https://example.com/?q=B%2F9%20%C3%A9"),
	   "links");
	ok(is("a {{other}} b", ESCAPE_NOTHING, NULL), "a value is missing");
}

static void
test_broken(void)
{
	static const char *const broken[] = { "{{",	   "{{}}",	  "{{ }}",		  "{{a",
										  "{{a}",  "{{a.b}}", "{{{a}}}",	  "{{a\n}}",
										  "{{_}}", "{{--}}",  "{{\xc3\xa9}}", "x {{ y {{a}}" };
	char name[TEMPLATE_TAG_MAX + 2];
	char text[TEMPLATE_TAG_MAX + 10];
	TemplatePiece piece;
	const char *at;
	bool all = true;
	size_t i;

	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
	{
		bool any = false;

		for (at = broken[i]; loyalty_template_next(&at, &piece);)
			any = any || piece.is_broken;
		if (!any)
			printf("# taken: %s\n", broken[i]);
		all = all && any;
	}
	ok(all, "braces that open no tag");
	memset(name, 'a', sizeof(name));
	name[TEMPLATE_TAG_MAX] = '\0';
	snprintf(text, sizeof(text), "{{%s}}", name);
	at = text;
	ok(loyalty_template_name_fits(name) && loyalty_template_next(&at, &piece) && piece.is_tag && *at == '\0',
	   "a name of 60 bytes");
	name[TEMPLATE_TAG_MAX] = 'a';
	name[TEMPLATE_TAG_MAX + 1] = '\0';
	snprintf(text, sizeof(text), "{{%s}}", name);
	at = text;
	ok(!loyalty_template_name_fits(name) && loyalty_template_next(&at, &piece) && piece.is_broken,
	   "not of 61");
}

/* The number of the first piece. */
static int
number(const char *text)
{
	TemplatePiece piece;

	return loyalty_template_next(&text, &piece) ? loyalty_template_number(&piece) : -1;
}

static void
test_numbers(void)
{
	ok(number("{{1}}") == 1 && number("{{ 999 }}") == 999 && number("{{1000}}") == 0 &&
		   number("{{0}}") == 0 && number("{{01}}") == 0 && number("{{1a}}") == 0 && number("1") == 0,
	   "numbers of tags");
}

/* Tells whether a language has that normal form; NULL: none. */
static bool
language(const char *given, const char *wanted)
{
	char normal[TEMPLATE_LANGUAGE_BYTES];
	bool is_one = loyalty_language_normal(given, normal);

	return wanted == NULL ? !is_one : is_one && strcmp(normal, wanted) == 0;
}

static void
test_languages(void)
{
	ok(language("en", "en") && language("EN", "en") && language("pt-br", "pt_BR") &&
		   language("zh_Hant-tw", "zh_HANT_TW") && language("fil", "fil") && language("es-419", "es_419") &&
		   language("de_abcdefgh", "de_ABCDEFGH"),
	   "languages");
	ok(language("", NULL) && language("e", NULL) && language("english", NULL) && language("en_", NULL) &&
		   language("e1", NULL) && language("en_u", NULL) && language("en_abcdefghi", NULL) &&
		   language("en_US_x1_y2", NULL) && language(" en", NULL) && language("en US", NULL) &&
		   language("en\n", NULL) && language("enenenenenenenenenenenenenenenenenenenenenenenenenen", NULL),
	   "what is none");
}

static void
test_statuses(void)
{
	static const char all[] = "dparux";
	/* What may follow: from, to. */
	static const char steps[] = "dp pa pr au ax ua ux xa ";
	bool right = true;
	size_t i;
	size_t j;

	for (i = 0; i < 6; i++)
		for (j = 0; j < 6; j++)
		{
			char step[4] = { all[i], all[j], ' ', '\0' };

			right = right && loyalty_template_status_may(all[i], all[j]) == (strstr(steps, step) != NULL);
		}
	ok(right && !loyalty_template_status_may('?', 'a') && !loyalty_template_status_may('d', '\0'), "steps");
	for (i = 0; i < 6; i++)
		right = right && loyalty_template_status_find(loyalty_template_status_word(all[i])) == all[i];
	ok(right && loyalty_template_status_find("PENDING") == 'p' && loyalty_template_status_find("x") == 0 &&
		   loyalty_template_status_word('?') == NULL,
	   "words");
}

static void
test_files(void)
{
	ok(loyalty_purpose_takes_files('p') && loyalty_purpose_takes_files('t'),
	   "files go with what customers read");
	ok(!loyalty_purpose_takes_files('c') && loyalty_purpose_takes_files('o'), "but with no code");
}

int
main(void)
{
	plan(16);
	test_texts();
	test_broken();
	test_numbers();
	test_languages();
	test_statuses();
	test_files();
	return tap_exit();
}
