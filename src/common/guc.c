/*
 * guc.c: the settings of the extension, in alphabetical order.
 */
#include "postgres.h"

#include "utils/guc.h"

#include "common/clock.h"
#include "common/guc.h"
#include "common/pg_compat.h"

/*
 * loyalty.clock: the time that calls record, for tests and replays of history. Empty: the transaction's
 * start. A superuser's setting, since whoever sets the clock says what has expired.
 */
static char *clock_text;
bool loyalty_clock_is_set;
TimestampTz loyalty_clock_value;

/*
 * loyalty.direct_rows: rows of the hot tables are reached without a statement where that is possible (common/table.h).
 * Off: every one by its statement. Results are the same; a superuser's setting, since it is there for tests and for
 * servers with extensions that nobody has tried.
 */
bool loyalty_direct_rows = true;

/*
 * loyalty.follow_merges: a writing call with the id of a customer who was merged works on the survivor; otherwise it
 * fails and names the survivor. Anybody may set it: the survivor could be named as well.
 */
bool loyalty_follow_merges;

/*
 * loyalty.key_file: the file with the keys of the hash chain, one "key_id hex" a line, the last line being the
 * key in use. Empty: hashes are made without a key and key_id is 0. Readable by the server's user alone.
 */
char *loyalty_key_file;
int loyalty_key_file_generation;

/*
 * loyalty.node_id: goes above the sequence's 48 bits in ids of customers and events, so that several nodes never make
 * the same. Ids of reference data have no room for it.
 */
int loyalty_node_id;

/*
 * loyalty.plan_by_key: the planner is told the same of every table of ours, whatever is in it (common/planning.h). On while
 * a statement of ours is planned; who turns it on sees by EXPLAIN how such a statement runs.
 */
bool loyalty_plan_by_key;

static bool check_clock(char **newval, void **extra, GucSource source);
static void assign_clock(const char *newval, void *extra);
static void assign_key_file(const char *newval, void *extra);

/* Defines the settings and reserves their prefix, so that a misspelt one is an error. */
void
loyalty_guc_init(void)
{
	DefineCustomStringVariable("loyalty.clock", "Overrides the time that calls record.",
							   "A timestamp with time zone; empty for the real time.", &clock_text, "",
							   PGC_SUSET, 0, check_clock, assign_clock, NULL);
	DefineCustomBoolVariable("loyalty.direct_rows",
							 "Reaches rows of the hot tables without a statement where possible.", NULL,
							 &loyalty_direct_rows, true, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("loyalty.follow_merges",
							 "Lets calls with the id of a victim of a merge work on the survivor.", NULL,
							 &loyalty_follow_merges, false, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("loyalty.key_file", "File with the keys of the ledger's hash chain.",
							   "One \"key_id hex\" a line; the last one is in use.", &loyalty_key_file, "",
							   PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, assign_key_file, NULL);
	DefineCustomIntVariable("loyalty.node_id", "This node's part of every id.", NULL, &loyalty_node_id, 0, 0,
							32767, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("loyalty.plan_by_key",
							 "Plans statements without regard to sizes and statistics of the tables.", NULL,
							 &loyalty_plan_by_key, false, PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("loyalty");
}

/*
 * Reads a time, in ISO 8601 and by UTC where it names no offset, whatever the session's DateStyle and TimeZone. It raises
 * nothing: an error in the postmaster, which checks the setting when the configuration is reloaded, would end the server.
 */
static bool
parse_clock(const char *text, TimestampTz *at)
{
	LoyaltyLocalTime time;

	return loyalty_time_read(text, &time) && loyalty_time_instant(&time, NULL, at);
}

/* Refuses a clock that is no time, or none that calls may have. */
static bool
check_clock(char **newval, void **extra, GucSource source)
{
	TimestampTz at;

	if (**newval == '\0')
		return true;
	if (!parse_clock(*newval, &at))
	{
		GUC_check_errdetail(
			"It must be empty, or a time between the years 1900 and 9999 in ISO 8601, such as "
			"2024-05-02 10:00:00+08:00.");
		return false;
	}
	*extra = guc_malloc(LOG, sizeof(TimestampTz));
	if (*extra == NULL)
		return false;
	*(TimestampTz *) *extra = at;
	return true;
}

/* Takes the time that check_clock read: an assign hook may not fail. */
static void
assign_clock(const char *newval, void *extra)
{
	loyalty_clock_is_set = (extra != NULL);
	if (extra != NULL)
		loyalty_clock_value = *(TimestampTz *) extra;
}

/* Counts that the setting was read; the file itself is read again at the next use. */
static void
assign_key_file(const char *newval, void *extra)
{
	loyalty_key_file_generation++;
}
