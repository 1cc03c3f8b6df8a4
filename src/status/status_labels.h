/*
 * status_labels.h: the labels of an org, as its cache has them. They live as long as the cached org, which the
 * call at hand keeps readable; labels are never removed, so an id that was seen stays good.
 */
#ifndef LOYALTY_STATUS_LABELS_H
#define LOYALTY_STATUS_LABELS_H

#include "status/status_store.h"

/*
 * Returns a label by its id, 0 being the built-in one of active. It may be younger than the call that asks:
 * pass loyalty_call_org_now for a customer's label. Raises where the org has none of that id.
 */
extern const LoyaltyStatusLabel *loyalty_status_label(const LoyaltyOrg *org, int32 label_id);

/* Return a label by its name, or NULL; and the default one of a status, or NULL where the org has none. */
extern const LoyaltyStatusLabel *loyalty_status_label_named(const LoyaltyOrg *org, const char *name);
extern const LoyaltyStatusLabel *loyalty_status_label_default(const LoyaltyOrg *org, CustomerStatus status);

/* Returns the words for restrictions, as a text array in the current context. */
extern Datum loyalty_restriction_words(uint32 restrictions);

#endif
