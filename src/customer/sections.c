/*
 * sections.c: joining the sections of a document about one customer.
 *
 * Each section is read by its own capability, which stands above this one, and comes as an object whose keys are added to
 * the document. All of them read under the caller's snapshot and lock nothing, so that they agree with each other.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "customer/sections.h"

/* Appends: the order of the calls in loyalty.c is the order of the sections. */
void
loyalty_section_add(LoyaltySections *sections, LoyaltySection section)
{
	if (sections->n == LOYALTY_MAX_SECTIONS)
		elog(ERROR, "too many sections of a document");
	sections->items[sections->n++] = section;
}

/* Puts the document together in SPI's memory, which ends with the call, and copies it once. */
Datum
loyalty_sections_join(const LoyaltySections *sections, LoyaltyCall *call, int64 customer_id, Datum document)
{
	MemoryContext spi_context;
	int i;

	for (i = 0; i < sections->n; i++)
		document = DirectFunctionCall2(jsonb_concat, document, sections->items[i](call, customer_id));
	spi_context = MemoryContextSwitchTo(call->result_context);
	document = PointerGetDatum(PG_DETOAST_DATUM_COPY(document));
	MemoryContextSwitchTo(spi_context);
	return document;
}
