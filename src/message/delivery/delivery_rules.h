/* delivery_rules.h: what a provider's report says of a message. Knows no server. */
#ifndef LOYALTY_DELIVERY_RULES_H
#define LOYALTY_DELIVERY_RULES_H

#include <stdbool.h>

/* Delivery statuses as the table has them, in their rank. */
#define DELIVERY_SENT 's'
#define DELIVERY_FAILED 'f'
#define DELIVERY_UNDELIVERED 'u'
#define DELIVERY_DELIVERED 'd'
#define DELIVERY_READ 'r'
#define DELIVERY_STATUSES 5

/* The cause that teaches the do-not-call register. */
#define DELIVERY_CAUSE_DND "customer preference is DND"

#define DELIVERY_CODE_MAX 40 /* bytes of a provider's error code that is kept */

/* Line of the catalogue. A text that is empty stands for any. */
typedef struct DeliveryCode
{
	const char *bsp;			 /* who carries the message, a word */
	const char *provider_status; /* a word */
	const char *error_code;		 /* a word */
	char delivery_status;		 /* 0: the line says a cause alone */
	const char *cause;			 /* NULL: none */
} DeliveryCode;

/* Meaning of a report. Texts are those of the catalogue, or of the report where they are plain codes. */
typedef struct DeliveryVerdict
{
	char delivery_status;
	const char *provider_status;
	const char *error_code; /* NULL: none, or none that may be kept */
	const char *cause;		/* NULL: none is known */
} DeliveryVerdict;

/*
 * Judges a report by the lines of the catalogue, of which the most particular one counts: that of the provider before that
 * of any, that of the code before that of the status alone. False where no line has the status. "bsp" and "error_code" may
 * be NULL.
 */
extern bool loyalty_delivery_judge(const DeliveryCode *codes, int count, const char *bsp,
								   const char *provider_status, const char *error_code,
								   DeliveryVerdict *verdict);

/*
 * Gives a line the spelling of one of the lines of a catalogue that has the same three texts, as words, if there is one: the same
 * thing then has one key.
 */
extern void loyalty_delivery_code_spell(const DeliveryCode *codes, int count, DeliveryCode *code);

/* Names of delivery statuses in their rank, and the statuses of those names. */
extern const char *const loyalty_delivery_status_words[DELIVERY_STATUSES];
extern char loyalty_delivery_status_at(int place);

/*
 * Tells whether an error code that the catalogue lacks may be kept: letters, digits, points, hyphens and underscores, not
 * too long, and no number that could be anybody's.
 */
extern bool loyalty_delivery_code_is_plain(const char *error_code);

/* Returns the higher of two statuses by their rank; 0 is the lowest. */
extern char loyalty_delivery_higher(char known, char reported);

#endif
