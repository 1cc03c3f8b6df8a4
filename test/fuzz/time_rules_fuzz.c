/*
 * time_rules_fuzz.c: texts that nobody thought of. What is read as a time is one, is written as it was read, and nothing
 * beyond the end of a text is looked at.
 */
// sources: time_rules.c
#include "common/time_rules.h"
#include "fuzz_input.h"

/* The text that a time came from, but for the mark between date and clock, and Z. */
static void
write_time(const LoyaltyLocalTime *time, char *text, size_t size)
{
	int used = snprintf(text, size, "%04d-%02d-%02d", time->year, time->month, time->day);
	int offset = abs(time->offset) / 60;

	if (time->has_clock)
		used += snprintf(text + used, size - used, " %02d:%02d:%02d", time->hour, time->minute, time->second);
	if (time->has_offset)
		snprintf(text + used, size - used, "%c%02d:%02d", time->offset < 0 ? '-' : '+', offset / 60,
				 offset % 60);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	char written[128];
	LoyaltyLocalTime time;
	LoyaltyLocalTime again;

	memcpy(text, data, size);
	text[size] = '\0';
	if (loyalty_time_read(text, &time))
	{
		int64_t seconds = loyalty_time_seconds(&time);

		REQUIRE(time.has_clock || !time.has_offset);
		REQUIRE(seconds >= -INT64_C(63082281600) && seconds <= INT64_C(252455615999));
		write_time(&time, written, sizeof(written));
		REQUIRE(loyalty_time_read(written, &again) && loyalty_time_seconds(&again) == seconds);
		REQUIRE(again.offset == time.offset && again.has_offset == time.has_offset);
		REQUIRE(strncmp(written, text, LOYALTY_DATE_LENGTH) == 0);
	}
	free(text);
	return 0;
}
