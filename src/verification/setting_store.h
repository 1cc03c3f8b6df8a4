/* setting_store.h: rules and texts of one-time codes, by org and purpose. Rules are cached with the org. */
#ifndef LOYALTY_VERIFICATION_SETTING_STORE_H
#define LOYALTY_VERIFICATION_SETTING_STORE_H

#include "postgres.h"

#include "org/org_store.h"
#include "verification/verification_rules.h"

/* The rules of an org: the defaults for purposes that it has set none for. */
struct LoyaltyVerificationRules
{
	CodeRules rules[CODE_PURPOSE_COUNT];
};

/* Reads them into the current memory context, under a snapshot taken now; NULL: the org has set none. */
extern const LoyaltyVerificationRules *loyalty_verification_load(int32 org_id);

/* Returns the rules of a purpose. */
extern CodeRules loyalty_verification_rules(const LoyaltyOrg *org, CodePurpose purpose);

/* Writes the rules of a purpose in the place of earlier ones. The org is locked. */
extern void loyalty_verification_store(int32 org_id, CodePurpose purpose, const CodeRules *rules);

/* Text that carries codes; the language is empty for whatever language. */
typedef struct CodeTemplate
{
	const char *channel;
	const char *language;
	const char *subject; /* NULL: the org's */
	const char *body;
} CodeTemplate;

/* Writes a text in the place of an earlier one. */
extern void loyalty_code_template_store(int32 org_id, CodePurpose purpose, const CodeTemplate *text);

/* Languages in which a text may be, the best first: those of the customer and of the org, each with its base. */
typedef struct CodeLanguages
{
	const char *items[4]; /* NULL behind the last one */
	int count;
} CodeLanguages;

/* Finds the text of a channel in the first of some languages that has one, else that of whatever language; false: there is none. */
extern bool loyalty_code_template_find(int32 org_id, CodePurpose purpose, const CodeLanguages *languages,
									   CodeTemplate *found);

#endif
