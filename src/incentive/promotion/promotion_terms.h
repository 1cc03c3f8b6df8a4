/*
 * promotion_terms.h: what a promotion gives and asks for, as documents and arguments say it. One reader for both; what is wrong is
 * LY909, with its name.
 */
#ifndef LOYALTY_PROMOTION_TERMS_H
#define LOYALTY_PROMOTION_TERMS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "incentive/promotion/promotion_rules.h"
#include "org/org_store.h"

/* Terms that somebody gave; NULL for what was not given. */
typedef struct PromotionGiven
{
	NullableDatum type;				/* text: the benefit */
	NullableDatum value;			/* numeric */
	NullableDatum maximum_discount; /* numeric */
	NullableDatum minimum_bill;		/* numeric */
	NullableDatum more_than;		/* bool */
	NullableDatum stores;			/* text[]: codes */
	NullableDatum days;				/* text[]: names of weekdays */
	NullableDatum hours;			/* text[]: from and to, HH:MM */
} PromotionGiven;

/* Names that messages have for each of them: names of arguments, or paths in documents. */
typedef struct PromotionGivenNames
{
	const char *type;
	const char *value;
	const char *maximum_discount;
	const char *minimum_bill;
	const char *more_than;
	const char *stores;
	const char *days;
	const char *hours;
} PromotionGivenNames;

/* The least amount of the org's currency, in thousandths. */
extern int64 loyalty_org_step(const LoyaltyOrg *org);

/*
 * Judges terms, and writes them into a definition: everything but the time and who may use it. Amounts are whole steps. LY909,
 * LY005.
 */
extern void loyalty_promotion_terms(const LoyaltyOrg *org, const PromotionGiven *given,
									const PromotionGivenNames *names, PromotionDefinition *definition);

/* Reads days and hours alone. */
extern void loyalty_promotion_times(const PromotionGiven *given, const PromotionGivenNames *names,
									PromotionDefinition *definition);

/* Reads the documents of create_promotion into terms, and says what their parts are called. LY909, LY124. */
extern const PromotionGivenNames *loyalty_promotion_read_documents(const Jsonb *benefit,
																   const Jsonb *condition,
																   PromotionGiven *given);

/* Writes a definition as documents: its benefit, and its condition without stores, NULL where there is none. */
extern Jsonb *loyalty_promotion_benefit(const PromotionDefinition *definition);
extern Jsonb *loyalty_promotion_condition(const PromotionDefinition *definition);

/* Reads documents that were written so. */
extern void loyalty_promotion_read_written(const Jsonb *benefit, const Jsonb *condition,
										   PromotionDefinition *definition);

/* Ends of the time of something, as arguments give them: each as an instant, or as a day of the org that belongs to it. */
typedef struct PromotionWindow
{
	NullableDatum starts_at; /* timestamptz */
	NullableDatum ends_at;	 /* timestamptz: the first moment without it */
	NullableDatum first_day; /* date */
	NullableDatum last_day;	 /* date */
} PromotionWindow;

/*
 * Reads a window; ends that are not given stay as they are. LY909 where an end is given twice, or it does not begin before it ends;
 * LY015 for times that the product does not know.
 */
extern void loyalty_promotion_window(const LoyaltyOrg *org, const PromotionWindow *window,
									 TimestampTz *starts_at, TimestampTz *ends_at);

/* Refuses with LY909: what is wrong is a sentence. */
pg_noreturn extern void loyalty_promotion_impossible(const char *what);

#endif
