/*
 * delivery_rules_test.c: all orders of up to five reports, repetitions among them; which line of the catalogue counts; and
 * which codes may be kept.
 */
#include <string.h>

#include "message/delivery/delivery_rules.h"
#include "tap.h"

static const char statuses[] = { DELIVERY_SENT, DELIVERY_FAILED, DELIVERY_UNDELIVERED, DELIVERY_DELIVERED,
								 DELIVERY_READ };

/* Every sequence of one to five reports ends at the highest of them, whatever their order. */
static void
test_orders(void)
{
	int sequences = 0;
	int wrong = 0;

	for (int length = 1; length <= 5; length++)
	{
		int all = 1;

		for (int i = 0; i < length; i++)
			all *= 5;
		for (int sequence = 0; sequence < all; sequence++)
		{
			char known = '\0';
			int highest = 0;
			int rest = sequence;

			for (int i = 0; i < length; i++, rest /= 5)
			{
				known = loyalty_delivery_higher(known, statuses[rest % 5]);
				highest = rest % 5 > highest ? rest % 5 : highest;
			}
			sequences++;
			wrong += known != statuses[highest];
		}
	}
	ok(sequences == 5 + 25 + 125 + 625 + 3125 && wrong == 0,
	   "all orders of up to five reports end at the highest");
	ok(loyalty_delivery_higher('\0', '\0') == '\0', "without a report there is no status");
}

static const DeliveryCode codes[] = {
	{ "", "sent", "", 's', NULL },
	{ "", "failed", "", 'f', NULL },
	{ "", "undelivered", "", 'u', NULL },
	{ "", "dnd", "", 'u', DELIVERY_CAUSE_DND },
	{ "", "", "5.1.1", '\0', "unknown" },
	{ "other", "failed", "", 'u', NULL },
	{ "other", "", "7", '\0', "of other" },
	{ "", "", "7", '\0', "of any" },
	{ "", "", "ndnc", '\0', DELIVERY_CAUSE_DND },
	{ "other", "failed", "9", 'd', "both" },
};
#define COUNT ((int) (sizeof(codes) / sizeof(codes[0])))

/* Judges a report and compares what it says. */
static bool
says(const char *bsp, const char *status, const char *error, char delivery, const char *cause)
{
	DeliveryVerdict verdict;

	if (!loyalty_delivery_judge(codes, COUNT, bsp, status, error, &verdict))
		return delivery == '\0';
	return verdict.delivery_status == delivery && (cause == NULL) == (verdict.cause == NULL) &&
		   (cause == NULL || strcmp(cause, verdict.cause) == 0);
}

static void
test_catalogue(void)
{
	DeliveryVerdict verdict;

	ok(says(NULL, "sent", NULL, 's', NULL) && says("other", "Sent", "", 's', NULL),
	   "a status of any provider");
	ok(says("other", "failed", NULL, 'u', NULL) && says("third", "failed", NULL, 'f', NULL),
	   "a provider's own line counts first");
	ok(says(NULL, "dnd", NULL, 'u', DELIVERY_CAUSE_DND), "a status with a cause");
	ok(says(NULL, "failed", "5.1.1", 'f', "unknown"), "a code says the cause");
	ok(says("other", "failed", "7", 'u', "of other") && says(NULL, "failed", "7", 'f', "of any"),
	   "a provider's code before that of any");
	ok(says("other", "failed", "9", 'd', "both"), "the code's line before the status's");
	ok(says(NULL, "failed", "NDNC", 'f', DELIVERY_CAUSE_DND), "codes are words");
	ok(says(NULL, "failed", "12345", 'f', NULL), "a code that nobody knows has no cause");
	ok(says(NULL, "5.1.1", NULL, '\0', NULL) && says(NULL, "", NULL, '\0', NULL) &&
		   says(NULL, "lost", NULL, '\0', NULL),
	   "a status that nobody knows");
	ok(loyalty_delivery_judge(codes, COUNT, NULL, "F-A-I-L-E-D", "N_d_N_c", &verdict) &&
		   strcmp(verdict.provider_status, "failed") == 0 && strcmp(verdict.error_code, "ndnc") == 0,
	   "what is kept has the catalogue's spelling");
	ok(loyalty_delivery_judge(codes, COUNT, NULL, "failed", "a@b.com", &verdict) &&
		   verdict.error_code == NULL,
	   "a text that is no code is not kept");
	ok(!loyalty_delivery_judge(codes, 0, NULL, "sent", NULL, &verdict), "an empty catalogue knows nothing");
}

/* Spells a key as the catalogue does, and compares what comes of it. */
static bool
spelt(const char *bsp, const char *status, const char *error, const char *expected)
{
	DeliveryCode code = { bsp, status, error, 's', NULL };
	char key[64];

	loyalty_delivery_code_spell(codes, COUNT, &code);
	snprintf(key, sizeof(key), "%s/%s/%s", code.bsp, code.provider_status, code.error_code);
	return strcmp(key, expected) == 0 && code.delivery_status == 's' && code.cause == NULL;
}

static void
test_spelling(void)
{
	ok(spelt("OTHER", "Fai-led", "", "other/failed/") && spelt("", "DND", "", "/dnd/"),
	   "a key that the catalogue has is spelt as it is there");
	ok(spelt("", "lost", "", "/lost/") && spelt("", "Failed", "N-1", "/Failed/N-1"),
	   "another one as it is given");
	ok(spelt("", "", "", "//") && spelt("", "-", "", "/-/"), "what stands for any is no word");
	ok(loyalty_delivery_status_at(0) == DELIVERY_SENT && loyalty_delivery_status_at(1) == DELIVERY_FAILED &&
		   loyalty_delivery_status_at(2) == DELIVERY_UNDELIVERED &&
		   loyalty_delivery_status_at(3) == DELIVERY_DELIVERED &&
		   loyalty_delivery_status_at(4) == DELIVERY_READ &&
		   strcmp(loyalty_delivery_status_words[3], "delivered") == 0,
	   "words stand in the order of statuses");
}

static void
test_plain(void)
{
	static const char *const plain[] = { "30003", "5.1.1", "ERR_12-b", "123456", "123456.123456" };
	static const char *const others[] = {
		"", "1234567", "a b", "+65", "a@b", "x/y", "caf\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	};
	int wrong = 0;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		wrong += !loyalty_delivery_code_is_plain(plain[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		wrong += loyalty_delivery_code_is_plain(others[i]);
	ok(wrong == 0, "codes are kept, and nothing that could name a person");
}

int
main(void)
{
	plan(19);
	test_orders();
	test_catalogue();
	test_spelling();
	test_plain();
	return tap_exit();
}
