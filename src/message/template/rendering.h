/* rendering.h: one version of a template with values, whatever its status: for sending and for previews. */
#ifndef LOYALTY_RENDERING_H
#define LOYALTY_RENDERING_H

#include "postgres.h"

#include "message/template/template.h"
#include "message/template/template_store.h"

/* Makes the text of a version; LYM05. */
extern void loyalty_version_render(const TemplateRow *template, const VersionRow *version, Jsonb *variables,
								   LoyaltyText *text);

#endif
