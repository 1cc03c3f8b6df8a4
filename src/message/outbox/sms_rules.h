/* sms_rules.h: how many short messages carry a text. Knows no server. */
#ifndef LOYALTY_SMS_RULES_H
#define LOYALTY_SMS_RULES_H

/*
 * Returns how many parts a text (UTF-8) is sent in, at least 1. One of the GSM alphabet has 160 signs in one part and 153
 * in each of several, those of its extension counting two; any other has 70 and 67 units of UTF-16.
 */
extern int loyalty_sms_parts(const char *text);

#endif
