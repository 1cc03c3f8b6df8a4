/* tap.h: the little of TAP that the unit tests need. */
#ifndef LOYALTY_TAP_H
#define LOYALTY_TAP_H

#include <stdbool.h>
#include <stdio.h>

static int tap_run;
static int tap_failed;

static inline void
plan(int tests)
{
	printf("1..%d\n", tests);
}

static inline bool
ok(bool passed, const char *name)
{
	tap_run++;
	if (!passed)
		tap_failed++;
	printf("%sok %d - %s\n", passed ? "" : "not ", tap_run, name);
	return passed;
}

/* The exit code of a test program. */
static inline int
tap_exit(void)
{
	return tap_failed == 0 ? 0 : 1;
}

#endif
