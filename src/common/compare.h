/* compare.h: the order of numbers, for sorting and for looking up. Knows no server. */
#ifndef LOYALTY_COMPARE_H
#define LOYALTY_COMPARE_H

#include <stdint.h>

/* Compares without a difference, which could overflow. */
static inline int
loyalty_compare_int64(int64_t left, int64_t right)
{
	return left < right ? -1 : left > right;
}

/* Compares the ids that two pointers lead to, for qsort and bsearch. */
static inline int
loyalty_compare_ids(const void *left, const void *right)
{
	return loyalty_compare_int64(*(const int64_t *) left, *(const int64_t *) right);
}

#endif
