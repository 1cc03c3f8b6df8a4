/* status_labels.h: the labels of an org, as its cache has them. */
#ifndef LOYALTY_STATUS_LABELS_H
#define LOYALTY_STATUS_LABELS_H

#include "status/status_store.h"

/* A label by its id, 0 being the built-in one of active. It may be younger than the call that asks: see call.h. */
extern const LoyaltyStatusLabel *loyalty_status_label(const LoyaltyOrg *org, int32 label_id);

/* A label by its name, or NULL; the default one of a status, or NULL where the org has none. */
extern const LoyaltyStatusLabel *loyalty_status_label_named(const LoyaltyOrg *org, const char *name);
extern const LoyaltyStatusLabel *loyalty_status_label_default(const LoyaltyOrg *org, CustomerStatus status);

#endif
