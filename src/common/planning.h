/* planning.h: what the planner is told of our tables while a statement of ours is planned. */
#ifndef LOYALTY_PLANNING_H
#define LOYALTY_PLANNING_H

/*
 * The settings under which a statement is planned, each with its value there; the last name is NULL. They hold for the level
 * of settings at which they are set, and loyalty.plan_by_key among them turns the hooks of this file on.
 */
typedef struct LoyaltyPlanSetting
{
	const char *name;
	const char *value;
} LoyaltyPlanSetting;

/* Settings of statements that find their rows by keys, and of those that read tables as a whole. */
extern const LoyaltyPlanSetting loyalty_plan_by_keys[];
extern const LoyaltyPlanSetting loyalty_plan_any_way[];

/* Stands behind the planner's hooks; called once at load. */
extern void loyalty_planning_init(void);

#endif
