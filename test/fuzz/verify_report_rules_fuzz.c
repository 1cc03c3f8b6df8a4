/*
 * verify_report_rules_fuzz.c: points are written so that they can be read back; whatever is told of a divergence ends
 * where its room ends, and names its customer.
 */
// sources: verify_report_rules.c
#include "fuzz_input.h"
#include "ledger/verify/verify_report_rules.h"

typedef struct Told
{
	int count;
	Invariant invariant;
	char detail[500];
} Told;

static void
hear(void *context, Invariant invariant, const char *detail)
{
	Told *told = context;

	told->count++;
	told->invariant = invariant;
	REQUIRE(strlen(detail) < sizeof(told->detail));
	strcpy(told->detail, detail);
}

static void
fuzz_points(int64_t points)
{
	char text[POINTS_SIZE];
	long long whole;
	long long thousandths;
	char sign = '+';
	__int128 read;

	REQUIRE(loyalty_exact_points(points, text) == text && strlen(text) < POINTS_SIZE - 1);
	if (text[0] == '-')
		sign = '-';
	REQUIRE(sscanf(text + (sign == '-'), "%lld.%3lld", &whole, &thousandths) == 2);
	REQUIRE(strspn(strchr(text, '.') + 1, "0123456789") == 3 && strlen(strchr(text, '.')) == 4 &&
			text[sign == '-'] >= '0' && text[sign == '-'] <= '9');
	read = (__int128) whole * 1000 + thousandths;
	REQUIRE((sign == '-' ? -read : read) == points);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	Told told = { .count = 0 };
	Auditor auditor = { .context = &told, .diverges = hear };
	Books books = { .customer_id = fuzz_number(&input, INT64_MIN, INT64_MAX) };
	Invariant invariant = (Invariant) fuzz_choice(&input, INVARIANT_COUNT);
	char customer[40];
	char text[700];
	int other;

	fuzz_points(fuzz_number(&input, INT64_MIN, INT64_MAX));
	REQUIRE(loyalty_category_name((Category) (char) fuzz_byte(&input)) != NULL);
	for (other = 0; other < INVARIANT_COUNT; other++)
		REQUIRE((strcmp(loyalty_invariant_name((Invariant) other), loyalty_invariant_name(invariant)) == 0) ==
				(other == (int) invariant));
	fuzz_text(&input, text, sizeof(text) - 1);
	loyalty_diverges(&books, &auditor, invariant, "%s", text);
	REQUIRE(told.count == 1 && told.invariant == invariant);
	snprintf(customer, sizeof(customer), "customer %" PRId64 ", ", books.customer_id);
	REQUIRE(strncmp(told.detail, customer, strlen(customer)) == 0);
	REQUIRE(strncmp(told.detail + strlen(customer), text, strlen(told.detail) - strlen(customer)) == 0);
	return 0;
}
