/*
 * identity_rules_test.c: what e-mails and external ids are, every byte and every length at the edges.
 */
#include <string.h>

#include "customer/identity_rules.h"
#include "tap.h"

static char key[IDENTIFIER_VALUE_BYTES];
static char typed[IDENTIFIER_VALUE_BYTES];

static bool
email_is(const char *email, const char *wanted_key, const char *wanted_typed)
{
	return loyalty_email_normal(email, key, typed) && strcmp(key, wanted_key) == 0 &&
		   strcmp(typed, wanted_typed) == 0;
}

static bool
email_ok(const char *email)
{
	return loyalty_email_normal(email, key, typed);
}

/* How many of these texts are taken. */
static int
count_ok(const char *const *emails)
{
	int count = 0;

	for (; *emails != NULL; emails++)
		if (email_ok(*emails))
		{
			printf("# taken: %s\n", *emails);
			count++;
		}
	return count;
}

static void
test_email_forms(void)
{
	static const char *const bad[] = {
		"",
		" ",
		"@",
		"a",
		"a@",
		"@example.com",
		"a@b",
		"a@b.",
		"a@.b",
		"a@b..c",
		"a@-b.c",
		"a@b-.c",
		"a@b.c-",
		"a@b.-c",
		"a b@c.d",
		"a@b c.d",
		"a@b@c.d",
		"a@@c.d",
		"\"a b\"@c.d",
		"<a@b.c>",
		"a@b.c,d@e.f",
		"a@[127.0.0.1]",
		"a@b_c.d",
		"a(comment)@b.c",
		"a\tb@c.d",
		"a\x01@c.d",
		"a\x7f@c.d",
		"a@b.c\x01",
		NULL,
	};

	ok(email_is("Ann@Example.COM", "ann@example.com", "Ann@Example.COM"),
	   "the key is lower case, the rest as typed");
	ok(!email_ok(" ann@example.com") && !email_ok("ann@example.com\t"),
	   "white space around is for the normal form of texts to take away");
	ok(email_is("a@b.c", "a@b.c", "a@b.c"), "the shortest");
	ok(email_is("A.b+c!#$%&'*/=?^_`{|}~-@x.y", "a.b+c!#$%&'*/=?^_`{|}~-@x.y", "A.b+c!#$%&'*/=?^_`{|}~-@x.y"),
	   "all marks that may stand before the @");
	ok(email_is("\xc3\x84nn@b\xc3\xbc"
				"cher.example",
				"\xc3\x84nn@b\xc3\xbc"
				"cher.example",
				"\xc3\x84nn@b\xc3\xbc"
				"cher.example"),
	   "letters beyond ASCII pass, and keep their case");
	ok(email_is("a@1.2-3.xn--p1ai", "a@1.2-3.xn--p1ai", "a@1.2-3.xn--p1ai"), "digits and hyphens in labels");
	ok(count_ok(bad) == 0, "what is no e-mail");
}

/* Only these ASCII bytes may stand inside a local part, and these inside a label. */
static void
test_email_bytes(void)
{
	int wrong = 0;

	for (int c = 1; c < 256; c++)
	{
		char local[] = "a?b@c.d";
		char domain[] = "a@b?c.d";
		bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;

		local[1] = domain[3] = (char) c;
		wrong += email_ok(local) != (letter || strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL);
		wrong += email_ok(domain) != (letter || c == '-' || c == '.');
	}
	ok(wrong == 0, "every byte in every part");
}

/* An e-mail with a local part, a first label and a rest of these lengths. */
static const char *
email_of(int local, int label, int rest)
{
	static char email[2000];
	char *end = email;

	for (int i = 0; i < local; i++)
		*end++ = 'l';
	*end++ = '@';
	for (int i = 0; i < label; i++)
		*end++ = 'd';
	for (int i = 0; i < rest; i++)
		*end++ = i % 2 == 0 ? '.' : 'r';
	*end = '\0';
	return email;
}

