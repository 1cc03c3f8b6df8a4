/*
 * source_list_rules_fuzz.c: a list that is written is read as it was, with any white space; of any text no more is read than
 * there is, and what comes of it are sources with names.
 */
// sources: source_list_rules.c
#include "card/source_list_rules.h"
#include "fuzz_input.h"

#define LIST_BYTES 8000

/* One part of an entry between its quotes. */
static char *
put_part(char *to, const char *part)
{
	for (; *part != '\0'; part++)
	{
		if (*part == '"' || *part == '\\')
			*to++ = '\\';
		*to++ = *part;
	}
	return to;
}

static char *
put_space(FuzzInput *input, char *to)
{
	if (fuzz_choice(input, 4) == 0)
		*to++ = " \t\r\n"[fuzz_choice(input, 4)];
	return to;
}

static void
fuzz_written(FuzzInput *input)
{
	static SourceEntry wanted[8];
	static SourceEntry entries[SOURCE_LIST_MAX];
	static char list[LIST_BYTES];
	int count = fuzz_choice(input, 8);
	char *to = put_space(input, list);
	int i;

	*to++ = '[';
	for (i = 0; i < count; i++)
	{
		memset(&wanted[i], 0, sizeof(SourceEntry));
		fuzz_word(input, wanted[i].source, 20, "aZ_-/\\\" \x80\xff");
		if (wanted[i].source[0] == '\0')
			strcpy(wanted[i].source, "x");
		fuzz_word(input, wanted[i].account, 20, "aZ:_-/\\\" \x80\xff");
		to = put_space(input, to);
		*to++ = '"';
		to = put_part(to, wanted[i].source);
		*to++ = ':';
		to = put_part(to, wanted[i].account);
		*to++ = '"';
		to = put_space(input, to);
		*to++ = i + 1 < count ? ',' : ' ';
	}
	*to++ = ']';
	to = put_space(input, to);
	*to = '\0';
	REQUIRE(loyalty_source_list_parse(list, entries) == count);
	for (i = 0; i < count; i++)
	{
		REQUIRE(strcmp(entries[i].source, wanted[i].source) == 0);
		REQUIRE(strcmp(entries[i].account, wanted[i].account) == 0);
	}
}

static void
fuzz_read(const char *text)
{
	static SourceEntry entries[SOURCE_LIST_MAX];
	int count = loyalty_source_list_parse(text, entries);
	int i;

	REQUIRE(count >= -1 && count <= SOURCE_LIST_MAX);
	for (i = 0; i < count; i++)
	{
		REQUIRE(entries[i].source[0] != '\0' && strchr(entries[i].source, ':') == NULL);
		REQUIRE(strlen(entries[i].source) < SOURCE_PART_BYTES &&
				strlen(entries[i].account) < SOURCE_PART_BYTES);
		REQUIRE(loyalty_source_entry_holds(&entries[i], entries[i].account));
		REQUIRE(loyalty_source_entry_holds(&entries[i], "another account of it") ==
				(entries[i].account[0] == '\0'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char text[2000];
	char *exact;

	fuzz_text(&input, text, sizeof(text) - 1);
	exact = fuzz_copy(text);
	fuzz_read(exact);
	free(exact);
	fuzz_written(&input);
	return 0;
}
