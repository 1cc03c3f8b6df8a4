/* text_check.h: what texts of change requests may say. */
#ifndef LOYALTY_REQUEST_TEXT_CHECK_H
#define LOYALTY_REQUEST_TEXT_CHECK_H

#include "postgres.h"

#include "message/template/attachments.h"
#include "message/template/definition.h"

/* Raises LY608 for a tag of a version that requests do not give, and LYM08 for a picture that none of its files is. */
extern void loyalty_request_version_check(const VersionRow *version, const LoyaltyAttachment *files,
										  int count);

/* Does so for a version of a template that requests are told by, with the files of its language; a hook of templates. */
extern void loyalty_request_template_check(const LoyaltyCall *call, const TemplateRow *template,
										   const VersionRow *version);

#endif
