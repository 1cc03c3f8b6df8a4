/*
 * guc.c: the settings of the extension, in alphabetical order.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "common/guc.h"

/*
 * loyalty.clock: the time that calls record, for tests and replays of history. Empty: the transaction's
 * start. A superuser's setting, since whoever sets the clock says what has expired.
 */
static char *clock_text;
bool loyalty_clock_is_set;
TimestampTz loyalty_clock_value;

/*
 * loyalty.key_file: the file with the keys of the hash chain, one "key_id hex" a line, the last line being the
 * key in use. Empty: hashes are made without a key and key_id is 0. Readable by the server's user alone.
 */
char *loyalty_key_file;
int loyalty_key_file_generation;

/*
 * loyalty.node_id: goes above the sequence's 48 bits in every id, so that several nodes never make the same.
 */
int loyalty_node_id;

static bool check_clock(char **newval, void **extra, GucSource source);
static void assign_clock(const char *newval, void *extra);
static void assign_key_file(const char *newval, void *extra);

void
loyalty_guc_init(void)
{
	DefineCustomStringVariable("loyalty.clock", "Overrides the time that calls record.",
							   "A timestamp with time zone; empty for the real time.", &clock_text, "",
							   PGC_SUSET, 0, check_clock, assign_clock, NULL);
	DefineCustomStringVariable("loyalty.key_file", "File with the keys of the ledger's hash chain.",
							   "One \"key_id hex\" a line; the last one is in use.", &loyalty_key_file, "",
							   PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, assign_key_file, NULL);
	DefineCustomIntVariable("loyalty.node_id", "This node's part of every id.", NULL, &loyalty_node_id, 0, 0,
							32767, PGC_SUSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("loyalty");
}

static bool
check_clock(char **newval, void **extra, GucSource source)
{
	TimestampTz *parsed;
	Datum value;

	if (**newval == '\0')
		return true;
	value = DirectFunctionCall3(timestamptz_in, CStringGetDatum(*newval), ObjectIdGetDatum(InvalidOid),
								Int32GetDatum(-1));
	if (TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(value)))
	{
		GUC_check_errdetail("The time must be finite.");
		return false;
	}
	parsed = malloc(sizeof(TimestampTz));
	if (parsed == NULL)
		return false;
	*parsed = DatumGetTimestampTz(value);
	*extra = parsed;
	return true;
}

static void
assign_clock(const char *newval, void *extra)
{
	loyalty_clock_is_set = (extra != NULL);
	if (extra != NULL)
		loyalty_clock_value = *(TimestampTz *) extra;
}

/* The file is read again at the next use: only a count changes here. */
static void
assign_key_file(const char *newval, void *extra)
{
	loyalty_key_file_generation++;
}
