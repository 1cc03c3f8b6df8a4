/* stand_in.c: in the place of the templates until they land. */
#include "postgres.h"

#include "message/template/attachments.h"
#include "message/template/template.h"

/* Has no templates. */
void
loyalty_template_text(const LoyaltyCall *call, const LoyaltyTextRequest *request, LoyaltyText *text)
{
	elog(ERROR, "no templates");
}

/* Has none either. */
void
loyalty_template_match(const LoyaltyCall *call, const char *channel, const char *body, LoyaltyText *text)
{
	elog(ERROR, "no templates");
}

/* Renders nothing. */
void
loyalty_blocks_render(Jsonb *blocks, Jsonb *variables, LoyaltyText *text)
{
	elog(ERROR, "no blocks");
}

/* Reads nothing. */
int
loyalty_attachments_read(Jsonb *json, LoyaltyAttachment **attachments)
{
	elog(ERROR, "no attachments");
}
