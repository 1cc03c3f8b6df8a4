/* page_key.c: reading the arguments of pages. A key must be what we wrote ourselves, character by character. */
#include "postgres.h"

#include "utils/date.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/page_key.h"

#define UNIX_TO_POSTGRES ((POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)
#define KEY_FORMAT INT64_FORMAT "-" INT64_FORMAT

/* Writes the time as statements do (LOYALTY_PAGE_KEY). */
char *
loyalty_page_key_text(const LoyaltyPageKey *key)
{
	return psprintf(KEY_FORMAT, key->at + UNIX_TO_POSTGRES, key->id);
}

/* Names no value: a key may be of somebody else. */
void
loyalty_raise_page_key(void)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("argument \"page_key\" is not a page key"),
					errhint("Pass the page_key of the last row of the page before.")));
}

/* Writes what was read again, and compares. */
LoyaltyPageKey
loyalty_page_key_read(const char *text)
{
	LoyaltyPageKey key;
	int64 micros;

	if (sscanf(text, KEY_FORMAT, &micros, &key.id) != 2 || micros < EARLIEST_TIME + UNIX_TO_POSTGRES ||
		micros > LATEST_TIME + UNIX_TO_POSTGRES)
		loyalty_raise_page_key();
	key.at = micros - UNIX_TO_POSTGRES;
	if (strcmp(loyalty_page_key_text(&key), text) != 0)
		loyalty_raise_page_key();
	return key;
}

/* Takes no key for the first page. */
void
loyalty_arg_page_key(FunctionCallInfo fcinfo, int n, LoyaltyPageKey *key)
{
	const char *text = loyalty_arg_text_or_null(fcinfo, n, "page_key", LOYALTY_MAX_CODE);

	*key = text == NULL ? (LoyaltyPageKey){ .at = DT_NOEND } : loyalty_page_key_read(text);
}

/* Judges by the largest page that the call answers. */
int
loyalty_arg_page_size(FunctionCallInfo fcinfo, int n, int largest)
{
	int size = loyalty_arg_int4(fcinfo, n, "page_size");

	if (size < 1 || size > largest)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("page size is not valid"),
						errdetail("It is %d; pages have 1 to %d rows.", size, largest)));
	return size;
}
