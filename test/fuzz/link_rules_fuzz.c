/*
 * link_rules_fuzz.c: a link that is taken has one of four schemes and no sign that would end it in HTML, before and after its
 * values; styles that are taken have no sign that would begin another property.
 */
// sources: link_rules.c style_rules.c template_rules.c word_rules.c
#include <ctype.h>

#include "fuzz_input.h"
#include "message/template/link_rules.h"

/* Tells whether a link begins with a scheme that readers may follow. */
static bool
is_safe(const char *link)
{
	static const char *const schemes[] = { "http://", "https://", "mailto:", "tel:" };
	char folded[16] = "";
	size_t i;

	for (i = 0; i < sizeof(folded) - 1 && link[i] != '\0'; i++)
		folded[i] = (char) tolower((unsigned char) link[i]);
	for (i = 0; link[i] != '\0'; i++)
		if ((unsigned char) link[i] <= ' ' || strchr("<>\"'", link[i]) != NULL)
			return false;
	for (i = 0; i < 4; i++)
		if (strncmp(folded, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

static void
fuzz_link(FuzzInput *input)
{
	static const char *const begins[] = {
		"https://example.com/", "HTTPS://", "mailto:", "javascript:", "data:", "{{a}}", ""
	};
	TemplateValues values = { .count = 1, .names = { "a" } };
	TemplatePiece missing = { 0 };
	TemplateLink link;
	char given[100];
	char value[100];

	strcpy(given, begins[fuzz_choice(input, 7)]);
	fuzz_word(input, given + strlen(given), 40, "{{}}a:/x\"< \\\n.");
	fuzz_text(input, value, sizeof(value) - 1);
	values.values[0] = value;
	if (loyalty_is_link(given))
		REQUIRE(is_safe(given));
	if (!loyalty_link_check(given, loyalty_is_link))
		return;
	if (loyalty_link_finish(given, &values, loyalty_is_link, &link, &missing))
	{
		const char *tag = strstr(given, "{{");

		REQUIRE(is_safe(link.text) && strlen(link.text) <= STYLE_LINK_MAX);
		REQUIRE(strncmp(link.text, given, tag != NULL ? (size_t) (tag - given) : strlen(given)) == 0);
	}
}

static void
fuzz_style(const char *given)
{
	if (loyalty_style_is_family(given) || loyalty_style_is_weight(given) || loyalty_style_is_colour(given) ||
		loyalty_style_is_size(given))
		REQUIRE(strpbrk(given, ";:\"'()<>\\/\n\r\t{}") == NULL && given[0] != '\0');
	if (loyalty_style_word(given, loyalty_style_aligns) != NULL)
		REQUIRE(loyalty_style_word(loyalty_style_word(given, loyalty_style_aligns), loyalty_style_aligns) !=
				NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char style[120];

	fuzz_link(&input);
	fuzz_word(&input, style, 20, "a1.px%#f, -;:\"()");
	fuzz_style(style);
	fuzz_text(&input, style, sizeof(style) - 1);
	fuzz_style(style);
	return 0;
}
