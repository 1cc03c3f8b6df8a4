/*
 * status_store.c: the statements on labels, their restrictions, and the statuses of customers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "status/status_store.h"

typedef enum StatusQueryId
{
	Q_SETTING,
	Q_LABELS,
	Q_COUNT
} StatusQueryId;

static const LoyaltyQuery queries[] = {
	[Q_SETTING] = {
		.sql = "SELECT s.enabled_at IS NOT NULL, s.restrictions_of_all FROM loyalty.status_setting s"
		" WHERE s.org_id OPERATOR(pg_catalog.=) $1",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_LABELS] = {
		.sql = "SELECT l.label_id, l.status, l.is_default, l.restrictions, l.label FROM loyalty.status_label l"
		" WHERE l.org_id OPERATOR(pg_catalog.=) $1 ORDER BY l.label_id",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with StatusQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
load(StatusQueryId id, int32 org_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	return loyalty_query_latest(&queries[id], &plans[id], &params);
}

const LoyaltyStatusLabels *
loyalty_status_load(int32 org_id)
{
	LoyaltyStatusLabels *loaded = palloc0(sizeof(LoyaltyStatusLabels));
	int i;

	if (load(Q_SETTING, org_id) > 0)
	{
		loaded->enabled = loyalty_row_bool(0, 1);
		loaded->of_all = (uint32) loyalty_row_int4(0, 2);
	}
	loaded->count = (int) load(Q_LABELS, org_id);
	loaded->labels = palloc0(sizeof(LoyaltyStatusLabel) * Max(loaded->count, 1));
	for (i = 0; i < loaded->count; i++)
	{
		LoyaltyStatusLabel *label = &loaded->labels[i];

		label->label_id = loyalty_row_int4(i, 1);
		label->status = (CustomerStatus) loyalty_row_char(i, 2);
		label->is_default = loyalty_row_bool(i, 3);
		label->own = (uint32) loyalty_row_int4(i, 4);
		label->label = loyalty_row_text(i, 5);
		label->restrictions =
			loyalty_label_restrictions(label->label, label->status, label->own, loaded->of_all);
	}
	return loaded;
}