static void
test_email_lengths(void)
{
	ok(email_ok(email_of(64, 1, 2)) && !email_ok(email_of(65, 1, 2)), "64 bytes before the @");
	ok(email_ok(email_of(1, 63, 2)) && !email_ok(email_of(1, 64, 2)), "63 bytes in a label");
	ok(email_ok(email_of(64, 63, 126)) && !email_ok(email_of(64, 63, 128)), "254 bytes in all");
}

static void
test_external_id(void)
{
	char text[EXTERNAL_ID_MAX_BYTES + 2];

	ok(!loyalty_external_id_fits("") && loyalty_external_id_fits("a"), "external id: not empty");
	memset(text, 'x', sizeof(text));
	text[EXTERNAL_ID_MAX_BYTES] = '\0';
	ok(loyalty_external_id_fits(text), "external id: the longest");
	text[EXTERNAL_ID_MAX_BYTES] = 'x';
	text[EXTERNAL_ID_MAX_BYTES + 1] = '\0';
	ok(!loyalty_external_id_fits(text), "external id: one byte more");
}

static void
test_source_key(void)
{
	char text[SOURCE_KEY_MAX_BYTES + 2];

	ok(!loyalty_source_key_fits("") && loyalty_source_key_fits("a"), "key of a source: not empty");
	memset(text, 'x', sizeof(text));
	text[SOURCE_KEY_MAX_BYTES] = '\0';
	ok(loyalty_source_key_fits(text), "key of a source: the longest");
	text[SOURCE_KEY_MAX_BYTES] = 'x';
	text[SOURCE_KEY_MAX_BYTES + 1] = '\0';
	ok(!loyalty_source_key_fits(text), "key of a source: one byte more");
}

static void
test_types(void)
{
	int wrong = 0;

	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		wrong += loyalty_identifier_type_find(loyalty_identifier_type_names[type]) != (IdentifierType) type;
	ok(wrong == 0, "types are found by their names");
	ok(loyalty_identifier_type_find("externalId") == IDENTIFIER_EXTERNAL_ID &&
		   loyalty_identifier_type_find("E-Mail") == IDENTIFIER_EMAIL &&
		   loyalty_identifier_type_find("Mobiles") == IDENTIFIER_TYPE_COUNT &&
		   loyalty_identifier_type_find("") == IDENTIFIER_TYPE_COUNT,
	   "in any spelling; other names are none");
	wrong = 0;
	for (int key = 0; key < SOURCE_KEY_COUNT; key++)
		wrong += loyalty_source_key_find(loyalty_source_key_names[key]) != (SourceKey) key ||
				 loyalty_identifier_type_find(loyalty_source_key_names[key]) != IDENTIFIER_TYPE_COUNT;
	ok(wrong == 0, "keys of sources are found by theirs, and are no such types");
	ok(loyalty_source_key_find("CUID") == SOURCE_KEY_CUID &&
		   loyalty_source_key_find("cuids") == SOURCE_KEY_COUNT &&
		   loyalty_source_key_find("mobile") == SOURCE_KEY_COUNT &&
		   loyalty_source_key_find("") == SOURCE_KEY_COUNT,
	   "other names are none of those");
	wrong = 0;
	for (int bits = 0; bits < 4 * IDENTIFIER_TYPE_COUNT; bits++)
	{
		int primary = bits / 4;
		KeyConfig config = { .primary = (IdentifierType) primary,
							 .email_unique = bits & 1,
							 .dual = bits & 2 };

		for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
			wrong += loyalty_identifier_is_key(&config, (IdentifierType) type) !=
					 (type == primary || (!config.dual && (type != IDENTIFIER_EMAIL || config.email_unique)));
	}
	ok(wrong == 0,
	   "mobile and external id are keys; e-mail where it is unique; under dual eligibility the primary alone");
}

int
main(void)
{
	plan(22);
	test_email_forms();
	test_email_bytes();
	test_email_lengths();
	test_external_id();
	test_source_key();
	test_types();
	return tap_exit();
}
