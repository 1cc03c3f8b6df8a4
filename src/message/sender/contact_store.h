/* contact_store.h: contacts of an org and their topics, in tables. */
#ifndef LOYALTY_CONTACT_STORE_H
#define LOYALTY_CONTACT_STORE_H

#include "postgres.h"

#include "message/sender/contact_rules.h"
#include "org/org_store.h"

/* A contact as it is written; what is NULL stays in an update. */
typedef struct ContactRow
{
	int32 contact_id;
	const char *contact;
	const char *name;
	const char *search_name;
	const char *email;
	const char *mobile;
	bool has_topics;
	Datum topics; /* an array of texts */
} ContactRow;

/* Choice of a topic. */
typedef struct ContactTopic
{
	ContactNotify notify;
	int64 amount; /* thousandths, for NOTIFY_ONLY_WHEN */
} ContactTopic;

/* Returns the id of a contact that is in use, by its code; 0: there is none. */
extern int32 loyalty_org_contact_find(int32 org_id, const char *contact);

/* The same of one that must be there: LYM11. */
extern int32 loyalty_org_contact_get(int32 org_id, const char *contact);

/* Write a contact. An insert takes a retired one of that code up again; 0: it is in use; else the id. */
extern int32 loyalty_org_contact_insert(int32 org_id, const ContactRow *row);
extern void loyalty_org_contact_update(int32 org_id, const ContactRow *row);
extern void loyalty_org_contact_retire(int32 org_id, int32 contact_id);

/* Finds contacts whose folded name has a folded part: contact, name, email, mobile, topics, by name. */
extern LoyaltyRows *loyalty_contacts_search(int32 org_id, const char *part);

/* Reads the contacts of a topic, by their ids: email and mobile. */
extern LoyaltyRows *loyalty_contacts_of_topic(int32 org_id, const char *topic);

/* Reads the choice of a topic, NOTIFY_ALWAYS where nothing was said; and writes it. */
extern void loyalty_contact_topic_read(int32 org_id, const char *topic, ContactTopic *read);
extern void loyalty_contact_topic_store(int32 org_id, const char *topic, const ContactTopic *written);

#endif
