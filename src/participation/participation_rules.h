/*
 * participation_rules.h: when a participation becomes active, what is missing until then, and what a merge makes of two. Pure.
 * Knows no server. Statuses are those of the ledger's accounts (ledger/tables/code_rules.h).
 */
#ifndef LOYALTY_PARTICIPATION_RULES_H
#define LOYALTY_PARTICIPATION_RULES_H

#include <stdbool.h>

#include "ledger/tables/code_rules.h"

/* Kinds of terms: data that every customer may have, and fields that an org defines. */
typedef enum TermKind
{
	TERM_FIRST_NAME,
	TERM_LAST_NAME,
	TERM_MOBILE,
	TERM_EMAIL,
	TERM_EXTERNAL_ID,
	TERM_CARD,
	TERM_CUSTOMER_FIELD,
	TERM_PARTICIPATION_FIELD,
	TERM_NONE, /* no term */
} TermKind;

/* Number of the kinds that are one datum each. */
#define TERM_DATA TERM_CUSTOMER_FIELD

/* Finds the kind of a term as it is given, in any spelling of its words; "field" is the name behind the point, or NULL. */
extern TermKind loyalty_term_read(const char *term, const char **field);

/* Names a datum as terms do; the terms between commas, for a HINT. */
extern const char *loyalty_term_name(TermKind datum);
extern const char *loyalty_term_list(void);

/* Facts about a participation that is to be judged. */
typedef struct ActivationFacts
{
	int term_count;
	const bool *filled;	   /* of each term: whether its datum is there */
	bool confirms_phone;   /* the mobile must be confirmed, be it a term or not */
	const char *confirmed; /* the mobile that was confirmed; NULL: none was */
	const char *current;   /* the mobile of now; NULL: there is none */
	Participation status;
} ActivationFacts;

/* Tells whether the confirmation of the mobile is asked for and lacks. */
extern bool loyalty_activation_lacks_phone(const ActivationFacts *facts);

/* Returns the status that the facts make of it: only what is not confirmed becomes active, and nothing goes back. */
extern Participation loyalty_activation(const ActivationFacts *facts);

/*
 * Returns the status of the survivor of a merge, of the statuses of both: one who was deactivated stays so, else it is
 * active where either was, else it takes part where either did. What a victim was deactivated from harms nobody else.
 */
extern Participation loyalty_participation_merged(Participation survivor, Participation victim);

#endif
