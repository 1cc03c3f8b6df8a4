/* setting_store.h: what an org says of types of change requests, in tables. */
#ifndef LOYALTY_SETTING_STORE_H
#define LOYALTY_SETTING_STORE_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "common/query.h"
#include "request/settings.h"

/* Reads what was said of a type of requests; false: nothing was. */
extern bool loyalty_request_setting_read(int32 org_id, RequestType type, LoyaltyRequestSettings *settings);

/* Replaces it. The org is locked. */
extern void loyalty_request_setting_store(int32 org_id, RequestType type,
										  const LoyaltyRequestSettings *settings);

/* Contact of the org who is told of requests; addresses that are NULL are none. */
typedef struct RequestContact
{
	const char *email;
	const char *mobile;
} RequestContact;

/* Reads the contacts of a step who are in use, by their ids. Returns how many. */
extern int loyalty_request_contacts_read(int32 org_id, RequestType type, int step,
										 const RequestContact **contacts);

/* Reads after how many hours the steps of a type come, by step from 0; 0: there is no such step. */
extern void loyalty_request_hours_read(int32 org_id, RequestType type, int hours[REQUEST_STEP_MAX + 1]);

/* Takes the contacts of a step away, and adds one. The org is locked. */
extern void loyalty_request_contacts_clear(int32 org_id, RequestType type, int step);
extern void loyalty_request_contact_add(int32 org_id, RequestType type, int step, int hours,
										int32 contact_id);

/* Text for an audience of a type. */
typedef struct RequestTemplate
{
	int32 template_id;
	const char *template_name;
} RequestTemplate;

/* Reads by which template an audience is told; false: by none. */
extern bool loyalty_request_template_read(int32 org_id, RequestType type, RequestAudience audience,
										  const char *channel, RequestTemplate *template);

/* Reads the files that go with a template in a language, NULL for none; false: it is no template of requests. */
extern bool loyalty_request_files_read(int32 org_id, int32 template_id, const char *language,
									   Jsonb **attachments);

/* Writes which template it is, with its files (NULL: none) in a language. The org is locked. */
extern void loyalty_request_template_store(int32 org_id, RequestType type, RequestAudience audience,
										   const char *channel, const RequestTemplate *template,
										   const char *language, const Jsonb *attachments);

#endif
