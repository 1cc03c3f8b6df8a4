/*
 * attachment_rules_test.c: names and types of files, and how images begin.
 */
#include <string.h>

#include "message/template/attachment_rules.h"
#include "tap.h"

/* Tells whether a file has that type; NULL: its type is none. */
static bool
type_is(const char *given, const char *name, const char *wanted)
{
	char type[ATTACHMENT_TYPE_BYTES];

	if (!loyalty_file_type(given, name, type))
		return wanted == NULL;
	return wanted != NULL && strcmp(type, wanted) == 0;
}

static bool
begins(const char *type, const char *content, size_t size)
{
	return loyalty_file_begins_as(type, (const unsigned char *) content, size);
}

static void
test_types(void)
{
	char long_type[200];

	ok(type_is(NULL, "logo.PNG", "image/png") && type_is(NULL, "a.b.JPeG", "image/jpeg") &&
		   type_is(NULL, "terms.txt", "text/plain") && type_is(NULL, "x", "application/octet-stream") &&
		   type_is(NULL, "x.exe", "application/octet-stream") &&
		   type_is(NULL, "png", "application/octet-stream"),
	   "by the name");
	ok(type_is("PNG", "x", "image/png") && type_is("Image/PNG", "x", "image/png") &&
		   type_is("image/jpg", "x", "image/jpeg") &&
		   type_is("application/vnd.ms-excel", "x.png", "application/vnd.ms-excel"),
	   "as said");
	ok(type_is("multipart/mixed", "x", NULL) && type_is("Message/RFC822", "x.txt", NULL) &&
		   type_is("text/message", "x", "text/message"),
	   "parts of mails are no files");
	memset(long_type, 'a', sizeof(long_type));
	long_type[5] = '/';
	long_type[sizeof(long_type) - 1] = '\0';
	ok(type_is("exe", "x", NULL) && type_is("a/", "x", NULL) && type_is("/a", "x", NULL) &&
		   type_is("a/b/c", "x", NULL) && type_is("text/html; charset=x", "x", NULL) &&
		   type_is("a/b\r\nc", "x", NULL) && type_is(long_type, "x", NULL),
	   "what is none");
	ok(loyalty_file_is_image("image/png") && loyalty_file_is_image("image/jpeg") &&
		   loyalty_file_is_image("image/gif") && !loyalty_file_is_image("text/plain") &&
		   !loyalty_file_is_image("image/svg+xml"),
	   "images that are looked at");
}

static void
test_content(void)
{
	ok(begins("image/png", "\x89PNG\r\n\x1a\n", 8) && begins("image/jpeg", "\xff\xd8\xff\xe0", 4) &&
		   begins("image/gif", "GIF87a", 6) && begins("image/gif", "GIF89a..", 8),
	   "first bytes");
	ok(!begins("image/png", "\x89PNG\r\n\x1a", 7) && !begins("image/jpeg", "\x89PNG\r\n\x1a\n", 8) &&
		   !begins("image/gif", "GIF88a", 6) && !begins("image/png", "", 0) &&
		   !begins("text/plain", "\x89PNG\r\n\x1a\n", 8),
	   "others");
	ok(loyalty_is_data_uri("data:image/png;base64,iVBO", 26) && loyalty_is_data_uri("DATA:", 5) &&
		   !loyalty_is_data_uri("data", 4) && !loyalty_is_data_uri("", 0) && !loyalty_is_data_uri("iVBO", 4),
	   "URIs of data");
}

static void
test_names(void)
{
	char name[ATTACHMENT_NAME_MAX + 2];

	memset(name, 'a', sizeof(name));
	name[ATTACHMENT_NAME_MAX] = '\0';
	ok(loyalty_file_name_fits("logo.PNG") && loyalty_file_name_fits("..a") && loyalty_file_name_fits(name),
	   "names");
	name[ATTACHMENT_NAME_MAX] = 'a';
	name[ATTACHMENT_NAME_MAX + 1] = '\0';
	ok(!loyalty_file_name_fits("") && !loyalty_file_name_fits(".") && !loyalty_file_name_fits("..") &&
		   !loyalty_file_name_fits("a/b") && !loyalty_file_name_fits("a\\b") && !loyalty_file_name_fits(name),
	   "what is none");
	ok(loyalty_content_id_fits("logo.1@example") && !loyalty_content_id_fits("") &&
		   !loyalty_content_id_fits("a b") && !loyalty_content_id_fits("a>") &&
		   !loyalty_content_id_fits("a+b") && !loyalty_content_id_fits("\xc3\xa9"),
	   "content ids");
}

static void
test_headers(void)
{
	char control[] = "a?b";
	int wrong = 0;
	int c;

	for (c = 1; c < 256; c++)
	{
		control[1] = (char) c;
		wrong += loyalty_header_fits(control) != (c >= ' ' && c != 0x7F);
	}
	ok(wrong == 0, "no control character of ASCII, and every other byte");
	ok(loyalty_header_fits("") && loyalty_header_fits("Gr\xC3\xBC\xC3\x9F"
													  "e \xE2\x82\xAC"),
	   "letters beyond ASCII");
	ok(!loyalty_header_fits("a\xC2\x85"
							"b") &&
		   !loyalty_header_fits("a\xE2\x80\xA8"
								"b") &&
		   !loyalty_header_fits("a\xE2\x80\xA9") && !loyalty_header_fits("a\r\nBcc: b"),
	   "no line end of Unicode either");
}

int
main(void)
{
	plan(14);
	test_types();
	test_content();
	test_names();
	test_headers();
	return tap_exit();
}
