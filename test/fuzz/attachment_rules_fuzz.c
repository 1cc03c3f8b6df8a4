/*
 * attachment_rules_fuzz.c: a type that is taken can stand in a header and is taken again as it is; names that are taken name no
 * other place; nothing is read behind a content.
 */
// sources: attachment_rules.c
#include "fuzz_input.h"
#include "message/template/attachment_rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char name[300];
	char given[200];
	char type[ATTACHMENT_TYPE_BYTES];
	char again[ATTACHMENT_TYPE_BYTES];
	unsigned char *content;

	if (fuzz_bool(&input))
		fuzz_word(&input, given, 20, "pngPNG/jea.+\r\n; ");
	else
		fuzz_text(&input, given, sizeof(given) - 1);
	fuzz_text(&input, name, sizeof(name) - 1);
	if (loyalty_file_type(given, name, type))
	{
		REQUIRE(loyalty_header_fits(type) && strchr(type, '/') != NULL && strpbrk(type, " ;\"<>") == NULL);
		REQUIRE(loyalty_file_type(type, name, again) && strcmp(type, again) == 0);
	}
	REQUIRE(loyalty_file_type(NULL, name, type) && loyalty_header_fits(type));
	if (loyalty_file_name_fits(name))
		REQUIRE(name[0] != '\0' && strchr(name, '/') == NULL && strchr(name, '\\') == NULL &&
				strcmp(name, "..") != 0);
	if (loyalty_header_fits(name))
		REQUIRE(strpbrk(name, "\r\n\t\v\f\x1b\x7f") == NULL);
	if (loyalty_content_id_fits(name))
		REQUIRE(loyalty_header_fits(name) && strpbrk(name, " <>\"") == NULL);
	content = malloc(input.size + 1);
	memcpy(content, input.data, input.size);
	content = realloc(content, input.size ? input.size : 1);
	if (loyalty_file_begins_as(type, content, input.size))
		REQUIRE(loyalty_file_is_image(type) && input.size >= 3);
	if (loyalty_is_data_uri((char *) content, input.size))
		REQUIRE(input.size >= 5 && content[4] == ':');
	free(content);
	return 0;
}
