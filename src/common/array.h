/* array.h: arrays that grow in the current memory context. */
#ifndef LOYALTY_ARRAY_H
#define LOYALTY_ARRAY_H

#include "postgres.h"

#include "utils/memutils.h"

/* n elements of "items" are in use. All zero is an empty array. */
#define LOYALTY_ARRAY(type) \
	struct \
	{ \
		int n; \
		int size; \
		type *items; \
	}

/* Makes room for one more item and returns the items, which may have moved; more than 1 GB is allowed. */
static inline void *
loyalty_array_grow(void *items, int *size, Size element)
{
	Size bytes;

	*size = *size ? *size * 2 : 1; /* most have one */
	bytes = element * *size;
	return items ? repalloc_huge(items, bytes) : MemoryContextAllocHuge(CurrentMemoryContext, bytes);
}

/* Appends an item, which is evaluated once. */
#define LOYALTY_APPEND(array, item) \
	do \
	{ \
		if ((array).n == (array).size) \
			(array).items = loyalty_array_grow((array).items, &(array).size, sizeof(*(array).items)); \
		(array).items[(array).n++] = (item); \
	} while (0)

#endif
