/*
 * template_rules_fuzz.c: pieces are the text, in its order; a text without tags is written as it stands; whatever values are,
 * HTML has no sign of its own in it and says the same text, and links have no sign that ends them. Languages have one
 * normal form.
 */
// sources: template_rules.c word_rules.c
#include "fuzz_input.h"
#include "message/template/template_rules.h"

typedef struct Written
{
	char text[40000];
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

/* Writes a text; NULL where a value is missing. */
static bool
write_text(const char *text, const TemplateValues *values, TemplateEscape escape, Written *written)
{
	TemplateSink sink = { .write = collect, .to = written };
	TemplatePiece missing;

	written->length = 0;
	written->text[0] = '\0';
	return loyalty_template_write(text, values, escape, &sink, &missing);
}

/* Takes the escapes of HTML back. */
static void
unescape(const char *html, char *text)
{
	static const char *const escapes[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
	static const char signs[] = "&<>\"'";
	size_t i;

	while (*html != '\0')
	{
		REQUIRE(strchr("<>\"'", *html) == NULL);
		if (*html != '&')
		{
			*text++ = *html++;
			continue;
		}
		for (i = 0; i < 5 && strncmp(html, escapes[i], strlen(escapes[i])) != 0; i++)
			continue;
		REQUIRE(i < 5);
		*text++ = signs[i];
		html += strlen(escapes[i]);
	}
	*text = '\0';
}

static void
fuzz_pieces(const char *text, bool *has_tags)
{
	const char *at = text;
	const char *before = text;
	TemplatePiece piece;

	*has_tags = false;
	while (loyalty_template_next(&at, &piece))
	{
		REQUIRE(at > before && piece.text >= before && piece.text + piece.length <= at);
		REQUIRE(!(piece.is_tag && piece.is_broken));
		REQUIRE(piece.is_tag || (piece.text == before && piece.text + piece.length == at));
		REQUIRE(!piece.is_tag || (strncmp(before, "{{", 2) == 0 && strncmp(at - 2, "}}", 2) == 0));
		REQUIRE(loyalty_template_number(&piece) == 0 || piece.is_tag);
		*has_tags = *has_tags || piece.is_tag;
		before = at;
	}
	REQUIRE(*at == '\0');
}

static void
fuzz_language(const char *given)
{
	char normal[TEMPLATE_LANGUAGE_BYTES];
	char again[TEMPLATE_LANGUAGE_BYTES];

	if (!loyalty_language_normal(given, normal))
		return;
	REQUIRE(strlen(normal) == strlen(given));
	REQUIRE(loyalty_language_normal(normal, again) && strcmp(normal, again) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Written plain;
	static Written html;
	static Written link;
	static char unescaped[40000];
	FuzzInput input = { data, size };
	TemplateValues values = { .count = 2, .names = { "a", "1" } };
	char text[200];
	char first[50];
	char second[50];
	char *exact;
	bool has_tags;

	fuzz_text(&input, first, sizeof(first) - 1);
	fuzz_text(&input, second, sizeof(second) - 1);
	fuzz_word(&input, text, sizeof(text) - 1, "{}a1 <&_-");
	values.values[0] = first;
	values.values[1] = second;
	exact = fuzz_copy(text);
	fuzz_pieces(exact, &has_tags);
	if (write_text(exact, &values, ESCAPE_NOTHING, &plain))
	{
		REQUIRE(has_tags || strcmp(plain.text, exact) == 0);
		REQUIRE(write_text(exact, &values, ESCAPE_HTML, &html) &&
				write_text(exact, &values, ESCAPE_URL_VALUES, &link));
		unescape(html.text, unescaped);
		REQUIRE(strcmp(unescaped, plain.text) == 0);
		REQUIRE(has_tags || strcmp(link.text, exact) == 0);
	}
	else
		REQUIRE(has_tags);
	free(exact);
	fuzz_language(first);
	return 0;
}
