/* template_args.h: arguments that several calls about templates have. */
#ifndef LOYALTY_TEMPLATE_ARGS_H
#define LOYALTY_TEMPLATE_ARGS_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/jsonb.h"

#include "message/template/template_store.h"
#include "org/call.h"

/* A topic; NULL: none. LY003 for a word that is none. */
extern const char *loyalty_topic_given(FunctionCallInfo fcinfo, int n);

/* A language in its normal form; NULL: the org's. LY003 for a text that names none. */
extern const char *loyalty_language_given(FunctionCallInfo fcinfo, int n, const LoyaltyCall *call);

/* A document; NULL: none. */
extern Jsonb *loyalty_document_given(FunctionCallInfo fcinfo, int n);

/* The template that an argument names; LYM01. */
extern void loyalty_template_given(FunctionCallInfo fcinfo, int n, const LoyaltyCall *call,
								   TemplateRow *template);

/* The language in which the org writes where nothing else is said, in its normal form. */
extern const char *loyalty_org_language(const LoyaltyCall *call);

/* Raises LYM01. */
extern void loyalty_raise_template_unknown(void) __attribute__((noreturn));

#endif
