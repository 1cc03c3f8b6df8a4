/* definition.h: what a version of a template says, judged before it is kept. */
#ifndef LOYALTY_DEFINITION_H
#define LOYALTY_DEFINITION_H

#include "postgres.h"

#include "message/template/template_store.h"
#include "org/call.h"

#define LOYALTY_TEMPLATE_WHATSAPP "whatsapp"
#define LOYALTY_TEMPLATE_EMAIL "email"

/* Hooks of capabilities above that send by templates of their own. Owned here, filled by loyalty.c. */
typedef struct LoyaltyTemplateHooks
{
	/* Asked before a template that is there gets another version, under the org's lock; raises where it must not say that. */
	void (*check_version)(const LoyaltyCall *call, const TemplateRow *template, const VersionRow *version);
} LoyaltyTemplateHooks;

extern LoyaltyTemplateHooks loyalty_template_hooks;

/* The characters that a body of the channel may have. */
extern int loyalty_body_limit(const char *channel);

/*
 * Judges a version of a template: LYM08 for a part that the channel does not have, or needs, and for tags that nobody knows;
 * LYM13 for a subject that would begin another header. What WhatsApp has beside its body is brought into the form in which
 * it is kept.
 */
extern void loyalty_version_check(const TemplateRow *template, VersionRow *version);

/* Lists what a provider may reject in a body though it may be sent: at most two words, "variable_at_start", "variable_at_end". */
extern int loyalty_version_warnings(const TemplateRow *template, const VersionRow *version,
									const char **warnings);

#endif
