/*
 * whatsapp_rules_fuzz.c: a text that was made of a template is of it; a text that is said to be of a template is that template
 * with the values that were found, each of them allowed; and a search that tries every way finds one exactly where the rule
 * does.
 */
// sources: whatsapp_rules.c template_rules.c word_rules.c
#include "fuzz_input.h"
#include "message/template/template_rules.h"
#include "message/template/whatsapp_rules.h"

#define MAX_TAGS 4

static uint16_t work[WHATSAPP_WORK];

/* Tries every way to read a text as a template. */
static bool
tries(const char *template_text, const char *finished, const int *limits)
{
	TemplatePiece piece;
	const char *at = template_text;
	char value[100];
	size_t length;

	if (!loyalty_template_next(&at, &piece))
		return *finished == '\0';
	if (!piece.is_tag)
		return strncmp(finished, piece.text, piece.length) == 0 && tries(at, finished + piece.length, limits);
	for (length = 1; length <= strlen(finished); length++)
	{
		memcpy(value, finished, length);
		value[length] = '\0';
		if (loyalty_whatsapp_value(value, limits[loyalty_template_number(&piece) - 1]) == WHATSAPP_FINE &&
			((unsigned char) finished[length] & 0xC0) != 0x80 && tries(at, finished + length, limits))
			return true;
	}
	return false;
}

/* Writes a template with the values that were found. */
static void
write_again(const char *template_text, const char *finished, const WhatsappSpan *spans, char *text)
{
	TemplatePiece piece;

	*text = '\0';
	while (loyalty_template_next(&template_text, &piece))
	{
		const WhatsappSpan *span = &spans[piece.is_tag ? loyalty_template_number(&piece) - 1 : 0];

		if (piece.is_tag)
			strncat(text, finished + span->start, span->length);
		else
			strncat(text, piece.text, piece.length);
	}
}

static void
fuzz_match(const char *template_text, const char *finished, const int *limits, bool is_of_it)
{
	WhatsappSpan spans[WHATSAPP_TAGS_MAX] = { 0 };
	char again[200];
	char value[100];
	int count;
	int i;
	bool found = loyalty_whatsapp_match(template_text, finished, limits, spans, work);

	REQUIRE(found || !is_of_it);
	if (loyalty_whatsapp_tags(template_text, &count) != WHATSAPP_FINE)
	{
		REQUIRE(!found);
		return;
	}
	REQUIRE(found == tries(template_text, finished, limits));
	if (!found)
		return;
	write_again(template_text, finished, spans, again);
	REQUIRE(strcmp(again, finished) == 0);
	for (i = 0; i < count; i++)
	{
		REQUIRE(spans[i].length < sizeof(value));
		memcpy(value, finished + spans[i].start, spans[i].length);
		value[spans[i].length] = '\0';
		REQUIRE(loyalty_whatsapp_value(value, limits[i]) == WHATSAPP_FINE);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char template_text[100] = "";
	char finished[100] = "";
	char word[6];
	int limits[WHATSAPP_TAGS_MAX];
	bool is_of_it = true;
	int tags = fuzz_choice(&input, MAX_TAGS + 1);
	bool is_reversed = fuzz_bool(&input);
	int i;

	for (i = 0; i < WHATSAPP_TAGS_MAX; i++)
		limits[i] = 1 + fuzz_choice(&input, 6);
	for (i = 0; i <= tags; i++)
	{
		fuzz_word(&input, word, 3, "ab }");
		strcat(template_text, word);
		strcat(finished, word);
		if (i == tags)
			break;
		fuzz_word(&input, word, 5, "ab\xc3\xa9 \n");
		sprintf(template_text + strlen(template_text), "{{%d}}", is_reversed ? tags - i : i + 1);
		strcat(finished, word);
		is_of_it = is_of_it && ((unsigned char) word[0] & 0xC0) != 0x80 &&
				   loyalty_whatsapp_value(word, limits[is_reversed ? tags - i - 1 : i]) == WHATSAPP_FINE;
	}
	/* Texts that are no UTF-8 are none that the server has. */
	if ((unsigned char) finished[0] == 0xa9)
		return 0;
	for (i = 0; finished[i] != '\0'; i++)
		if (((unsigned char) finished[i] == 0xc3) != ((unsigned char) finished[i + 1] == 0xa9))
			return 0;
	fuzz_match(template_text, finished, limits, is_of_it);
	fuzz_word(&input, finished, 20, "ab \n");
	fuzz_match(template_text, finished, limits, false);
	return 0;
}
