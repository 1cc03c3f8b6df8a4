/*
 * sections.h: documents about one customer, to which capabilities above add sections. The lists are owned by those who make
 * the documents, and filled by loyalty.c.
 */
#ifndef LOYALTY_SECTIONS_H
#define LOYALTY_SECTIONS_H

#include "org/call.h"

#define LOYALTY_MAX_SECTIONS 16

/* Returns an object (jsonb) whose keys are added to the document; under the caller's snapshot, as all of the call. */
typedef Datum (*LoyaltySection)(LoyaltyCall *call, int64 customer_id);

/* Sections of a document, in the order in which they were added. */
typedef struct LoyaltySections
{
	int n;
	LoyaltySection items[LOYALTY_MAX_SECTIONS];
} LoyaltySections;

/* Adds a section; called once for each at load. */
extern void loyalty_section_add(LoyaltySections *sections, LoyaltySection section);

/*
 * Returns a document with all sections added to it, in the memory of the call's result. A later section wins where two
 * have one key.
 */
extern Datum loyalty_sections_join(const LoyaltySections *sections, LoyaltyCall *call, int64 customer_id,
								   Datum document);

#endif
